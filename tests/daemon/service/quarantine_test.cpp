// duet quarantine: what is put aside, by record and by cause, and people's word on it.
#include "daemon/service/quarantine.h"

#include <nlohmann/json.hpp>

#include "tests/laws/laws.h"

namespace duet::world {
namespace {

using nlohmann::json;

class Quarantine : public SettledWorld {
protected:
    json ask(json body) {
        auto answer = service::quarantine(world.org(), body);
        return answer ? *answer : json{{"error", answer.error().code}};
    }
    json list_causes() { return ask({{"action", "list"}, {"by_cause", true}})["causes"]; }
    /// Two people whose phone, and one whose title the marketing side refuses.
    void refuse_three() {
        const RecordId bea{"Contact", world.add_contact("bea@example.com")};
        world.run_until_quiet();
        world.marketing().rejects_field("phone", "154");
        world.marketing().rejects_field("jobTitle", "57");
        world.crm().edit(contact, "Phone", text("+1 5550100"));
        world.crm().edit(bea, "Phone", text("+1 5550101"));
        world.run_cycle();
        world.crm().edit(world.with_email(kCrm, "bea@example.com"), "Phone", Value{});
        world.crm().edit(world.with_email(kCrm, "bea@example.com"), "Title", text("Grüße"));
        world.run_cycle();
        cleo = {"Contact", world.add_contact("cleo@example.com")};
        world.crm().edit(cleo, "Phone", text("+1 5550102"));
        world.marketing().rejects_field("email", "65");
        world.run_cycle();
    }
    RecordId cleo;
};

TEST_F(Quarantine, GroupsByCauseWithCountFieldKindOfValueAndWhatToDo) {
    EXPECT_TRUE(list_causes().empty());
    refuse_three();
    const json causes = list_causes();
    ASSERT_EQ(causes.size(), 3u) << causes.dump(2);
    bool has_title = false;
    for (const json& cause : causes) {
        EXPECT_EQ(cause["count"], 1) << cause.dump();
        EXPECT_NE(cause["hint"], "") << cause.dump();
        EXPECT_EQ(cause.dump().find("5550"), std::string::npos) << "a value is shown";
        EXPECT_EQ(cause.dump().find("Gr"), std::string::npos) << "a value is shown";
        if (cause["cause"] != "pardot/prospect/57/jobTitle") continue;
        has_title = true;
        EXPECT_EQ(cause["field"], "jobTitle");
        EXPECT_EQ(cause["value_classes"], json::array({"a text with letters beyond ASCII"}));
        EXPECT_EQ(cause["hint"], "Correct the value: the field takes a date.");
        EXPECT_EQ(cause["rounds_failed"], 1);
    }
    EXPECT_TRUE(has_title);
}

TEST_F(Quarantine, ListsRecordsAlsoOfOneCauseAndOfOnePerson) {
    refuse_three();
    EXPECT_EQ(ask({{"action", "list"}})["rows"].size(), 3u);
    const json one = ask({{"action", "list"}, {"cause", "pardot/prospect/154/phone"}})["rows"];
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0]["record"], prospect.key);
    EXPECT_EQ(one[0]["attempts"], 1);
    EXPECT_EQ(ask({{"action", "list"}, {"record", kAda}})["rows"], one);
    EXPECT_EQ(ask({{"action", "list"}, {"record", "nobody@example.com"}})["error"], "DUET-6010");
}

TEST_F(Quarantine, ARetryByCauseGoesOutInTheNextCycleAndIsAudited) {
    refuse_three();
    world.marketing().accepts_all();
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), Value{}) << "its time has not come";
    EXPECT_EQ(ask({{"action", "retry"}, {"by", "bob"}})["error"], "DUET-6015");
    EXPECT_EQ(ask({{"action", "retry"}, {"cause", "no/such"}, {"by", "bob"}})["error"],
              "DUET-6015");
    const json done =
        ask({{"action", "retry"}, {"cause", "pardot/prospect/154/phone"}, {"by", "bob"}});
    EXPECT_EQ(done["count"], 1);
    world.run_cycle();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("+1 5550100"));
    EXPECT_EQ(list_causes().size(), 2u);
    const auto audit = *world.store().audit_of("acme", world.entity_of(kCrm, contact).id, 100);
    EXPECT_TRUE(std::any_of(audit.begin(), audit.end(), [](const auto& row) {
        return row.rule == "quarantine retry" && row.cause.starts_with("bob ");
    }));
}

TEST_F(Quarantine, WhatWasDroppedIsLeftAloneUntilTheRecordChanges) {
    refuse_three();
    ask({{"action", "drop"}, {"record", kAda}, {"by", "bob"}});
    world.marketing().accepts_all();
    world.clock.pass(48h);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), Value{});
    EXPECT_EQ(world.entity_of(kCrm, contact).state, "quarantined");
    EXPECT_TRUE(world.entity_of(kCrm, contact).reason.starts_with("bob "));
    ASSERT_EQ(list_causes().size(), 1u);
    EXPECT_EQ(list_causes()[0]["dropped"], 1);
    EXPECT_EQ(list_causes()[0]["count"], 0);
    world.crm().edit(contact, "Phone", text("+1 5550199"));
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), text("+1 5550199"));
    EXPECT_TRUE(list_causes().empty());
}

TEST_F(Quarantine, ARetryThawsAFrozenField) {
    world.settings.ping_pong_times = 3;
    const auto fight = [&] {
        if (world.value(kMarketing, kAda, "duet_stage__c") != text("theirs"))
            world.marketing().edit(prospect, "duet_stage__c", text("theirs"));
        world.clock.pass(90s);
        world.run_cycle();
    };
    for (int i = 0; i < 4; ++i) fight();
    ASSERT_EQ(list_causes().size(), 1u);
    EXPECT_EQ(list_causes()[0]["code"], "DUET-5022");
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("theirs"));
    ask({{"action", "retry"}, {"record", kAda}, {"by", "bob"}});
    world.clock.pass(2h);
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("KNOWN"));
    EXPECT_TRUE(list_causes().empty());
}

TEST(QuarantineValidations, AreCausesToo) {
    WorldOptions options;
    options.documents[0].text +=
        "validations:\n"
        "  - { name: needs_title, object: Contact, error_when: ISBLANK(Title), message: no }\n";
    World world(std::move(options));
    world.add_contact("ada@example.com");
    world.run_cycle();
    const auto answer = *service::quarantine(world.org(), {{"action", "list"}, {"by_cause", true}});
    ASSERT_EQ(answer["causes"].size(), 1u);
    EXPECT_EQ(answer["causes"][0]["cause"], "validation/needs_title");
    EXPECT_EQ(answer["causes"][0]["count"], 1);
}

}  // namespace
}  // namespace duet::world
