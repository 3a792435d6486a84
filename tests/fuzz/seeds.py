#!/usr/bin/env python3
"""Writes seeds and words for the fuzzers, from the sources, the vectors and the shipped documents.

usage: seeds.py SOURCE FOLDER      makes formula, formula.dict, documents, documents.dict in FOLDER
"""

import json
import pathlib
import re
import sys

EVERY = 7  # one row of so many: neighbours differ only in a number


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file.read().split("\n") if line]


def record(vector):
    lines = []
    for field in vector["inputs"]:
        value = field.get("value")
        value = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        if "\n" not in value:
            lines.append(f"{field['name']}:{field['type']}={value}")
    if vector["mode"] == "nullAsZero":
        lines.append("!zero")
    return lines


def formulas(conformance):
    for vector in rows(conformance / "parse.jsonl"):
        yield vector["formula"]
    for vector in rows(conformance / "templates.jsonl"):
        yield vector["template"]
    seen = set()
    for number, vector in enumerate(rows(conformance / "vectors-dev.jsonl")):
        if vector["formula"] in seen and number % EVERY:
            continue
        seen.add(vector["formula"])
        yield "\n".join([vector["formula"], "%"] + record(vector)) + "\n"
    clocks = ["TODAY() >= ADDMONTHS(D, 3) + 90", "CASE(MONTH(TODAY()), 1, D, 2, D + 1, TODAY())",
              "IF(NOW() - DT > 0.5, NOW(), DT)", "TIMENOW() > TM", "YEAR(TODAY()) > YEAR(D)",
              "AND(NOT(ISBLANK(D)), TODAY() - D <> 30, ISPICKVAL(P, \"Won\"))"]
    for clock in clocks:
        yield (clock + "\n%\nD:date=2019-12-31\nDT:datetime=2020-02-29T23:59:59.999Z\n"
               "TM:time=23:59:59.999\nP:picklist=Won\n!zone=-210\n!now=2020-02-29T00:00:00Z\n")


def documents(source):
    files = sorted((source / "mappings/presets/default").glob("*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    yield from texts
    yield "%%\n".join(texts)
    manual = (source / "mappings/document/README.md").read_text(encoding="utf-8")
    for block in manual.split("```yaml\n")[1:]:
        yield block.split("```")[0]
        yield "entity: person\nmatch: [email]\n" + block.split("```")[0]
    yield '{"entity": "account", "fields": [{"salesforce": "Name", "pardot": "name"}]}'
    yield "a: &x [1, *x]\nb: {<<: *x}\n? |\n  c\n: !!binary >-\n  d\n---\n...\n"


def words(source):
    """What a blind change of bytes would not find: names of functions, keys of documents."""
    table = (source / "mappings/formula/functions.cpp").read_text(encoding="utf-8")
    yield "formula", set(re.findall(r'"([A-Z][A-Z0-9]+)"', table)) | {"TRUE", "FALSE", "NULL", "!zero", "!now="}
    manual = (source / "mappings/document/README.md").read_text(encoding="utf-8")
    yield "documents", set(re.findall(r"\b([a-z][a-z_]+):", manual)) | {"%%", "&a", "*a", "<<:", "? "}


def main(source, folder):
    for name, texts in (("formula", formulas(source / "tests/conformance/formula")),
                        ("documents", documents(source))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            (folder / name / f"{number:05}").write_bytes(text.encode("utf-8", "surrogatepass"))
    for name, found in words(source):
        (folder / f"{name}.dict").write_text("".join(f'"{word}"\n' for word in sorted(found)))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
