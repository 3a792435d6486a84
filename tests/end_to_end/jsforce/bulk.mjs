// Bulk API 2.0: a query, and ingest jobs with rows that fail.
import assert from "node:assert/strict";
import { nextMinute, step } from "./world.mjs";

const polling = { pollInterval: 50, pollTimeout: 60_000 };

async function load(org, job) {
  return org.bulk2.loadAndWaitForResults({ ...polling, ...job });
}

export async function bulk(org) {
  await nextMinute();
  await step("a bulk query of 8,800 opportunities", async () => {
    const stream = await org.bulk2.query(
      "SELECT Id, Name, Account.Name, Amount, CloseDate FROM Opportunity", polling);
    const rows = await stream.toArray();
    assert.equal(rows.length, 8800);
    assert.equal(new Set(rows.map((row) => row.Id)).size, 8800);
    const deal = rows.find((row) => row.Name === "Cancity - GTX Plus Basic");
    assert.equal(deal["Account.Name"], "Cancity");
    assert.match(deal.CloseDate, /^\d{4}-\d\d-\d\d$/);
  });
  const made = await step("a bulk insert with texts that CSV must quote", async () => {
    const input = [
      { LastName: 'O"Neill, jr.', Title: "one\ntwo", Duet_Key__c: "bulk-1" },
      { LastName: "Žižek", Title: "", Duet_Key__c: "bulk-2" },
      { LastName: "Plain", Title: "Buyer", Duet_Key__c: "bulk-3" },
    ];
    const result = await load(org, { object: "Contact", operation: "insert", input });
    assert.equal(result.failedResults.length, 0);
    assert.equal(result.successfulResults.length, 3);
    assert.ok(result.successfulResults.every((row) => row.sf__Created === "true"));
    const rows = await org.sobject("Contact").find(
      { Duet_Key__c: { $in: ["bulk-1", "bulk-2", "bulk-3"] } }, "Id, LastName, Title, Duet_Key__c")
      .sort("Duet_Key__c");
    assert.deepEqual(rows.map((row) => row.LastName), ['O"Neill, jr.', "Žižek", "Plain"]);
    assert.deepEqual(rows.map((row) => row.Title), ["one\ntwo", null, "Buyer"]);
    return rows.map((row) => row.Id);
  });
  await step("a bulk update with a failing row: the good ones stand", async () => {
    const result = await load(org, {
      object: "Contact",
      operation: "update",
      input: [
        { Id: made[0], Title: "changed in bulk" },
        { Id: "003000000000000AAA", Title: "nobody" },
        { Id: made[2], Title: "#N/A" },
      ],
    });
    assert.equal(result.successfulResults.length, 2);
    assert.equal(result.failedResults.length, 1);
    assert.equal(result.failedResults[0].Title, "nobody");
    assert.match(result.failedResults[0].sf__Error, /^[A-Z_]+:/);
    const rows = await org.sobject("Contact").retrieve([made[0], made[2]]);
    assert.deepEqual(rows.map((row) => row.Title), ["changed in bulk", null]);
  });
  await step("a bulk upsert by external id", async () => {
    const result = await load(org, {
      object: "Contact",
      operation: "upsert",
      externalIdFieldName: "Duet_Key__c",
      input: [
        { Duet_Key__c: "bulk-3", LastName: "Plainer" },
        { Duet_Key__c: "bulk-4", LastName: "Newer" },
      ],
    });
    assert.deepEqual(
      result.successfulResults.map((row) => row.sf__Created).sort(), ["false", "true"]);
    assert.equal((await org.sobject("Contact").retrieve(made[2])).LastName, "Plainer");
  });
  await step("a bulk delete", async () => {
    const result = await load(org, {
      object: "Contact", operation: "delete", input: made.map((Id) => ({ Id })),
    });
    assert.equal(result.successfulResults.length, 3);
    assert.equal(await org.sobject("Contact").count({ Duet_Key__c: { $like: "bulk-%" } }), 1);
  });
  await step("a job with a query that is wrong is refused", async () => {
    await assert.rejects(org.bulk2.query("SELECT Nothing FROM Contact", polling),
      /INVALID_FIELD|No such column|InvalidField|API_ERROR/);
  });
}
