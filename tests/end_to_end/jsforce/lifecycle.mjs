// Merge, conversion, undelete and the bin over SOAP, by jsforce's own conn.soap.
import assert from "node:assert/strict";
import { expireTokens, nextMinute, step } from "./world.mjs";

const gone = /NOT_FOUND|ENTITY_IS_DELETED|deleted|not exist/;

async function deletedRow(org, type, id) {
  const found = await org.query(
    `SELECT Id, IsDeleted, MasterRecordId FROM ${type} WHERE Id = '${id}'`, { scanAll: true });
  return found.records[0];
}

async function merges(org) {
  const contacts = org.sobject("Contact");
  await step("soap.merge: the loser is in the bin, the master has its children", async () => {
    const account = await org.sobject("Account").create({ Name: "Merge Works" });
    const [master, loser] = await contacts.create([
      { LastName: "Kept", AccountId: account.id, Title: "Old" },
      { LastName: "Lost", AccountId: account.id },
    ]);
    const task = await org.sobject("Task").create({ WhoId: loser.id, Subject: "Call" });
    await nextMinute();
    const result = await org.soap.merge({
      masterRecord: { type: "Contact", Id: master.id, Phone: "+1 5550147 & <more>",
        fieldsToNull: "Title" },
      recordToMergeIds: [loser.id],
    });
    assert.deepEqual(
      { success: result.success, id: result.id, merged: result.mergedRecordIds,
        related: result.updatedRelatedIds, errors: result.errors },
      { success: true, id: master.id, merged: [loser.id], related: [task.id], errors: [] });
    const kept = await contacts.retrieve(master.id);
    assert.equal(kept.Phone, "+1 5550147 & <more>");
    assert.equal(kept.Title, null);
    assert.equal((await org.sobject("Task").retrieve(task.id)).WhoId, master.id);
    await assert.rejects(contacts.retrieve(loser.id), gone);
    const row = await deletedRow(org, "Contact", loser.id);
    assert.deepEqual([row.IsDeleted, row.MasterRecordId], [true, master.id]);
  });
  await step("soap.merge: several requests, the wrong one fails alone", async () => {
    const rows = await org.sobject("Lead").create(
      [1, 2, 3].map((n) => ({ LastName: `Merged ${n}`, Company: "C" })));
    const result = await org.soap.merge([
      { masterRecord: { type: "Lead", Id: rows[0].id }, recordToMergeIds: [rows[1].id] },
      { masterRecord: { type: "Lead", Id: rows[2].id }, recordToMergeIds: [rows[1].id] },
    ]);
    assert.deepEqual(result.map((one) => one.success), [true, false]);
    assert.equal(result[1].errors[0].statusCode, "ENTITY_IS_DELETED");
  });
}

async function converts(org) {
  const leads = org.sobject("Lead");
  await step("soap.convertLead: account, contact and opportunity are there", async () => {
    const lead = await leads.create(
      { FirstName: "Ines", LastName: "Calder", Company: "Calder Yards", Email: "ines@calder-yards.example" });
    const campaign = await org.sobject("Campaign").create({ Name: "Spring letters" });
    const member = await org.sobject("CampaignMember").create(
      { CampaignId: campaign.id, LeadId: lead.id });
    await nextMinute();
    const result = await org.soap.convertLead({
      leadId: lead.id, convertedStatus: "Closed - Converted", opportunityName: "A first yard",
    });
    assert.equal(result.success, true);
    assert.equal(result.leadId, lead.id);
    const row = await leads.retrieve(lead.id);
    assert.equal(row.IsConverted, true);
    assert.equal(row.ConvertedContactId, result.contactId);
    assert.equal(row.ConvertedAccountId, result.accountId);
    assert.equal(row.ConvertedOpportunityId, result.opportunityId);
    assert.equal((await org.sobject("Contact").retrieve(result.contactId)).Name, "Ines Calder");
    assert.equal((await org.sobject("Opportunity").retrieve(result.opportunityId)).Name, "A first yard");
    assert.equal(
      (await org.sobject("CampaignMember").retrieve(member.id)).ContactId, result.contactId);
    await assert.rejects(leads.update({ Id: lead.id, Phone: "1" }),
      { errorCode: "CANNOT_UPDATE_CONVERTED_LEAD" });
  });
  await step("soap.convertLead: a list, one without a deal and one that cannot be", async () => {
    const lead = await leads.create({ LastName: "Second", Company: "Calder Yards" });
    const result = await org.soap.convertLead([
      { leadId: lead.id, convertedStatus: "Closed - Converted", doNotCreateOpportunity: true },
      { leadId: lead.id, convertedStatus: "Closed - Converted", doNotCreateOpportunity: true },
    ]);
    assert.deepEqual(result.map((one) => one.success), [true, false]);
    assert.equal(result[0].opportunityId, null);
    assert.equal(result[1].errors[0].statusCode, "CANNOT_UPDATE_CONVERTED_LEAD");
  });
}

async function bin(org) {
  const contacts = org.sobject("Contact");
  await step("soap.delete, soap.undelete, soap.emptyRecycleBin", async () => {
    const made = await contacts.create([{ LastName: "Bin 1" }, { LastName: "Bin 2" }]);
    const ids = made.map((one) => one.id);
    assert.deepEqual((await org.soap.delete(ids)).map((one) => one.success), [true, true]);
    const back = await org.soap.undelete(ids);
    assert.deepEqual(back.map((one) => [one.success, one.id]), ids.map((id) => [true, id]));
    assert.equal((await contacts.retrieve(ids[0])).LastName, "Bin 1");
    assert.equal((await org.soap.undelete([ids[0]]))[0].errors[0].statusCode, "UNDELETE_FAILED");
    await contacts.destroy(ids[1]);
    const emptied = await org.soap.emptyRecycleBin([ids[1]]);
    assert.equal(emptied[0].success, true);
    assert.equal(await deletedRow(org, "Contact", ids[1]), undefined);
  });
}

export async function lifecycle(org) {
  await nextMinute();
  await merges(org);
  await converts(org);
  await bin(org);
  await step("an expired session is renewed over SOAP too", async () => {
    const before = org.accessToken;
    await expireTokens();
    assert.match((await org.soap.getServerTimestamp()).timestamp, /^20\d\d-\d\d-\d\dT/);
    assert.notEqual(org.accessToken, before);
    assert.equal((await org.soap.getUserInfo()).organizationId.slice(0, 3), "00D");
  });
}
