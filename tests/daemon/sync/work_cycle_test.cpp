// The work queue, its notices, response times and engagement through the whole cycle: over the
// real store, against two fakes.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/work_people.h"
#include "daemon/service/work_report.h"
#include "daemon/sync/planner.h"
#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kWorkPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { salesforce: LastName, pardot: lastName, winner: salesforce }
  - { salesforce: In_Queue__c, value: Queue.Member }
  - { salesforce: Rank__c, value: Queue.Rank, blank: propagate }
  - { salesforce: Reason__c, value: Queue.Reason, blank: propagate }
  - { salesforce: Engaged__c, value: Score.Engagement }
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)";

constexpr const char* kWorkAccounts = R"(entity: account
match: []
objects: { salesforce: Account, pardot: [] }
fields:
  - { salesforce: Engaged__c, value: Score.Engagement }
)";

constexpr const char* kWork = R"(timers:
  - name: Answer
    starts: [{ kind: form, object: { pardot: visitor-activity }, where: type = 4, time: createdAt, within_minutes: 1440 }]
    answers: [{ object: Task, where: IsClosed, time: Done__c }]
queue:
  reasons:
    - { name: wants an answer, when: 'OR(Timer.Answer = "RUNNING", Timer.Answer = "WARNING", Timer.Answer = "BREACHED")' }
  leave_when: HasOptedOutOfEmail
  breached_when: Timer.Answer = "BREACHED"
  due: Timer.Answer_Due
  score: Prospect.score
  owner: OwnerId
  score_bands: [50, 100]
scoring:
  points: [{ type: form, object: { pardot: visitor-activity }, where: type = 4, time: createdAt, points: 50 }]
  account: { unknown_role_percent: 100 }
routing:
  - name: nobody_answered
    objects: [Contact]
    trigger: Timer.Answer_Reassign
    times: every
    owner_now: passed_over
    rules: [{ name: turns, round_robin: [ann@example.com, bo@example.com] }]
)";

void add_work_objects(PerSide<Catalog>& catalogs) {
    add_lifecycle_objects(catalogs);
    for (ObjectInfo& known : catalogs.crm.objects) {
        const bool is_person = known.name == "Contact" || known.name == "Lead";
        if (known.name == "Task")
            known.fields.push_back(made_field("Done__c", FieldType::DateTime));
        if (known.name == "Account" || is_person)
            known.fields.push_back(made_field("Engaged__c", FieldType::Number));
        if (!is_person) continue;
        known.fields.push_back(made_field("In_Queue__c", FieldType::Boolean));
        known.fields.push_back(made_field("Rank__c", FieldType::Number));
        known.fields.push_back(made_field("Reason__c"));
    }
}

WorldOptions with_work(const char* tasks) {
    WorldOptions options;
    options.documents = {
        {"people.yaml", kWorkPeople}, {"accounts.yaml", kWorkAccounts}, {"work.yaml", kWork}};
    if (*tasks != '\0') options.documents.push_back({"tasks.yaml", tasks});
    options.adjust_catalogs = add_work_objects;
    return options;
}

std::string mail(const std::string& name) { return name + "@example.com"; }

class WorkCycle : public testing::Test {
protected:
    explicit WorkCycle(const char* tasks = "") : world(with_work(tasks)) {
        for (const char* name : {"ann", "bo"}) {
            Fields fields;
            fields.set("Name", text(name));
            fields.set("Email", text(mail(name)));
            fields.set("IsActive", Value{true});
            users[name] = world.crm().add("User", std::move(fields));
        }
        world.run_until_quiet();
    }

    std::string add(const std::string& name, const std::string& owner = "ann",
                    const std::string& account = {}) {
        Fields fields;
        fields.set("Email", text(mail(name)));
        fields.set("LastName", text(name));
        fields.set("HasOptedOutOfEmail", Value{false});
        fields.set("OwnerId", text(users.at(owner)));
        if (!account.empty()) fields.set("AccountId", text(account));
        const std::string key = world.crm().add("Contact", std::move(fields));
        settle();
        return key;
    }

    void form(const std::string& name, DateTime when) {
        Fields fields;
        fields.set("prospectId", text(world.with_email(Side::Marketing, mail(name)).key));
        fields.set("type", Value{Decimal{4}});
        fields.set("createdAt", Value{when});
        world.marketing().add("visitor-activity", std::move(fields));
    }

    void answer(const std::string& contact, DateTime when) {
        Fields fields;
        fields.set("WhoId", text(contact));
        fields.set("IsClosed", Value{true});
        fields.set("Done__c", Value{when});
        world.crm().add("Task", std::move(fields));
    }

    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }

    DateTime now() { return std::chrono::floor<std::chrono::milliseconds>(world.clock.now()); }

    Value of(const std::string& name, const char* field) {
        return world.value(Side::Crm, mail(name), field);
    }

    nlohmann::json queue(nlohmann::json body = nlohmann::json::object()) {
        auto told = service::queue_report(world.org(), body);
        EXPECT_TRUE(told) << told.error().message;
        return told ? *told : nlohmann::json{};
    }

    World world;
    std::map<std::string, std::string> users;
};

TEST_F(WorkCycle, TheQueueIsOneRowAPersonInOrder) {
    for (const char* name : {"early", "late", "over", "out", "calm"}) add(name, "ann");
    add("other", "bo");
    form("late", now() - 1h);
    form("early", now() - 2h);
    form("other", now() - 3h);
    form("over", now() - 30h);
    form("over", now() - 25h);  // and again: still one row
    form("out", now() - 1h);
    world.crm().edit(world.with_email(Side::Crm, mail("out")), "HasOptedOutOfEmail", Value{true});
    settle();
    std::vector<std::string> people;
    const auto all = queue();
    for (const auto& line : all["queue"]) people.push_back(line["record"].get<std::string>());
    const auto record = [&](const char* name) {
        return "Contact " + world.with_email(Side::Crm, mail(name)).key;
    };
    EXPECT_EQ(people, (std::vector<std::string>{record("over"), record("other"), record("early"),
                                                record("late")}));
    EXPECT_TRUE(all["queue"][0]["breached"].get<bool>());
    EXPECT_EQ(all["queue"][1]["owner_name"], "bo");
    const auto ann = queue({{"owner", "ann@example.com"}, {"limit", 2}});
    ASSERT_EQ(ann["queue"].size(), 2U);
    EXPECT_EQ(ann["queue"][1]["record"], record("early"));
    EXPECT_EQ(ann["people"], 4);
    // And the field sorts as the command does.
    EXPECT_LT(of("over", "Rank__c"), of("other", "Rank__c"));
    EXPECT_LT(of("other", "Rank__c"), of("early", "Rank__c"));
    EXPECT_LT(of("early", "Rank__c"), of("late", "Rank__c"));
    EXPECT_TRUE(is_blank(of("calm", "Rank__c")));
}

TEST_F(WorkCycle, ANewcomerWritesOnlyItsOwnPlace) {
    for (const char* name : {"a", "b", "c"}) {
        add(name);
        form(name, now());
    }
    settle();
    const Value before = of("a", "Rank__c");
    ASSERT_FALSE(is_blank(before));
    const auto writes = [&] { return world.crm().records("Contact").size(); };
    ASSERT_EQ(writes(), 3U);
    add("d");
    form("d", now());
    world.clock.pass(180s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 1) << "one record, however many fields";
    EXPECT_EQ(of("a", "Rank__c"), before);
    EXPECT_EQ(of("d", "Reason__c"), text("wants an answer"));
}

TEST_F(WorkCycle, TheQueueIsToldFromThoseInItAndThoseToBeDecided) {
    for (int i = 0; i < 12; ++i) add("calm" + std::to_string(i));
    const std::string ada = add("ada");
    form("ada", now());
    settle();
    const auto id_of = [&](const std::string& name) {
        return world.entity_of(Side::Crm, world.with_email(Side::Crm, mail(name))).id;
    };
    using People = std::set<store::EntityId>;
    const auto looked_at = [&] {
        auto people = service::maybe_in_queue(world.org());
        EXPECT_TRUE(people);
        return people ? *people : People{};
    };
    EXPECT_EQ(looked_at(), People{id_of("ada")}) << "and nobody of the twelve";
    EXPECT_EQ(queue()["queue"].size(), 1U);
    // Who is to be decided may be in it by now.
    ASSERT_TRUE(world.store().mark_dirty("acme", id_of("calm3"), "test"));
    EXPECT_EQ(looked_at(), (People{id_of("ada"), id_of("calm3")}));
    settle();
    // And whose timer is due; looking fires none of them.
    world.clock.pass(30h);
    const auto before = world.store().dirty_count("acme");
    EXPECT_TRUE(looked_at().contains(id_of("ada")));
    EXPECT_TRUE(queue()["queue"][0]["breached"].get<bool>()) << "though no cycle has run";
    EXPECT_EQ(*world.store().dirty_count("acme"), *before);
    answer(ada, now());
    settle();
    EXPECT_TRUE(looked_at().empty()) << "who left is not looked at again";
    EXPECT_EQ(queue()["people"], 0);
}

TEST_F(WorkCycle, AnswersLookAtThoseWhoWantedOneInTheSpan) {
    for (const char* name : {"old", "new", "never"}) add(name);
    form("old", now() - 240h);
    form("new", now() - 1h);
    settle();
    const auto moment = sync::moment_of(world.clock.now(), "UTC");
    const auto all = service::wanted_answers(world.org(), moment, {});
    ASSERT_TRUE(all);
    EXPECT_EQ(all->size(), 2U);
    const auto lately = service::wanted_answers(world.org(), moment, {now() - 24h, std::nullopt});
    ASSERT_TRUE(lately);
    EXPECT_EQ(lately->size(), 1U);
}

TEST_F(WorkCycle, WhoIsAnsweredLeavesAndTheRankGoes) {
    const std::string ada = add("ada");
    form("ada", now());
    settle();
    EXPECT_EQ(of("ada", "In_Queue__c"), Value{true});
    answer(ada, now());
    settle();
    EXPECT_EQ(of("ada", "In_Queue__c"), Value{false});
    EXPECT_TRUE(is_blank(of("ada", "Rank__c")));
    EXPECT_TRUE(is_blank(of("ada", "Reason__c")));
}

TEST_F(WorkCycle, ReassigningMovesTheRowAndMakesNoSecondOne) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    const Value rank = of("ada", "Rank__c");
    world.crm().edit({"Contact", ada}, "OwnerId", text(users.at("bo")));
    settle();
    EXPECT_EQ(queue({{"owner", "ann"}})["queue"].size(), 0U);
    const auto bo = queue({{"owner", "bo"}});
    ASSERT_EQ(bo["queue"].size(), 1U);
    EXPECT_EQ(queue()["queue"].size(), 1U);
    EXPECT_EQ(of("ada", "Rank__c"), rank) << "the timer goes on, whoever owns her";
}

TEST_F(WorkCycle, AttainmentLeavesOutWhatIsNotOver) {
    const std::string met = add("met");
    const std::string late = add("late");
    for (const char* name : {"broken", "running"}) add(name);
    const DateTime long_ago = now() - 240h;
    form("met", long_ago);
    answer(met, long_ago + 24h);
    form("late", long_ago);
    answer(late, long_ago + 24h + 1s);
    form("broken", now() - 30h);
    form("running", now());
    settle();
    const auto told = service::answers_report(world.org(), nlohmann::json::object());
    ASSERT_TRUE(told) << told.error().message;
    const auto& timer = (*told)["timers"][0];
    EXPECT_EQ(timer["MET"], 1);
    EXPECT_EQ(timer["MET_LATE"], 1);
    EXPECT_EQ(timer["BREACHED"], 1);
    EXPECT_EQ(timer["RUNNING"], 1);
    EXPECT_NEAR(timer["attainment"].get<double>(), 1.0 / 3, 1e-12);
    EXPECT_EQ(timer["kinds"][0]["kind"], "form");
    const auto recent =
        service::answers_report(world.org(), {{"since", format_instant(now() - 48h)}});
    ASSERT_TRUE(recent);
    EXPECT_EQ((*recent)["timers"][0]["attainment"], 0.0);
}

TEST_F(WorkCycle, TwiceTheTimeGivesItToSomebodyElseEachTime) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    EXPECT_EQ(of("ada", "OwnerId"), text(users.at("ann")));
    world.clock.pass(48h);
    world.run_until_quiet();
    EXPECT_EQ(of("ada", "OwnerId"), text(users.at("bo"))) << "never who did not answer";
    answer(ada, now());
    settle();
    form("ada", now());
    settle();
    world.clock.pass(48h);
    world.run_until_quiet();
    EXPECT_EQ(of("ada", "OwnerId"), text(users.at("ann")));
}

TEST_F(WorkCycle, DecayIsWrittenWhenItPassesAStepAndOnNoOtherDay) {
    Fields company;
    company.set("Name", text("Acme"));
    const std::string account = world.crm().add("Account", std::move(company));
    const std::string ada = add("ada", "ann", account);
    form("ada", now());
    answer(ada, now());
    settle();
    EXPECT_EQ(of("ada", "Engaged__c"), Value{Decimal{45}}) << "50, three minutes ago";
    EXPECT_EQ(world.crm().records("Account").at(account).get("Engaged__c"), Value{Decimal{45}});
    std::set<std::string> seen;
    int days_with_writes = 0;
    for (int day = 0; day < 30; ++day) {
        world.clock.pass(24h);
        const Value before = of("ada", "Engaged__c");
        world.run_until_quiet();
        const Value after = of("ada", "Engaged__c");
        seen.insert(display(after));
        if (before != after) ++days_with_writes;
    }
    EXPECT_EQ(days_with_writes, 5) << "45, 40, 35, 30, 25, and 25 is passed on the thirtieth day";
    EXPECT_EQ(of("ada", "Engaged__c"), Value{Decimal{20}});
    EXPECT_EQ(world.crm().records("Account").at(account).get("Engaged__c"), Value{Decimal{20}});
}

constexpr const char* kNotice = R"(tasks:
  - name: new_in_queue
    when: Queue.Member
    close_when: NOT(Queue.Member)
    subject: New in your queue, {!LastName}
    when_reassigned: follow
)";

class NoticeCycle : public WorkCycle {
protected:
    NoticeCycle() : WorkCycle(kNotice) {}

    /// Owners of open tasks, and of closed ones.
    std::vector<Value> owners(bool open) {
        std::vector<Value> found;
        for (const auto& [key, fields] : world.crm().records("Task")) {
            const bool is_notice = !is_blank(fields.get("Duet_Key__c"));
            const bool is_open = fields.get("Status") != text("Completed");
            if (is_notice && is_open == open) found.push_back(fields.get("OwnerId"));
        }
        return found;
    }
    void give(const std::string& contact, const char* owner) {
        world.crm().edit({"Contact", contact}, "OwnerId", text(users.at(owner)));
        settle();
    }
};

TEST_F(NoticeCycle, ReassigningMovesItAndMakesNoDuplicate) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    ASSERT_EQ(owners(true), std::vector{text(users.at("ann"))});
    give(ada, "bo");
    EXPECT_EQ(owners(true), std::vector{text(users.at("bo"))}) << "it goes along";
    EXPECT_EQ(world.crm().creates("Task"), 1) << "and is the same one";
    EXPECT_EQ(queue({{"owner", "bo"}})["queue"].size(), 1U);
    const auto updates = world.crm().updates("Task");
    settle();
    EXPECT_EQ(world.crm().updates("Task"), updates) << "once";
    give(ada, "ann");
    EXPECT_EQ(owners(true), std::vector{text(users.at("ann"))}) << "and back";
    EXPECT_EQ(world.crm().creates("Task"), 1);
}

TEST_F(NoticeCycle, ItIsExplainedAndClosedWhenThePersonLeavesTheQueue) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    give(ada, "bo");
    const auto entity = world.entity_of(Side::Crm, {"Contact", ada});
    const auto audit = world.store().audit_of("acme", entity.id, 50);
    ASSERT_TRUE(audit);
    const auto moved = std::find_if(audit->begin(), audit->end(), [](const auto& row) {
        return row.record.object == "Task" && row.kind == WriteKind::Update;
    });
    ASSERT_NE(moved, audit->end());
    EXPECT_EQ(moved->rule, "task new_in_queue");
    EXPECT_NE(moved->cause.find("another owner"), std::string::npos) << moved->cause;
    answer(ada, now());
    settle();
    EXPECT_TRUE(owners(true).empty());
    EXPECT_EQ(owners(false), std::vector{text(users.at("bo"))});
}

TEST_F(NoticeCycle, WhatPeopleGaveToSomebodyElseStaysThere) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    const std::string task = world.crm().records("Task").begin()->first;
    world.crm().edit({"Task", task}, "OwnerId", text("005000000000009AAA"));
    settle();
    give(ada, "bo");
    EXPECT_EQ(owners(true), std::vector{text("005000000000009AAA")});
    EXPECT_EQ(world.crm().creates("Task"), 1);
}

}  // namespace
}  // namespace duet::world
