"""Each case of tests/sync_cases/README.md names tests that are there, or is told to have none."""

import re

PAGE = "tests/sync_cases/README.md"
CASES = 25
ROW = re.compile(r"^\| (\d+) \|[^|]*\|([^|]*)\|$", re.M)
NOT_TOLD = re.compile(r"^- case (\d+),", re.M)
NAME = re.compile(r"`([A-Za-z0-9_]+\.[A-Za-z0-9_]+)`")
TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", re.M)


def check(texts):
    if PAGE not in texts:
        return [f"{PAGE}: is missing"]
    there = {f"{suite}.{name}" for path, text in texts.items()
             if path.startswith("tests/") and path.endswith(".cpp")
             for suite, name in TEST.findall(text)}
    findings = []
    rows = {int(number): NAME.findall(tests) for number, tests in ROW.findall(texts[PAGE])}
    not_told = {int(number) for number in NOT_TOLD.findall(texts[PAGE])}
    for number in range(1, CASES + 1):
        if not rows.get(number) and number not in not_told:
            findings.append(f"{PAGE}: case {number} has no test")
    for number, names in sorted(rows.items()):
        for name in names:
            if name not in there:
                findings.append(f"{PAGE}: case {number} names {name}, which is no test")
    return findings
