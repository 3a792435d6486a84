// The models of `attribution:` and the numbers that belong to them.
#include <string>
#include <variant>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

std::string deals(const std::string& model) {
    return "entity: opportunity\nmatch: [crm_id]\nattribution:\n  - name: Best\n" + model +
           "    people: OpportunityContactRole.Contact\n    from: CreatedDate\n    until: "
           "CloseDate\n"
           "    touches: [{ object: CampaignMember, time: CreatedDate, campaign: CampaignId }]\n";
}

attribution::ModelKind model_of(const std::string& model) {
    const auto documents = load_good({{"a.yaml", deals(model)}}, nullptr);
    EXPECT_EQ(documents.attributions.size(), 1U);
    return documents.attributions.at(0).model;
}

std::string findings(const std::string& model) {
    return findings_of({{"a.yaml", deals(model)}}, nullptr);
}

TEST(AttributionModels, HaveTheirOwnNumbersOrTheDefaults) {
    EXPECT_TRUE(std::holds_alternative<attribution::First>(model_of("    model: first\n")));
    EXPECT_TRUE(std::holds_alternative<attribution::Linear>(model_of("    model: linear\n")));
    EXPECT_EQ(std::get<attribution::Decay>(model_of("    model: decay\n")).half_life, 7);
    EXPECT_EQ(std::get<attribution::Decay>(model_of("    model: decay\n    half_life_days: 30\n"))
                  .half_life,
              30);
    const auto u = std::get<attribution::PositionBased>(
        model_of("    model: u\n    first_percent: 70\n    last_percent: 30\n"));
    EXPECT_EQ(u.shares.first, 0.7);
    EXPECT_EQ(u.shares.last, 0.3);
    EXPECT_EQ(std::get<attribution::PositionBased>(model_of("    model: u\n")).shares.last, 0.4);
}

TEST(AttributionModels, RefuseNumbersOfOthersAndSharesAboveTheWhole) {
    const auto says = [](const std::string& model, const std::string& words) {
        const std::string all = findings(model);
        EXPECT_NE(all.find(words), std::string::npos) << all;
    };
    says("    model: last\n    half_life_days: 7\n",
         "a.yaml:6:5: error: \"half_life_days\" belongs to the model decay");
    says("    model: decay\n    first_percent: 7\n", "\"first_percent\" belongs to the model u");
    says("    model: u\n    first_percent: 70\n", "come to 110 percent, not to 1 to 100");
    says("    model: u\n    first_percent: 0\n    last_percent: 0\n", "come to 0 percent");
    says("    model: decay\n    half_life_days: 0\n", "a.yaml:6:21: error: ");
    says("    model: linaer\n", "did you mean \"linear\"?");
}

TEST(AttributionModels, MilestonesNumbersAndLearntOnesAreTakenToo) {
    EXPECT_TRUE(std::holds_alternative<attribution::MilestoneBased>(model_of("    model: w\n")));
    EXPECT_EQ(std::get<attribution::Markov>(model_of("    model: markov:3\n")).order, 3);
    EXPECT_TRUE(std::holds_alternative<attribution::ShapleySet>(model_of("    model: shapley\n")));
    const auto documents = load_good(
        {{"a.yaml", deals("    model: custom\n    weights: { campaign_type: { Webinar: 3 }, "
                          "position: { last: 2 } }\n    people_of: role_else_account\n"
                          "    influence_model: Ours\n    keep_when: Lapsed__c\n"
                          "    qualified: Qualified__c\n    known: CreatedDate\n"
                          "    contract_value: BLANKVALUE(ACV__c, Amount)\n")}},
        nullptr);
    const Attribution& one = documents.attributions.at(0);
    EXPECT_TRUE(std::holds_alternative<attribution::Custom>(one.model));
    EXPECT_EQ(one.importance.of_campaign_type.at("Webinar"), 3);
    EXPECT_EQ(one.importance.of_position.at("last"), 2);
    EXPECT_EQ(one.people_of, attribution::PeopleMode::ContactRoleElseAccount);
    EXPECT_EQ(one.influence_model, "Ours");
    EXPECT_TRUE(one.keep_when && one.qualified && one.known);
    ASSERT_TRUE(one.contract_value);
    EXPECT_EQ(one.contract_value->formula.text(), "BLANKVALUE(ACV__c, Amount)");
}

TEST(AttributionModels, WhatDoesNotBelongTogetherIsTold) {
    const auto says = [](const std::string& model, const std::string& words) {
        const std::string all = findings(model);
        EXPECT_NE(all.find(words), std::string::npos) << all;
    };
    says("    model: w\n    weights: { role: { User: 2 } }\n",
         "\"weights\" belongs to the model custom");
    says("    model: custom\n    weights: { position: { second: 2 } }\n",
         "\"second\" is no place among touches");
    says("    model: w\n    keep_when: IsWon\n", "rows of an \"influence_model\"");
    says("    model: markov:5\n", "markov:5");
}

TEST(AttributionModels, TheNamedCampaignNeedsNoTouchesAndWritesNoRows) {
    const std::string head =
        "entity: opportunity\nmatch: [crm_id]\nattribution:\n  - name: Named\n    model: primary\n";
    const auto documents = load_good({{"a.yaml", head}}, nullptr);
    ASSERT_EQ(documents.attributions.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<attribution::Primary>(documents.attributions[0].model));
    EXPECT_FALSE(documents.attributions[0].from || documents.attributions[0].until);
    EXPECT_EQ(documents.by_touches(), nullptr);
    EXPECT_NE(findings("    model: primary\n    influence_model: Ours\n")
                  .find("\"influence_model\" belongs to models of touches"),
              std::string::npos);
    const std::string others = findings_of(
        {{"a.yaml",
          "entity: opportunity\nmatch: [crm_id]\nattribution:\n  - { name: A, model: w }\n"}},
        nullptr);
    for (const char* key : {"\"people\"", "\"from\"", "\"until\"", "\"touches\""})
        EXPECT_NE(others.find(key), std::string::npos) << others;
}

TEST(AttributionModels, OneAttributionKeepsTheRowsOfAModel) {
    const std::string one =
        "    people: OpportunityContactRole.Contact\n    from: CreatedDate\n    until: CloseDate\n"
        "    influence_model: Ours\n    touches: [{ object: CampaignMember, time: CreatedDate, "
        "campaign: CampaignId }]\n";
    const std::string all =
        findings_of({{"a.yaml",
                      "entity: opportunity\nmatch: [crm_id]\nattribution:\n  - name: A\n    model: "
                      "last\n" +
                          one + "  - name: B\n    model: first\n" + one}},
                    nullptr);
    EXPECT_NE(all.find("are already those of the attribution at"), std::string::npos) << all;
}

}  // namespace
}  // namespace duet::document
