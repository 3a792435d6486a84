#include "daemon/sync/deletions.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "daemon/sync/undo.h"
#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

FieldInfo extra(const char* name, FieldType type) {
    FieldInfo field;
    field.name = field.label = name;
    field.type = type;
    return field;
}

WorldOptions with_rule(const std::string& rules) {
    WorldOptions options;
    if (!rules.empty()) options.documents[0].text += "deleted:\n" + rules;
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        for (ObjectInfo& object : catalogs.marketing.objects) {
            if (object.name != "prospect") continue;
            object.fields.push_back(extra("gone__c", FieldType::Boolean));
            object.fields.push_back(extra("gone_on__c", FieldType::Date));
        }
    };
    return options;
}

/// A contact and the prospect that Duet made for it, under one rule for deletions.
struct Pair {
    explicit Pair(const std::string& rules) : world(with_rule(rules)) {
        contact = {"Contact", world.add_contact(kAda, "Lovelace")};
        world.run_until_quiet();
        prospect = world.with_email(kMarketing, kAda);
    }
    void delete_contact() {
        world.crm().remove(contact);
        world.run_until_quiet();
    }
    void undelete_contact() {
        world.crm().undelete(contact);
        world.run_until_quiet();
    }
    bool prospect_lives() { return world.marketing().find_record(prospect) != nullptr; }
    bool contact_lives() { return world.crm().find_record(contact) != nullptr; }
    Value shown(const char* field) { return world.marketing().value(prospect, field); }

    World world;
    RecordId contact;
    RecordId prospect;
};

TEST(DeletedThere, WithoutARuleTheOtherRecordIsLeftAloneAndNotMadeAnew) {
    Pair pair("");
    pair.delete_contact();
    EXPECT_TRUE(pair.prospect_lives());
    EXPECT_EQ(pair.world.crm().creates("Lead"), 0);
    pair.world.marketing().edit(pair.prospect, "phone", text("1"));
    pair.world.run_until_quiet();
    EXPECT_EQ(pair.world.crm().creates("Lead"), 0);
    // Back, it is linked with its history: the change of the meantime travels as a change.
    pair.undelete_contact();
    EXPECT_EQ(pair.world.crm().value(pair.contact, "Phone"), text("1"));
    EXPECT_TRUE(pair.world.store().reviews("acme", 0, 9)->empty());
}

TEST(DeletedThere, AClearedValueOfTheMeantimeTravelsWhenTheRecordIsBack) {
    Pair pair("");
    pair.world.crm().edit(pair.contact, "Phone", text("1"));
    pair.world.run_until_quiet();
    pair.delete_contact();
    pair.world.marketing().edit(pair.prospect, "phone", Value{});
    pair.world.run_until_quiet();
    pair.undelete_contact();
    EXPECT_EQ(pair.world.crm().value(pair.contact, "Phone"), Value{})
        << "both sides had agreed on it before";
}

TEST(DeletedThere, AMarkSaysSoAndGoesWhenTheRecordIsBack) {
    Pair pair("  - { object: Contact, then: mark, field: gone__c }\n");
    pair.delete_contact();
    EXPECT_EQ(pair.shown("gone__c"), Value{true});
    EXPECT_TRUE(pair.prospect_lives());
    EXPECT_EQ(pair.world.crm().creates("Lead"), 0);
    pair.undelete_contact();
    EXPECT_EQ(pair.shown("gone__c"), Value{false});
    // What people set themselves is theirs.
    pair.world.marketing().edit(pair.prospect, "gone__c", World::yes());
    pair.world.run_until_quiet();
    EXPECT_EQ(pair.shown("gone__c"), World::yes());
}

TEST(DeletedThere, AMarkMayBeTheDay) {
    Pair pair("  - { object: Contact, then: mark, field: gone_on__c }\n");
    pair.delete_contact();
    EXPECT_EQ(display(pair.shown("gone_on__c")), "2018-01-02");
}

TEST(DeletedThere, ADeletionIsCarriedOutOnceAndNeverTurnsAround) {
    const std::string both =
        "  - { object: Contact, then: delete }\n"
        "  - { object: { pardot: prospect }, then: delete }\n";
    Pair pair(both);
    pair.delete_contact();
    EXPECT_FALSE(pair.prospect_lives());
    EXPECT_EQ(pair.world.marketing().deletes("prospect"), 1);
    // The contact comes back; the prospect's deletion was Duet's own and must not take it away.
    pair.undelete_contact();
    EXPECT_TRUE(pair.contact_lives());
    EXPECT_EQ(pair.world.crm().deletes("Contact"), 0);
    EXPECT_EQ(pair.world.marketing().creates("prospect"), 1) << "and it is not made anew";
    // When people bring the prospect back as well, they are one as before.
    pair.world.marketing().undelete(pair.prospect);
    pair.world.run_until_quiet();
    EXPECT_EQ(pair.world.entity_of(kCrm, pair.contact).id,
              pair.world.entity_of(kMarketing, pair.prospect).id);
    EXPECT_TRUE(pair.contact_lives());
    EXPECT_TRUE(pair.prospect_lives());
    // And the next deletion by people counts again, from either side.
    pair.world.marketing().remove(pair.prospect);
    pair.world.run_until_quiet();
    EXPECT_FALSE(pair.contact_lives());
}

TEST(DeletedThere, TooManyDeletionsAreHeldByTheBrake) {
    Pair pair("  - { object: Contact, then: delete }\n");
    pair.world.settings.brake["delete"] = {0, 0};
    pair.world.crm().remove(pair.contact);
    const auto report = pair.world.run_cycle();
    ASSERT_TRUE(report);
    ASSERT_EQ(report->held.size(), 1U);
    EXPECT_EQ(report->held[0].kind, "delete");
    EXPECT_TRUE(pair.prospect_lives());
}

TEST(DeletedThere, AMergeIsNoDeletion) {
    Pair pair("  - { object: Contact, then: delete }\n");
    const RecordId kept{"Contact", pair.world.add_contact("countess@example.com")};
    pair.world.run_until_quiet();
    const RecordId second = pair.world.with_email(kMarketing, "countess@example.com");
    pair.world.crm().merge(pair.contact, kept);
    pair.world.run_until_quiet();
    EXPECT_TRUE(pair.prospect_lives());
    EXPECT_NE(pair.world.marketing().find_record(second), nullptr);
    EXPECT_EQ(pair.world.marketing().deletes("prospect"), 0);
}

TEST(DeletedThere, NothingIsDoneWhileASideIsBehind) {
    Pair pair("  - { object: Contact, then: delete }\n");
    pair.world.crm().remove(pair.contact);
    pair.world.run_cycle();  // reads the deletion, and deletes
    Pair other("  - { object: Contact, then: delete }\n");
    other.world.crm().remove(other.contact);
    other.world.marketing().goes_down(true);
    other.world.run_cycle();
    EXPECT_TRUE(other.prospect_lives());
    other.world.marketing().goes_down(false);
    other.world.run_until_quiet();
    EXPECT_FALSE(other.prospect_lives());
}

TEST(CreationIsOff, UntilARuleTurnsItOnAndThenItHasACap) {
    WorldOptions options;
    std::string& people = options.documents[0].text;
    const std::string with_rules = people;
    people = people.substr(0, people.find("create:"));
    World world(std::move(options));
    for (int i = 0; i < 5; ++i) world.add_contact("c" + std::to_string(i) + "@example.com");
    world.add_prospect("p@example.com");
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
    EXPECT_EQ(world.crm().records("Lead").size(), 0U);

    auto documents = acme_documents();
    documents[0].text =
        with_rules.substr(0, with_rules.find("create:")) +
        "create:\n  pardot: { when: 'NOT(ISBLANK(Email))', key: email, cap_per_cycle: 2 }\n";
    world.change_documents(documents);
    world.run_cycle();
    EXPECT_EQ(world.marketing().creates("prospect"), 2);
    world.run_cycle();
    EXPECT_EQ(world.marketing().creates("prospect"), 4);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 5);
    EXPECT_EQ(world.crm().records("Lead").size(), 0U);
}

TEST(DeletedThere, UndoTellsOfADeletionThatItCannotTakeBack) {
    Pair pair("  - { object: Contact, then: delete }\n");
    const Instant before = pair.world.clock.now();
    pair.world.clock.pass(60s);
    pair.delete_contact();
    ASSERT_FALSE(pair.prospect_lives());
    sync::UndoSelection since;
    since.since = before;
    const auto plan = sync::plan_undo(pair.world.org(), since, {});
    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->writes.empty());
    ASSERT_EQ(plan->kept.size(), 1U);
    EXPECT_EQ(plan->kept.front().row.kind, WriteKind::Delete);
    EXPECT_NE(plan->kept.front().why.find("recycle bin"), std::string::npos);
}

}  // namespace
}  // namespace duet::world
