// Each kind of write that the brake knows: held over its limit, shown, released; the rest goes on.
#include "tests/daemon/sync/plan_world.h"

namespace duet::world {
namespace {

using sync::Fate;

class BrakeKinds : public PlanWorld {
protected:
    using PlanWorld::PlanWorld;
    Value phone() { return world.value(kMarketing, kAda, "phone"); }
    Value job_title() { return world.value(kMarketing, kAda, "jobTitle"); }
};

TEST_F(BrakeKinds, BlankedFieldsWaitAndTheOtherFieldsOfTheRecordGo) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    world.settings.brake["blank"] = {0, 0};
    world.crm().edit(contact, "Phone", Value{});
    world.crm().edit(contact, "Title", text("Countess"));
    const auto report = world.run_cycle();
    EXPECT_EQ(report->counts.waiting, 1);
    EXPECT_EQ(phone(), text("5550100"));
    EXPECT_EQ(job_title(), text("Countess"));
    EXPECT_EQ(held_kinds(), only("blank"));
    EXPECT_NE(why().find("kind blank"), std::string::npos) << why();
    release("blank");
    world.run_until_quiet();
    EXPECT_EQ(phone(), Value{});
}

TEST_F(BrakeKinds, CreatesWaitAndTheRestGoesOn) {
    world.settings.brake["create"] = {0, 0};
    world.add_contact("grace@example.com", "Hopper");
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.marketing().records("prospect").size(), 1u);
    EXPECT_EQ(phone(), text("5550100"));
    EXPECT_EQ(held_kinds(), only("create"));
    release("create");
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().records("prospect").size(), 2u);
    EXPECT_TRUE(held_kinds().empty());
}

TEST_F(BrakeKinds, APlanThatIsSentInPartsIsJudgedAsAWhole) {
    world.settings.writes_at_once = 2;
    world.settings.brake["create"] = {5, 0};
    for (int i = 0; i < 7; ++i)
        world.add_contact("person" + std::to_string(i) + "@example.com", "Doe");
    world.run_cycle();
    EXPECT_EQ(world.marketing().records("prospect").size(), 1u) << "seven are over five";
    EXPECT_EQ(held_kinds(), only("create"));
    release("create");
    world.run_cycle();
    EXPECT_EQ(world.marketing().records("prospect").size(), 8u) << "all parts in one cycle";
}

TEST_F(BrakeKinds, AnOptOutBeyondThePartThatIsSentFirstGoesWithIt) {
    for (int i = 0; i < 5; ++i)
        world.add_contact("person" + std::to_string(i) + "@example.com", "Doe");
    world.run_until_quiet();
    world.settings.writes_at_once = 1;
    for (int i = 0; i < 5; ++i) {
        const auto person = world.with_email(kCrm, "person" + std::to_string(i) + "@example.com");
        world.crm().edit(person, "Phone", text("1"));
        if (i == 4) world.crm().edit(person, "HasOptedOutOfEmail", true);
    }
    const std::size_t before = world.marketing().writes().size();
    world.run_cycle();
    const auto& writes = world.marketing().writes();
    ASSERT_GE(writes.size(), before + 6);
    EXPECT_EQ(writes[before].fields.get("optedOut"), Value{true});
    EXPECT_EQ(world.value(kMarketing, "person4@example.com", "phone"), text("1"));
}

TEST_F(BrakeKinds, DeletesWait) {
    world.settings.brake["delete"] = {0, 0};
    sync::PlannedWrite remove;
    remove.in_flight.entity = world.entity_of(kMarketing, prospect).id;
    remove.in_flight.side = kMarketing;
    remove.in_flight.write.kind = WriteKind::Delete;
    remove.in_flight.write.id = prospect;
    remove.in_flight.reasons = R"({"":{"rule":"test","cause":"a test"}})";
    world.org().settings = world.settings;
    auto first = sync::apply_writes(world.org(), {remove}, "test", {});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->outcomes[0].fate, Fate::Braked);
    EXPECT_EQ(world.marketing().records("prospect").size(), 1u);
    EXPECT_EQ(held_kinds(), only("delete"));
    release("delete");
    auto second = sync::apply_writes(world.org(), {remove}, "test", {});
    ASSERT_TRUE(second);
    EXPECT_EQ(second->outcomes[0].fate, Fate::Done) << second->outcomes[0].why;
    EXPECT_TRUE(world.marketing().records("prospect").empty());
}

TEST_F(BrakeKinds, ANewStageWaitsAndWhatItWasMadeFromGoes) {
    world.settings.brake["restage"] = {0, 0};
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_cycle();
    EXPECT_EQ(job_title(), text("Buyer"));
    EXPECT_EQ(world.value(kCrm, kAda, "Duet_Stage__c"), text("KNOWN"));
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("KNOWN"));
    EXPECT_EQ(held_kinds(), only("restage"));
    release("restage");
    world.run_until_quiet();
    EXPECT_EQ(world.value(kCrm, kAda, "Duet_Stage__c"), text("BUYER"));
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("BUYER"));
}

TEST_F(BrakeKinds, LeavingAListWaits) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().records("list-membership").size(), 1u);
    world.settings.brake["leave_list"] = {0, 0};
    world.crm().edit(contact, "Title", text("Countess"));
    world.run_cycle();
    world.run_cycle();
    EXPECT_EQ(world.marketing().records("list-membership").size(), 1u);
    EXPECT_EQ(job_title(), text("Countess"));
    EXPECT_EQ(held_kinds(), only("leave_list"));
    release("leave_list");
    world.run_until_quiet();
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
}

class BrakeUnsubscribe : public BrakeKinds {
protected:
    BrakeUnsubscribe() : BrakeKinds(with_unsubscribing_rule()) {}
};

TEST_F(BrakeUnsubscribe, OptOutsByARuleWait) {
    world.settings.brake["unsubscribe"] = {0, 0};
    world.crm().edit(contact, "Title", text("Gone"));
    world.run_cycle();
    EXPECT_NE(world.value(kMarketing, kAda, "isDoNotEmail"), Value{true});
    EXPECT_EQ(job_title(), text("Gone"));
    EXPECT_EQ(held_kinds(), only("unsubscribe"));
    release("unsubscribe");
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "isDoNotEmail"), Value{true});
}

class OptOutAlarm : public BrakeKinds {
protected:
    OptOutAlarm() {
        for (const char* email : {"b@example.com", "c@example.com", "d@example.com"})
            world.add_contact(email, "Doe");
        world.run_until_quiet();
    }
    std::vector<std::string> alarm_codes() {
        std::vector<std::string> codes;
        const auto alarms = sync::load_alarms(world.store(), "acme");
        for (const auto& alarm : *alarms) codes.push_back(alarm.code);
        return codes;
    }
    int opted_out() {
        int count = 0;
        const auto people = world.marketing().records("prospect");
        for (const auto& [key, fields] : people) count += fields.get("optedOut") == Value{true};
        return count;
    }
};

TEST_F(OptOutAlarm, ManyOptOutsPassWithAnAlarmThatStaysUntilSomebodyEndsIt) {
    world.settings.brake["opt_out"] = {1, 0};
    for (const char* email : {"b@example.com", "c@example.com"})
        world.crm().edit(world.with_email(kCrm, email), "HasOptedOutOfEmail", Value{true});
    const auto report = world.run_cycle();
    EXPECT_EQ(opted_out(), 2);
    ASSERT_EQ(report->alarms.size(), 1u);
    EXPECT_EQ(report->alarms[0].code, sync::kManyOptOutsCode);
    EXPECT_EQ(report->alarms[0].count, 2);
    EXPECT_EQ(report->alarms[0].limit, 1);
    EXPECT_TRUE(held_kinds().empty());
    world.run_until_quiet();
    EXPECT_EQ(alarm_codes(), only(sync::kManyOptOutsCode));
    EXPECT_EQ(*sync::clear_alarm(world.store(), "acme", sync::kManyOptOutsCode), 1);
    world.run_cycle();
    EXPECT_TRUE(alarm_codes().empty());
}

TEST_F(OptOutAlarm, AFewOptOutsRaiseNone) {
    world.settings.brake["opt_out"] = {1, 0};
    world.crm().edit(contact, "HasOptedOutOfEmail", Value{true});
    EXPECT_TRUE(world.run_cycle()->alarms.empty());
    EXPECT_TRUE(alarm_codes().empty());
    EXPECT_EQ(opted_out(), 1);
}

TEST_F(OptOutAlarm, AFieldThatIsReadTheWrongWayRoundRaisesIt) {
    world.settings.brake["opt_out"] = {1, 0};
    auto documents = acme_documents();
    std::string& people = documents[0].text;
    const std::string right = "{ salesforce: HasOptedOutOfEmail, pardot";
    const auto at = people.find(right);
    ASSERT_NE(at, std::string::npos);
    people.replace(at, right.size(), "{ salesforce: { not: HasOptedOutOfEmail }, pardot");
    world.change_documents(documents);
    std::vector<std::string> raised;
    for (int cycle = 0; cycle < 3; ++cycle) {
        const auto report = world.run_cycle();
        for (const auto& alarm : report->alarms) raised.push_back(alarm.code);
    }
    EXPECT_FALSE(raised.empty());
    EXPECT_EQ(alarm_codes(), only(sync::kManyOptOutsCode));
}

}  // namespace
}  // namespace duet::world
