// Duet between both sides: what jsforce writes reaches Pardot, what Pardot holds reaches jsforce.
import assert from "node:assert/strict";
import { nextMinute, pardot, prospectsOf, step, sync } from "./world.mjs";

/** A contact whose prospect is linked, with both sides free of opt-outs. */
async function linkedContact(org) {
  const rows = await org.sobject("Contact").find(
    { Email: { $ne: null }, HasOptedOutOfEmail: false, Phone: { $ne: null } },
    "Id, Email, Phone, Title, LastName").sort("Id").limit(20);
  for (const row of rows) {
    const prospects = await prospectsOf(row.Email);
    if (prospects.length === 1 && prospects[0].salesforceId === row.Id && !prospects[0].optedOut)
      return { contact: row, prospect: prospects[0] };
  }
  throw new Error("no contact among the first 20 has a prospect of its own");
}

async function toPardot(org, pair) {
  const phone = "+49 30 5550 0147";
  const lead = {
    FirstName: "Wanda", LastName: "Ferreira", Company: "Ferreira Freight",
    Email: "wanda.ferreira@ferreira-freight.example", Status: "Open - Not Contacted",
  };
  const leadId = await step("jsforce edits a contact's phone and creates a lead", async () => {
    await nextMinute();
    const changed = await org.sobject("Contact").update({ Id: pair.contact.Id, Phone: phone });
    assert.equal(changed.success, true);
    assert.equal((await prospectsOf(lead.Email)).length, 0);
    return (await org.sobject("Lead").create(lead)).id;
  });
  await step("duet sync", async () => {
    const report = sync();
    assert.ok(report.written >= 2, JSON.stringify(report));
  });
  await step("Pardot has the phone and a prospect for the lead", async () => {
    assert.equal((await prospectsOf(pair.contact.Email))[0].phone, phone);
    const prospects = await prospectsOf(lead.Email);
    assert.equal(prospects.length, 1);
    const prospect = prospects[0];
    assert.equal(prospect.firstName, lead.FirstName);
    assert.equal(prospect.lastName, lead.LastName);
    assert.equal(prospect.company, lead.Company);
  });
  return leadId;
}

async function toSalesforce(org, pair) {
  const phone = "+49 30 5550 0199";
  await step("a marketer edits the prospect's phone and job title in Pardot", async () => {
    await nextMinute();
    const changed = await pardot("PATCH", `prospects/${pair.prospect.id}?fields=id,phone`, {
      phone, jobTitle: "Chief of Staff",
    });
    assert.equal(changed.phone, phone);
  });
  await step("duet sync", async () => assert.ok(sync().written >= 1));
  await step("jsforce reads what Duet wrote", async () => {
    const row = await org.sobject("Contact").retrieve(pair.contact.Id);
    assert.equal(row.Phone, phone);
    assert.equal(row.Title, "Chief of Staff");
    assert.ok(row.Duet_Stage__c, "the contact has a stage");
    const prospect = (await prospectsOf(pair.contact.Email))[0];
    assert.equal(prospect.duet_stage__c, row.Duet_Stage__c);
  });
}

async function settles(org, pair, leadId) {
  await step("the lead has a stage, and a new stage when its status says so", async () => {
    assert.equal((await org.sobject("Lead").retrieve(leadId)).Duet_Stage__c, "KNOWN");
    await nextMinute();
    await org.sobject("Lead").update({ Id: leadId, Status: "Working - Contacted" });
    sync();
    assert.equal((await org.sobject("Lead").retrieve(leadId)).Duet_Stage__c, "SAL");
  });
  await step("an opt-out in Salesforce reaches Pardot", async () => {
    await nextMinute();
    await org.sobject("Contact").update({ Id: pair.contact.Id, HasOptedOutOfEmail: true });
    sync();
    assert.equal((await prospectsOf(pair.contact.Email))[0].optedOut, true);
  });
  await step("with nothing changed, Duet writes nothing", async () => {
    await nextMinute();
    sync();
    await nextMinute();
    const report = sync();
    assert.equal(report.written, 0, JSON.stringify(report));
    assert.equal(report.planned, 0, JSON.stringify(report));
  });
}

export async function road(org) {
  const pair = await step("a contact and its prospect", () => linkedContact(org));
  const leadId = await toPardot(org, pair);
  await toSalesforce(org, pair);
  await settles(org, pair, leadId);
}
