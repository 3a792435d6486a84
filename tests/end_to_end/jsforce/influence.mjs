// Customizable Campaign Influence: rows under a model of our own, by jsforce's own calls.
import assert from "node:assert/strict";
import { control, nextMinute, step } from "./world.mjs";

async function dealAndCampaigns(org) {
  const deal = await org.sobject("Opportunity").create(
    { Name: "Influenced", StageName: "Prospecting", CloseDate: "2026-12-31", Amount: 60000 });
  const campaigns = await org.sobject("Campaign").create(
    [{ Name: "Webinar K1" }, { Name: "Trade Show K2" }]);
  const made = await control("/sandbox/salesforce/influence-model",
    { DeveloperName: "Duet_Linear", MasterLabel: "Duet linear", IsModelLocked: true });
  return { deal: deal.id, campaigns: campaigns.map((one) => one.id), model: made.id };
}

export async function influence(org) {
  const rows = org.sobject("CampaignInfluence");
  await nextMinute();
  const { deal, campaigns, model } = await dealAndCampaigns(org);
  const row = (campaign, percent) =>
    ({ OpportunityId: deal, CampaignId: campaign, ModelId: model, Influence: percent });
  const made = await step("influence: rows are made under a model of our own", async () => {
    const result = await rows.create([row(campaigns[0], 60), row(campaigns[1], 30)]);
    assert.deepEqual(result.map((one) => one.success), [true, true]);
    const found = await org.query(
      "SELECT Campaign.Name, Model.DeveloperName, Influence, RevenueShare FROM CampaignInfluence " +
      `WHERE OpportunityId = '${deal}' AND ModelId = '${model}' ORDER BY Influence`);
    assert.deepEqual(
      found.records.map((one) => [one.Campaign.Name, one.Model.DeveloperName, one.RevenueShare]),
      [["Trade Show K2", "Duet_Linear", 18000], ["Webinar K1", "Duet_Linear", 36000]]);
    return result.map((one) => one.id);
  });
  await step("influence: a share is raised, what exceeds 100 % is refused", async () => {
    await rows.update({ Id: made[1], Influence: 40 });
    assert.equal((await rows.retrieve(made[1])).RevenueShare, 24000);
    await assert.rejects(rows.update({ Id: made[1], Influence: 41 }), /FIELD_INTEGRITY_EXCEPTION/);
  });
  await step("influence: keys, shares and models are not for updates", async () => {
    for (const change of [{ CampaignId: campaigns[0] }, { RevenueShare: 1 }]) {
      await assert.rejects(rows.update({ Id: made[1], ...change }),
        /INVALID_FIELD_FOR_INSERT_UPDATE/);
    }
    await assert.rejects(org.sobject("CampaignInfluenceModel").update(
      { Id: model, MasterLabel: "Other" }), /CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY/);
  });
  await step("influence: rows go with their deal", async () => {
    await org.sobject("Opportunity").destroy(deal);
    const left = await org.query(`SELECT Id FROM CampaignInfluence WHERE ModelId = '${model}'`);
    assert.equal(left.totalSize, 0);
  });
}
