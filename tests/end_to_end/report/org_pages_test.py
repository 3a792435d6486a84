"""Pages of a running org in a real browser: org_pages_test.py PROGRAMS SOURCE FOLDER_FOR_SCREENSHOTS.

Starts sandbox and daemon on the demo's seed and compares what the pages of `duet lifecycle`, `duet attribution`
and `duet report` show with what the same commands say as JSON. Exit 1 when anything is wrong."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent))

import browser
from pages import Findings, embedded_in, look_at_all, rows_of, same_number, verdict
from rehearsal import Rehearsal

FIRST_CYCLE_SECONDS = 300


def lay_documents(source, folder):
    """Those that ship as the default, with a few of the test's own in the place of those of the same name."""
    shutil.copytree(source / "mappings/presets/default", folder, ignore=shutil.ignore_patterns("*.test.yaml"))
    for path in (HERE / "documents").glob("*.yaml"):
        shutil.copy(path, folder / path.name)


def ask(rehearsal, words, path):
    done = subprocess.run([rehearsal.programs / "duet", *words, "--config", rehearsal.config, "--json", "--html", path],
                          capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"duet {words} ended with {done.returncode}: {done.stdout} {done.stderr}")
    return json.loads(done.stdout), embedded_in(path)


def compare_lifecycle(answer, form, findings):
    shown = {row["stage"]: row for row in rows_of(form, "stages")}
    for stage in answer["stages"]:
        for key in ("people", "entries", "new", "returning", "bypassed", "exits"):
            findings.expect(shown.get(stage["stage"], {}).get(key) == stage[key],
                            f"{stage['stage']} {key} is {stage[key]}, the page has {shown.get(stage['stage'])}")
    steps = {(row["from"], row["to"]): row for row in rows_of(form, "steps")}
    for step in answer["steps"]:
        row = steps.get((step["from"], step["to"]), {})
        findings.expect(row.get("entered") == step["cohort"]["entered"] and
                        row.get("converted") == step["cohort"]["converted"], f"{step} is not {row}")
    findings.expect(sum(row["moves"] for row in rows_of(form, "moves")) > 0, "nobody moved")
    rates = rows_of(form, "win_rates")
    for row, of in zip(rates, ("deals", "value"), strict=True):
        told = answer["outcomes"][of]
        findings.expect(same_number(row["win_rate"], told["win_rate"]), f"{of}: {told} is not {row}")
        findings.expect(row["lapsed"] == told["three_way"]["lapsed"], f"{of}: {told} is not {row}")


def compare_attribution(answer, form, findings):
    shown = {(row["campaign"], row["model"]): row for row in rows_of(form, "credits")}
    credited = 0
    for one in answer["attributions"]:
        for line in one["campaigns"]:
            row = shown.get((line["name"], one["name"]), {})
            credited += line["revenue"]
            for key, of in (("revenue", "revenue"), ("pipeline", "pipeline"), ("won_deals", "won"), ("roi", "roi")):
                findings.expect(row.get(key) == line[of] or same_number(row[key], line[of]),
                                f"{line['name']} by {one['name']}: {of} is {line[of]}, the page has {row}")
    findings.expect(credited > 0, "nothing is credited")
    names = rows_of(form, "new_names")[-1]
    findings.expect((names["deals"], names["qualified"]) ==
                    (answer["new_names"]["all"]["deals"], answer["new_names"]["all"]["qualified"]), f"{names}")


def main(programs, source, pictures):
    source = pathlib.Path(source).resolve()
    pictures = pathlib.Path(pictures).resolve()
    pictures.mkdir(parents=True, exist_ok=True)
    findings = Findings()
    pages = []
    with tempfile.TemporaryDirectory(prefix="duet-pages-", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        lay_documents(source, folder / "documents")
        with Rehearsal(programs, folder / "rehearsal", source / "packaging/demo/seed",
                       folder / "documents") as rehearsal:
            rehearsal.start_daemon()
            rehearsal.wait_for_first_cycle(FIRST_CYCLE_SECONDS)
            for name, compare, least_charts in (("lifecycle", compare_lifecycle, 7),
                                                ("attribution", compare_attribution, 3)):
                path = str(pictures / f"org-{name}.html")
                answer, form = ask(rehearsal, [name], path)
                compare(answer, form, findings)
                findings.expect("page" not in answer, f"{name}: the page is in the JSON as well")
                pages.append((path, form, least_charts))
            path = str(pictures / "org-report.html")
            answer, form = ask(rehearsal, ["report"], path)
            findings.expect(form == answer, "the page of the report holds another one")
            pages.append((path, form, 12))
    look_at_all(pages, findings)
    return verdict(findings, pictures)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except browser.BrowserMissing as missing:
        print(missing, file=sys.stderr)
        sys.exit(1)
