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

}  // namespace
}  // namespace duet::document
