"""Custom fields and objects of the demo's org: those that Duet ships, as deployed, and a few of its own."""

import pathlib
import xml.etree.ElementTree as ET

from seed_common import record_id, write

DEPLOYED = pathlib.Path(__file__).resolve().parents[1] / "salesforce/duet/main/default"
METADATA = DEPLOYED / "objects"
NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"

OWN = [
    # object, name, label, type, length, precision, scale, external_id, unique, options
    ("Opportunity", "Pipeline_Id__c", "Pipeline Id", "string", 20, "", "", "true", "true", ""),
    ("Opportunity", "Product_Name__c", "Product Name", "string", 80, "", "", "false", "false", ""),
    ("Opportunity", "Contract_Start__c", "Contract Start", "date", "", "", "", "false", "false", ""),
    ("Opportunity", "Contract_End__c", "Contract End", "date", "", "", "", "false", "false", ""),
    ("Account", "Year_Established__c", "Year Established", "double", "", 4, 0, "false", "false", ""),
]


def own(holder, name, kind, length="", of=""):
    return (holder, name, name[:-3].replace("_", " "), kind, length, "", "", "false", "false", of)


# What sellers fill in for the documents of mappings/presets, under the names that those use.
for holder in ("Contact", "Lead"):
    OWN += [own(holder, "Rejected_On__c", "datetime"), own(holder, "Disqualified_On__c", "datetime"),
            own(holder, "Reopened_On__c", "datetime"),
            own(holder, "Reject_Reason__c", "picklist", of="Not a fit|No need|Timing"),
            own(holder, "Handover_Bypassed__c", "boolean"), own(holder, "Event_Released__c", "boolean"),
            own(holder, "Validated_By__c", "reference", of="User"),
            own(holder, "Nurture_Requested_On__c", "datetime"),
            own(holder, "Nurture_Requested_By__c", "reference", of="User"),
            own(holder, "Trial_From__c", "date"), own(holder, "Trial_Until__c", "date"),
            own(holder, "Reference_Customer__c", "boolean"), own(holder, "Consent_Withdrawn__c", "boolean"),
            own(holder, "Erasure_Requested__c", "boolean")]
OWN += [own("Account", "Notice_Given__c", "boolean"), own("Account", "Usage_Watched_On__c", "date"),
        own("Contract", "In_Dispute__c", "boolean"),
        own("Case", "Satisfaction_Asked__c", "boolean"), own("Event", "On_Site__c", "boolean"),
        own("Lead", "Account_Owner__c", "reference", of="User"),
        own("Opportunity", "Loss_Reason__c", "string", 40),
         own("Opportunity", "ACV__c", "currency"), own("Opportunity", "Term_Months__c", "double"),
         own("User", "Sales_Role__c", "picklist", of="AE|BDR|SDR|CSM|OTHER"),
         own("User", "On_Leave__c", "boolean")]

TYPES = {"Text": "string", "Number": "double", "Currency": "currency", "Percent": "percent",
         "Date": "date", "DateTime": "datetime", "Checkbox": "boolean", "Picklist": "picklist",
         "LongTextArea": "textarea", "Lookup": "reference"}


def shipped(path):
    """One field's file as a row."""
    field = ET.parse(path).getroot()

    def of(name):
        return field.findtext(NAMESPACE + name, default="")

    values = [one.findtext(NAMESPACE + "fullName") for one in field.iter(NAMESPACE + "value")]
    holder = path.parents[1].name
    # Custom fields of tasks belong to activities in metadata.
    return ("Task" if holder == "Activity" else holder, of("fullName"), of("label"),
            TYPES[of("type")], of("length"), of("precision"), of("scale"),
            of("externalId") or "false", of("unique") or "false",
            "|".join(values) or of("referenceTo"))


def write_custom_fields(out):
    rows = sorted(shipped(path) for path in METADATA.glob("*/fields/*.xml"))
    write(out, "custom_fields.csv",
          ["object", "name", "label", "type", "length", "precision", "scale", "external_id",
           "unique", "options"], [*OWN, *rows])
    objects = []
    for path in sorted(METADATA.glob("*/*.object-meta.xml")):
        made = ET.parse(path).getroot()
        objects.append((path.parent.name, made.findtext(NAMESPACE + "label"),
                        made.findtext(NAMESPACE + "pluralLabel"),
                        made.findtext(f"{NAMESPACE}nameField/{NAMESPACE}displayFormat")))
    write(out, "custom_objects.csv", ["name", "label", "plural", "name_format"], objects)


# When all of it was deployed.
DEPLOYED_ON = "2016-09-01T08:00:00.000Z"
# Whom the sandbox signs a client in as: the first user.
INTEGRATION_USER = record_id("005", 1)


def write_setup(out):
    """List views and the permission set, which the user that Duet signs in as has."""
    views = []
    for path in sorted(METADATA.glob("*/listViews/*.xml")):
        view = ET.parse(path).getroot()
        views.append((record_id("00B", len(views) + 1), view.findtext(NAMESPACE + "label"),
                      view.findtext(NAMESPACE + "fullName"), path.parents[1].name, DEPLOYED_ON))
    write(out, "ListView.csv", ["Id", "Name", "DeveloperName", "SobjectType", "CreatedDate"], views)
    sets = []
    for path in sorted(DEPLOYED.glob("permissionsets/*.xml")):
        held = ET.parse(path).getroot()
        sets.append((record_id("0PS", len(sets) + 1), path.name.split(".")[0],
                     held.findtext(NAMESPACE + "label"), DEPLOYED_ON))
    write(out, "PermissionSet.csv", ["Id", "Name", "Label", "CreatedDate"], sets)
    write(out, "PermissionSetAssignment.csv", ["Id", "PermissionSetId", "AssigneeId", "CreatedDate"],
          [(record_id("0Pa", number), one[0], INTEGRATION_USER, DEPLOYED_ON)
           for number, one in enumerate(sets, 1)])
