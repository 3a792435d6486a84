// Rows written one at a time and in collections, deleted, and looked up by stamp.
import assert from "node:assert/strict";
import { nextMinute, step } from "./world.mjs";

async function single(org) {
  const contacts = org.sobject("Contact");
  const id = await step("create, retrieve, update, one row", async () => {
    const made = await contacts.create({
      FirstName: "Ada", LastName: "Okafor", Title: "Buyer", Department: "Purchasing",
    });
    assert.equal(made.success, true);
    assert.match(made.id, /^003.{15}$/);
    const changed = await contacts.update({ Id: made.id, Title: "Head of Purchasing" });
    assert.equal(changed.success, true);
    const row = await contacts.retrieve(made.id);
    assert.equal(row.Name, "Ada Okafor");
    assert.equal(row.Title, "Head of Purchasing");
    return made.id;
  });
  await step("upsert by external id: made, then found again", async () => {
    const first = await contacts.upsert(
      { Duet_Key__c: "jsforce-1", LastName: "Keyed" }, "Duet_Key__c");
    assert.equal(first.success, true);
    const second = await contacts.upsert(
      { Duet_Key__c: "jsforce-1", LastName: "Keyed", Title: "Twice" }, "Duet_Key__c");
    assert.equal(second.success, true);
    const rows = await contacts.find({ Duet_Key__c: "jsforce-1" }, "Id, Title");
    assert.equal(rows.length, 1);
    assert.equal(rows[0].Id, first.id);
    assert.equal(rows[0].Title, "Twice");
  });
  await step("a write that is wrong is refused in the vendor's words", async () => {
    await assert.rejects(contacts.create({ FirstName: "Nameless" }), {
      errorCode: "REQUIRED_FIELD_MISSING",
    });
    await assert.rejects(contacts.update({ Id: id, Nothing__c: 1 }), {
      errorCode: "INVALID_FIELD",
    });
    await assert.rejects(contacts.create({ LastName: "X", Email: "no address" }), {
      errorCode: "INVALID_EMAIL_ADDRESS",
    });
    await assert.rejects(
      contacts.create({ LastName: "Again", Duet_Key__c: "jsforce-1" }),
      { errorCode: "DUPLICATE_VALUE" });
  });
  return id;
}

async function collections(org) {
  const contacts = org.sobject("Contact");
  const ids = await step("250 rows created by collections of 200", async () => {
    const rows = Array.from({ length: 250 }, (_, i) => ({
      LastName: `Many ${i}`, Duet_Key__c: `jsforce-many-${i}`,
    }));
    const made = await contacts.create(rows, { allowRecursive: true });
    assert.equal(made.length, 250);
    assert.ok(made.every((one) => one.success));
    return made.map((one) => one.id);
  });
  await step("a collection with one bad row: that one fails, in its place", async () => {
    const changed = await contacts.update([
      { Id: ids[0], Title: "First" },
      { Id: "003000000000000AAA", Title: "Nobody" },
      { Id: ids[2], Title: "Third" },
    ]);
    assert.deepEqual(changed.map((one) => one.success), [true, false, true]);
    assert.match(
      changed[1].errors[0].statusCode ?? changed[1].errors[0].errorCode,
      /ENTITY_IS_DELETED|INVALID_CROSS_REFERENCE_KEY|NOT_FOUND/);
    assert.equal((await contacts.retrieve(ids[2])).Title, "Third");
  });
  await step("allOrNone takes the good rows back", async () => {
    const changed = await contacts.update(
      [{ Id: ids[3], Title: "Kept" }, { Id: ids[4], Email: "no address" }], { allOrNone: true });
    assert.deepEqual(changed.map((one) => one.success), [false, false]);
    assert.equal((await contacts.retrieve(ids[3])).Title, null);
  });
  await step("many upserts by external id", async () => {
    const rows = Array.from({ length: 210 }, (_, i) => ({
      LastName: `Upserted ${i}`, Duet_Key__c: `jsforce-many-${i + 100}`,
    }));
    const done = await contacts.upsert(rows, "Duet_Key__c", { allowRecursive: true });
    assert.ok(done.every((one) => one.success));
    assert.equal(done.filter((one) => one.created).length, 60);
    assert.equal(await contacts.count({ Duet_Key__c: { $like: "jsforce-many-%" } }), 310);
  });
  await step("many rows retrieved by id, in the order asked for", async () => {
    const rows = await contacts.retrieve([ids[5], ids[1]], { fields: ["Id", "LastName"] });
    assert.deepEqual(rows.map((one) => one.LastName), ["Many 5", "Many 1"]);
  });
  return ids;
}

async function deletes(org, one, many) {
  const contacts = org.sobject("Contact");
  await step("delete, one and many; queryAll still sees them", async () => {
    assert.equal((await contacts.destroy(one)).success, true);
    const gone = await contacts.destroy(many, { allowRecursive: true });
    assert.ok(gone.every((row) => row.success));
    await assert.rejects(contacts.retrieve(one), /NOT_FOUND|ENTITY_IS_DELETED|deleted|not exist/);
    const soql = `SELECT Id, IsDeleted FROM Contact WHERE Id = '${one}'`;
    assert.equal((await org.query(soql)).totalSize, 0);
    const all = await org.query(soql, { scanAll: true });
    assert.equal(all.records[0].IsDeleted, true);
  });
  await step("updated and deleted rows of a time span", async () => {
    await nextMinute();
    const from = "2018-01-02T08:55:00Z";
    const to = "2018-01-02T10:00:00Z";
    const deleted = await contacts.deleted(from, to);
    assert.ok(deleted.deletedRecords.some((row) => row.id === one));
    assert.ok((await contacts.updated(from, to)).ids.length > 0);
  });
}

async function composites(org) {
  await step("a composite request whose parts name each other", async () => {
    const answer = await org.requestPost(`/services/data/v${org.version}/composite`, {
      allOrNone: true,
      compositeRequest: [
        { method: "POST", url: `/services/data/v${org.version}/sobjects/Account`,
          referenceId: "firm", body: { Name: "Composite Works" } },
        { method: "POST", url: `/services/data/v${org.version}/sobjects/Contact`,
          referenceId: "person", body: { LastName: "Composed", AccountId: "@{firm.id}" } },
      ],
    });
    const [firm, person] = answer.compositeResponse;
    assert.equal(firm.httpStatusCode, 201);
    assert.equal(person.httpStatusCode, 201);
    const row = await org.sobject("Contact").retrieve(person.body.id);
    assert.equal(row.AccountId, firm.body.id);
  });
}

export async function writes(org) {
  await nextMinute();
  const one = await single(org);
  const many = await collections(org);
  await deletes(org, one, many);
  await composites(org);
}
