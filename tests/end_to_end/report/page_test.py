"""Pages of reports and of files in a real browser: page_test.py DUET FOLDER_FOR_SCREENSHOTS.

Renders sample.json beside this file, the sample org and the journeys of tests/payloads, and a few leads with
the real commands, and compares what the pages show with what the commands say. Exit 1 when anything is
wrong."""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import browser
from pages import (Findings, check_dark, check_policy, embedded_in, look_at_all, rows_of, same_number,
                   verdict)

ATTRIBUTION = os.path.join(HERE, "../../payloads/attribution")
LEADS = """mql_id,first_contact_date,origin
a,2018-01-01,organic search
b,2018-01-01,organic search
c,2018-01-10,mail
d,2018-01-10,
e,2018-02-01,organic search
f,2018-02-01,<b>fair</b>
"""
DEALS = """mql_id,won_date
a,2018-01-31
b,2018-02-01
d,2018-01-12
f,2018-05-12
"""


def answer_with_page(duet, words, path):
    """The command's JSON, and the page that it wrote beside it."""
    done = subprocess.run([duet, *words, "--html", path, "--json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout), embedded_in(path)


def of_report(duet, folder):
    sample = os.path.join(HERE, "sample.json")
    with open(sample, encoding="utf-8") as file:
        form = json.load(file)
    path = os.path.join(folder, "report.html")
    subprocess.run([duet, "report", "--from", sample, "--html", path], check=True)
    return path, form, 12


def of_sample_org(duet, folder, findings):
    path = os.path.join(folder, "attribution.html")
    answer, form = answer_with_page(duet, ["attribution", "--from", os.path.join(ATTRIBUTION, "crm-sample"),
                                           "--as-of", "2025-10-01T00:00:00Z"], path)
    shown = {(row["campaign"], row["model"]): row for row in rows_of(form, "credits")}
    for model in answer["models"]:
        for line in model["campaigns"]:
            row = shown.get((line["name"] or "(no campaign)", model["model"]), {})
            for key in ("revenue", "pipeline", "won_deals"):
                findings.expect(same_number(row.get(key, -1), line[key]),
                                f"{line['name']} by {model['model']}: {key} is {line[key]}, the page has {row}")
    covered = rows_of(form, "coverage")[0]
    findings.expect(same_number(covered["untouched_amount"], answer["coverage"]["won_untouched"]), f"{covered}")
    return path, form, 4


def of_journeys(duet, folder, findings):
    path = os.path.join(folder, "journeys.html")
    answer, form = answer_with_page(duet, ["attribution", "--paths", os.path.join(ATTRIBUTION, "path_data.csv"),
                                           *[word for model in ("first", "last", "linear", "shapley", "markov:1",
                                                                "markov:2", "shapley-ordered")
                                             for word in ("--model", model)]], path)
    shown = {(row["channel"], row["model"]): row for row in rows_of(form, "channels")}
    for model in answer["models"]:
        for line in model["channels"]:
            row = shown.get((line["channel"], model["model"]), {})
            for key in ("conversions", "value", "removal_effect"):
                value = line.get(key)
                findings.expect(row.get(key) == value if value is None else same_number(row[key], value),
                                f"{line['channel']} by {model['model']}: {key} is {value}, the page has {row}")
    return path, form, 3


def of_leads(duet, folder, findings):
    leads = os.path.join(folder, "leads")
    os.makedirs(leads, exist_ok=True)
    for name, text in (("marketing_qualified_leads.csv", LEADS), ("closed_deals.csv", DEALS)):
        with open(os.path.join(leads, name), "w", encoding="utf-8") as file:
            file.write(text)
    path = os.path.join(folder, "leads.html")
    answer, form = answer_with_page(duet, ["lifecycle", "--from", leads], path)
    shown = {row["origin"]: row for row in rows_of(form, "origins")}
    for line in answer["by_origin"]:
        row = shown.get(line["origin"] or "(blank)", {})
        findings.expect((row.get("leads"), row.get("won"), row.get("rate"), row.get("days_median")) ==
                        (line["mqls"], line["won"], line["rate"], line["days_to_win"]["median"]),
                        f"{line} is not {row}")
    return path, form, 3


def check_rest_of_report(path, folder, findings):
    with tempfile.TemporaryDirectory(prefix="duet-browser-", ignore_cleanup_errors=True) as profile:
        with browser.Browser(profile) as page:
            page.open(path, 1280)
            check_policy(page, findings)
            check_dark(page, path, findings)
            page.open(path, 1280)
            pdf = page.print_pages()
            pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
            findings.expect(pdf.startswith(b"%PDF") and 4 <= pages <= 12, f"it prints on {pages} pages")
            with open(os.path.join(folder, "report.pdf"), "wb") as file:
                file.write(pdf)


def main(duet, folder):
    os.makedirs(folder, exist_ok=True)
    findings = Findings()
    report = of_report(duet, folder)
    look_at_all([report, of_sample_org(duet, folder, findings), of_journeys(duet, folder, findings),
                 of_leads(duet, folder, findings)], findings)
    check_rest_of_report(report[0], folder, findings)
    return verdict(findings, folder)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except browser.BrowserMissing as missing:
        print(missing, file=sys.stderr)
        sys.exit(1)
