// What was seen too long ago is read again before it is overwritten.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// A cycle in which reading the marketing side takes five minutes, and people go on meanwhile.
class LostUpdate : public SettledWorld {
protected:
    void reading_takes(std::chrono::seconds time, std::function<void()> meanwhile) {
        world.org().on_progress = [this, time, meanwhile](const sync::Progress& progress) {
            if (progress.system != "pardot" || progress.object != "prospect") return;
            world.clock.pass(time);
            if (!done_) meanwhile();
            done_ = true;
        };
    }
    bool done_ = false;
};

TEST_F(LostUpdate, AnEditMadeMeanwhileIsSeenBeforeItIsOverwritten) {
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.clock.pass(2min);
    reading_takes(5min, [&] { world.crm().edit(contact, "FirstName", text("Ada")); });
    world.run_until_quiet();
    // Both changed, and the rule lets Salesforce win: had nobody looked, the edit would be gone.
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Ada"));
    EXPECT_EQ(world.value(kMarketing, kAda, "firstName"), text("Ada"));
}

TEST_F(LostUpdate, NothingElseOfThePersonIsWrittenAsItWasBefore) {
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.crm().edit(contact, "Phone", text("5550100"));
    world.clock.pass(2min);
    reading_takes(5min, [&] { world.crm().edit(contact, "Phone", text("5550199")); });
    const std::size_t before = world.marketing().writes().size();
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550199"));
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Augusta"));
    const auto& writes = world.marketing().writes();
    for (std::size_t i = before; i < writes.size(); ++i) {
        const Value* phone = writes[i].fields.find("phone");
        EXPECT_FALSE(phone != nullptr && *phone == text("5550100"))
            << "it was known by then that the contact had changed";
    }
}

TEST_F(LostUpdate, WhatNobodyTouchedIsWrittenAndWhatWasSeenJustNowIsNotReadAgain) {
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.clock.pass(2min);
    reading_takes(5min, [] {});
    world.run_cycle();
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Augusta"));

    world.run_until_quiet();
    world.org().on_progress = {};
    world.run_cycle();
    const auto quiet = world.crm().calls();
    world.run_cycle();
    const auto polls = world.crm().calls() - quiet;
    world.marketing().edit(prospect, "firstName", text("Ada"));
    world.clock.pass(2min);
    const auto before = world.crm().calls();
    world.run_cycle();
    EXPECT_EQ(world.crm().calls() - before, polls + 1) << "one write, and no look before it";
}

TEST_F(LostUpdate, OneCallReadsAgainWhatManyCallsWrite) {
    for (int i = 0; i < 12; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.run_until_quiet();
    const auto quiet = world.crm().calls();
    world.run_cycle();
    const auto polls = world.crm().calls() - quiet;
    for (int i = 0; i < 12; ++i) {
        world.marketing().edit(
            world.with_email(kMarketing, "p" + std::to_string(i) + "@example.com"), "firstName",
            text("Eve"));
    }
    world.clock.pass(2min);
    reading_takes(5min, [] {});
    const auto before = world.crm().calls();
    world.run_cycle();
    // Twelve writes, five a call, and one read of all of them.
    EXPECT_EQ(world.crm().calls() - before, polls + 3 + 1);
}

TEST_F(LostUpdate, WhereCallsAreSlowAnEditMadeBetweenTwoWritesIsSeenToo) {
    for (int i = 0; i < 12; ++i) world.add_contact("p" + std::to_string(i) + "@example.com");
    world.run_until_quiet();
    for (int i = 0; i < 12; ++i) {
        world.marketing().edit(
            world.with_email(kMarketing, "p" + std::to_string(i) + "@example.com"), "firstName",
            text("Eve"));
    }
    world.clock.pass(2min);
    const RecordId last = world.with_email(kCrm, "p11@example.com");
    bool done = false;
    SideWatch watch;
    watch.on_call = [&] { world.clock.pass(60s); };
    watch.on_write = [&](const Write&, const RecordId& id) {
        if (std::exchange(done, true)) return;
        ASSERT_NE(id, last);
        world.crm().edit(last, "FirstName", text("Ida"));
    };
    world.crm().watch(std::move(watch));
    world.run_cycle();
    world.crm().watch({});
    EXPECT_TRUE(done);
    // Had twelve been read again at once, the edit would have been overwritten two minutes later.
    EXPECT_EQ(world.crm().value(last, "FirstName"), text("Ida"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, "p11@example.com", "firstName"), text("Ida"));
    EXPECT_EQ(world.value(kCrm, "p10@example.com", "FirstName"), text("Eve"));
}

TEST_F(LostUpdate, WhatCannotBeReadAgainIsNotOverwritten) {
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.clock.pass(2min);
    reading_takes(5min, [&] {
        world.crm().edit(contact, "FirstName", text("Ada"));
        world.crm().fails_next(1, ErrorKind::Transient);  // the next call is the second look
    });
    const auto before = world.crm().updates("Contact");
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(world.crm().updates("Contact"), before);
    EXPECT_EQ(report->sent.not_sent, 1);
    const store::Entity ada = world.entity_of(kCrm, contact);
    EXPECT_EQ(ada.state, "waiting");
    EXPECT_NE(ada.reason.find("could not be read once more"), std::string::npos) << ada.reason;
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Ada"));
    EXPECT_EQ(world.value(kMarketing, kAda, "firstName"), text("Ada"));
}

TEST_F(LostUpdate, AnOptOutGoesEvenWhereNobodyCanLook) {
    world.marketing().edit(prospect, "optedOut", Value{true});
    world.clock.pass(2min);
    reading_takes(5min, [&] { world.crm().fails_next(1, ErrorKind::Transient); });
    world.run_cycle();
    EXPECT_EQ(world.value(kCrm, kAda, "HasOptedOutOfEmail"), Value{true});
}

TEST_F(LostUpdate, AMembershipThatThePersonEndedMeanwhileIsNotDeleted) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    const auto members = world.marketing().records("list-membership");
    ASSERT_EQ(members.size(), 1U);
    const RecordId membership{"list-membership", members.begin()->first};
    world.crm().edit(contact, "Title", text("Seller"));
    world.clock.pass(2min);
    bool done = false;
    world.org().on_progress = [&](const sync::Progress& progress) {
        // Everything was read by then.
        if (progress.system != "pardot" || progress.object != "list-membership" || done) return;
        done = true;
        world.marketing().edit(membership, "optedOut", Value{true});
        world.clock.pass(5min);
    };
    world.run_until_quiet();
    EXPECT_TRUE(done);
    EXPECT_EQ(world.marketing().deletes("list-membership"), 0);
    EXPECT_EQ(world.marketing().value(membership, "optedOut"), Value{true});
}

TEST_F(LostUpdate, TheSettingSaysHowLongIsTooLong) {
    world.settings.stale_after = std::chrono::hours{1};
    world.marketing().edit(prospect, "firstName", text("Augusta"));
    world.clock.pass(2min);
    reading_takes(5min, [&] { world.crm().edit(contact, "FirstName", text("Ada")); });
    world.run_cycle();
    EXPECT_EQ(world.value(kCrm, kAda, "FirstName"), text("Augusta"))
        << "within the hour nobody looks: this is the window that the setting leaves";
}

}  // namespace
}  // namespace duet::world
