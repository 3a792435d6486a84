// Tasks and routing through the whole cycle: over the real store, against two fakes.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/world/world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTasks = R"(tasks:
  - name: hot
    when: Prospect.score >= 100
    rearm_when: Prospect.score <= 80
    close_when: Prospect.score < 50
    subject: Call {!LastName}
    due_in_days: 1
)";

constexpr const char* kRouting = R"(routing:
  - name: leads
    at_create: act
    rules:
      - name: turns
        round_robin: [{ user: ann@example.com, weight: 2 }, bo@example.com]
  - name: hot_leads
    trigger: Prospect.score >= 100
    rules:
      - { name: mine, round_robin: [{ user: cy@example.com, capacity: 1 }] }
      - { name: rest, owner: Field sales }
)";

WorldOptions with(std::initializer_list<std::pair<const char*, const char*>> documents) {
    WorldOptions options;
    for (const auto& [file, text] : documents) options.documents.push_back({file, text});
    return options;
}

class TaskCycle : public testing::Test {
protected:
    explicit TaskCycle(WorldOptions options = with_tasks()) : world(std::move(options)) {
        world.add_list("Buyers");
        world.add_list("Spring");
    }

    static WorldOptions with_tasks() { return with({{"tasks.yaml", kTasks}}); }

    void add_ada() {
        Fields fields;
        fields.set("Email", text(kAda));
        fields.set("LastName", text("Lovelace"));
        fields.set("HasOptedOutOfEmail", Value{false});
        fields.set("OwnerId", text("005000000000001AAA"));
        contact = {"Contact", world.crm().add("Contact", std::move(fields))};
        world.run_until_quiet();
    }

    void score(int points) {
        const RecordId prospect = world.with_email(Side::Marketing, kAda);
        world.marketing().edit(prospect, "score", Value{Decimal{points}});
        world.clock.pass(120s);
    }

    void see(int points) {
        score(points);
        world.run_until_quiet();
    }

    [[nodiscard]] std::map<std::string, Fields> tasks() { return world.crm().records("Task"); }

    void close_tasks() {
        for (const auto& [key, fields] : tasks()) {
            world.crm().edit({"Task", key}, "IsClosed", Value{true});
            world.crm().edit({"Task", key}, "Status", text("Completed"));
        }
        world.clock.pass(60s);
        world.run_until_quiet();
    }

    static constexpr const char* kAda = "ada@example.com";
    World world;
    RecordId contact;
};

TEST_F(TaskCycle, AScoreThatPassesTheLevelMakesOneTaskForTheOwner) {
    add_ada();
    for (const int points : {90, 104, 96, 110}) see(points);
    ASSERT_EQ(tasks().size(), 1u);
    const Fields task = tasks().begin()->second;
    EXPECT_EQ(task.get("Subject"), text("Call Lovelace"));
    EXPECT_EQ(task.get("WhoId"), text(contact.key));
    EXPECT_EQ(task.get("OwnerId"), text("005000000000001AAA"));
    EXPECT_EQ(task.get("Duet_Key__c"), text("hot:" + contact.key + ":1"));
    EXPECT_EQ(world.crm().creates("Task"), 1);
}

TEST_F(TaskCycle, AClosedOneAndAScoreThatFellMakeRoomForTheNext) {
    add_ada();
    see(90);
    see(104);
    close_tasks();
    see(75);
    see(101);
    EXPECT_EQ(tasks().size(), 2u);
}

TEST_F(TaskCycle, NoSecondOneWhileTheFirstIsOpen) {
    add_ada();
    for (const int points : {90, 104, 75, 101}) see(points);
    EXPECT_EQ(tasks().size(), 1u);
}

TEST_F(TaskCycle, AMootTaskIsClosedAndItsClosingIsExplained) {
    add_ada();
    see(90);
    see(104);
    see(40);
    ASSERT_EQ(tasks().size(), 1u);
    EXPECT_EQ(tasks().begin()->second.get("Status"), text("Completed"));
    EXPECT_EQ(world.crm().updates("Task"), 1);
    const auto entity = world.entity_of(Side::Crm, contact);
    const auto audit = world.store().audit_of("acme", entity.id, 50);
    ASSERT_TRUE(audit);
    const auto closing = std::find_if(audit->begin(), audit->end(), [](const auto& row) {
        return row.record.object == "Task" && row.kind == WriteKind::Update;
    });
    ASSERT_NE(closing, audit->end());
    EXPECT_EQ(closing->rule, "task hot");
    EXPECT_EQ(closing->after, text("Completed"));
    const auto creation = std::find_if(audit->begin(), audit->end(), [](const auto& row) {
        return row.record.object == "Task" && row.kind == WriteKind::Create && row.field.empty();
    });
    ASSERT_NE(creation, audit->end());
    EXPECT_EQ(creation->rule, "task hot");
    EXPECT_EQ(creation->cause, "the task rule came true");
}

TEST_F(TaskCycle, PeopleWhoAreAlreadyAboveTheLevelAreNoFlood) {
    Fields fields;
    fields.set("email", text(kAda));
    fields.set("lastName", text("Lovelace"));
    fields.set("optedOut", Value{false});
    fields.set("score", Value{Decimal{150}});
    world.marketing().add("prospect", std::move(fields));
    world.clock.pass(120s);
    add_ada();
    EXPECT_TRUE(tasks().empty());
    see(40);
    see(120);
    EXPECT_EQ(tasks().size(), 1u);
}

TEST_F(TaskCycle, ACrossingThatIsSeenWhileTheCrmIsDownIsMadeUpFor) {
    add_ada();
    see(90);
    world.crm().goes_down(true);
    score(104);
    world.run_cycle();
    world.run_cycle();
    EXPECT_TRUE(tasks().empty());
    world.crm().goes_down(false);
    world.run_until_quiet();
    EXPECT_EQ(tasks().size(), 1u);
}

TEST_F(TaskCycle, AHeldTaskIsRememberedUntilAPersonSaysYes) {
    add_ada();
    see(90);
    world.settings.brake["create"] = {0, 0};
    score(104);
    world.run_cycle();
    EXPECT_TRUE(tasks().empty());
    // The event is no less true because the score falls while the task is held.
    score(95);
    world.run_cycle();
    world.settings.brake["create"] = {100, 1};
    world.run_until_quiet();
    EXPECT_EQ(tasks().size(), 1u);
}

TEST_F(TaskCycle, AnAnswerThatIsLostMakesNoSecondTask) {
    add_ada();
    see(90);
    score(104);
    world.crm().loses_next_answer();
    world.run_until_quiet();
    EXPECT_EQ(tasks().size(), 1u);
    EXPECT_EQ(world.crm().creates("Task"), 1);
    world.restart();
    see(96);
    see(105);
    EXPECT_EQ(world.crm().creates("Task"), 1);
}

TEST_F(TaskCycle, AConvertedLeadsContactHasNoSecondTask) {
    Fields fields;
    fields.set("Email", text(kAda));
    fields.set("LastName", text("Lovelace"));
    fields.set("HasOptedOutOfEmail", Value{false});
    fields.set("OwnerId", text("005000000000001AAA"));
    const std::string lead = world.crm().add("Lead", std::move(fields));
    world.run_until_quiet();
    see(90);
    see(104);
    ASSERT_EQ(tasks().size(), 1u);
    const std::string converted = world.crm().convert(lead);
    world.crm().edit({"Task", tasks().begin()->first}, "WhoId", text(converted));
    world.clock.pass(60s);
    world.run_until_quiet();
    see(70);
    see(120);
    EXPECT_EQ(world.crm().creates("Task"), 1) << "the first one is still open";
}

/// What a crash may not change.
std::vector<std::string> task_lines(World& world) {
    std::vector<std::string> lines;
    for (const auto& [key, fields] : world.crm().records("Task")) {
        std::string line;
        for (const auto& [name, value] : fields) line += name + "=" + display(value) + " ";
        lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

class TaskCycleCrash : public testing::Test {
protected:
    /// Three people whose scores are about to pass the level, and one whose task is about to be
    /// moot.
    static void fill(World& world) {
        world.add_list("Buyers");
        world.add_list("Spring");
        for (const char* email : kPeople) {
            Fields fields;
            fields.set("Email", text(email));
            fields.set("LastName", text("Doe"));
            fields.set("HasOptedOutOfEmail", Value{false});
            fields.set("OwnerId", text("005000000000001AAA"));
            world.crm().add("Contact", std::move(fields));
        }
        world.run_until_quiet();
        set(world, "d@example.com", 90);
        world.run_until_quiet();
        set(world, "d@example.com", 130);
        world.run_until_quiet();
        for (const char* email : {"a@example.com", "b@example.com", "c@example.com"})
            set(world, email, 120);
        set(world, "d@example.com", 10);
        world.clock.pass(120s);
    }

    static void set(World& world, const char* email, int points) {
        world.marketing().edit(world.with_email(Side::Marketing, email), "score",
                               Value{Decimal{points}});
        world.clock.pass(120s);
    }

    static WorldOptions options() { return with({{"tasks.yaml", kTasks}}); }

    static constexpr const char* kPeople[] = {"a@example.com", "b@example.com", "c@example.com",
                                              "d@example.com"};
};

TEST_F(TaskCycleCrash, AnyStepCanBeTheLast) {
    World calm(options());
    fill(calm);
    calm.run_until_quiet();
    ASSERT_EQ(calm.crm().creates("Task"), 4);
    const auto wanted = task_lines(calm);
    bool finished = false;
    for (int steps = 1; !finished; ++steps) {
        SCOPED_TRACE(testing::Message() << "crash after step " << steps);
        ASSERT_LT(steps, 200) << "the cycle never finishes";
        World world(options());
        fill(world);
        world.store().crashes_after(steps);
        finished = world.run_cycle().has_value();
        world.run_until_quiet();
        EXPECT_EQ(world.crm().creates("Task"), 4);
        EXPECT_EQ(task_lines(world), wanted);
        if (HasFailure()) return;
    }
}

TEST_F(TaskCycleCrash, BetweenTheCreateAndItsAnswerMakesNoSecondTask) {
    for (int writes = 1; writes < 5; ++writes) {
        SCOPED_TRACE(testing::Message() << writes << " processes die after a write");
        World world(options());
        fill(world);
        for (int i = 0; i < writes; ++i) {
            world.crm().crashes_after_next_write();
            world.run_cycle();
        }
        world.crm().heals();
        world.run_until_quiet();
        EXPECT_EQ(world.crm().creates("Task"), 4);
    }
}

class RoutingCycle : public testing::Test {
protected:
    RoutingCycle() : world(with({{"routing.yaml", kRouting}})) {
        world.add_list("Buyers");
        world.add_list("Spring");
        for (const char* name : {"ann", "bo", "cy"}) {
            Fields fields;
            fields.set("Name", text(name));
            fields.set("Email", text(std::string(name) + "@example.com"));
            fields.set("IsActive", Value{true});
            users[name] = world.crm().add("User", std::move(fields));
        }
        Fields queue;
        queue.set("Name", text("Field sales"));
        queue.set("Type", text("Queue"));
        users["queue"] = world.crm().add("Group", std::move(queue));
        world.run_until_quiet();
    }

    std::string owner(const std::string& email) {
        const Value id = world.value(Side::Crm, email, "OwnerId");
        for (const auto& [name, key] : users) {
            if (id == text(key)) return name;
        }
        return display(id);
    }

    void score(const std::string& email, int points) {
        world.marketing().edit(world.with_email(Side::Marketing, email), "score",
                               Value{Decimal{points}});
        world.clock.pass(120s);
    }

    World world;
    std::map<std::string, std::string> users;
};

TEST_F(RoutingCycle, LeadsThatDuetMakesGoRoundByWeight) {
    std::string taken;
    for (int i = 0; i < 6; ++i) {
        const std::string email = "p" + std::to_string(i) + "@example.com";
        world.add_prospect(email);
        world.clock.pass(120s);
        world.run_until_quiet();
        taken += owner(email) + " ";
        // The turn is remembered by no process.
        world.restart();
    }
    EXPECT_EQ(taken, "ann bo ann ann bo ann ");
    EXPECT_EQ(world.crm().updates("Lead"), 0) << "each was made with its owner";
}

TEST_F(RoutingCycle, ATriggerRoutesOnceAndCapacityCountsWhatIsOnItsWay) {
    for (const char* email : {"a@example.com", "b@example.com"}) world.add_prospect(email);
    world.clock.pass(120s);
    world.run_until_quiet();
    const auto updates = world.crm().updates("Lead");
    score("a@example.com", 120);
    score("b@example.com", 120);
    world.run_until_quiet();
    EXPECT_EQ(owner("a@example.com"), "cy");
    EXPECT_EQ(owner("b@example.com"), "queue") << "one lead is all that cy may have";
    EXPECT_EQ(world.crm().updates("Lead"), updates + 2);
    // Once: what people make of it afterwards is theirs.
    const RecordId lead = world.with_email(Side::Crm, "a@example.com");
    world.crm().edit(lead, "OwnerId", text(users["bo"]));
    score("a@example.com", 10);
    world.run_until_quiet();
    score("a@example.com", 200);
    world.run_until_quiet();
    EXPECT_EQ(owner("a@example.com"), "bo");
}

TEST_F(RoutingCycle, AnotherOwnerIsAKindOfWriteThatTheBrakeHolds) {
    for (const char* email : {"a@example.com", "b@example.com"}) world.add_prospect(email);
    world.clock.pass(120s);
    world.run_until_quiet();
    world.settings.brake["reown"] = {1, 0};
    score("a@example.com", 120);
    score("b@example.com", 120);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    ASSERT_EQ(report->held.size(), 1u);
    EXPECT_EQ(report->held[0].kind, "reown");
    EXPECT_EQ(report->held[0].count, 2);
    EXPECT_EQ(owner("a@example.com"), "ann");
    world.settings.brake["reown"] = {10, 1};
    world.run_until_quiet();
    EXPECT_EQ(owner("a@example.com"), "cy");
    EXPECT_EQ(owner("b@example.com"), "queue");
}

TEST_F(RoutingCycle, ACrashTakesNoTurnTwice) {
    for (int steps = 1; steps < 40; ++steps) {
        SCOPED_TRACE(testing::Message() << "crash after step " << steps);
        World fresh(with({{"routing.yaml", kRouting}}));
        fresh.add_list("Buyers");
        fresh.add_list("Spring");
        std::map<std::string, std::string> ids;
        for (const char* name : {"ann", "bo", "cy"}) {
            Fields fields;
            fields.set("Email", text(std::string(name) + "@example.com"));
            fields.set("IsActive", Value{true});
            ids[fresh.crm().add("User", std::move(fields))] = name;
        }
        fresh.run_until_quiet();
        for (int i = 0; i < 3; ++i) fresh.add_prospect("p" + std::to_string(i) + "@example.com");
        fresh.clock.pass(120s);
        fresh.store().crashes_after(steps);
        fresh.run_cycle();
        fresh.store().crashes_after(0);
        fresh.run_until_quiet();
        std::map<std::string, int> taken;
        for (const auto& [key, fields] : fresh.crm().records("Lead"))
            ++taken[ids[display(fields.get("OwnerId"))]];
        EXPECT_EQ(taken, (std::map<std::string, int>{{"ann", 2}, {"bo", 1}}));
        if (HasFailure()) return;
    }
}

}  // namespace
}  // namespace duet::world
