// An undo goes through the brake as any write does: each kind is counted as that kind, held,
// shown, and goes on when a person says yes.
#include "daemon/sync/undo.h"
#include "tests/daemon/sync/plan_world.h"

namespace duet::world {
namespace {

using sync::Fate;

class UndoBrake : public PlanWorld {
protected:
    explicit UndoBrake(WorldOptions options = {}) : PlanWorld(std::move(options)) {}

    /// Undoes the last write of the field, or of the rule.
    sync::Applied undo(const std::string& field, const std::string& key = "") {
        world.org().settings = world.settings;
        const store::EntityId ada = world.entity_of(kCrm, contact).id;
        sync::UndoSelection last;
        last.entities = std::vector{ada};
        last.field = field;
        last.record_key = key;
        if (last_cycle == 0 && key.empty()) last_cycle = last_write(ada, field);
        if (key.empty()) last.cycle = last_cycle;
        auto plan = sync::plan_undo(world.org(), last, {});
        EXPECT_TRUE(plan && !plan->writes.empty()) << "nothing to undo";
        auto applied = sync::apply_writes(world.org(), std::move(plan->writes), "undo", {});
        EXPECT_TRUE(applied);
        world.clock.pass(90s);
        return applied ? *std::move(applied) : sync::Applied{};
    }
    store::CycleId last_write(store::EntityId ada, const std::string& field) {
        const auto rows = world.store().audit_of("acme", ada, 100);
        for (const store::AuditRow& row : *rows) {
            if (row.field == field || row.rule == field) return row.cycle;
        }
        return 0;
    }
    /// Held with nothing done, shown though cycles run, and done once a person says yes.
    void expect_braked(const char* kind, const std::string& field, const std::string& key = "") {
        world.settings.brake[kind] = {0, 0};
        const auto held = undo(field, key);
        EXPECT_EQ(held.count(Fate::Braked), std::int64_t(held.outcomes.size()))
            << sync::to_string(held.outcomes.front().fate) << ": " << held.outcomes.front().why;
        EXPECT_EQ(held_kinds(), only(kind));
        world.run_cycle();
        world.run_cycle();
        EXPECT_EQ(held_kinds(), only(kind)) << "it is not shown any more";
        release(kind);
        world.run_cycle();
        const auto done = undo(field, key);
        EXPECT_EQ(done.count(Fate::Done), std::int64_t(done.outcomes.size()))
            << done.outcomes.front().why;
        EXPECT_TRUE(world.store().held("acme")->empty()) << "a yes is for one time";
    }

    store::CycleId last_cycle = 0;
};

TEST_F(UndoBrake, OfAValueThatStoodInABlank) {
    world.crm().edit(contact, "Phone", text("5550100"));
    world.run_until_quiet();
    expect_braked("blank", "phone");
    EXPECT_EQ(world.value(kMarketing, kAda, "phone"), Value{});
}

TEST_F(UndoBrake, OfAStage) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    expect_braked("restage", "stage");
    EXPECT_EQ(world.value(kMarketing, kAda, "duet_stage__c"), text("KNOWN"));
}

TEST_F(UndoBrake, OfAJoin) {
    world.crm().edit(contact, "Title", text("Buyer"));
    world.run_until_quiet();
    ASSERT_EQ(world.marketing().records("list-membership").size(), 1U);
    expect_braked("leave_list", "list Buyers");
    EXPECT_TRUE(world.marketing().records("list-membership").empty());
}

TEST_F(UndoBrake, OfACreate) {
    expect_braked("delete", "", prospect.key);
    EXPECT_TRUE(world.marketing().records("prospect").empty());
}

constexpr const char* kRouting = R"(routing:
  - name: hot
    objects: [Contact]
    trigger: Prospect.score >= 100
    rules:
      - { name: all, owner: bo@example.com }
)";

WorldOptions with_routing() {
    WorldOptions options;
    options.documents.push_back({"routing.yaml", kRouting});
    return options;
}

class UndoBrakeOfRouting : public UndoBrake {
protected:
    UndoBrakeOfRouting() : UndoBrake(with_routing()) {
        for (const char* name : {"bo", "ann"}) {
            Fields user;
            user.set("Name", text(name));
            user.set("Email", text(std::string(name) + "@example.com"));
            user.set("IsActive", Value{true});
            owner = world.crm().add("User", std::move(user));
        }
        world.crm().edit(contact, "OwnerId", text(owner));
        world.run_until_quiet();
    }
    std::string owner;
};

TEST_F(UndoBrakeOfRouting, OfAnotherOwner) {
    world.marketing().edit(prospect, "score", Value{Decimal{120}});
    world.clock.pass(120s);
    world.run_until_quiet();
    ASSERT_NE(world.value(kCrm, kAda, "OwnerId"), text(owner));
    expect_braked("reown", "OwnerId");
    EXPECT_EQ(world.value(kCrm, kAda, "OwnerId"), text(owner));
}

class UndoBrakeOfFlags : public UndoBrake {
protected:
    UndoBrakeOfFlags() : UndoBrake(with_unsubscribing_rule()) {}
};

TEST_F(UndoBrakeOfFlags, OfARuleThatTookAFlagBack) {
    world.crm().edit(contact, "Title", text("Gone"));
    world.run_until_quiet();
    world.crm().edit(contact, "Title", text("Back"));
    world.run_until_quiet();
    ASSERT_EQ(world.value(kMarketing, kAda, "isDoNotEmail"), Value{false});
    expect_braked("unsubscribe", "isDoNotEmail");
    EXPECT_EQ(world.value(kMarketing, kAda, "isDoNotEmail"), Value{true});
}

class ReleasedBrake : public PlanWorld {
protected:
    void add(int from, int to) {
        for (int i = from; i < to; ++i)
            world.add_contact("person" + std::to_string(i) + "@example.com", "Doe");
    }
    std::size_t prospects() { return world.marketing().records("prospect").size() - 1; }
};

TEST_F(ReleasedBrake, LetsGoWhatWasShownAndHoldsABiggerPlanAgain) {
    world.settings.brake["create"] = {2, 0};
    add(0, 3);
    world.run_cycle();
    ASSERT_EQ(held_kinds(), only("create"));
    release("create");
    add(3, 6);  // six in all: three were shown, and two would pass unasked
    world.run_cycle();
    EXPECT_EQ(prospects(), 0U);
    EXPECT_EQ(held_kinds(), only("create"));
    const auto held = world.store().held("acme");
    EXPECT_EQ(held->front().count, 6);
    release("create");
    world.run_until_quiet();
    EXPECT_EQ(prospects(), 6U);
    EXPECT_TRUE(world.store().held("acme")->empty());
    add(6, 9);
    world.run_cycle();
    EXPECT_EQ(held_kinds(), only("create")) << "a yes does not last";
}

TEST_F(ReleasedBrake, IsUsedUpByTheListThatGoesByIt) {
    world.settings.brake["create"] = {2, 0};
    add(0, 5);
    const sync::Plan plan = new_plan();
    EXPECT_EQ(applied(plan).count(Fate::Braked), 5);
    EXPECT_EQ(prospects(), 0U);
    release("create");
    EXPECT_EQ(applied(plan).count(Fate::Braked), 0);
    EXPECT_EQ(prospects(), 5U);
    EXPECT_TRUE(world.store().held("acme")->empty());
}

}  // namespace
}  // namespace duet::world
