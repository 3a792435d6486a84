"""Checks the shape of the source tree: check.py ROOT CHECK...  Exit 1 when anything is found."""

import sys

import cases
import codes
import includes
import listed
import salesforce
import tree
import words

CHECKS = {
    "includes": includes.check,
    "listed": listed.check,
    "readmes": listed.check_readmes,
    "words": words.check,
    "codes": codes.check,
    "salesforce": salesforce.check,
    "cases": cases.check,
}


def main(root, *names):
    texts = tree.read_tree(root)
    findings = []
    for name in names:
        findings += CHECKS[name](texts)
    print("\n".join(findings) if findings else f"{', '.join(names)}: nothing found in {len(texts)} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
