"""Users, accounts, products, opportunities and what hangs on them: the real part of the seed."""

import datetime
import decimal

from seed_common import (NOW, STAMPS, TODAY, day, days_between, moment, record_id, slug, stamps,
                         write)

# The set's median days from engagement to close.
CYCLE_DAYS = 45
COMPANY_DOMAIN = "hardware-reseller.example"
# Months that a product's service contract runs.
TERM_MONTHS = {"GTX": 12, "MG": 6, "GTK": 24}
# Share of accounts with a contract for support, and its months.
CONTRACT_SHARE, CONTRACT_MONTHS = 0.7, 12
# Share of opportunities that somebody gave a contact role.
ROLE_SHARE = {"Won": 0.50, "Lost": 0.15, "Engaging": 0.45, "Prospecting": 0.25}
ROLES = [("Decision Maker", 35), ("Economic Buyer", 20), ("Evaluator", 15), ("Influencer", 15),
         ("", 15)]
STAGES = [
    # ApiName, MasterLabel, IsActive, IsClosed, IsWon, DefaultProbability, ForecastCategoryName
    ["Prospecting", "Prospecting", "true", "false", "false", 10, "Pipeline"],
    ["Engaging", "Engaging", "true", "false", "false", 40, "Best Case"],
    ["Won", "Won", "true", "true", "true", 100, "Closed"],
    ["Lost", "Lost", "true", "true", "false", 0, "Omitted"],
]


def add_months(date, months):
    index = date.year * 12 + date.month - 1 + months
    first = datetime.date(index // 12, index % 12 + 1, 1)
    following = datetime.date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first.replace(day=min(date.day, (following - first).days))


def make_users(world, out):
    chance = world.chance("users")
    names = []
    for row in world.teams:
        if row["manager"] not in names:
            names.append(row["manager"])
    managers = len(names)
    names += [row["sales_agent"] for row in world.teams]
    team = {row["sales_agent"]: row for row in world.teams}
    idle = {row["sales_agent"] for row in world.teams} - {r["sales_agent"] for r in world.pipeline}
    world.users = {name: record_id("005", i + 1) for i, name in enumerate(names)}
    office = {row["manager"]: row["regional_office"] for row in world.teams}
    rows = []
    for i, name in enumerate(names):
        first, _, last = name.partition(" ")
        created = moment(chance, days_between(chance, day("2016-08-01"), day("2016-10-10")))
        address = f"{slug(first)}.{slug(last)}@{COMPANY_DOMAIN}"
        manager = team[name]["manager"] if i >= managers else ""
        division = office[manager or name]
        title = "Sales Manager" if i < managers else "Account Executive"
        rows.append([world.users[name], address, first, last, address,
                     (first[0] + slug(last))[:8].lower(), title, division,
                     world.users.get(manager, ""),
                     # Nobody deactivated the sellers that sell nothing, but one.
                     "false" if name == min(idle) else "true", "America/New_York", "en_US",
                     "en_US", *stamps(created, created)])
    created = moment(chance, day("2016-08-01"))
    for number, (last, alias, title) in enumerate(
            [("Duet Sync", "duetsync", "Integration"), ("Marketing", "mktg", "Marketing User")]):
        world.users[last] = record_id("005", len(names) + number + 1)
        address = f"{slug(last)}@{COMPANY_DOMAIN}"
        rows.append([world.users[last], address, "", last, address, alias, title, "", "", "true",
                     "America/New_York", "en_US", "en_US", *stamps(created, created)])
    world.user_rows = rows
    write(out, "User.csv",
          ["Id", "Username", "FirstName", "LastName", "Email", "Alias", "Title", "Division",
           "ManagerId", "IsActive", "TimeZoneSidKey", "LocaleSidKey", "LanguageLocaleKey",
           *STAMPS], rows)


def make_accounts(world, out):
    chance = world.chance("accounts")
    world.accounts = {}
    for i, row in enumerate(world.account_source):
        world.accounts[row["account"]] = {
            "id": record_id("001", i + 1), "name": row["account"], "sector": row["sector"],
            "country": row["office_location"], "employees": row["employees"],
            "domain": slug(row["account"]) + ".example", "contacts": []}
    sellers = [row["sales_agent"] for row in world.teams]
    rows = []
    for row in world.account_source:
        account = world.accounts[row["account"]]
        account["owner"] = world.users[chance.pick(sellers)]
        parent = world.accounts[row["subsidiary_of"]]["id"] if row["subsidiary_of"] else ""
        revenue = (decimal.Decimal(row["revenue"]) * 1_000_000).to_integral_value()
        created = moment(chance, days_between(chance, day("2016-09-01"), day("2016-10-19")))
        changed = moment(chance, days_between(chance, day("2017-01-05"), day("2017-12-20")))
        account["phone"] = f"555{chance.between(1_000_000, 9_999_999)}"
        rows.append([account["id"], account["name"], parent,
                     chance.weighted([("Customer - Direct", 70), ("Customer - Channel", 12),
                                      ("Prospect", 6), ("", 12)]),
                     account["sector"], str(revenue), account["employees"], account["country"],
                     f"https://www.{account['domain']}", account["phone"],
                     row["year_established"], account["owner"], *stamps(created, changed)])
    write(out, "Account.csv",
          ["Id", "Name", "ParentId", "Type", "Industry", "AnnualRevenue", "NumberOfEmployees",
           "BillingCountry", "Website", "Phone", "Year_Established__c", "OwnerId", *STAMPS], rows)


def make_products(world, out):
    chance = world.chance("products")
    created = moment(chance, day("2016-08-01"))
    world.products = {}
    rows = []
    for i, row in enumerate(world.product_source):
        world.products[row["product"]] = record_id("01t", i + 1)
        rows.append([record_id("01t", i + 1), row["product"], slug(row["product"]).upper(),
                     row["series"], "true", f"List price {row['sales_price']} USD",
                     *stamps(created, created)])
    write(out, "Product2.csv",
          ["Id", "Name", "ProductCode", "Family", "IsActive", "Description", *STAMPS], rows)


def contract_of(chance, product, closed):
    """First and last day of the service contract. Now and then nobody entered them."""
    if chance.happens(0.012):
        return "", ""
    start = closed + datetime.timedelta(days=chance.between(1, 14))
    end = add_months(start, TERM_MONTHS[product[:3].strip()]) - datetime.timedelta(days=1)
    return start.isoformat(), end.isoformat()


def open_close_date(engaged):
    """The set leaves it empty and Salesforce requires it."""
    if engaged is None:
        return day("2018-06-30")
    expected = engaged + datetime.timedelta(days=CYCLE_DAYS)
    return expected if expected > TODAY else day("2018-03-31")


def make_opportunity(world, chance, number, row):
    stage = row["deal_stage"]
    engaged = day(row["engage_date"]) if row["engage_date"] else None
    created = moment(chance, engaged or days_between(chance, day("2017-10-01"), day("2017-12-29")))
    modified, start, end = created, "", ""
    closed = day(row["close_date"]) if row["close_date"] else open_close_date(engaged)
    if row["close_date"]:
        modified = moment(chance, closed)
    if stage == "Won":
        start, end = contract_of(chance, row["product"], closed)
    account = world.accounts.get(row["account"])
    label = row["account"] or "Unknown account"
    return {
        "id": record_id("006", number), "pipeline_id": row["opportunity_id"],
        "name": f"{label} - {row['product']}", "account": account, "stage": stage,
        "amount": row["close_value"], "close": closed, "product": row["product"],
        "owner": world.users[row["sales_agent"]], "start": start, "end": end,
        "type": chance.weighted([("New Business", 55), ("Upsell", 20), ("Renewal", 15), ("", 10)]),
        "created": created, "modified": max(created, modified), "campaign": "", "roles": []}


def make_opportunities(world):
    chance = world.chance("opportunities")
    world.opportunities = [make_opportunity(world, chance, i + 1, row)
                           for i, row in enumerate(world.pipeline)]


def write_opportunities(world, out):
    write(out, "OpportunityStage.csv",
          ["ApiName", "MasterLabel", "IsActive", "IsClosed", "IsWon", "DefaultProbability",
           "ForecastCategoryName", "SortOrder"],
          [[*stage, i + 1] for i, stage in enumerate(STAGES)])
    write(out, "Opportunity.csv",
          ["Id", "Name", "AccountId", "StageName", "Amount", "CloseDate", "Type", "CampaignId",
           "OwnerId", "Pipeline_Id__c", "Product_Name__c", "Contract_Start__c", "Contract_End__c",
           *STAMPS],
          [[o["id"], o["name"], o["account"]["id"] if o["account"] else "", o["stage"],
            o["amount"], o["close"].isoformat(), o["type"], o["campaign"], o["owner"],
            o["pipeline_id"], o["product"], o["start"], o["end"],
            *stamps(o["created"], o["modified"])] for o in world.opportunities])


def make_roles(world, out):
    """Who bought what: the bridge from a person to won deals, contracts and open deals."""
    chance = world.chance("roles")
    rows = []
    for opportunity in world.opportunities:
        account = opportunity["account"]
        if not account or not chance.happens(ROLE_SHARE[opportunity["stage"]]):
            continue
        people = account["contacts"]
        count = 2 if chance.happens(0.08) else 1
        # The lower of two draws: the first contacts of an account sign the most deals.
        picked = []
        for _ in range(count):
            person = people[min(chance.below(len(people)), chance.below(len(people)))]
            if person not in picked:
                picked.append(person)
        for i, person in enumerate(picked):
            opportunity["roles"].append(person)
            person["opportunities"].append(opportunity)
            created = max(opportunity["created"], person["created"])
            rows.append([record_id("00K", len(rows) + 1), opportunity["id"], person["id"],
                         chance.weighted(ROLES), "true" if i == 0 else "false",
                         *stamps(created, created)])
    write(out, "OpportunityContactRole.csv",
          ["Id", "OpportunityId", "ContactId", "Role", "IsPrimary", *STAMPS], rows)


def make_line_items(world, out):
    """Lines for what was won since October 2017. `GTXPro` joins no product and so has none."""
    rows = []
    for opportunity in world.opportunities:
        if opportunity["stage"] != "Won" or opportunity["close"] < day("2017-10-01"):
            continue
        product = world.products.get(opportunity["product"])
        if not product:
            continue
        rows.append([record_id("00k", len(rows) + 1), opportunity["id"], product, 1,
                     opportunity["amount"], opportunity["amount"],
                     *stamps(opportunity["created"], opportunity["modified"])])
    write(out, "OpportunityLineItem.csv",
          ["Id", "OpportunityId", "Product2Id", "Quantity", "UnitPrice", "TotalPrice", *STAMPS],
          rows)


def make_contracts(world, out):
    """A year of support, signed at some time in 2017: what most accounts have beside their deals."""
    chance = world.chance("contracts")
    rows = []
    for account in world.accounts.values():
        if not chance.happens(CONTRACT_SHARE):
            continue
        start = days_between(chance, day("2017-01-09"), day("2017-12-18"))
        end = add_months(start, CONTRACT_MONTHS) - datetime.timedelta(days=1)
        signed = moment(chance, start - datetime.timedelta(days=chance.between(1, 20)))
        rows.append([record_id("800", len(rows) + 1), account["id"], "Activated",
                     start.isoformat(), CONTRACT_MONTHS, end.isoformat(), account["owner"],
                     *stamps(signed, signed)])
    write(out, "Contract.csv",
          ["Id", "AccountId", "Status", "StartDate", "ContractTerm", "EndDate", "OwnerId",
           *STAMPS], rows)


def before_now(stamp):
    return min(stamp, NOW - datetime.timedelta(hours=14))
