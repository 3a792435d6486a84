// Signing in by both roads, describing, and queries of every shape.
import assert from "node:assert/strict";
import jsforce from "jsforce";
import { connection, expireTokens, password, step, url, username, version } from "./world.mjs";

const { SfDate } = jsforce;

export async function signsIn() {
  await step("SOAP login, as old clients do it", async () => {
    const old = connection(false);
    const user = await old.login(username, password);
    assert.match(user.id, /^005/);
    assert.match(user.organizationId, /^00D/);
    assert.equal(old.instanceUrl, url);
    const found = await old.query("SELECT Id FROM Account LIMIT 1");
    assert.equal(found.totalSize, 1);
  });
  await step("a wrong password is refused by both logins", async () => {
    await assert.rejects(connection(false).login(username, "wrong"), /INVALID_LOGIN/);
    await assert.rejects(connection().login(username, "wrong"), { name: "invalid_grant" });
  });
  const org = connection();
  await step("OAuth 2 login with username and password", async () => {
    const user = await org.login(username, password);
    assert.match(user.id, /^005/);
    const identity = await org.identity();
    assert.equal(identity.username, username);
    assert.equal(identity.user_id, user.id);
    assert.equal(identity.organization_id, user.organizationId);
  });
  await step("an expired session is renewed by the client, unseen by the caller", async () => {
    const before = org.accessToken;
    await expireTokens();
    const found = await org.query("SELECT Id FROM Account LIMIT 1");
    assert.equal(found.totalSize, 1);
    assert.notEqual(org.accessToken, before);
  });
  return org;
}

async function describes(org) {
  await step("API versions and limits", async () => {
    const versions = await org.request("/services/data");
    assert.ok(versions.some((one) => one.version === version));
    const limits = await org.limits();
    assert.ok(limits.DailyApiRequests.Max > limits.DailyApiRequests.Remaining);
    assert.equal(org.limitInfo.apiUsage.limit, limits.DailyApiRequests.Max);
  });
  await step("describe global", async () => {
    const names = (await org.describeGlobal()).sobjects.map((one) => one.name);
    for (const name of ["Account", "Contact", "Lead", "Opportunity", "CampaignMember", "Task"])
      assert.ok(names.includes(name), name);
  });
  await step("describe Account and Contact", async () => {
    const account = await org.describe("Account");
    assert.equal(account.keyPrefix, "001");
    assert.equal(account.fields.find((one) => one.name === "AnnualRevenue").type, "currency");
    assert.ok(account.childRelationships.some((one) => one.relationshipName === "Contacts"));
    const fields = (await org.sobject("Contact").describe()).fields;
    const parent = fields.find((one) => one.name === "AccountId");
    assert.equal(parent.type, "reference");
    assert.deepEqual(parent.referenceTo, ["Account"]);
    assert.equal(parent.relationshipName, "Account");
    const key = fields.find((one) => one.name === "Duet_Key__c");
    assert.ok(key.externalId && key.unique && key.custom && key.idLookup);
    await assert.rejects(org.describe("Nothing__c"), { errorCode: "NOT_FOUND" });
  });
}

async function pages(org) {
  const soql = "SELECT Id, StageName, Amount FROM Opportunity ORDER BY Id";
  await step("8,800 opportunities, page by page with queryMore", async () => {
    let page = await org.query(soql);
    assert.equal(page.totalSize, 8800);
    const ids = new Set();
    let calls = 1;
    for (;;) {
      for (const row of page.records) ids.add(row.Id);
      if (page.done) break;
      page = await org.queryMore(page.nextRecordsUrl);
      calls += 1;
    }
    assert.equal(ids.size, 8800);
    assert.equal(calls, 5);
  });
  await step("the same with autoFetch, in pages of 500", async () => {
    const query = org.query(soql, { headers: { "Sforce-Query-Options": "batchSize=500" } });
    const rows = await query.run({ autoFetch: true, maxFetch: 10_000 });
    assert.equal(new Set(rows.records.map((row) => row.Id)).size, 8800);
  });
  await step("the same, record by record", async () => {
    let rows = 0;
    const query = org.query(soql).on("record", () => { rows += 1; });
    await query.run({ autoFetch: true, maxFetch: 10_000 });
    assert.equal(rows, 8800);
  });
}

async function shapes(org) {
  await step("a parent's fields and children in one query", async () => {
    const found = await org.query(
      "SELECT Id, Account.Name, Owner.Name, (SELECT Id, Contact.LastName, IsPrimary FROM " +
        "OpportunityContactRoles) FROM Opportunity WHERE Pipeline_Id__c = '1C1I7A6R'");
    assert.equal(found.totalSize, 1);
    const deal = found.records[0];
    assert.equal(deal.Account.Name, "Cancity");
    assert.ok(deal.Owner.Name.length > 0);
    assert.equal(deal.attributes.type, "Opportunity");
    const roles = await org.query(
      "SELECT Id, (SELECT ContactId FROM OpportunityContactRoles) FROM Opportunity " +
        "WHERE Id IN (SELECT OpportunityId FROM OpportunityContactRole WHERE IsPrimary = true)");
    assert.ok(roles.totalSize > 100);
    for (const row of roles.records) assert.ok(row.OpportunityContactRoles.totalSize >= 1);
  });
  await step("a query that the client builds: find, include, sort, limit", async () => {
    const accounts = await org
      .sobject("Account")
      .find({ Name: { $like: "B%" }, NumberOfEmployees: { $gt: 100 } }, ["Id", "Name"])
      .include("Contacts").select("Id, Email").where({ Email: { $ne: null } }).limit(5).end()
      .sort({ Name: 1 })
      .limit(10);
    assert.ok(accounts.length > 0);
    const names = accounts.map((one) => one.Name);
    assert.deepEqual(names, [...names].sort());
    for (const one of accounts) {
      assert.ok(one.Name.startsWith("B"));
      for (const person of one.Contacts?.records ?? []) assert.ok(person.Email);
    }
    assert.equal(await org.sobject("Opportunity").count({ IsWon: true }), 4238);
  });
  await step("groups and sums", async () => {
    const found = await org.query(
      "SELECT StageName stage, COUNT(Id) deals, SUM(Amount) total FROM Opportunity " +
        "GROUP BY StageName ORDER BY StageName");
    assert.equal(found.records.reduce((sum, row) => sum + row.deals, 0), 8800);
    assert.equal(found.records.find((row) => row.stage === "Won").deals, 4238);
  });
  await step("dates as the client spells them", async () => {
    const won = await org.sobject("Opportunity").find(
      { IsWon: true, CloseDate: { $gte: SfDate.toDateLiteral(new Date("2017-12-01T00:00:00Z")) } }, "Id, CloseDate");
    assert.ok(won.length > 0);
    for (const deal of won) assert.ok(deal.CloseDate >= "2017-12-01");
  });
  await step("a query that is wrong is refused in the vendor's words", async () => {
    await assert.rejects(org.query("SELECT Nothing FROM Contact"), { errorCode: "INVALID_FIELD" });
    await assert.rejects(org.query("SELEC Id FROM Contact"), { errorCode: "MALFORMED_QUERY" });
  });
}

export async function reads(org) {
  await describes(org);
  await pages(org);
  await shapes(org);
}
