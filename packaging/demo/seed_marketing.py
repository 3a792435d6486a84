"""Campaigns, their members, tasks and events on the Salesforce side."""

import datetime

from seed_common import (STAMPS, day, days_between, moment, record_id, salesforce_time, stamps, truth,
                         write)

# Name, type, status, start, end, share of members that respond, members, budget
CAMPAIGNS = [
    ("Spring Hardware Show 2017", "Trade Show", "Completed", "2017-03-06", "2017-03-10", .42, 260, 48000),
    ("GTX Launch Webinar", "Webinar", "Completed", "2017-04-11", "2017-04-11", .38, 240, 6000),
    ("Q2 Newsletter", "Email", "Completed", "2017-04-15", "2017-06-30", .09, 330, 1500),
    ("Summer Upgrade Offer", "Email", "Completed", "2017-06-19", "2017-07-31", .12, 300, 2500),
    ("Partner Referral Programme", "Referral Program", "In Progress", "2017-01-15", "2018-12-31", .55, 120, 9000),
    ("Search Advertising 2017", "Advertisement", "Completed", "2017-01-01", "2017-12-31", .24, 280, 61000),
    ("MG Series Demo Days", "Conference", "Completed", "2017-08-21", "2017-08-25", .47, 190, 33000),
    ("Q3 Newsletter", "Email", "Completed", "2017-07-15", "2017-09-30", .08, 330, 1500),
    ("Data Centre Forum", "Conference", "Completed", "2017-10-02", "2017-10-04", .40, 210, 52000),
    ("GTK 500 Deep Dive", "Webinar", "Completed", "2017-10-24", "2017-10-24", .36, 200, 4500),
    ("Year End Telemarketing", "Telemarketing", "Completed", "2017-11-06", "2017-12-15", .18, 190, 12000),
    ("Q4 Newsletter", "Email", "In Progress", "2017-10-15", "2018-01-31", .09, 300, 1500),
    ("Renewal Outreach 2018", "Email", "In Progress", "2017-12-04", "2018-03-31", .14, 160, 2000),
    ("Spring Hardware Show 2018", "Trade Show", "Planned", "2018-03-05", "2018-03-09", .0, 0, 52000),
]
# Without a partner in Pardot, so that Duet has something to tell apart.
UNCONNECTED = ("Year End Telemarketing", "Spring Hardware Show 2018")
TASK_COUNT, EVENT_COUNT = 620, 260
# Share of opportunities with an account whose seller filled in the primary campaign source.
PRIMARY_CAMPAIGN_SHARE = 0.22


def statuses_of(kind):
    """Label, HasResponded, IsDefault. Salesforce's two stock rows, and those of meetings."""
    rows = [("Sent", False, True), ("Responded", True, False)]
    if kind in ("Trade Show", "Webinar", "Conference"):
        rows += [("Registered", False, False), ("Attended", True, False), ("No Show", False, False)]
    return rows


def make_campaigns(world):
    chance = world.chance("campaigns")
    world.campaigns = []
    for i, (name, kind, status, start, end, responds, members, cost) in enumerate(CAMPAIGNS):
        created = moment(chance, min(day(start) - datetime.timedelta(days=30), day("2017-12-11")))
        world.campaigns.append({
            "id": record_id("701", i + 1), "name": name, "kind": kind, "status": status,
            "start": day(start), "end": day(end), "responds": responds, "size": members,
            "cost": cost, "created": created, "connected": name not in UNCONNECTED, "pardot": ""})


def write_campaigns(world, out):
    chance = world.chance("campaign stamps")
    rows, statuses = [], []
    for c in world.campaigns:
        changed = moment(chance, min(c["end"], day("2018-01-01")))
        rows.append([c["id"], c["name"], c["kind"], c["status"], c["start"].isoformat(),
                     c["end"].isoformat(), truth(c["status"] == "In Progress"), c["cost"],
                     c["cost"] * 9 // 10 if c["status"] == "Completed" else "",
                     c["pardot"], world.users["Marketing"], *stamps(c["created"], changed)])
        for order, (label, responded, default) in enumerate(statuses_of(c["kind"])):
            statuses.append([record_id("01Y", len(statuses) + 1), c["id"], label, order + 1,
                             truth(default), truth(responded), *stamps(c["created"], c["created"])])
    write(out, "Campaign.csv",
          ["Id", "Name", "Type", "Status", "StartDate", "EndDate", "IsActive", "BudgetedCost",
           "ActualCost", "Duet_Pardot_Campaign_Id__c", "OwnerId", *STAMPS], rows)
    write(out, "CampaignMemberStatus.csv",
          ["Id", "CampaignId", "Label", "SortOrder", "IsDefault", "HasResponded", *STAMPS],
          statuses)


def make_members(world, out):
    chance = world.chance("members")
    rows = []
    for campaign in world.campaigns:
        people = [p for p in world.contacts + world.leads
                  if p["created"].date() <= campaign["end"] and not p.get("converted")]
        for person in chance.sample(people, campaign["size"]):
            rows.append(make_member(chance, len(rows) + 1, campaign, person))
    write(out, "CampaignMember.csv",
          ["Id", "CampaignId", "ContactId", "LeadId", "Status", "HasResponded",
           "FirstRespondedDate", *STAMPS], rows)


def make_member(chance, number, campaign, person):
    responded = chance.happens(campaign["responds"])
    labels = [row[0] for row in statuses_of(campaign["kind"]) if row[1] == responded]
    status = labels[-1] if responded else chance.pick(labels)
    first = max(campaign["start"], person["created"].date())
    last = max(first, min(campaign["end"], day("2018-01-01")))
    created = max(moment(chance, first), person["created"])
    when = max(moment(chance, days_between(chance, first, last)), created) if responded else created
    person["campaigns"].append((when if responded else None, campaign))
    is_contact = person["kind"] == "Contact"
    return [record_id("00v", number), campaign["id"], person["id"] if is_contact else "",
            "" if is_contact else person["id"], status, truth(responded),
            when.date().isoformat() if responded else "", *stamps(created, when)]


def choose_primary_campaigns(world):
    chance = world.chance("primary campaigns")
    for opportunity in world.opportunities:
        if not opportunity["account"] or not chance.happens(PRIMARY_CAMPAIGN_SHARE):
            continue
        fitting = [c for c in world.campaigns if c["start"] <= opportunity["close"] and c["size"]]
        if fitting:
            opportunity["campaign"] = chance.pick(fitting)["id"]


def make_tasks(world, out):
    chance = world.chance("tasks")
    subjects = [("Call", "Call"), ("Email: follow up", "Email"), ("Send quote", "Task"),
                ("Check delivery date", "Task"), ("call", "Call")]
    rows = []
    for _ in range(TASK_COUNT):
        who, what = who_and_what(world, chance)
        due = days_between(chance, who["created"].date(), day("2018-01-15"))
        closed = due <= day("2017-12-28") and not chance.happens(0.12)
        created = max(moment(chance, due - datetime.timedelta(days=chance.between(0, 20))),
                      who["created"])
        subject, subtype = chance.pick(subjects)
        changed = max(created, moment(chance, min(due, day("2018-01-01")))) if closed else created
        rows.append([record_id("00T", len(rows) + 1), who["id"], what, subject, due.isoformat(),
                     "Completed" if closed else chance.pick(["Not Started", "In Progress"]),
                     chance.weighted([("Normal", 80), ("High", 15), ("Low", 5)]), subtype,
                     who["owner"], *stamps(created, changed)])
    write(out, "Task.csv",
          ["Id", "WhoId", "WhatId", "Subject", "ActivityDate", "Status", "Priority",
           "TaskSubtype", "OwnerId", *STAMPS], rows)


def who_and_what(world, chance):
    """A lead's activity may name no other record."""
    person = chance.pick(world.contacts if chance.happens(0.7) else
                         [p for p in world.leads if not p["converted"]])
    if person["kind"] == "Lead":
        return person, ""
    if person["opportunities"] and chance.happens(0.6):
        return person, chance.pick(person["opportunities"])["id"]
    return person, person["account"]["id"]


def make_events(world, out):
    chance = world.chance("events")
    rows = []
    for _ in range(EVENT_COUNT):
        who, what = who_and_what(world, chance)
        start = moment(chance, days_between(chance, who["created"].date(), day("2018-01-01")))
        start = max(start.replace(minute=0, second=0), who["created"].replace(minute=0, second=0))
        minutes = chance.pick([30, 60, 60, 90])
        end = start + datetime.timedelta(minutes=minutes)
        created = max(who["created"], start - datetime.timedelta(days=chance.between(0, 14)))
        rows.append([record_id("00U", len(rows) + 1), who["id"], what,
                     chance.pick(["Demo", "Meeting", "Site visit", "Quarterly review"]),
                     salesforce_time(start), salesforce_time(end), minutes,
                     chance.pick(["", "", who["city"]]), who["owner"], *stamps(created, created)])
    write(out, "Event.csv",
          ["Id", "WhoId", "WhatId", "Subject", "StartDateTime", "EndDateTime", "DurationInMinutes",
           "Location", "OwnerId", *STAMPS], rows)
