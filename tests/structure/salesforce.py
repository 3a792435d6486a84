"""The metadata of packaging/salesforce is whole, and holds each field that the shipped documents write and no other.

Files are well-formed and named as what they hold, labels are told apart, the manifest lists all of them
and nothing else, the permission set grants every field, views show what there is."""

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


# Shipped fields that no field rule fills, and who does.
FILLED_OTHERWISE = {
    ("Task", "Duet_Key__c"): "each task that a rule makes",
    ("CampaignMember", "Duet_Key__c"): "each member that a list puts on a campaign",
    ("Account", "Duet_No_Marketing_Until__c"): "sellers, by hand",
    ("Contact", "Duet_Activated_By__c"): "sellers, by hand",
    ("Contact", "Duet_Activated_On__c"): "sellers, by hand",
    ("Lead", "Duet_Activated_By__c"): "sellers, by hand",
    ("Lead", "Duet_Activated_On__c"): "sellers, by hand",
}
# All of whose fields are filled by event_rows of a lifecycle.
FILLED_OBJECTS = ("Duet_Lifecycle_Event__c",)


def text_of(element, name):
    return element.findtext(NAMESPACE + name, default="")


def shipped_fields(texts):
    """(object, field) -> its XML element."""
    fields = {}
    for path, text in texts.items():
        if not path.startswith(BASE + "/objects/") or not path.endswith(".field-meta.xml"):
            continue
        object_name = path[len(BASE) + len("/objects/"):].split("/")[0]
        object_name = API_NAMES.get(object_name, object_name)
        file_name = posixpath.basename(path)[:-len(".field-meta.xml")]
        fields[object_name, file_name] = ET.fromstring(text.encode())
    return fields


def targets(line, objects):
    """(object, field) for each field of ours that a line of a field rule writes or reads in the CRM."""
    for target in re.findall(r"\bsalesforce:\s*(\{[^}]*\}|[\w.]+)", line):
        for kind, field in re.findall(r"(?:\b(\w+):\s*)?\b(Duet_\w+__c)\b", target):
            yield from ((name, field) for name in objects if kind.lower() in ("", name.lower()))


def written_fields(texts):
    """(object, or none where any will do; field, where) for each field of ours that the shipped documents name."""
    for path, text in texts.items():
        if not path.startswith("mappings/presets/") or not path.endswith(".yaml") or path.endswith(".test.yaml"):
            continue
        entity = re.search(r"^entity:\s*(\w+)", text, re.MULTILINE)
        for number, line in enumerate(text.splitlines(), 1):
            line = line.split(" #")[0]
            aimed = list(targets(line, OBJECTS[entity[1]])) if entity else []
            for object_name, field in aimed:
                yield object_name, field, f"{path}:{number}"
            # In a formula a field may be that of a parent or a child.
            for field in set(re.findall(r"\bDuet_\w+__c\b", line)) - {field for _, field in aimed}:
                yield None, field, f"{path}:{number}"


def filled_fields(texts):
    """(object, field) for each field that a rule of the shipped documents fills, or that a create has as its key."""
    for path, text in texts.items():
        if not path.startswith("mappings/presets/") or not path.endswith(".yaml") or path.endswith(".test.yaml"):
            continue
        entity = re.search(r"^entity:\s*(\w+)", text, re.MULTILINE)
        for line in text.splitlines() if entity else ():
            line = line.split(" #")[0]
            yield from targets(line, OBJECTS[entity[1]])
            yield from ((name, key) for key in re.findall(r"\bkey:\s*(Duet_\w+__c)", line) for name in OBJECTS[entity[1]])


# Folder, ending and name in the manifest of what is deployed. Fields and views hang on an object.
KINDS = (
    ("fields", ".field-meta.xml", "CustomField", "CustomField"),
    ("listViews", ".listView-meta.xml", "ListView", "ListView"),
    ("", ".object-meta.xml", "CustomObject", "CustomObject"),
    ("permissionsets", ".permissionset-meta.xml", "PermissionSet", "PermissionSet"),
    ("campaignInfluenceModels", ".campaignInfluenceModel-meta.xml", "CampaignInfluenceModel",
     "CampaignInfluenceModel"),
)


def components(texts, findings):
    """(kind, name in the manifest) -> (path, its XML element), of every file that is deployed."""
    found = {}
    for path, text in texts.items():
        if not path.startswith(BASE + "/"):
            continue
        parts = path[len(BASE) + 1:].split("/")
        kind = next((one for one in KINDS if path.endswith(one[1])), None)
        if kind is None:
            findings.append(f"{path}: nothing that is deployed ends like this")
            continue
        try:
            element = ET.fromstring(text.encode())
        except ET.ParseError as error:
            findings.append(f"{path}: {error}")
            continue
        if element.tag != NAMESPACE + kind[2]:
            findings.append(f"{path}: holds {element.tag}, not {kind[2]} of the metadata namespace")
        name = parts[-1][:-len(kind[1])]
        folder = parts[2] if parts[0] == "objects" and len(parts) == 4 else "" if parts[0] == "objects" else parts[0]
        if folder != kind[0]:
            findings.append(f"{path}: belongs into {kind[0] or 'the folder of its object'}")
        if kind[0] in ("fields", "listViews"):
            if text_of(element, "fullName") != name:
                findings.append(f"{path}: holds {text_of(element, 'fullName')}")
            name = f"{parts[1]}.{name}"
        found[kind[3], name] = (path, element)
    return found


def unlisted(manifest, found):
    """What manifest and files do not agree on, and what the manifest says twice."""
    listed = [(text_of(kind, "name"), one.text) for kind in manifest.iter(NAMESPACE + "types")
              for one in kind.iter(NAMESPACE + "members")]
    for kind, name in sorted(set(listed) ^ set(found)):
        yield f"{MANIFEST}: {kind} {name} is missing or too much"
    for kind, name in sorted({one for one in listed if listed.count(one) > 1}):
        yield f"{MANIFEST}: {kind} {name} stands there twice"


def unlike_labels(found):
    seen = {}
    for (kind, name), (path, element) in sorted(found.items()):
        key = (kind, name.split(".")[0] if "." in name else "", text_of(element, "label").lower())
        if key[2] and seen.setdefault(key, path) != path:
            yield f"{path}: has the label of {seen[key]}"


def views(found):
    """A view shows and asks for fields that there are, and hides nobody by a misspelt name."""
    fields = {name for kind, name in found if kind == "CustomField"}
    for (kind, name), (path, element) in sorted(found.items()):
        if kind != "ListView":
            continue
        holder = name.split(".")[0]
        named = [one.text for one in element.iter(NAMESPACE + "columns")]
        named += [text_of(one, "field") for one in element.iter(NAMESPACE + "filters")]
        yield from (f"{path}: {holder} has no field {one}" for one in named
                    if one.endswith("__c") and f"{holder}.{one}" not in fields)


def rights(texts, found):
    """Objects of our own can be written, a model of our own by the API alone, and none is the default."""
    granted = {text_of(one, "object") for one in ET.fromstring(texts[PERMISSIONS].encode()).iter(NAMESPACE + "objectPermissions")
               if text_of(one, "allowCreate") == text_of(one, "allowEdit") == "true"}
    for (kind, name), (path, element) in sorted(found.items()):
        if kind == "CustomObject" and name not in granted:
            yield f"{PERMISSIONS}: {name} cannot be created and edited"
        if kind == "CampaignInfluenceModel" and (
                text_of(element, "isModelLocked"), text_of(element, "isDefaultModel")) != ("true", "false"):
            yield f"{path}: must be locked, and is not to become an org's default by a deployment"


def shape(element):
    """Type and size as the seed's list writes them."""
    kind = text_of(element, "type")
    flags = (text_of(element, "externalId") or "false", text_of(element, "unique") or "false")
    if kind in ("Text", "LongTextArea"):
        return ("string" if kind == "Text" else "textarea", text_of(element, "length"), "", "") + flags
    if kind in ("Number", "Currency", "Percent"):
        return ("double" if kind == "Number" else kind.lower(), "", text_of(element, "precision"),
                text_of(element, "scale")) + flags
    others = {"Checkbox": "boolean", "Lookup": "reference"}
    return (others.get(kind, kind.lower()), "", "", "") + flags


def check(texts):
    findings = []
    found = components(texts, findings)
    if findings:
        return findings
    fields = shipped_fields(texts)
    if not fields:
        return [f"{BASE}: holds no field"]
    findings += unlisted(ET.fromstring(texts[MANIFEST].encode()), found)
    findings += [*unlike_labels(found), *views(found), *rights(texts, found)]
    names = {field for _, field in fields}
    for object_name, field, where in written_fields(texts):
        if object_name is None and field not in names:
            findings.append(f"{where}: no object has {field} in {BASE}/objects")
        if object_name is not None and (object_name, field) not in fields:
            findings.append(f"{where}: {object_name}.{field} has no file in {BASE}/objects")
    filled = set(filled_fields(texts)) | set(FILLED_OTHERWISE)
    for object_name, field in sorted(fields.keys() - filled):
        if object_name not in FILLED_OBJECTS:
            findings.append(f"{object_name}.{field}: is shipped, and no shipped document fills it")
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
    findings += [f"{PERMISSIONS}: {name} is missing or too much" for name in sorted(granted ^ names)]
    return findings
