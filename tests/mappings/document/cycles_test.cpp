#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

/// The circle that is reported, offline and with the orgs; fails the test when they differ.
std::string circle(const std::vector<Source>& sources) {
    const std::string said = findings_of(sources, nullptr);
    EXPECT_EQ(findings_of(sources, &test_catalogs()), said);
    const std::string mark = "feed each other in a circle: ";
    const std::size_t at = said.find(mark);
    if (at == std::string::npos) return said;
    return said.substr(at + mark.size(), said.find(" [DUET", at) - at - mark.size());
}

TEST(Cycles, RulesThatFeedEachOtherAreNamedInTheirOrder) {
    EXPECT_EQ(offline(person("fields:\n  - { pardot: a, value: Prospect.b }\n"
                             "  - { pardot: b, value: Prospect.c }\n"
                             "  - { pardot: c, value: Prospect.A }\n")),
              "a.yaml:4:5: error: these rules feed each other in a circle: a -> c -> b -> a "
              "[DUET-2016]\n"
              "    4 |   - { pardot: a, value: Prospect.b }\n"
              "      |     ^\n"
              "  let one of them read something that Duet does not write\n");
    EXPECT_NE(
        offline(person("fields:\n  - { pardot: s, value: Duet.Stage }\nlifecycle:\n  stages:\n"
                       "    - { name: A, rank: 1, when: ISBLANK(Prospect.s) }\n"))
            .find("s -> Duet.Stage -> s"),
        std::string::npos);
    // Filling its own blank is no circle.
    EXPECT_EQ(offline(person("fields:\n  - { pardot: a, value: 'IF(ISBLANK(Prospect.a), B, "
                             "Prospect.a)' }\n")),
              "");
}

TEST(Cycles, TheNamedCampaignIsReadOfTheDeal) {
    const auto deals = [](const std::string& field) {
        return Source{"deals.yaml",
                      "entity: opportunity\nmatch: [crm_id]\nfields:\n  - { salesforce: " + field +
                          ", value: Attribution.Named_Id }\nattribution:\n"
                          "  - { name: Named, model: primary }\n"};
    };
    EXPECT_EQ(circle({deals("CampaignId")}), "CampaignId -> Attribution.Named -> CampaignId");
    EXPECT_EQ(circle({deals("Duet_Last_Touch_Campaign__c")}), "");
}

TEST(Cycles, AreFollowedThroughRollupsOfOtherEntities) {
    const Source accounts{"accounts.yaml",
                          "entity: account\nmatch: [crm_id]\n"
                          "fields:\n  - { salesforce: Duet_Open_Opportunities__c, value: "
                          "Rollup.Total }\n"
                          "rollups:\n  - { name: Total, of: Opportunity, function: SUM, field: "
                          "Amount }\n"};
    const Source deals{"deals.yaml",
                       "entity: opportunity\nmatch: [crm_id]\n"
                       "fields:\n  - { salesforce: Amount, value: "
                       "Account.Duet_Open_Opportunities__c }\n"};
    EXPECT_EQ(circle({accounts, deals}),
              "Duet_Open_Opportunities__c of account -> Amount of opportunity -> Rollup.Total of "
              "account -> Duet_Open_Opportunities__c of account");
    EXPECT_EQ(circle({accounts}), "");
}

TEST(Cycles, AreFollowedThroughTheConditionOfARollup) {
    EXPECT_EQ(circle({{"a.yaml",
                       "entity: opportunity\nmatch: [crm_id]\n"
                       "fields:\n  - { salesforce: Amount, value: Rollup.Roles }\n"
                       "rollups:\n  - { name: Roles, of: OpportunityContactRole, "
                       "function: COUNT, where: Opportunity.Amount > 5 }\n"}}),
              "Amount -> Rollup.Roles -> Amount");
}

TEST(Cycles, AreFollowedThroughAttribution) {
    const std::string deals =
        "entity: opportunity\nmatch: [crm_id]\n"
        "fields:\n  - { salesforce: Name, value: Attribution.Last_Id }\n"
        "attribution:\n  - name: Last\n    model: last\n    when: CONTAINS(Name, \"a\")\n"
        "    people: OpportunityContactRole.Contact\n    from: CreatedDate\n    until: CloseDate\n"
        "    touches: [{ object: CampaignMember, time: CreatedDate, campaign: CampaignId }]\n";
    EXPECT_EQ(circle({{"a.yaml", deals}}), "Name -> Attribution.Last -> Name");
}

TEST(Cycles, AreFollowedThroughStagesAndRollupsOfPersons) {
    EXPECT_EQ(
        circle({{"a.yaml", person("fields:\n  - { salesforce: Duet_Stage__c, value: Duet.Stage }\n"
                                  "rollups:\n  - { name: Roles, of: OpportunityContactRole, where: "
                                  "'Contact.Duet_Stage__c = \"A\"', function: COUNT }\n"
                                  "lifecycle:\n  stages:\n    - { name: A, rank: 1, when: "
                                  "Rollup.Roles > 0 }\n")}}),
        "Duet_Stage__c -> Rollup.Roles -> Duet.Stage -> Duet_Stage__c");
}

TEST(Cycles, ALongChainIsNoneAndALongCircleIsFound) {
    std::string chain = person("fields:\n");
    for (int i = 0; i < 1999; ++i) {
        chain += "  - { pardot: f" + std::to_string(i) + ", value: Prospect.f" +
                 std::to_string(i + 1) + " }\n";
    }
    EXPECT_EQ(offline(chain), "");
    EXPECT_NE(offline(chain + "  - { pardot: f1999, value: Prospect.f0 }\n").find("DUET-2016"),
              std::string::npos);
}

}  // namespace
}  // namespace duet::document
