// What many people share is read once for all of them.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/world/customer_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr int kPeople = 1'100;  // more than are decided in one transaction

WorldOptions with_wins() {
    WorldOptions options = of_customers();
    options.documents = {
        {"people.yaml",
         "entity: person\nmatch: [crm_id, email]\n"
         "rollups:\n"
         "  - { name: Wins, of: Opportunity, via: Account, where: IsWon, function: COUNT }\n"
         "fields:\n  - { salesforce: Wins__c, value: Rollup.Wins }\n"}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        add_customer_objects(catalogs);
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name == "Contact" || known.name == "Lead")
                known.fields.push_back(made_field("Wins__c", FieldType::Number));
        }
    };
    return options;
}

/// Records that are read while a deal that changed has all people of its account decided anew.
std::int64_t reads_with(int deals) {
    World world(with_wins());
    const std::string account = add_account(world, "House");
    std::string changed;
    for (int i = 0; i < deals; ++i)
        changed = add_deal(world, account, *parse_date("2017-12-01"), i + 1);
    for (int i = 0; i < kPeople; ++i) {
        const std::string contact = world.add_contact("p" + std::to_string(i) + "@example.com");
        world.crm().edit({"Contact", contact}, "AccountId", text(account));
    }
    world.run_until_quiet();
    EXPECT_EQ(world.crm().value({"Contact", world.with_email(Side::Crm, "p0@example.com").key},
                                "Wins__c"),
              Value{Decimal{deals}});
    world.clock.pass(180s);
    world.crm().edit({"Opportunity", changed}, "IsWon", Value{false});
    const std::int64_t before = world.store().calls().find("seen")->second;
    const auto report = world.run_cycle();
    EXPECT_TRUE(report && report->decisions >= kPeople);
    return world.store().calls().find("seen")->second - before;
}

TEST(SharedReads, AnAccountsDealsAreReadOnceForAllItsPeople) {
    constexpr int kMore = 300;
    // Once to find who depends on it, once to decide.
    EXPECT_LE(reads_with(5 + kMore) - reads_with(5), 2 * kMore);
}

/// What the store is asked and told by a cycle that decides everybody anew and finds them as
/// before: calls of each function.
std::map<std::string, std::int64_t> asked_with(int people) {
    World world(with_wins());
    for (int i = 0; i < people; ++i) {
        const std::string email = "p" + std::to_string(i) + "@example.com";
        world.add_contact(email);
        world.add_prospect(email);
    }
    world.run_until_quiet();
    world.clock.pass(180s);
    EXPECT_TRUE(world.store().mark_all_dirty(world.org().name, "test"));
    const auto before = world.store().calls();
    const auto report = world.run_cycle();
    EXPECT_TRUE(report && report->decisions == people);
    std::map<std::string, std::int64_t> asked;
    for (const auto& [function, count] : world.store().calls()) {
        const auto known = before.find(function);
        asked[function] = count - (known == before.end() ? 0 : known->second);
    }
    return asked;
}

TEST(SharedReads, WhoIsDecidedWithOthersIsReadWithThemAndWrittenOnlyWhereChanged) {
    constexpr int kMore = 1'000;  // two transactions
    const auto some = asked_with(600);
    auto more = asked_with(600 + kMore);
    std::int64_t all = 0;
    for (auto& [function, count] : more) {
        const auto known = some.find(function);
        count -= known == some.end() ? 0 : known->second;
        all += count;
    }
    EXPECT_EQ(more["save_entity"], 0) << "they stand as before";
    EXPECT_EQ(more["clear_dirty"], kMore);
    EXPECT_LE(all - more["clear_dirty"], kMore / 10);
}

}  // namespace
}  // namespace duet::world
