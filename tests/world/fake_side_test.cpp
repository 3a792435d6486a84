#include "tests/world/fake_side.h"

#include <gtest/gtest.h>

#include "tests/world/acme.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

const Selection kProspects{"prospect", {"email", "phone"}};

SideOptions pardot() {
    SideOptions options;
    options.name = "pardot";
    options.catalog = acme_catalogs().marketing;
    options.stamp_step = 1s;
    options.page_cap = 2;
    options.overlap = 1;
    return options;
}

class FakeSideTest : public testing::Test {
protected:
    std::string add(const std::string& email) {
        Fields fields;
        fields.set("email", text(email));
        return side.add("prospect", std::move(fields));
    }
    /// Reads to the end; the addresses in order, a tombstone with a minus before it.
    std::string pull() {
        std::string line;
        for (int page = 0; page < 100; ++page) {
            auto read = side.changes(kProspects, cursor, 1000, {});
            if (!read) return line + "!" + read.error().remote_code;
            for (const Change& change : read->changes) {
                if (change.kind != ChangeKind::Upserted) line += "-";
                line += display(change.record.fields.get("email")) + " ";
            }
            cursor = read->next;
            if (read->last) return line;
            line += "| ";
        }
        return line;
    }
    Result<std::vector<Result<Written>>> create(const std::string& email) {
        Write write;
        write.kind = WriteKind::Create;
        write.id.object = "prospect";
        write.fields.set("email", text(email));
        const Write batch[] = {write};
        return side.write(batch, {});
    }

    WorldClock clock;
    FakeSide side{pardot(), clock};
    Cursor cursor;
};

TEST_F(FakeSideTest, PagesAreCappedAndANewReadRepeatsItsOverlap) {
    for (const char* email : {"a", "b", "c"}) add(email);
    EXPECT_EQ(pull(), "a b | c ");
    EXPECT_EQ(pull(), "c ");
    add("d");
    EXPECT_EQ(pull(), "c d ");
}

TEST_F(FakeSideTest, ACreateMakesASecondRecordUnlessTheOptionsSayThatItUpserts) {
    ASSERT_TRUE(create("a"));
    ASSERT_TRUE(create("a"));
    EXPECT_EQ(side.records("prospect").size(), 2U);

    SideOptions options = pardot();
    options.upserts = {{"prospect", "email"}};
    FakeSide upserting{options, clock};
    Fields fields;
    fields.set("email", text("a"));
    upserting.add("prospect", fields);
    clock.pass(1s);
    const std::string newest = upserting.add("prospect", fields);
    Write write;
    write.kind = WriteKind::Create;
    write.id.object = "prospect";
    write.key_field = "email";
    write.key_value = "a";
    write.fields.set("phone", text("1"));
    const Write batch[] = {write};
    const auto outcomes = upserting.write(batch, {});
    ASSERT_TRUE(outcomes && outcomes->front());
    EXPECT_EQ(outcomes->front()->id.key, newest);
    EXPECT_FALSE(outcomes->front()->created);
    EXPECT_EQ(upserting.value({"prospect", newest}, "phone"), text("1"));
    EXPECT_EQ(upserting.creates("prospect"), 0);
    EXPECT_EQ(upserting.updates("prospect"), 1);
}

TEST_F(FakeSideTest, EditsTombstonesAndUndeletesAreChangesInOrder) {
    const std::string a = add("a");
    const std::string b = add("b");
    EXPECT_EQ(pull(), "a b ");
    side.remove({"prospect", a});
    clock.pass(1s);
    side.edit({"prospect", b}, "phone", text("1"));
    EXPECT_EQ(pull(), "b -a | b ");
    EXPECT_EQ(side.find_record({"prospect", a}), nullptr);
    side.undelete({"prospect", a});
    EXPECT_EQ(pull(), "b a ");
}

TEST_F(FakeSideTest, AMergedRecordNamesItsSurvivor) {
    const std::string loser = add("a");
    const std::string survivor = add("b");
    side.merge({"prospect", loser}, {"prospect", survivor});
    const auto read = side.read(kProspects, std::vector<std::string>{loser}, {});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->front().kind, ChangeKind::Merged);
    EXPECT_EQ(read->front().survivor.key, survivor);
}

TEST_F(FakeSideTest, AMergeThatNamesNoSurvivorBinsTheLoserAndHandsItsIdOn) {
    SideOptions options = pardot();
    options.names_survivors = false;
    options.crm_ids = {"salesforceContactId"};
    FakeSide pardots(options, clock);
    const auto make = [&](const char* crm_id) {
        Fields fields;
        fields.set("salesforceContactId", text(crm_id));
        return RecordId{"prospect", pardots.add("prospect", std::move(fields))};
    };
    const RecordId loser = make("003a"), survivor = make(""), holder = make("003b");
    pardots.merge(loser, survivor);
    EXPECT_EQ(pardots.value(survivor, "salesforceContactId"), text("003a"));
    pardots.merge(survivor, holder);
    EXPECT_EQ(pardots.value(holder, "salesforceContactId"), text("003b"));
    const auto read = pardots.read(kProspects, std::vector<std::string>{loser.key}, {});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->front().kind, ChangeKind::Deleted);
    EXPECT_EQ(read->front().survivor.key, "");
}

TEST_F(FakeSideTest, AMergeTakesMembershipsAlongAndWhatTheLoserLeftTheSurvivorLeft) {
    SideOptions options = pardot();
    options.memberships = kMemberships;
    FakeSide pardots(options, clock);
    const RecordId loser{"prospect", pardots.add("prospect", {})};
    const RecordId survivor{"prospect", pardots.add("prospect", {})};
    const auto join = [&](const RecordId& person, const char* list, bool left) {
        Fields row;
        row.set("prospectId", text(person.key));
        row.set("listId", text(list));
        row.set("optedOut", Value{left});
        return pardots.add("list-membership", std::move(row));
    };
    const std::string alone = join(loser, "1", false), twice = join(loser, "2", true),
                      kept = join(survivor, "2", false);
    pardots.merge(loser, survivor);
    const auto members = pardots.records("list-membership");
    EXPECT_EQ(members.size(), 2u);
    EXPECT_EQ(members.count(twice), 0u);
    EXPECT_EQ(members.at(alone).get("prospectId"), text(survivor.key));
    EXPECT_EQ(members.at(alone).get("optedOut"), Value{false});
    EXPECT_EQ(members.at(kept).get("optedOut"), Value{true});
}

TEST_F(FakeSideTest, AHiddenRowAppearsLateWithItsOldStamp) {
    side.hides_next_change_for(120s);
    add("late");
    clock.pass(60s);
    add("soon");
    EXPECT_EQ(pull(), "soon ");
    clock.pass(60s);
    EXPECT_EQ(pull(), "soon late ");
}

TEST_F(FakeSideTest, AReadLagsBehindAWriteAndUsersDoNot) {
    SideOptions options = pardot();
    options.read_lag = 60s;
    FakeSide lagging{options, clock};
    Fields fields;
    fields.set("email", text("a"));
    const std::string key = lagging.add("prospect", fields);
    EXPECT_NE(lagging.find_record({"prospect", key}), nullptr);
    EXPECT_TRUE(lagging.find(kProspects, "email", "a", {})->empty());
    clock.pass(60s);
    EXPECT_EQ(lagging.find(kProspects, "email", "a", {})->size(), 1u);
}

TEST_F(FakeSideTest, ALostAnswerIsAWriteThatHappenedAndALostRequestIsNot) {
    side.loses_next_answer();
    const auto lost = create("a");
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().kind, ErrorKind::InDoubt);
    EXPECT_EQ(side.creates("prospect"), 1);
    side.loses_next_request();
    EXPECT_EQ(create("b").error().kind, ErrorKind::InDoubt);
    EXPECT_EQ(side.creates("prospect"), 1);
}

TEST_F(FakeSideTest, ACrashComesAfterTheWriteIsDone) {
    side.crashes_after_next_write();
    EXPECT_THROW((void)create("a"), Crash);
    EXPECT_EQ(side.creates("prospect"), 1);
    EXPECT_TRUE(create("b"));
}

TEST_F(FakeSideTest, OrderedFaultsComeOnceAndDoNothing) {
    side.fails_next(2, ErrorKind::RateLimited, "122");
    EXPECT_EQ(create("a").error().remote_code, "122");
    EXPECT_EQ(pull(), "!122");
    EXPECT_EQ(side.creates("prospect"), 0);
    side.cuts_page();
    EXPECT_EQ(pull(), "!CUT_OFF");
    EXPECT_EQ(pull(), "");
}

TEST_F(FakeSideTest, ARefusalIsOfOneWriteAndStandsUntilItIsLifted) {
    side.rejects_field("email", "INVALID");
    auto outcome = create("a");
    ASSERT_TRUE(outcome);
    ASSERT_FALSE(outcome->front());
    EXPECT_EQ(outcome->front().error().kind, ErrorKind::Rejected);
    EXPECT_EQ(side.creates("prospect"), 0);
    side.accepts_all();
    EXPECT_TRUE(create("a")->front());
}

TEST_F(FakeSideTest, AUsedUpQuotaRefusesEveryCall) {
    SideOptions options = pardot();
    options.calls_per_day = 2;
    FakeSide limited{options, clock};
    EXPECT_TRUE(limited.discover({}));
    EXPECT_TRUE(limited.discover({}));
    EXPECT_EQ(limited.discover({}).error().kind, ErrorKind::RateLimited);
    EXPECT_EQ(limited.budget().used_today, 2);
}

TEST_F(FakeSideTest, CreatesAreNeverUpserts) {
    EXPECT_TRUE(create("a")->front());
    EXPECT_TRUE(create("a")->front());
    EXPECT_EQ(side.records("prospect").size(), 2u);
}

TEST(CrashingStore, DiesAfterTheCommitAndKeepsWhatWasDurable) {
    World world;
    world.store().crashes_after(2);
    ASSERT_TRUE(world.store().set_fact("acme", "a", "1"));
    try {
        auto transaction = world.store().begin();
        ASSERT_TRUE(transaction);
        ASSERT_TRUE(world.store().set_fact("acme", "b", "2"));
        (void)transaction->commit();
        FAIL() << "it outlived its last step";
    } catch (const Crash&) {
        world.restart();
    }
    EXPECT_EQ(*world.store().fact("acme", "b"), "2");
    EXPECT_EQ(world.store().steps(), 0);
}

TEST(CrashingStore, WhatWasNotCommittedIsGone) {
    World world;
    {
        auto transaction = world.store().begin();
        ASSERT_TRUE(world.store().set_fact("acme", "a", "1"));
    }
    EXPECT_EQ(*world.store().fact("acme", "a"), "");
}

TEST(CrashingStore, ACallThatFindsNoRoomSpoilsItsTransactionAndNothingElse) {
    World world;
    CrashingStore& store = world.store();
    {
        auto transaction = store.begin();
        store.fails_call(2, StoreFault::NoRoom);
        ASSERT_TRUE(store.set_fact("acme", "a", "1"));
        EXPECT_EQ(store.set_fact("acme", "b", "2").error().code, "DUET-4006");
        EXPECT_EQ(store.fact("acme", "a").error().code, "DUET-4006");
        EXPECT_EQ(transaction->commit().error().code, "DUET-4006");
    }
    EXPECT_EQ(store.failed(), "set_fact");
    EXPECT_EQ(*store.fact("acme", "a"), "");
    ASSERT_TRUE(store.set_fact("acme", "c", "3"));
    EXPECT_EQ(*store.fact("acme", "c"), "3");
}

TEST(CrashingStore, AfterAFailedDiskNothingWorksUntilANewProcess) {
    World world;
    world.store().fails_call(1, StoreFault::DiskFailed);
    EXPECT_EQ(world.store().set_fact("acme", "a", "1").error().code, "DUET-4007");
    EXPECT_EQ(world.store().begin().error().code, "DUET-4007");
    world.restart();
    EXPECT_EQ(*world.store().fact("acme", "a"), "");
}

TEST(CrashingStore, ACommitCanBeDurableAndReportAFailure) {
    World world;
    auto transaction = world.store().begin();
    ASSERT_TRUE(world.store().set_fact("acme", "a", "1"));
    world.store().fails_call(1, StoreFault::DoneThenFailed);
    EXPECT_EQ(transaction->commit().error().code, "DUET-4007");
    EXPECT_EQ(world.store().fact("acme", "a").error().code, "DUET-4007");
    world.restart();
    EXPECT_EQ(*world.store().fact("acme", "a"), "1");
}

TEST(World, ARestartReopensTheStoreFile) {
    WorldOptions options;
    options.store_in_file = true;
    World world(std::move(options));
    world.add_contact("ada@example.com");
    world.run_until_quiet();
    world.restart();
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

}  // namespace
}  // namespace duet::world
