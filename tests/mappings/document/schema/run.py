#!/usr/bin/env python3
"""Compares Duet's loader of mapping documents with its JSON Schema, as Ajv reads it.

usage: run.py PROGRAM SOURCE WORK

PROGRAM is document_verdicts, SOURCE the source tree, WORK a folder that may be changed. npm
installs what package-lock.json names into WORK and keeps it there for the next run; an install
that fails is a failure of the test.
"""

import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
import npm_packages  # noqa: E402


def documents(source, work):
    """The documents that ship, and the examples of the manual as files."""
    shipped = sorted(path for path in (source / "mappings/presets").rglob("*.yaml")
                     if not path.name.endswith(".test.yaml"))
    folder = work / "manual"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    manual = (source / "mappings/document/README.md").read_text(encoding="utf-8")
    examples = []
    for number, text in enumerate(re.findall(r"^```yaml\n(.*?)^```$", manual, re.M | re.S), 1):
        examples.append(folder / f"example_{number:02}.yaml")
        examples[-1].write_text(text, encoding="utf-8")
    if not shipped or not examples:
        sys.exit("no documents were found")
    return shipped + examples


def main():
    program, source, work = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
    npm_packages.install(HERE, work)
    return subprocess.run(
        ["node", "agree.mjs", program, source / "mappings/document/schema.json", work,
         *documents(source, work)], cwd=work, check=False, stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
