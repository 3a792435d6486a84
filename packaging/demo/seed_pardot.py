"""The Pardot business unit: prospects, lists, memberships, mirrors and activities. All made."""

import datetime

from seed_common import NOW, day, days_between, moment, pardot_time, truth, write
from seed_people import make_person, us_phone
from seed_sales import add_months

LAST_SECOND = NOW - datetime.timedelta(hours=14)
# Shares of the people of the Salesforce side that Pardot knows, and of those that it has linked.
CONTACT_SHARE, LEAD_SHARE, LINKED_SHARE = 0.87, 0.84, 0.92
ORPHANS = 130  # prospects that no CRM record answers to
ACTIVITIES = 6000
# type, typeName, weight. Mail makes most events, and every step of the funnel thins it out.
ACTIVITY_TYPES = [((6, "Email"), 44.0), ((11, "Email"), 20.0), ((1, "Email Tracker"), 9.0),
                  ((20, "Visit"), 11.0), ((2, "Form"), 4.0), ((4, "Form"), 3.5),
                  ((2, "Landing Page"), 2.0), ((4, "Form Handler"), 1.2), ((13, "Email"), 1.6),
                  ((12, "Email"), 1.0), ((14, "Email"), 0.1), ((21, "Custom Redirect"), 0.8),
                  ((25, "Webinar"), 0.8), ((24, "Webinar"), 0.6), ((7, "Site Search Query"), 0.4)]
LISTS = [
    # id, name, title, public, dynamic
    (4411, "Upsell - three months after win", "Upsell", False, False),
    (4412, "Renewal - before contract end", "Renewal", False, False),
    (4413, "Newsletter", "The Hardware Letter", True, False),
    (4414, "Visited in the last 90 days", "", False, True),
]
# Those that the documents of mappings/presets fill, under the names that they have there.
RULED_LISTS = [
    "Upsell Platform", "Upsell Service", "Renewal 120", "Renewal 90", "Renewal 60", "Renewal 30",
    "Dormant with interest", "Nurture lost", "Nurture lapsed", "Reactivation", "Readers",
    "Reactivated", "Nurture by request", "Mailable", "Customers", "RFM Champions",
    "RFM Potential Loyalist", "RFM Loyal Customers", "RFM Promising", "RFM New Customers",
    "RFM Cannot Lose Them", "RFM At Risk", "RFM Need Attention", "RFM About To Sleep", "RFM Lost",
    "Nurture archive", "Forgotten", "Gap of drips", "Win back", "Suppressed by sales",
    "Event invitations"]
LISTS += [(4415 + i, name, "", False, False) for i, name in enumerate(RULED_LISTS)]
CUSTOM_FIELDS = [("duet_key", "Duet Key", "text"), ("duet_stage", "Duet Stage", "text"),
                 ("contract_end", "Contract End", "date"),
                 ("last_won", "Last Won", "date"), ("interests", "Interests", "multi-select"),
                 ("first_touch_campaign", "First Touch Campaign", "text"),
                 ("last_touch_campaign", "Last Touch Campaign", "text")]
PROSPECT_COLUMNS = [
    "id", "email", "firstName", "lastName", "salutation", "jobTitle", "company", "phone", "city",
    "country", "source", "campaignId", "salesforceId", "salesforceContactId", "salesforceLeadId",
    "salesforceAccountId", "salesforceLastSync", "assignedToId", "optedOut", "isDoNotEmail",
    "isDoNotCall", "isEmailHardBounced", "score", "grade", "firstActivityAt", "lastActivityAt",
    "createdAt", "updatedAt", "isDeleted", "duet_key__c", "duet_stage__c", "contract_end__c",
    "last_won__c", "interests__c"]


def write_users(world, out):
    """Marketing's own user, the sync user and every active seller."""
    rows = []
    world.pardot_users = {}
    people = sorted(world.user_rows, key=lambda row: row[3] not in ("Marketing", "Duet Sync"))
    for i, row in enumerate(people):
        if row[9] != "true":
            continue
        world.pardot_users[row[0]] = 7001 + i
        role = "Administrator" if i < 2 else "Sales"
        rows.append([7001 + i, row[4], row[1], row[2], row[3], row[6], role, role, row[0], "false",
                     row[13].replace(".000", ""), row[14].replace(".000", "")])
    write(out, "users.csv",
          ["id", "email", "username", "firstName", "lastName", "jobTitle", "role", "roleName",
           "salesforceId", "isDeleted", "createdAt", "updatedAt"], rows)


def write_campaigns(world, out):
    rows = []
    connected = [c for c in world.campaigns if c["connected"]]
    for i, campaign in enumerate(connected):
        campaign["pardot_id"] = 9101 + i
        # One link was lost; only the name, with a blank at its end, still tells.
        lost = campaign["name"] == "Summer Upgrade Offer"
        campaign["pardot"] = "" if lost else str(9101 + i)
        rows.append([9101 + i, campaign["name"] + (" " if lost else ""), campaign["cost"],
                     "" if lost else campaign["id"], "false", pardot_time(campaign["created"]),
                     pardot_time(campaign["created"])])
    created = pardot_time(datetime.datetime(2016, 9, 1, 8, 0, 0))
    for i, name in enumerate(["Website Tracking", "Olark Chat"]):
        rows.append([9001 + i, name, "", "", "false", created, created])
    rows.sort()
    world.pardot_campaigns = connected
    write(out, "campaigns.csv",
          ["id", "name", "cost", "salesforceId", "isDeleted", "createdAt", "updatedAt"], rows)


def prospect_of(world, chance, person, linked):
    """The same person as Pardot has it: linked or not, and not spelled quite alike."""
    created = min(person["created"] + datetime.timedelta(hours=chance.between(1, 400)), LAST_SECOND)
    updated = max(created, moment(chance, days_between(chance, day("2017-02-01"),
                                                       day("2018-01-01"))))
    phone = person["phone"]
    if chance.happens(0.15):
        phone = us_phone(chance)
    elif chance.happens(0.15):
        phone = "".join(letter for letter in phone if letter.isdigit())
    elif chance.happens(0.08):
        phone = ""
    campaigns = [c for _, c in person["campaigns"] if "pardot_id" in c]
    return {
        "person": person, "email": person["email"].lower() if chance.happens(0.9)
        else person["email"], "firstName": person["first"], "lastName": person["last"].strip(),
        "salutation": person["salutation"],
        "jobTitle": chance.pick([person["title"]] * 9 + ["Manager"]),
        "company": person["company"] + ("" if chance.happens(0.92) else " Inc."), "phone": phone,
        "city": person["city"], "country": person["country"], "source": person["source"],
        "campaignId": campaigns[0]["pardot_id"] if campaigns else 9001,
        "salesforceContactId": person["id"] if linked and person["kind"] == "Contact" else "",
        "salesforceLeadId": person["id"] if linked and person["kind"] == "Lead" else "",
        "salesforceAccountId":
            person["account"]["id"] if linked and person["kind"] == "Contact" else "",
        "salesforceLastSync": pardot_time(created) if linked else "",
        "assignedToId": world.pardot_users.get(person["owner"], "") if linked else "",
        "optedOut": person["opted"] in ("both", "pardot"), "isDoNotEmail": chance.happens(0.02),
        "isDoNotCall": person["do_not_call"], "isDeleted": chance.happens(0.008),
        "created": created, "updated": updated}


def make_prospects(world):
    chance = world.chance("prospects")
    prospects = []
    for people, share in ((world.contacts, CONTACT_SHARE), (world.leads, LEAD_SHARE)):
        for person in people:
            if person["email"] and not person.get("converted") and chance.happens(share):
                prospects.append(prospect_of(world, chance, person, chance.happens(LINKED_SHARE)))
    taken = {p["address"] for p in world.contacts + world.leads}
    for _ in range(ORPHANS):
        person = make_person(chance, taken, chance.pick(["webmail.example", "post.example"]),
                             "United States")
        person.update(kind="", company=chance.pick(["", "", "self", "N/A", "Freelance"]), owner="",
                      created=moment(chance, days_between(chance, day("2017-01-05"),
                                                          day("2017-12-31"))))
        person["email"] = person["address"]
        prospects.append(prospect_of(world, chance, person, False))
    # Several prospects may share an address: younger twins, with no link.
    for twin in chance.sample([p for p in prospects if p["salesforceContactId"]], 9):
        copy = prospect_of(world, chance, twin["person"], False)
        copy.update(email=twin["email"], isDeleted=False,
                    created=max(copy["created"], twin["created"]))
        prospects.append(copy)
    prospects.sort(key=lambda p: (p["created"], p["email"]))
    for i, prospect in enumerate(prospects):
        prospect["id"] = 55_300_001 + i * 7
        prospect["events"] = []
    world.prospects = prospects


def make_activities(world):
    chance = world.chance("activities")
    world.activities = []
    # A few people make most of the events: square the draw.
    live = [p for p in world.prospects if not p["isDeleted"]]
    eager = chance.sample(live, len(live))
    while len(world.activities) < ACTIVITIES - len(world.mirror_events):
        spot = chance.below(1_000_000) / 1_000_000
        prospect = eager[int(spot * spot * len(eager))]
        kind, name = chance.weighted(ACTIVITY_TYPES)
        when = moment(chance, days_between(chance, prospect["created"].date(), day("2018-01-01")))
        campaign = chance.pick(world.pardot_campaigns)
        details = {"Email": f"{campaign['name']} mail", "Visit": f"{chance.between(1, 17)} page views",
                   "Email Tracker": "https://www.hardware-reseller.example/offers",
                   "Site Search Query": "gtx pro price"}.get(name, f"{name} {campaign['name']}")
        event = {"prospect": prospect, "type": kind, "name": name, "details": details,
                 "campaign": campaign["pardot_id"], "opportunity": "",
                 "when": max(when, prospect["created"])}
        world.activities.append(event)
        prospect["events"].append(event)
        if kind == 13 and chance.happens(0.5):
            prospect["bounced"] = True
    world.activities += world.mirror_events
    world.activities.sort(key=lambda e: (e["when"], e["prospect"]["id"], e["type"]))


def write_activities(world, out):
    write(out, "visitor-activities.csv",
          ["id", "prospectId", "type", "typeName", "details", "campaignId", "opportunityId",
           "createdAt", "updatedAt"],
          [[810_000_001 + i, e["prospect"]["id"], e["type"], e["name"], e["details"],
            e["campaign"], e["opportunity"], pardot_time(e["when"]), pardot_time(e["when"])]
           for i, e in enumerate(world.activities)])


def write_opportunities(world, out):
    """Pardot holds an opportunity once a synced contact has a role in it. A sample of those."""
    by_contact = {p["salesforceContactId"]: p for p in world.prospects if p["salesforceContactId"]}
    world.mirror_events = []
    rows = []
    mirrored = [o for o in world.opportunities
                if any(person["id"] in by_contact for person in o["roles"])][::8]
    types = {"Won": (9, "Opportunity Won"), "Lost": (10, "Opportunity Lost")}
    for i, o in enumerate(mirrored):
        status = o["stage"] if o["stage"] in types else "Open"
        rows.append([33_001 + i, o["name"], o["amount"], {"Won": 100, "Lost": 0}.get(status, 40),
                     o["stage"], status, o["type"], o["close"].isoformat() + "T00:00:00Z", "",
                     o["id"], pardot_time(o["created"]), pardot_time(o["modified"])])
        prospect = next(by_contact[p["id"]] for p in o["roles"] if p["id"] in by_contact)
        kinds = [(8, "New Opportunity", o["created"])]
        if o["stage"] in types:
            kinds.append((*types[o["stage"]], o["modified"]))
        for kind, name, when in kinds:
            world.mirror_events.append(
                {"prospect": prospect, "type": kind, "name": name, "details": "", "campaign": "",
                 "opportunity": 33_001 + i, "when": when})
    write(out, "opportunities.csv",
          ["id", "name", "value", "probability", "stage", "status", "type", "closedAt",
           "campaignId", "salesforceId", "createdAt", "updatedAt"], rows)


def write_prospects(world, out):
    chance = world.chance("scores")
    points = {1: 3, 11: 1, 2: 1, 4: 50, 20: 1, 24: 50, 25: 10, 21: 3, 7: 3}
    rows = []
    for p in world.prospects:
        times = [e["when"] for e in p["events"] if e["type"] in points]
        last, first = (max(times), min(times)) if times else (None, None)
        p["last"] = last
        updated = max([p["updated"], p["created"]] + times)
        score = sum(points.get(e["type"], 0) for e in p["events"])
        grade = chance.weighted([("D+", 54), ("D", 14), ("C", 14), ("C-", 8), ("B", 5), ("A", 2),
                                 ("", 3)])
        interests = chance.weighted([("", 80), ("GTX", 8), ("GTX;MG", 7), ("GTK", 5)])
        rows.append([p["id"], p["email"], p["firstName"], p["lastName"], p["salutation"],
                     p["jobTitle"], p["company"], p["phone"], p["city"], p["country"], p["source"],
                     p["campaignId"], p["salesforceContactId"] or p["salesforceLeadId"],
                     p["salesforceContactId"], p["salesforceLeadId"], p["salesforceAccountId"],
                     p["salesforceLastSync"], p["assignedToId"], truth(p["optedOut"]),
                     truth(p["isDoNotEmail"]), truth(p["isDoNotCall"]),
                     truth(p.get("bounced", False)), score, grade, pardot_time(first),
                     pardot_time(last), pardot_time(p["created"]), pardot_time(updated),
                     truth(p["isDeleted"]), "", "", "", "", interests])
    write(out, "prospects.csv", PROSPECT_COLUMNS, rows)


def wants_upsell(prospect):
    won = [o["close"] for o in prospect["person"]["opportunities"] if o["stage"] == "Won"]
    if not won or any(o["stage"] in ("Engaging", "Prospecting")
                      for o in prospect["person"]["opportunities"]):
        return False
    due = add_months(max(won), 3)
    return due <= day("2017-12-31") <= due + datetime.timedelta(days=90)


def wants_renewal(prospect):
    ends = [day(o["end"]) for o in prospect["person"]["opportunities"] if o["end"]]
    return any(day("2017-12-31") <= end <= day("2018-03-01") for end in ends)


def write_lists(world, out):
    chance = world.chance("lists")
    created = pardot_time(datetime.datetime(2017, 2, 1, 10, 0, 0))
    write(out, "lists.csv",
          ["id", "name", "title", "description", "isPublic", "isDynamic", "campaignId",
           "isDeleted", "createdAt", "updatedAt"],
          [[i, name, title, "", truth(public), truth(dynamic), "", "false", created, created]
           for i, name, title, public, dynamic in LISTS])
    live = [p for p in world.prospects if not p["isDeleted"]]
    ninety = NOW - datetime.timedelta(days=90)
    # Kept by hand before Duet: half of those who belong on a list are, and some who do not.
    members = [(4411, p) for p in live if chance.happens(0.5 if wants_upsell(p) else 0.01)]
    members += [(4412, p) for p in live if chance.happens(0.5 if wants_renewal(p) else 0.008)]
    members += [(4413, p) for p in live if chance.happens(0.38)]
    members += [(4414, p) for p in live
                if any(e["type"] == 20 and e["when"] > ninety for e in p["events"])]
    rows = []
    for i, (number, prospect) in enumerate(members):
        joined = moment(chance, max(prospect["created"].date(), days_between(
            chance, day("2017-02-02"), day("2017-12-30"))))
        joined = max(joined, prospect["created"])
        left = number != 4414 and chance.happens(0.04)
        rows.append([120_001 + i, number, prospect["id"],
                     truth(number != 4414 and chance.happens(0.03)), truth(left),
                     pardot_time(joined), pardot_time(joined)])
    write(out, "list-memberships.csv",
          ["id", "listId", "prospectId", "optedOut", "isDeleted", "createdAt", "updatedAt"], rows)


def write_custom_fields(out):
    created = pardot_time(datetime.datetime(2016, 9, 1, 8, 0, 0))
    write(out, "custom-fields.csv",
          ["id", "name", "fieldId", "type", "isRequired", "isRecordMultipleResponses",
           "isUseValues", "isAnalyticsSynced", "salesforceId", "createdAt", "updatedAt"],
          [[501 + i, name, field, kind, "false", "false", truth(kind == "multi-select"), "false",
            "", created, created] for i, (field, name, kind) in enumerate(CUSTOM_FIELDS)])
