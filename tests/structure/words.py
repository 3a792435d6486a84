"""Words that have no place in the tree."""

import re

# Written in pieces, so that this file does not find itself.
FORBIDDEN = [
    (re.compile(r"\.\./sha" r"red\b"), "names a folder outside the tree"),
    (re.compile(r"(?<![\w.-])/wo" r"rk/|/tmp/w" r"t\b"), "names a folder of one machine"),
    (re.compile(r"\biss" r"ue #?\d+", re.IGNORECASE), "names an item of a tracker that readers do not have"),
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|HA" r"CK|X" r"XX)\b"), "is work left undone: do it, or say the limit in the README"),
    (re.compile(r"set_validate_" r"certificates"), "turns off the check of certificates"),
]

# Given as they are by others, or made from such.
DATA = re.compile(r"^(packaging/demo/(seed|sources)/|tests/payloads/|tests/fuzz/corpus/|tests/conformance/.*\.jsonl$|LICENSE$)|\.csv$")


def check(texts):
    findings = []
    for path, text in texts.items():
        if DATA.search(path):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for pattern, why in FORBIDDEN:
                found = pattern.search(line)
                if found:
                    findings.append(f"{path}:{number}: \"{found[0]}\" {why}")
    return findings
