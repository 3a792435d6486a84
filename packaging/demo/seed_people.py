"""Contacts and leads. Invented, with the dirt that real orgs have."""

import datetime

from seed_common import (CITIES, DEPARTMENTS, FIRST_NAMES, LAST_NAMES, NOW, STAMPS, TITLES, day,
                         days_between, moment, record_id, slug, stamps, truth, write)

CONTACTS_PER_ACCOUNT = (9, 15)
LEADS = 800
CONVERTED_LEADS = 28
# Shares of lead sources, as the studied lead sets have them, in their own spellings.
LEAD_SOURCES = [("Google", 29.0), ("google", 1.5), ("Organic Search", 21.0),
                ("Direct Traffic", 17.0), ("Social Media", 9.0), ("Email", 6.0),
                ("Referral Sites", 5.0), ("Partner Referral", 4.0), ("bing", 0.8), ("Web", 3.0),
                ("unknown", 2.5), ("", 1.2)]
# 734 of 9,240 leads in the studied set do not want mail.
OPT_OUT_SHARE = 0.079
# Of those who opted out, which side knows.
OPT_OUT_SIDES = [("both", 45), ("pardot", 35), ("salesforce", 20)]
LEAD_STATUSES = [("Open - Not Contacted", 52), ("Working - Contacted", 36),
                 ("Closed - Not Converted", 12)]
COMPANY_WORDS = ["Alder", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor",
                 "Iris", "Juniper", "Kestrel", "Lumen", "Meridian", "Northwind", "Onyx", "Pioneer",
                 "Quarry", "Ridge", "Summit", "Tidal", "Umbra", "Vertex", "Willow", "Zephyr"]
COMPANY_KINDS = ["Labs", "Systems", "Logistics", "Partners", "Clinics", "Retail", "Media",
                 "Foods", "Telecom", "Networks"]


def full_name(chance, taken, domain):
    """A name whose address is free at `domain`."""
    while True:
        first, last = chance.pick(FIRST_NAMES), chance.pick(LAST_NAMES)
        address = f"{slug(first) or 'a'}.{slug(last)}@{domain}"
        if address not in taken:
            taken.add(address)
            return first, last, address


def spelled(chance, address):
    """The address as people type it: identity ignores case, spelling does not."""
    style = chance.weighted([("plain", 90), ("title", 6), ("shout", 4)])
    if style == "shout":
        return address.upper()
    if style == "title":
        local, _, domain = address.partition("@")
        return ".".join(part.capitalize() for part in local.split(".")) + "@" + domain
    return address


def us_phone(chance):
    area, middle, last = chance.between(201, 989), chance.between(200, 999), chance.below(10_000)
    style = chance.pick(["({0}) {1}-{2:04d}", "{0}-{1}-{2:04d}", "+1 {0} {1} {2:04d}",
                         "{0}.{1}.{2:04d}"])
    return style.format(area, middle, last)


def make_person(chance, taken, domain, country):
    first, last, address = full_name(chance, taken, domain)
    city, postcode = chance.pick(CITIES[country])
    opted = chance.weighted(OPT_OUT_SIDES) if chance.happens(OPT_OUT_SHARE) else ""
    return {
        "first": first, "last": last, "address": address,
        "email": "" if chance.happens(0.03) else spelled(chance, address),
        "phone": "" if chance.happens(0.18) else us_phone(chance),
        "title": chance.pick(TITLES), "city": city, "postcode": postcode, "country": country,
        "salutation": chance.weighted([("", 60), ("Ms.", 18), ("Mr.", 18), ("Dr.", 4)]),
        "opted": opted, "do_not_call": chance.happens(0.01),
        "source": chance.weighted(LEAD_SOURCES), "opportunities": [], "campaigns": []}


def make_contacts(world):
    chance = world.chance("contacts")
    taken = set()
    world.contacts = []
    for account in world.accounts.values():
        for _ in range(chance.between(*CONTACTS_PER_ACCOUNT)):
            person = make_person(chance, taken, account["domain"], account["country"])
            person["kind"] = "Contact"
            person["account"] = account
            person["company"] = account["name"]
            person["owner"] = account["owner"]
            person["created"] = moment(
                chance, days_between(chance, day("2016-10-01"), day("2017-09-15")))
            world.contacts.append(person)
            account["contacts"].append(person)
    for i, person in enumerate(world.contacts):
        person["id"] = record_id("003", i + 1)
    spoil_contacts(world, chance)


def spoil_contacts(world, chance):
    """Near-duplicates that share an address, names with trailing spaces, blank first names."""
    for account in chance.sample(list(world.accounts.values()), 14):
        original, copy = account["contacts"][1], account["contacts"][-1]
        copy["email"] = original["email"] = original["address"]
        copy["address"] = original["address"]
        copy["last"] = original["last"]
        copy["first"] = original["first"][0] + "."
    for person in chance.sample(world.contacts, 20):
        person["last"] += " "
    for person in chance.sample(world.contacts, 15):
        person["first"] = ""


def write_contacts(world, out):
    chance = world.chance("contact stamps")
    rows = []
    for person in world.contacts:
        modified = moment(chance, days_between(chance, day("2017-02-01"), day("2018-01-01")))
        person["modified"] = max(person["created"], modified)
        rows.append([person["id"], person["account"]["id"], person["salutation"], person["first"],
                     person["last"], person["email"], person["phone"], person["title"],
                     chance.pick(DEPARTMENTS), person["source"], person["city"],
                     person["postcode"], person["country"],
                     truth(person["opted"] in ("both", "salesforce")),
                     truth(person["do_not_call"]), person["owner"],
                     *stamps(person["created"], person["modified"])])
    write(out, "Contact.csv",
          ["Id", "AccountId", "Salutation", "FirstName", "LastName", "Email", "Phone", "Title",
           "Department", "LeadSource", "MailingCity", "MailingPostalCode", "MailingCountry",
           "HasOptedOutOfEmail", "DoNotCall", "OwnerId", *STAMPS], rows)


def make_leads(world):
    chance = world.chance("leads")
    taken = set()
    countries = [("United States", 80), ("Germany", 6), ("Japan", 4), ("Brazil", 5), ("Kenya", 5)]
    sellers = [row["sales_agent"] for row in world.teams]
    world.leads = []
    for i in range(LEADS):
        company = f"{chance.pick(COMPANY_WORDS)} {chance.pick(COMPANY_KINDS)}"
        person = make_person(chance, taken, slug(company) + ".example", chance.weighted(countries))
        person.update(
            kind="Lead", id=record_id("00Q", i + 1), company=company, converted=None,
            owner=world.users[chance.pick(sellers)], status=chance.weighted(LEAD_STATUSES),
            created=moment(chance, days_between(chance, day("2017-01-10"), day("2018-01-01"))))
        world.leads.append(person)
    convert_leads(world, chance)
    for person in chance.sample([p for p in world.leads if not p["converted"]], 12):
        person["last"] += " "
    # The same person is a contact and a lead, as after an import of a badge list.
    pool = [c for c in world.contacts if c["email"]]
    for person, contact in zip([p for p in world.leads if not p["converted"]][::90],
                               chance.sample(pool, 8)):
        person.update(first=contact["first"], last=contact["last"], email=contact["email"].lower(),
                      address=contact["address"], company=contact["company"])


def convert_leads(world, chance):
    for person, contact in zip(chance.sample(world.leads, CONVERTED_LEADS),
                               chance.sample(world.contacts[::2], CONVERTED_LEADS)):
        person.update(first=contact["first"], last=contact["last"], email=contact["email"],
                      address=contact["address"], company=contact["company"],
                      country=contact["country"], city=contact["city"], opted=contact["opted"],
                      status="Closed - Converted", converted=contact)
        converted = contact["created"]
        person["created"] = converted - datetime.timedelta(days=chance.between(5, 60))
        person["modified"] = converted


def write_leads(world, out):
    chance = world.chance("lead stamps")
    rows = []
    for person in world.leads:
        contact = person["converted"]
        if not contact:
            later = person["created"] + datetime.timedelta(days=chance.between(0, 90))
            person["modified"] = min(later, NOW - datetime.timedelta(hours=15))
            person["modified"] = max(person["modified"], person["created"])
        rows.append([person["id"], person["salutation"], person["first"], person["last"],
                     person["company"], person["email"], person["phone"], person["title"],
                     person["city"], person["country"], person["status"], person["source"],
                     chance.weighted([("", 60), ("Hot", 10), ("Warm", 18), ("Cold", 12)]),
                     truth(person["opted"] in ("both", "salesforce")),
                     truth(person["do_not_call"]), person["owner"], truth(contact),
                     person["modified"].date().isoformat() if contact else "",
                     contact["account"]["id"] if contact else "", contact["id"] if contact else "",
                     *stamps(person["created"], person["modified"])])
    write(out, "Lead.csv",
          ["Id", "Salutation", "FirstName", "LastName", "Company", "Email", "Phone", "Title",
           "City", "Country", "Status", "LeadSource", "Rating", "HasOptedOutOfEmail", "DoNotCall",
           "OwnerId", "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId",
           *STAMPS], rows)
