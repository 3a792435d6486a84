"""The metadata of packaging/salesforce holds each field that the shipped documents write."""

import csv
import io
import posixpath
import re
import xml.etree.ElementTree as ET

BASE = "packaging/salesforce/duet/main/default"
PERMISSIONS = f"{BASE}/permissionsets/Duet_Integration.permissionset-meta.xml"
MANIFEST = "packaging/salesforce/package.xml"
SEED = "packaging/demo/seed/salesforce/custom_fields.csv"
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"

# Which Salesforce objects describe an entity. A field of a person is a field of both.
OBJECTS = {
    "person": ("Contact", "Lead"),
    "account": ("Account",),
    "opportunity": ("Opportunity",),
    "campaign": ("Campaign",),
}


# Custom fields of tasks belong to activities in metadata, and to tasks everywhere else.
METADATA_NAMES = {"Task": "Activity"}
API_NAMES = {name: api for api, name in METADATA_NAMES.items()}


def text_of(element, name):
    return element.findtext(NAMESPACE + name, default="")


def shipped_fields(texts, findings):
    """(object, field) -> its XML element."""
    fields = {}
    for path, text in texts.items():
        if not path.startswith(BASE + "/objects/") or not path.endswith(".field-meta.xml"):
            continue
        object_name = path[len(BASE) + len("/objects/"):].split("/")[0]
        object_name = API_NAMES.get(object_name, object_name)
        file_name = posixpath.basename(path)[:-len(".field-meta.xml")]
        element = ET.fromstring(text.encode())
        if text_of(element, "fullName") != file_name:
            findings.append(f"{path}: holds the field {text_of(element, 'fullName')}")
        fields[object_name, file_name] = element
    return fields


def written_fields(texts):
    """(object, field, where) for each field of ours that the shipped documents name."""
    for path, text in texts.items():
        if not path.startswith("mappings/presets/") or not path.endswith(".yaml") or path.endswith(".test.yaml"):
            continue
        entity = re.search(r"^entity:\s*(\w+)", text, re.MULTILINE)
        for number, line in enumerate(text.splitlines(), 1):
            for field in re.findall(r"\bDuet_\w+__c\b", line.split(" #")[0]):
                for object_name in OBJECTS[entity[1]] if entity else ("an entity",):
                    yield object_name, field, f"{path}:{number}"


def shape(element):
    """Type and size as the seed's list writes them."""
    kind = text_of(element, "type")
    flags = (text_of(element, "externalId") or "false", text_of(element, "unique") or "false")
    if kind == "Text":
        return ("string", text_of(element, "length"), "", "") + flags
    if kind == "Number":
        return ("double", "", text_of(element, "precision"), text_of(element, "scale")) + flags
    return (kind.lower(), "", "", "") + flags


def check(texts):
    findings = []
    fields = shipped_fields(texts, findings)
    if not fields:
        return [f"{BASE}: holds no field"]
    for object_name, field, where in written_fields(texts):
        if (object_name, field) not in fields:
            findings.append(f"{where}: {object_name}.{field} has no file in {BASE}/objects")
    seed = {(row["object"], row["name"]): row for row in csv.DictReader(io.StringIO(texts.get(SEED, "")))
            if row["name"].startswith("Duet_")}
    for key in sorted(seed.keys() ^ fields.keys()):
        findings.append(f"{'.'.join(key)}: is in only one of {SEED} and {BASE}/objects")
    columns = ("type", "length", "precision", "scale", "external_id", "unique")
    for key in sorted(seed.keys() & fields.keys()):
        wanted = tuple(seed[key][column] for column in columns)
        if shape(fields[key]) != wanted:
            findings.append(f"{'.'.join(key)}: {shape(fields[key])} in {BASE}, {wanted} in {SEED}")
    names = {".".join(key) for key in fields}
    granted = {text_of(one, "field") for one in ET.fromstring(texts[PERMISSIONS].encode()).iter(NAMESPACE + "fieldPermissions")
               if text_of(one, "editable") == text_of(one, "readable") == "true"}
    listed = {one.text for kind in ET.fromstring(texts[MANIFEST].encode()).iter(NAMESPACE + "types")
              if text_of(kind, "name") == "CustomField" for one in kind.iter(NAMESPACE + "members")}
    in_manifest = {f"{METADATA_NAMES.get(name, name)}.{field}" for name, field in fields}
    for place, held, wanted in ((PERMISSIONS, granted, names), (MANIFEST, listed, in_manifest)):
        findings += [f"{place}: {name} is missing or too much" for name in sorted(held ^ wanted)]
    return findings
