"""Every message code in the code has its row in mappings/messages.cpp, and the rows are in order."""

import re

from tree import CODE, ROOMS, code_lines

TABLE = "mappings/messages.cpp"


def check(texts):
    rows = re.findall(r'\{\s*"(DUET-\d{4})"\s*,', texts.get(TABLE, ""))
    findings = [f"{TABLE}: {second} stands after {first}" for first, second in zip(rows, rows[1:]) if second <= first]
    if not rows:
        findings.append(f"{TABLE}: holds no code")
    for path, text in texts.items():
        if path == TABLE or not path.startswith(ROOMS) or not path.endswith(CODE):
            continue
        for number, line in code_lines(text):
            for code in re.findall(r"DUET-\d{4}", line):
                if code not in rows:
                    findings.append(f"{path}:{number}: {code} has no row in {TABLE}")
    return findings
