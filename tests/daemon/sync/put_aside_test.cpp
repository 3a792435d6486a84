// What a side refuses is put aside, tried again later and later, and freed when its cause is gone.
#include "daemon/sync/put_aside.h"

#include <algorithm>

#include "tests/laws/laws.h"

namespace duet::world {
namespace {

class PutAside : public SettledWorld {
protected:
    std::vector<store::Quarantined> rows() { return *world.store().quarantine("acme", 100); }
    std::size_t tries(const std::string& email) {
        const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const auto& one) {
            return one.record == world.with_email(kMarketing, email);
        });
        return row == rows_.end() ? 0 : static_cast<std::size_t>(row->attempts);
    }
    void look() { rows_ = rows(); }
    std::vector<store::Cause> causes() { return *world.store().causes("acme"); }
    /// Contacts that are in step, so that each has a prospect to write to.
    void add_people(int count) {
        for (int i = 0; i < count; ++i)
            ids_.push_back(
                {"Contact", world.add_contact("p" + std::to_string(i) + "@example.com")});
        world.run_until_quiet();
    }
    void edit_all(const std::string& phone) {
        for (const RecordId& id : ids_) world.crm().edit(id, "Phone", text(phone));
    }
    std::vector<RecordId> ids_;
    std::vector<store::Quarantined> rows_;
};

TEST_F(PutAside, ACauseNamesSystemObjectCodeAndFieldButNoValue) {
    world.marketing().rejects_field("phone", "154");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    ASSERT_EQ(rows().size(), 1u);
    EXPECT_EQ(rows()[0].cause, "pardot/prospect/154/phone");
    EXPECT_EQ(rows()[0].field, "phone");
    EXPECT_EQ(rows()[0].value_class, "a text");
    EXPECT_EQ(rows()[0].message.find("5550100"), std::string::npos);
    ASSERT_EQ(causes().size(), 1u);
    EXPECT_EQ(causes()[0].failures, 1);
}

TEST_F(PutAside, TwoWritesOfOnePersonAreKeptApart) {
    world.crm().edit(contact, "Title", text("Chief Buyer"));
    world.marketing().rejects_field("jobTitle", "154");
    world.marketing().rejects_field("listId", "55");
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(rows().size(), 2u);
    const auto calls = world.marketing().calls();
    world.run_cycle();
    const auto quiet = world.marketing().calls() - calls;
    const auto again = world.marketing().calls();
    world.run_cycle();
    EXPECT_EQ(world.marketing().calls() - again, quiet);
    EXPECT_EQ(rows()[0].attempts, 1) << "neither chased the other out and was sent once more";
    world.marketing().accepts_all();
    world.run_until_quiet();
    EXPECT_TRUE(rows().empty());
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
}

TEST_F(PutAside, WhatIsPlannedNoMoreIsForgotten) {
    world.marketing().rejects_field("phone", "154");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    ASSERT_EQ(rows().size(), 1u);
    world.crm().edit(contact, "Phone", Value{});
    world.run_cycle();
    EXPECT_TRUE(rows().empty());
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "clean");
}

TEST_F(PutAside, EachTryWaitsLongerThanTheOneBefore) {
    world.marketing().locks_record(prospect.key, "62");
    world.crm().edit(contact, "Phone", text("5550100"));
    std::vector<std::chrono::microseconds> waits;
    for (int i = 0; i < 5; ++i) {
        world.run_cycle();
        ASSERT_EQ(rows().size(), 1u);
        ASSERT_EQ(rows()[0].attempts, i + 1);
        waits.push_back(rows()[0].retry_at - rows()[0].last_at);
        world.clock.pass(
            std::chrono::ceil<std::chrono::milliseconds>(rows()[0].retry_at - world.clock.now()));
    }
    EXPECT_TRUE(std::is_sorted(waits.begin(), waits.end()));
    EXPECT_GE(waits.back(), 16min);
    EXPECT_LE(waits.back(), 20min);
}

TEST_F(PutAside, ACauseThatStaysSlowsDownAllThatItHoldsAndFewFindOut) {
    add_people(30);
    world.settings.tries_per_cause = 3;
    world.marketing().rejects_field("phone", "154");
    edit_all("5550100");
    world.run_cycle();
    look();
    ASSERT_EQ(rows_.size(), 30u);
    EXPECT_EQ(causes()[0].failures, 1) << "thirty refusals of one round are one";
    world.clock.pass(3h);
    world.run_cycle();
    look();
    const auto tried =
        std::count_if(rows_.begin(), rows_.end(), [](const auto& row) { return row.attempts > 1; });
    EXPECT_EQ(tried, 3);
    EXPECT_EQ(causes()[0].failures, 2);
    EXPECT_GT(causes()[0].retry_at, world.clock.now()) << "the rest waits, though its time came";
    world.run_cycle();
    look();
    EXPECT_EQ(
        std::count_if(rows_.begin(), rows_.end(), [](const auto& row) { return row.attempts > 1; }),
        3);
    // One that gets through frees all of them.
    world.marketing().accepts_all();
    world.clock.pass(3h);
    world.run_until_quiet();
    EXPECT_TRUE(rows().empty());
    EXPECT_TRUE(causes().empty());
    EXPECT_EQ(world.value(kMarketing, "p29@example.com", "phone"), text("5550100"));
}

TEST_F(PutAside, WhatALockHeldGoesByItself) {
    world.marketing().locks_record(prospect.key, "62");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "waiting");
    world.marketing().accepts_all();
    world.clock.pass(2min);
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_TRUE(rows().empty());
}

TEST_F(PutAside, OtherDocumentsFreeAtOnce) {
    world.marketing().rejects_field("phone", "154");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    ASSERT_EQ(rows().size(), 1u);
    world.marketing().accepts_all();
    world.run_cycle();
    EXPECT_EQ(rows().size(), 1u) << "nobody could know that it is mended";
    auto documents = acme_documents();
    documents[2].text += "# another version\n";
    world.change_documents(std::move(documents));
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_TRUE(rows().empty());
}

TEST_F(PutAside, AMendedFieldFreesAtOnce) {
    world.marketing().rejects_field("phone", "154");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.marketing().accepts_all();
    auto cause = causes().at(0);
    ASSERT_FALSE(cause.catalog.empty());
    cause.catalog = "another";  // what the object was described like when it was refused
    ASSERT_TRUE(world.store().put_cause("acme", cause));
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    EXPECT_TRUE(causes().empty());
}

TEST(PutAsideQuota, AUsedUpAllowancePutsNothingAsideAndGoesOnWhenItIsBack) {
    WorldOptions options;
    options.adjust = [](SideOptions&, SideOptions& marketing) { marketing.calls_per_day = 1000; };
    World world(std::move(options));
    world.settings.reserve_share = 0;
    const RecordId ada{"Contact", world.add_contact("ada@example.com")};
    world.run_until_quiet();
    world.crm().edit(ada, "Phone", text("5550100"));
    world.marketing().fails_next(0, ErrorKind::RateLimited);
    // Enough for reading, and none is left for the write.
    world.marketing().uses_quota(1000 - world.marketing().used_today() - 3);
    world.run_cycle();
    EXPECT_TRUE(world.store().quarantine("acme", 9)->empty());
    EXPECT_EQ(world.value(Side::Marketing, "ada@example.com", "phone"), Value{});
    world.marketing().renews_quota();
    world.run_until_quiet();
    EXPECT_EQ(world.value(Side::Marketing, "ada@example.com", "phone"), text("5550100"));
}

TEST(ValueClass, TellsWhatIsOddAndNeverTheValue) {
    FieldInfo field;
    field.name = "Title";
    field.length = 4;
    EXPECT_EQ(sync::value_class(Value{}, &field), "blank");
    EXPECT_EQ(sync::value_class(text("abcde"), &field), "a text longer than the field takes");
    EXPECT_EQ(sync::value_class(text("äöüß"), &field), "a text with letters beyond ASCII");
    EXPECT_EQ(sync::value_class(text("abcd"), nullptr), "a text");
    field.type = FieldType::Picklist;
    field.options = {"a"};
    EXPECT_EQ(sync::value_class(text("b"), &field), "a text that is no option of the picklist");
    EXPECT_EQ(sync::value_class(text("a"), &field), "a text");
    field = {};
    field.name = "Email";
    EXPECT_EQ(sync::value_class(text("ada"), &field), "a text without an @");
    EXPECT_EQ(sync::value_class(Value{true}, &field), "true or false");
}

TEST(Digest, ChangesWithWhateverTheSideSaysOfTheObject) {
    ObjectInfo object = *acme_catalogs().crm.find("Contact");
    const std::string before = sync::digest_of(&object);
    EXPECT_EQ(sync::digest_of(&object), before);
    object.fields[1].options.push_back("new");
    EXPECT_NE(sync::digest_of(&object), before);
    EXPECT_EQ(sync::digest_of(nullptr), "");
}

}  // namespace
}  // namespace duet::world
