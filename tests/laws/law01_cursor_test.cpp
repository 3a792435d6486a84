// Law 1: a cursor moves only in the transaction that stores what it covers.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// Live contacts that the store has seen.
std::int64_t seen_contacts(World& world) {
    const auto counts = world.store().seen_counts("acme");
    const auto found = counts->find({kCrm, "Contact"});
    return found == counts->end() ? 0 : found->second;
}

/// Rows that the stored cursor says were read.
std::int64_t covered_contacts(World& world) {
    const auto state = world.store().object_state("acme", kCrm, "Contact");
    return state->cursor.text.empty() ? 0 : std::stoll(state->cursor.text);
}

TEST(Law01CursorMovesOnlyWithItsPage, WhereverTheProcessDiesTheCursorCoversWhatIsStored) {
    WorldOptions options;
    options.adjust = [](SideOptions& crm, SideOptions&) {
        crm.page_cap = 3;
        crm.overlap = 0;
    };
    bool finished = false;
    for (int steps = 1; !finished; ++steps) {
        SCOPED_TRACE(testing::Message() << "crash after step " << steps);
        ASSERT_LT(steps, 200);
        World world(options);
        for (int i = 0; i < 10; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
        world.store().crashes_after(steps);
        finished = world.run_cycle().has_value();
        EXPECT_EQ(covered_contacts(world), seen_contacts(world));
        world.run_until_quiet();
        EXPECT_EQ(world.marketing().records("prospect").size(), 10u);
    }
}

TEST(Law01CursorMovesOnlyWithItsPage, APageThatBreaksOffIsReadAgain) {
    WorldOptions options;
    options.adjust = [](SideOptions& crm, SideOptions&) { crm.page_cap = 2; };
    World world(std::move(options));
    for (int i = 0; i < 6; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.crm().cuts_page();
    world.run_cycle();
    EXPECT_EQ(world.marketing().creates("prospect"), 0) << "a side that is behind plans nothing";
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 6);
}

TEST(Law01CursorMovesOnlyWithItsPage, ARowThatBecomesVisibleLateIsStillRead) {
    World world;
    world.crm().hides_next_change_for(300s);
    world.add_contact("late@example.com");
    world.clock.pass(10s);
    world.add_contact("soon@example.com");
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
    world.clock.pass(300s);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 2);
}

}  // namespace
}  // namespace duet::world
