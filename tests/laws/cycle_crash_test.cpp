// Stops the daemon after each durable step in turn, and after each write to a vendor, then starts
// a fresh one on the same store. Nothing may be lost and nobody may be created twice.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// Three people edited, one new on each side, one who opts out, one who joins a list.
void fill(World& world) {
    world.add_list("Buyers");
    world.add_list("Spring");
    world.checks_balance = true;
    for (const char* email : {"a@example.com", "b@example.com", "c@example.com"}) {
        world.add_contact(email);
    }
    world.run_until_quiet();
    const auto contact = [&](const char* email) { return world.with_email(kCrm, email); };
    const auto prospect = [&](const char* email) { return world.with_email(kMarketing, email); };
    world.crm().edit(contact("a@example.com"), "Phone", text("5550100"));
    world.marketing().edit(prospect("b@example.com"), "jobTitle", text("Chief Buyer"));
    world.marketing().edit(prospect("c@example.com"), "optedOut", World::yes());
    world.crm().edit(contact("c@example.com"), "LastName", text("Curie"));
    world.add_contact("new-contact@example.com");
    world.add_prospect("new-prospect@example.com");
    world.clock.pass(60s);
}

struct Ending {
    std::vector<std::string> crm;
    std::vector<std::string> marketing;
    std::size_t memberships = 0;
    std::int64_t leads = 0;
    std::int64_t prospects = 0;
    std::int64_t joined = 0;
};

Ending ending_of(World& world) {
    return {people(world.crm()),
            people(world.marketing()),
            world.marketing().records("list-membership").size(),
            world.crm().creates("Lead"),
            world.marketing().creates("prospect"),
            world.marketing().creates("list-membership")};
}

void expect_same(const Ending& left, const Ending& right) {
    EXPECT_EQ(left.crm, right.crm);
    EXPECT_EQ(left.marketing, right.marketing);
    EXPECT_EQ(left.memberships, right.memberships);
    EXPECT_EQ(left.leads, right.leads);
    EXPECT_EQ(left.prospects, right.prospects);
    EXPECT_EQ(left.joined, right.joined);
}

Ending undisturbed() {
    World world;
    fill(world);
    world.run_until_quiet();
    return ending_of(world);
}

TEST(CycleCrash, AnyStepCanBeTheLast) {
    const Ending calm = undisturbed();
    ASSERT_EQ(calm.prospects, 4);
    ASSERT_EQ(calm.leads, 1);
    bool finished = false;
    for (int steps = 1; !finished; ++steps) {
        SCOPED_TRACE(testing::Message() << "crash after step " << steps);
        ASSERT_LT(steps, 1000) << "the cycle never finishes";
        World world;
        fill(world);
        world.store().crashes_after(steps);
        finished = world.run_cycle().has_value();
        world.run_until_quiet();
        expect_same(ending_of(world), calm);
        if (HasFailure()) return;
    }
}

TEST(CycleCrash, EveryStepOfEveryProcessCanBeTheLast) {
    // Each process lives a little longer than the one before, so that the whole work is done by
    // processes that all die.
    const Ending calm = undisturbed();
    World world;
    fill(world);
    for (int steps = 1; steps < 60; ++steps) {
        world.store().crashes_after(steps);
        world.run_cycle();
    }
    world.store().crashes_after(0);
    world.run_until_quiet();
    expect_same(ending_of(world), calm);
}

TEST(CycleCrash, AnyWriteCanBeTheLastOne) {
    const Ending calm = undisturbed();
    for (const Side side : kSides) {
        for (int writes = 0; writes < 6; ++writes) {
            SCOPED_TRACE(testing::Message()
                         << "side " << static_cast<int>(side) << " write " << writes);
            World world;
            fill(world);
            world.side(side).crashes_after_next_write();
            for (int cycle = 0; cycle < writes; ++cycle) {
                // The process that follows dies in its next write too.
                world.run_cycle();
                world.side(side).crashes_after_next_write();
            }
            world.run_cycle();
            world.side(side).heals();
            world.run_until_quiet();
            expect_same(ending_of(world), calm);
        }
    }
}

}  // namespace
}  // namespace duet::world
