// A value that a field cannot take as it is described goes out once it is described otherwise.
#include "daemon/sync/unfit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

WorldOptions with_policy(const char* policy) {
    WorldOptions options;
    options.documents = {
        {"people.yaml",
         fmt::format("entity: person\nmatch: [crm_id, email]\nfields:\n"
                     "  - {{ salesforce: LastName, pardot: lastName }}\n"
                     "  - {{ salesforce: Email, pardot: email }}\n"
                     "  - {{ salesforce: {{ contact: Level__c }}, pardot: jobTitle, direction: "
                     "to_salesforce, unknown_option: {} }}\n",
                     policy)}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        FieldInfo level = made_field("Level__c", FieldType::Picklist);
        level.options = {"Gold"};
        level.restricted = true;
        for (ObjectInfo& object : catalogs.crm.objects) {
            if (object.name == "Contact") object.fields.push_back(level);
        }
    };
    return options;
}

/// What an administrator does.
void add_option(PerSide<Catalog>& catalogs, const char* option) {
    for (ObjectInfo& object : catalogs.crm.objects) {
        for (FieldInfo& field : object.fields) {
            if (object.name == "Contact" && field.name == "Level__c")
                field.options.emplace_back(option);
        }
    }
}

/// Ada's and Bob's contacts and prospects; Ada's title is no level that the CRM knows.
class Unfit : public testing::TestWithParam<const char*> {
protected:
    Unfit() : world(with_policy(GetParam())) {
        for (const char* email : {kAda, kBob}) {
            world.add_contact(email);
            world.add_prospect(email);
        }
        world.run_until_quiet();
        world.marketing().edit(world.with_email(Side::Marketing, kAda), "jobTitle", text("Silver"));
        world.marketing().edit(world.with_email(Side::Marketing, kBob), "jobTitle", text("Gold"));
        run_some();
        EXPECT_EQ(level(kAda), Value{});
        EXPECT_EQ(level(kBob), text("Gold"));
    }
    /// The decisions of all of them.
    std::int64_t run_some() {
        std::int64_t decisions = 0;
        for (int i = 0; i < 3; ++i) {
            world.clock.pass(std::chrono::minutes{3});
            const auto report = world.run_cycle();
            if (report) decisions += report->decisions;
        }
        return decisions;
    }
    Value level(const char* email) { return world.value(Side::Crm, email, "Level__c"); }

    World world;
};

TEST_P(Unfit, AnOptionThatIsAddedLetsTheValueGo) {
    EXPECT_TRUE(sync::is_anybody_unfit(world.store(), "acme"));
    EXPECT_EQ(run_some(), 0) << "nothing changed";
    world.change_catalogs([](PerSide<Catalog>& catalogs) { add_option(catalogs, "Silver"); });
    run_some();
    EXPECT_EQ(level(kAda), text("Silver"));
    EXPECT_FALSE(sync::is_anybody_unfit(world.store(), "acme"));
    EXPECT_EQ(world.entity_of(Side::Crm, world.with_email(Side::Crm, kAda)).state, "clean");
}

TEST_P(Unfit, AnotherOptionHasOnlyThemDecidedAndTheyWaitOn) {
    for (const char* option : {"Bronze", "Tin"}) {
        world.change_catalogs([&](PerSide<Catalog>& catalogs) { add_option(catalogs, option); });
        EXPECT_EQ(run_some(), 1);
        EXPECT_EQ(level(kAda), Value{});
        EXPECT_TRUE(sync::is_anybody_unfit(world.store(), "acme"));
    }
    world.change_catalogs([](PerSide<Catalog>& catalogs) { add_option(catalogs, "Silver"); });
    run_some();
    EXPECT_EQ(level(kAda), text("Silver"));
}

TEST_P(Unfit, WhoseValueFitsMeanwhileIsForgottenAndNothingIsLookedAtForThem) {
    world.marketing().edit(world.with_email(Side::Marketing, kAda), "jobTitle", text("Gold"));
    run_some();
    EXPECT_EQ(level(kAda), text("Gold"));
    EXPECT_FALSE(sync::is_anybody_unfit(world.store(), "acme"));
    world.change_catalogs([](PerSide<Catalog>& catalogs) { add_option(catalogs, "Silver"); });
    EXPECT_EQ(run_some(), 0);
    EXPECT_EQ(level(kAda), text("Gold"));
}

TEST_P(Unfit, OfTwoWhoWaitOneThatFitsLetsTheOtherWaitOn) {
    world.marketing().edit(world.with_email(Side::Marketing, kBob), "jobTitle", text("Silver"));
    run_some();
    world.marketing().edit(world.with_email(Side::Marketing, kAda), "jobTitle", text("Gold"));
    run_some();
    EXPECT_TRUE(sync::is_anybody_unfit(world.store(), "acme"));
    world.restart();
    world.change_catalogs([](PerSide<Catalog>& catalogs) { add_option(catalogs, "Silver"); });
    EXPECT_EQ(run_some(), 2) << "Bob, and Bob once it is written";
    EXPECT_EQ(level(kBob), text("Silver"));
    EXPECT_FALSE(sync::is_anybody_unfit(world.store(), "acme"));
}

INSTANTIATE_TEST_SUITE_P(Policies, Unfit, testing::Values("error", "keep", "quarantine"),
                         [](const auto& policy) { return std::string(policy.param); });

}  // namespace
}  // namespace duet::world
