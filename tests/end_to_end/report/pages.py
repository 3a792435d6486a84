"""A page of Duet in a real browser: what it shows, wide and narrow, light and dark, against the report as
JSON, value by value."""

import json
import os
import re
import tempfile

import browser

SIZES = ((1280, "wide"), (390, "narrow"))

CELLS = """(() => [...document.querySelectorAll('[data-at]')].map(e =>
    ({at: e.dataset.at, value: e.dataset.v, text: e.textContent})))()"""

# Whatever reaches past the page's edge, though the page itself does not scroll.
BEYOND = """(() => [...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('thead');
  }).map(e => e.tagName + '.' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 40)))()"""

# Marks of one chart must all have one length for one unit of value.
SCALES = """(() => [...document.querySelectorAll('svg.chart')].map(chart => {
    const bars = [...chart.querySelectorAll('rect.bar')];
    const upright = chart.closest('#activity') !== null;
    return {id: chart.id, shown: getComputedStyle(chart).display !== 'none',
            bars: bars.map(b => [Number(b.dataset.v), Number(b.getAttribute(upright ? 'height' : 'width'))]),
            marks: chart.querySelectorAll('[data-v]').length,
            title: chart.querySelector('title') ? chart.querySelector('title').textContent : '',
            about: chart.querySelector('desc') ? chart.querySelector('desc').textContent : ''};
  }))()"""

SMALLEST_TEXT = """(() => Math.min(...[...document.querySelectorAll('svg.chart text')].filter(t =>
    getComputedStyle(t.closest('svg')).display !== 'none').map(t => {
      const svg = t.closest('svg');
      return parseFloat(getComputedStyle(t).fontSize) * svg.getBoundingClientRect().width /
             svg.viewBox.baseVal.width; })))()"""

# Texts that stick out of their chart or lie over each other.
COLLISIONS = """(() => { const found = [];
  for (const chart of document.querySelectorAll('svg.chart')) {
    if (getComputedStyle(chart).display === 'none') continue;
    const frame = chart.getBoundingClientRect();
    const texts = [...chart.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    for (const [text, box] of texts)
      if (box.left < frame.left - 4 || box.right > frame.right + 4) found.push(chart.id + ' cuts ' + text);
    for (let i = 0; i < texts.length; ++i) for (let j = i + 1; j < texts.length; ++j) {
      const [a, b] = [texts[i][1], texts[j][1]];
      const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const deep = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (over > 2 && deep > 5) found.push(chart.id + ': ' + texts[i][0] + ' over ' + texts[j][0]);
    } }
  return found; })()"""


def spelled(value, kind):
    """As the page is to show it; written here once more, so that neither side can be wrong alone."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if kind == "share":
        return f"{value * 100:,.1f} %"
    if kind == "days":
        return f"{value:,.1f}"
    if kind == "money":
        return f"{value:,.0f}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def expected_cells(form):
    cells = {}
    for table in form["tables"]:
        for number, row in enumerate(table["rows"]):
            for column in table["columns"]:
                cells[f"{table['id']}/{number}/{column['id']}"] = (row[column["id"]], column["kind"])
    return cells


class Findings:
    def __init__(self):
        self.texts = []

    def expect(self, is_good, text):
        if not is_good:
            self.texts.append(text)


def same_number(a, b):
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def compare_cells(page, form, findings):
    expected = expected_cells(form)
    figures = {"figures/" + figure["id"]: figure for figure in form["figures"]}
    met = set()
    for cell in page.evaluate(CELLS):
        met.add(cell["at"])
        if cell["at"] in figures:
            value = figures[cell["at"]]["value"]
            numeral = spelled(value, figures[cell["at"]]["kind"])
            findings.expect(numeral in cell["text"], f"{cell['at']} shows {cell['text']}, not {numeral}")
        elif cell["at"] in expected:
            value, kind = expected[cell["at"]]
            findings.expect(cell["text"] == spelled(value, kind),
                            f"{cell['at']} shows {cell['text']!r}, not {spelled(value, kind)!r}")
        else:
            findings.expect(False, f"{cell['at']} is not in the report")
            continue
        if isinstance(value, (int, float)):
            findings.expect(cell["value"] is not None and same_number(float(cell["value"]), value),
                            f"{cell['at']} carries {cell['value']}, not {value}")
    numbers = {at for at, (value, _) in expected.items() if isinstance(value, (int, float))}
    findings.expect(not (numbers | set(figures)) - met,
                    f"not shown: {sorted((numbers | set(figures)) - met)[:5]}")


def compare_charts(page, form, findings, width, least_charts):
    charts = page.evaluate(SCALES)
    shown = [chart for chart in charts if chart["shown"]]
    findings.expect(2 * len(shown) == len(charts), "each chart is drawn for wide and for narrow pages")
    findings.expect(len(shown) >= least_charts, f"{len(shown)} charts are shown at {width}")
    values = {round(value, 2) for value, _ in expected_cells(form).values() if isinstance(value, (int, float))}
    for chart in charts:
        findings.expect(chart["title"] and chart["about"], f"{chart['id']} has no words for those who do not see it")
        findings.expect(chart["marks"] > 0, f"{chart['id']} shows nothing")
        long_bars = [(value, length) for value, length in chart["bars"] if length > 4]
        for value, length in long_bars:
            findings.expect(abs(length / value * long_bars[0][0] - long_bars[0][1]) < 0.03 * long_bars[0][1] + 0.1,
                            f"{chart['id']}: a bar of {value} is {length} long")
        if not chart["id"].startswith(("coverage", "flow")):  # these also show sums and differences
            for value, _ in chart["bars"]:
                findings.expect(round(value, 2) in values, f"{chart['id']} shows {value}, which no table has")


def look_at(page, path, form, findings, width, name, least_charts):
    """One page at one width against the report it shows; its picture lies beside it afterwards."""
    page.open(path, width)
    compare_cells(page, form, findings)
    compare_charts(page, form, findings, width, least_charts)
    for state in ("closed", "open"):
        page.evaluate(f"document.querySelectorAll('details').forEach(d => d.open = {json.dumps(state == 'open')})")
        findings.expect(page.evaluate("document.documentElement.scrollWidth") <= width,
                        f"the page is wider than {width}, tables {state}")
        beyond = page.evaluate(BEYOND)
        findings.expect(not beyond, f"at {width}, tables {state}, beyond the edge: {beyond[:4]}")
    if width < 600:
        findings.expect(page.evaluate("document.querySelector('td').getBoundingClientRect().width") > 250,
                        "on a narrow page a cell has a line of its own")
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = false)")
    findings.expect(page.evaluate(SMALLEST_TEXT) >= 10.5,
                    f"at {width} the smallest text is {page.evaluate(SMALLEST_TEXT)} pixels high")
    collisions = page.evaluate(COLLISIONS)
    findings.expect(not collisions, f"at {width}: {collisions[:6]}")
    embedded = json.loads(page.evaluate("document.getElementById('report').textContent"))
    findings.expect(embedded == form, "the JSON in the page is not the report")
    findings.expect(page.evaluate("document.scripts.length") == 1, "a name became a script")
    findings.expect(page.evaluate("document.images.length") == 0, "a name became an image")
    requests = [event["params"]["request"]["url"] for event in page.events
                if event["method"] == "Network.requestWillBeSent"]
    findings.expect(all(url.startswith("file://") and url.endswith(os.path.basename(path)) for url in requests),
                    f"the page asked for {requests}")
    loud = [event["params"]["entry"]["text"] for event in page.events if event["method"] == "Log.entryAdded"]
    findings.expect(not loud, f"the browser complains: {loud[:3]}")
    page.screenshot(f"{os.path.splitext(path)[0]}-{name}.png")


def check_policy(page, findings):
    """The page's own policy stops what a mistake of ours could let in."""
    page.evaluate("window.ran = 0; var s = document.createElement('script'); s.textContent = 'window.ran = 1';"
                  "document.body.appendChild(s)")
    findings.expect(page.evaluate("window.ran") == 0, "a script that gets into the page runs")


def check_dark(page, path, findings):
    page.open(path, 1280, dark=True)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    findings.expect(sum(map(int, re.findall(r"\d+", ground)[:3])) < 150, f"dark is {ground}")
    page.screenshot(os.path.splitext(path)[0] + "-dark.png")


def embedded_in(path):
    """The report that a page carries."""
    with open(path, encoding="utf-8") as file:
        page = file.read()
    begin = page.index('id="report">') + len('id="report">')
    return json.loads(page[begin:page.index("</script>", begin)])


def rows_of(form, table):
    found = [one["rows"] for one in form["tables"] if one["id"] == table]
    return found[0] if found else []


def look_at_all(duet_pages, findings):
    """Every page, given as (path, report, least number of charts), wide and narrow."""
    with tempfile.TemporaryDirectory(prefix="duet-browser-", ignore_cleanup_errors=True) as profile:
        with browser.Browser(profile) as page:
            for path, form, least_charts in duet_pages:
                before = len(findings.texts)
                for width, name in SIZES:
                    look_at(page, path, form, findings, width, name, least_charts)
                findings.texts[before:] = [f"{os.path.basename(path)}: {text}"
                                           for text in findings.texts[before:]]


def verdict(findings, folder):
    print("\n".join(findings.texts) if findings.texts else f"pages are as the reports; pictures in {folder}")
    return 1 if findings.texts else 0
