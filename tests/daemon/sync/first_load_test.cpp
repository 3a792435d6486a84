// A first load that takes long does not hold up what is new elsewhere.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// Each page takes a minute, and a cycle gives a first load that much.
class SlowFirstLoad : public testing::Test {
protected:
    SlowFirstLoad() : world(options()) {
        world.settings.first_load_slice = 60s;
        world.settings.page_size = 5;
        ada = {"Contact", world.add_contact("ada@example.com")};
        world.run_until_quiet();
        world.org().on_progress = [this](const sync::Progress& progress) {
            if (progress.backfill) world.clock.pass(60s);
        };
    }
    /// Campaigns are an entity of their own, which no rule about people reads.
    static WorldOptions options() {
        WorldOptions options;
        options.marketing_lag = 0s;
        options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
            const auto add = [](Catalog& catalog, const char* object, const char* id,
                                const char* name) {
                ObjectInfo made;
                made.name = made.label = object;
                made.entity = EntityKind::Campaign;
                FieldInfo key;
                key.name = key.label = id;
                key.type = FieldType::Id;
                key.creatable = key.updatable = false;
                FieldInfo called;
                called.name = called.label = name;
                called.length = 80;
                made.fields = {key, called};
                catalog.objects.push_back(std::move(made));
            };
            add(catalogs.crm, "Campaign", "Id", "Name");
            add(catalogs.marketing, "campaign", "id", "name");
        };
        options.documents.push_back(
            {"campaigns.yaml",
             "entity: campaign\n"
             "match: [name]\n"
             "fields:\n"
             "  - { salesforce: Name, pardot: name, direction: to_salesforce }\n"});
        return options;
    }
    bool is_loaded(Side side, const char* object) {
        return world.store().object_state("acme", side, object)->backfilled;
    }
    /// The object is read from its start once more, as after new fields in the documents.
    void loads_anew(Side side, const char* object) {
        ASSERT_TRUE(world.store().set_object_state("acme", side, object, {}));
    }

    World world;
    RecordId ada;
};

TEST_F(SlowFirstLoad, WhatIsNewOfOtherObjectsTravelsMeanwhile) {
    for (int i = 0; i < 60; ++i) {
        Fields fields;
        fields.set("Name", text("Account " + std::to_string(i)));
        world.crm().add("Account", std::move(fields));
    }
    world.run_until_quiet();
    loads_anew(kCrm, "Account");
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->is_loading);
    EXPECT_FALSE(is_loaded(kCrm, "Account"));
    EXPECT_TRUE(report->observed.crm.loading.contains("Account"));
    EXPECT_FALSE(report->observed.crm.ready);
    // Accounts are parents of what people's rules read: people wait, and their rows are counted so.
    world.crm().edit(ada, "Phone", text("5550100"));
    const auto next = world.run_cycle();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->counts.waiting, next->counts.pulled - next->counts.repeats -
                                        next->counts.unchanged - next->counts.filtered);
    EXPECT_EQ(world.value(kMarketing, "ada@example.com", "phone"), Value{});
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, "ada@example.com", "phone"), text("5550100"));
    EXPECT_TRUE(is_loaded(kCrm, "Account"));
}

TEST_F(SlowFirstLoad, APersonsChangeDoesNotWaitForObjectsThatPeopleDoNotNeed) {
    for (int i = 0; i < 60; ++i) {
        Fields fields;
        fields.set("name", text("List " + std::to_string(i)));
        world.marketing().add("campaign", std::move(fields));
    }
    loads_anew(kMarketing, "campaign");
    world.crm().edit(ada, "Phone", text("5550100"));
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->is_loading);
    EXPECT_EQ(world.value(kMarketing, "ada@example.com", "phone"), text("5550100"));
}

TEST(FreshChanges, GoOutBeforeWhatNewDocumentsLeftToDo) {
    World world;
    std::vector<RecordId> people;
    for (int i = 0; i < 6; ++i)
        people.push_back({"Contact", world.add_contact("p" + std::to_string(i) + "@example.com")});
    world.run_until_quiet();
    auto documents = acme_documents();
    std::string& stages = documents.back().text;
    stages.replace(stages.find("KNOWN"), 5, "MET__");
    world.change_documents(documents);
    // The last of all in every order of keys.
    world.crm().edit(people.back(), "Phone", text("5550100"));
    world.settings.writes_at_once = 1;
    const std::size_t before = world.marketing().writes().size();
    world.run_cycle();
    const auto& writes = world.marketing().writes();
    ASSERT_GT(writes.size(), before + people.size() - 1) << "everybody is at another stage";
    EXPECT_EQ(writes[before].fields.get("phone"), text("5550100"));
    EXPECT_EQ(writes[before].fields.get("duet_stage__c"), text("MET__"));
    EXPECT_EQ(writes[before].id, world.with_email(kMarketing, "p5@example.com"));
}

TEST_F(SlowFirstLoad, NobodyIsMadeBeforeAllWhoCouldMatchAreLoaded) {
    for (int i = 0; i < 40; ++i) world.add_prospect("p" + std::to_string(i) + "@example.com");
    loads_anew(kMarketing, "prospect");
    world.add_contact("p39@example.com");
    world.run_cycle();
    EXPECT_FALSE(is_loaded(kMarketing, "prospect"));
    EXPECT_EQ(world.marketing().creates("prospect"), 1) << "ada's alone";
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
    EXPECT_EQ(world.marketing().records("prospect").size(), 41u);
}

}  // namespace
}  // namespace duet::world
