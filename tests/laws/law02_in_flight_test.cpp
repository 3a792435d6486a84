// Law 2: a write is recorded as in flight before it is sent.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class Law02WriteIsInFlightBeforeItIsSent : public SettledWorld {};

TEST_F(Law02WriteIsInFlightBeforeItIsSent, AProcessThatDiesInTheCallLeavesTheWriteInDoubt) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().crashes_after_next_write();
    EXPECT_FALSE(world.run_cycle());
    const auto left = world.store().in_flight("acme");
    ASSERT_EQ(left->size(), 1u);
    EXPECT_TRUE(left->front().in_doubt);
    EXPECT_EQ(left->front().write.id, prospect);
    EXPECT_EQ(left->front().write.fields.get("phone"), text("5550100"));
}

TEST_F(Law02WriteIsInFlightBeforeItIsSent, EveryWriteOfABatchIsRecorded) {
    for (int i = 0; i < 4; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.marketing().crashes_after_next_write();
    EXPECT_FALSE(world.run_cycle());
    EXPECT_EQ(world.store().in_flight("acme")->size(), 4u);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 5);
}

}  // namespace
}  // namespace duet::world
