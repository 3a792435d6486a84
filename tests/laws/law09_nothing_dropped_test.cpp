// Law 9: nothing is dropped in silence. Every row that was pulled is in one class of the cycle's
// counts, and a rule that fails changes nothing.
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// Every world checks the balance after every cycle; here the classes themselves are looked at.
class Law09NothingIsDropped : public SettledWorld {
protected:
    store::CycleRow counts_of_next_cycle() {
        const auto report = world.run_cycle();
        return report ? report->counts : store::CycleRow{};
    }
    std::string why(const RecordId& id) { return world.entity_of(kCrm, id).reason; }
};

TEST_F(Law09NothingIsDropped, ARowThatWasWrittenOnIsPlanned) {
    world.crm().edit(contact, "Phone", text("5550100"));
    const auto counts = counts_of_next_cycle();
    EXPECT_EQ(counts.planned, 1);
    EXPECT_EQ(counts.written, 1);
}

TEST_F(Law09NothingIsDropped, ARowThatIsRefusedIsQuarantinedWithItsReason) {
    world.marketing().rejects_field("phone", "INVALID_PHONE");
    world.crm().edit(contact, "Phone", text("5550100"));
    EXPECT_EQ(counts_of_next_cycle().quarantined, 1);
    EXPECT_NE(why(contact).find("INVALID_PHONE"), std::string::npos) << why(contact);
}

TEST_F(Law09NothingIsDropped, ARowThatIsInDoubtWaits) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().loses_next_answer();
    EXPECT_EQ(counts_of_next_cycle().waiting, 1);
    EXPECT_NE(why(contact), "");
}

TEST_F(Law09NothingIsDropped, ARowThatIsToBeTriedLaterWaits) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.marketing().locks_record(prospect.key, "UNABLE_TO_LOCK_ROW");
    EXPECT_EQ(counts_of_next_cycle().waiting, 1);
    EXPECT_NE(why(contact), "");
    world.marketing().accepts_all();
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
}

TEST_F(Law09NothingIsDropped, ARowThatTheBrakeHoldsWaitsAndSaysSo) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    world.settings.brake["blank"] = {0, 0};
    world.crm().edit(contact, "Phone", Value{});
    EXPECT_EQ(counts_of_next_cycle().waiting, 1);
    EXPECT_NE(why(contact).find("brake"), std::string::npos) << why(contact);
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("5550100"));
    const auto held = world.store().held("acme");
    ASSERT_EQ(held->size(), 1u);
    EXPECT_EQ(held->front().count, 1);
    world.settings.brake["blank"] = {10, 0};
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), Value{});
}

TEST_F(Law09NothingIsDropped, ARowThatCouldBeTwoPeopleWaits) {
    const RecordId twin{"Contact", world.add_contact("twin@example.com")};
    world.add_contact("twin@example.com");
    EXPECT_EQ(counts_of_next_cycle().waiting, 2);
    EXPECT_NE(why(twin), "");
    EXPECT_EQ(world.marketing().records("prospect").size(), 1u);
    // One of them turns out to be someone else: both go on.
    world.crm().edit(twin, "Email", text("other@example.com"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 3u);
}

TEST_F(Law09NothingIsDropped, ARowOfASideThatIsDownWaits) {
    world.marketing().goes_down(true);
    world.crm().edit(contact, "Phone", text("5550100"));
    EXPECT_EQ(counts_of_next_cycle().waiting, 1);
}

TEST_F(Law09NothingIsDropped, RowsOfACycleThatDiedAreCountedByTheNextOne) {
    for (int steps = 1; steps < 30; ++steps) {
        SCOPED_TRACE(steps);
        world.crm().edit(contact, "Phone", text(std::to_string(5550100 + steps)));
        world.store().crashes_after(steps);
        world.run_until_quiet();
    }
}

TEST(Law09FailingRule, ChangesNoFieldNoStageAndNoMembership) {
    WorldOptions options;
    options.documents[1].text =
        "lists:\n"
        "  - pardot_list: Buyers\n"
        "    member_when: VALUE(Title) > 1\n"
        "  - pardot_list: Spring\n"
        "    member_when: \"TRUE\"\n"
        "    suppress_when: VALUE(Title) > 1\n";
    options.documents[2].text =
        "lifecycle:\n"
        "  stages:\n"
        "    - { name: BUYER, rank: 20, when: VALUE(Title) > 1 }\n"
        "    - { name: KNOWN, rank: 10, when: \"TRUE\" }\n";
    World world(std::move(options));
    world.add_list("Buyers");
    world.add_list("Spring");
    const RecordId contact{"Contact", world.add_contact("ada@example.com")};
    world.crm().edit(contact, "Title", text("2"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, "ada@example.com", "Duet_Stage__c"), text("BUYER"));
    ASSERT_EQ(world.marketing().records("list-membership").size(), 1u);
    world.crm().edit(contact, "Title", text("two"));
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_GE(report->warnings.size(), 2u) << "each failure is counted";
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, "ada@example.com", "Duet_Stage__c"), text("BUYER"));
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
    EXPECT_EQ(world.marketing().creates("list-membership"), 1) << "a failing rule suppresses";
}

TEST(Law09FailingRule, OfAValidationPutsTheRecordAside) {
    WorldOptions options;
    options.documents[0].text +=
        "validations:\n"
        "  - { name: title_is_a_number, object: Contact, error_when: VALUE(Title) < 0, message: no "
        "}\n";
    World world(std::move(options));
    const RecordId contact{"Contact", world.add_contact("ada@example.com")};
    world.crm().edit(contact, "Title", text("two"));
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->counts.quarantined, 1);
    EXPECT_EQ(world.marketing().creates("prospect"), 0);
    world.crm().edit(contact, "Title", text("2"));
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

}  // namespace
}  // namespace duet::world
