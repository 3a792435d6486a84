"""A synthetic org of any size as a sandbox seed: both sides agree on every field already.

So a first load has nothing to write, as a Pardot of 25,000 calls a day could not take it, and what is
measured is reading, matching and deciding. For N people: N contacts, each with its prospect, N / 2
opportunities with a contact role each, N / 20 accounts. Nothing is random.
"""

import csv
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "packaging/demo"))
from seed_common import record_id  # noqa: E402

STAGES = (("Won", "CUSTOMER"), ("Lost", "KNOWN"), ("Engaging", "OPPORTUNITY"))
FIRST_STAMP = datetime.datetime(2016, 1, 1)
STAMPS_SECONDS = 700 * 86400  # all before the demo's clock
USER = record_id("005", 1)
TITLES = ("Buyer", "IT Director", "Head of Operations", "Systems Administrator")


def stamp(index, count):
    """Even over two years, so that no second holds many rows."""
    moment = FIRST_STAMP + datetime.timedelta(seconds=index * STAMPS_SECONDS // count)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


class Org:
    def __init__(self, people):
        self.people = people
        self.accounts = max(1, people // 20)
        self.deals = people // 2

    def account_id(self, person):
        return record_id("001", 1 + person % self.accounts)

    def stage(self, deal):
        return STAGES[deal % len(STAGES)]

    def account_rows(self):
        open_deals = [0] * self.accounts
        for deal in range(self.deals):
            if self.stage(deal)[0] == "Engaging":
                open_deals[deal % self.accounts] += 1
        for index in range(self.accounts):
            yield (record_id("001", 1 + index), f"Firm {index}", 10 + index % 5000,
                   open_deals[index], USER, *[stamp(index, self.accounts)] * 3)

    def person(self, index):
        stage = self.stage(index)[1] if index < self.deals else "KNOWN"
        return {"first": f"First{index % 977}", "last": f"Last{index}",
                "email": f"person{index}@firm{index % self.accounts}.example",
                "phone": f"+1 555 {index:07d}", "title": TITLES[index % len(TITLES)],
                "stage": stage}

    def contact_rows(self):
        for index in range(self.people):
            one = self.person(index)
            yield (record_id("003", 1 + index), self.account_id(index), one["first"], one["last"],
                   one["email"], one["phone"], one["title"], "Google", "false", "false",
                   one["stage"], 0, USER, *[stamp(index, self.people)] * 3)

    def deal_rows(self):
        for index in range(self.deals):
            stage = self.stage(index)[0]
            start, end = ("2016-02-01", "2017-01-31") if stage == "Won" else ("", "")
            yield (record_id("006", 1 + index), f"Deal {index}", self.account_id(index), stage,
                   100 + index % 9000, "2016-01-15" if stage != "Engaging" else "2018-06-30",
                   start, end, USER, *[stamp(index, self.deals)] * 3)

    def role_rows(self):
        for index in range(self.deals):
            yield (record_id("00K", 1 + index), record_id("006", 1 + index),
                   record_id("003", 1 + index), "Decision Maker", "true",
                   *[stamp(index, self.deals)] * 3)

    def prospect_rows(self):
        for index in range(self.people):
            one = self.person(index)
            contact = record_id("003", 1 + index)
            won, end = ("2016-01-15", "2017-01-31") if one["stage"] == "CUSTOMER" else ("", "")
            yield (60_000_000 + index, one["email"], one["first"], one["last"], one["title"],
                   f"Firm {index % self.accounts}", one["phone"],
                   10 + index % self.accounts % 5000, "Google", contact, contact, "false", "false",
                   "false", one["stage"], won, end, *[stamp(index, self.people)] * 2, "false")


STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")


def make_seed(folder, people, demo_seed):
    """Writes the seed; what an org needs beside its rows is the demo's. Returns rows a side."""
    org = Org(people)
    folder = pathlib.Path(folder)
    crm = folder / "salesforce"
    write(crm / "Account.csv", ("Id", "Name", "NumberOfEmployees", "Duet_Open_Opportunities__c",
                                "OwnerId", *STAMPS), org.account_rows())
    write(crm / "Contact.csv",
          ("Id", "AccountId", "FirstName", "LastName", "Email", "Phone", "Title", "LeadSource",
           "HasOptedOutOfEmail", "DoNotCall", "Duet_Stage__c", "Duet_Email_Clicks__c", "OwnerId",
           *STAMPS), org.contact_rows())
    write(crm / "Opportunity.csv",
          ("Id", "Name", "AccountId", "StageName", "Amount", "CloseDate", "Contract_Start__c",
           "Contract_End__c", "OwnerId", *STAMPS), org.deal_rows())
    write(crm / "OpportunityContactRole.csv",
          ("Id", "OpportunityId", "ContactId", "Role", "IsPrimary", *STAMPS), org.role_rows())
    write(crm / "User.csv", ("Id", "Username", "LastName", "Email", "Alias", "IsActive", *STAMPS),
          [(USER, "bench@firm.example", "Bench", "bench@firm.example", "bench", "true",
            *[stamp(0, 1)] * 3)])
    write(folder / "pardot/prospects.csv",
          ("id", "email", "firstName", "lastName", "jobTitle", "company", "phone", "employees",
           "source", "salesforceId", "salesforceContactId", "optedOut", "isDoNotEmail",
           "isDoNotCall", "duet_stage__c", "last_won__c", "contract_end__c", "createdAt",
           "updatedAt", "isDeleted"), org.prospect_rows())
    demo_seed = pathlib.Path(demo_seed)
    for name in ("salesforce/custom_fields.csv", "salesforce/OpportunityStage.csv",
                 "pardot/custom-fields.csv", "pardot/lists.csv"):
        (folder / name).write_bytes((demo_seed / name).read_bytes())
    return org.people + 2 * org.deals + org.accounts, people
