// The campaign that a new deal names, where the documents fill it in.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/world/crm_test.h"
#include "tests/world/influence_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

/// The lines that the preset shows behind a comment, as they are when they are wanted.
std::string shipped_rule() {
    std::ifstream file(std::filesystem::path(DUET_SOURCE_DIR) /
                       "mappings/presets/attribution/opportunities.yaml");
    std::string found;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("  # - { salesforce: CampaignId")) found = "  " + line.substr(4);
    }
    return found;
}

std::string document() {
    return "entity: opportunity\nobjects: { salesforce: Opportunity, pardot: opportunity }\n"
           "match: [crm_id]\nfields:\n" +
           shipped_rule() + R"(
attribution:
  - name: Milestones
    model: last
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CreatedDate
    touches:
      - { object: CampaignMember, where: HasResponded, time: CreatedDate, campaign: CampaignId }
)";
}

class CampaignSource : public CrmTest {
protected:
    CampaignSource() : CrmTest(options()) {
        ada = world.add_contact("ada@example.com");
        spring = add("Campaign", {{"Name", text("Spring")}});
        fair = add("Campaign", {{"Name", text("Fair")}});
        add("CampaignMember", {{"CampaignId", text(spring)},
                               {"ContactId", text(ada)},
                               {"HasResponded", Value{true}},
                               {"CreatedDate", Value{at("2017-10-01T12:00")}}});
        settle();
    }
    static WorldOptions options() {
        WorldOptions made;
        made.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
            add_influence_objects(catalogs);
            for (ObjectInfo& known : catalogs.crm.objects) {
                if (known.name == "Opportunity")
                    known.fields.push_back(
                        made_field("CampaignId", FieldType::Id, "Campaign", "Campaign"));
            }
        };
        made.documents = acme_documents();
        made.documents.push_back({"opportunities.yaml", document()});
        return made;
    }
    std::string deal(DateTime created, const std::string& source = {}) {
        const std::string key =
            add("Opportunity", {{"Name", text("Deal")},
                                {"IsWon", Value{false}},
                                {"IsClosed", Value{false}},
                                {"CampaignId", source.empty() ? Value{} : text(source)},
                                {"CreatedDate", Value{created}},
                                {"CloseDate", Value{*parse_date("2019-12-01")}}});
        add("OpportunityContactRole", {{"OpportunityId", text(key)}, {"ContactId", text(ada)}});
        return key;
    }
    DateTime now() { return std::chrono::floor<std::chrono::milliseconds>(world.clock.now()); }
    Value source_of(const std::string& key) {
        return world.crm().value({"Opportunity", key}, "CampaignId");
    }

    std::string ada, spring, fair;
};

TEST_F(CampaignSource, OfANewDealThatNamesNoneIsTheOneThatTouchedItsPeopleLast) {
    ASSERT_FALSE(shipped_rule().empty()) << "the preset shows the rule";
    const std::string fresh = deal(now() - 1h);
    const std::string named = deal(now() - 1h, fair);
    const std::string old = deal(now() - 48h);
    settle();
    EXPECT_EQ(source_of(fresh), text(spring));
    EXPECT_EQ(source_of(named), text(fair)) << "people's own word stands";
    EXPECT_TRUE(is_blank(source_of(old))) << "only where a deal is made";
}

TEST_F(CampaignSource, IsNotWrittenAgainOnceTheDealIsADayOld) {
    const std::string fresh = deal(now() - 1h);
    settle();
    ASSERT_EQ(source_of(fresh), text(spring));
    world.clock.pass(24h);
    settle();
    world.crm().edit({"Opportunity", fresh}, "CampaignId", Value{});
    settle();
    EXPECT_TRUE(is_blank(source_of(fresh)));
}

}  // namespace
}  // namespace duet::world
