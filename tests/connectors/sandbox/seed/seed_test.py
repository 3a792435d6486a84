"""The committed seed is what its program writes, holds together, and kept the source's dirt."""

import collections
import csv
import filecmp
import pathlib
import subprocess
import sys
import tempfile
import unittest

DEMO = pathlib.Path(sys.argv.pop(1)) / "packaging" / "demo"
SEED = DEMO / "seed"
NOW = "2018-01-02T09:00:00"


def rows(name):
    with open(SEED / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def column(name, field):
    return [row[field] for row in rows(name)]


class Seed(unittest.TestCase):
    def test_program_writes_the_committed_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, "-B", DEMO / "make_seed.py", folder], check=True)
            made = sorted(p.relative_to(folder) for p in pathlib.Path(folder).rglob("*.csv"))
            kept = sorted(p.relative_to(SEED) for p in SEED.rglob("*.*"))
            self.assertEqual(made, kept)
            for path in made:
                same = filecmp.cmp(pathlib.Path(folder) / path, SEED / path, shallow=False)
                self.assertTrue(same, path)

    def test_all_of_it_is_under_six_megabytes(self):
        files = [p for p in DEMO.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
        self.assertLess(sum(p.stat().st_size for p in files), 6_000_000)

    def test_counts(self):
        for name, low, high in [
                ("salesforce/Account.csv", 85, 85), ("salesforce/Product2.csv", 7, 7),
                ("salesforce/Opportunity.csv", 8800, 8800), ("salesforce/User.csv", 43, 43),
                ("salesforce/Contact.csv", 900, 1100), ("salesforce/Lead.csv", 800, 800),
                ("salesforce/Campaign.csv", 14, 14), ("salesforce/CampaignMember.csv", 2800, 3300),
                ("pardot/prospects.csv", 1500, 1800), ("pardot/lists.csv", 35, 35),
                ("salesforce/Contract.csv", 55, 65),
                ("pardot/visitor-activities.csv", 6000, 6000)]:
            count = len(rows(name))
            self.assertTrue(low <= count <= high, f"{name}: {count}")

    def test_dirt_of_the_source_is_kept(self):
        products = collections.Counter(column("salesforce/Opportunity.csv", "Product_Name__c"))
        self.assertEqual(products["GTXPro"], 1480)
        self.assertNotIn("GTXPro", column("salesforce/Product2.csv", "Name"))
        self.assertEqual(column("salesforce/Opportunity.csv", "AccountId").count(""), 1425)
        self.assertEqual(column("salesforce/Account.csv", "Industry").count("technolgy"), 12)
        self.assertIn("Philipines", column("salesforce/Account.csv", "BillingCountry"))
        self.assertEqual(sum(1 for p in column("salesforce/Account.csv", "ParentId") if p), 15)
        for row in rows("salesforce/Opportunity.csv"):
            if row["StageName"] == "Lost":
                self.assertEqual(row["Amount"], "0")
            elif row["StageName"] != "Won":
                self.assertEqual(row["Amount"], "")
        stages = collections.Counter(column("salesforce/Opportunity.csv", "StageName"))
        self.assertEqual(stages, {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500})

    def test_ids_are_unique_and_references_resolve(self):
        ids = {}
        for path in sorted(SEED.glob("*/*.csv")):
            found = rows(path.relative_to(SEED))
            if "Id" in found[0] or "id" in found[0]:
                key = "Id" if "Id" in found[0] else "id"
                ids[path.stem] = {row[key] for row in found}
                self.assertEqual(len(ids[path.stem]), len(found), path)
        people = ids["Contact"] | ids["Lead"]
        whats = ids["Account"] | ids["Opportunity"]
        for name, field, targets in [
                ("salesforce/User.csv", "ManagerId", ids["User"]),
                ("salesforce/Account.csv", "ParentId", ids["Account"]),
                ("salesforce/Account.csv", "OwnerId", ids["User"]),
                ("salesforce/Contact.csv", "AccountId", ids["Account"]),
                ("salesforce/Lead.csv", "ConvertedContactId", ids["Contact"]),
                ("salesforce/Contract.csv", "AccountId", ids["Account"]),
                ("salesforce/Contract.csv", "OwnerId", ids["User"]),
                ("salesforce/Opportunity.csv", "AccountId", ids["Account"]),
                ("salesforce/Opportunity.csv", "CampaignId", ids["Campaign"]),
                ("salesforce/Opportunity.csv", "OwnerId", ids["User"]),
                ("salesforce/OpportunityContactRole.csv", "OpportunityId", ids["Opportunity"]),
                ("salesforce/OpportunityContactRole.csv", "ContactId", ids["Contact"]),
                ("salesforce/OpportunityLineItem.csv", "Product2Id", ids["Product2"]),
                ("salesforce/CampaignMember.csv", "CampaignId", ids["Campaign"]),
                ("salesforce/CampaignMember.csv", "ContactId", ids["Contact"]),
                ("salesforce/CampaignMember.csv", "LeadId", ids["Lead"]),
                ("salesforce/Task.csv", "WhoId", people), ("salesforce/Task.csv", "WhatId", whats),
                ("salesforce/Event.csv", "WhoId", people), ("salesforce/Event.csv", "WhatId", whats),
                ("pardot/prospects.csv", "salesforceContactId", ids["Contact"]),
                ("pardot/prospects.csv", "salesforceLeadId", ids["Lead"]),
                ("pardot/prospects.csv", "assignedToId", ids["users"]),
                ("pardot/prospects.csv", "campaignId", ids["campaigns"]),
                ("pardot/campaigns.csv", "salesforceId", ids["Campaign"]),
                ("pardot/opportunities.csv", "salesforceId", ids["Opportunity"]),
                ("pardot/list-memberships.csv", "listId", ids["lists"]),
                ("pardot/list-memberships.csv", "prospectId", ids["prospects"]),
                ("pardot/visitor-activities.csv", "prospectId", ids["prospects"]),
                ("pardot/visitor-activities.csv", "opportunityId", ids["opportunities"])]:
            lost = {row[field] for row in rows(name)} - targets - {""}
            self.assertEqual(lost, set(), f"{name} {field}")

    def test_a_campaign_has_a_person_once_with_one_of_its_statuses(self):
        allowed = {(row["CampaignId"], row["Label"], row["HasResponded"])
                   for row in rows("salesforce/CampaignMemberStatus.csv")}
        seen = set()
        for row in rows("salesforce/CampaignMember.csv"):
            self.assertIn((row["CampaignId"], row["Status"], row["HasResponded"]), allowed)
            self.assertEqual(row["HasResponded"] == "true", row["FirstRespondedDate"] != "")
            self.assertTrue(bool(row["ContactId"]) != bool(row["LeadId"]))
            key = (row["CampaignId"], row["ContactId"] or row["LeadId"])
            self.assertNotIn(key, seen)
            seen.add(key)

    def test_every_stamp_is_before_the_clock_and_after_the_creation(self):
        for path in sorted(SEED.glob("*/*.csv")):
            for row in rows(path.relative_to(SEED)):
                created = row.get("CreatedDate") or row.get("createdAt")
                modified = row.get("SystemModstamp") or row.get("updatedAt")
                if created and modified is None:  # what an administrator deploys has no later stamp
                    self.assertIn(path.name, ("ListView.csv", "PermissionSet.csv", "PermissionSetAssignment.csv"))
                    self.assertLess(created, NOW, path)
                elif created:
                    self.assertLess(modified, NOW, path)
                    self.assertLessEqual(created, modified, path)

    def test_people_carry_the_dirt_that_sync_products_trip_over(self):
        contacts = rows("salesforce/Contact.csv")
        emails = collections.Counter(row["Email"].lower() for row in contacts if row["Email"])
        self.assertGreater(sum(1 for count in emails.values() if count > 1), 9)
        self.assertTrue(any(row["Email"] != row["Email"].lower() for row in contacts))
        self.assertTrue(any(row["LastName"].endswith(" ") for row in contacts))
        self.assertTrue(any(row["Email"] == "" for row in contacts))
        out = {row["Id"] for row in contacts if row["HasOptedOutOfEmail"] == "true"}
        linked = [row for row in rows("pardot/prospects.csv") if row["salesforceContactId"]]
        sides = {(row["salesforceContactId"] in out, row["optedOut"] == "true") for row in linked}
        self.assertEqual(len(sides), 4)
        phones = {row["Id"]: row["Phone"] for row in contacts}
        self.assertTrue(any(row["phone"] != phones[row["salesforceContactId"]] for row in linked))


if __name__ == "__main__":
    unittest.main()
