#pragma once

#include <string>
#include <vector>

#include "daemon/sync/apply_plan.h"
#include "daemon/sync/plan_json.h"
#include "daemon/sync/plan_text.h"
#include "tests/laws/laws.h"

/// What the tests of plans, pauses and the brake share.
namespace duet::world {

/// A document whose rule, not the person, says that somebody must not be written to.
inline WorldOptions with_unsubscribing_rule() {
    WorldOptions options;
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        FieldInfo flag;
        flag.name = "isDoNotEmail";
        flag.type = FieldType::Boolean;
        catalogs.marketing.objects.front().fields.push_back(flag);
    };
    const std::string create = "create:\n";
    std::string& people = options.documents[0].text;
    people.insert(
        people.find(create),
        "  - { pardot: isDoNotEmail, direction: to_pardot, value: 'Title = \"Gone\"' }\n");
    return options;
}

class PlanWorld : public SettledWorld {
protected:
    using SettledWorld::SettledWorld;

    void set_mode(store::Mode mode) { ASSERT_TRUE(world.store().set_mode("acme", mode)); }

    /// What would be written, as the store stands.
    sync::Plan stored_plan() {
        world.org().settings = world.settings;
        auto pauses = sync::Pauses::load(world.store(), "acme");
        sync::PlanMaker maker(world.org(), *pauses);
        const auto done = sync::plan_only(
            world.org(), [&](const sync::EntityPlan& plan) { maker.add(plan); }, {});
        EXPECT_TRUE(done);
        auto plan = maker.finish();
        EXPECT_TRUE(plan);
        return plan ? *std::move(plan) : sync::Plan{};
    }

    /// What would be written after a look at both sides.
    sync::Plan new_plan() {
        set_mode(store::Mode::Plan);
        world.run_cycle();
        return stored_plan();
    }

    sync::Applied applied(const sync::Plan& plan) {
        world.org().settings = world.settings;
        auto done = sync::apply_plan(world.org(), plan, {});
        EXPECT_TRUE(done) << (done ? "" : done.error().message);
        world.clock.pass(90s);
        return done ? *std::move(done) : sync::Applied{};
    }

    void pause(sync::Pause pause) {
        auto pauses = sync::Pauses::load(world.store(), "acme");
        pauses->put(std::move(pause));
        ASSERT_TRUE(pauses->save(world.store(), "acme"));
    }
    void resume(const sync::Pause& pause) {
        auto pauses = sync::Pauses::load(world.store(), "acme");
        ASSERT_TRUE(pauses->remove(pause));
        ASSERT_TRUE(pauses->save(world.store(), "acme"));
    }
    static sync::Pause of_side(Side side, bool pulls_too = false) {
        sync::Pause pause;
        pause.what = sync::Pause::What::Side;
        pause.side = side;
        pause.pulls_too = pulls_too;
        return pause;
    }
    static sync::Pause of_object(Side side, const std::string& object) {
        sync::Pause pause;
        pause.what = sync::Pause::What::Object;
        pause.side = side;
        pause.object = object;
        return pause;
    }

    std::vector<std::string> held_kinds() {
        std::vector<std::string> kinds;
        const auto held = world.store().held("acme");
        for (const store::Held& row : *held) {
            if (!row.released) kinds.push_back(row.kind);
        }
        return kinds;
    }
    void release(const std::string& kind) {
        const auto held = world.store().held("acme");
        for (store::Held row : *held) {
            if (row.kind != kind) continue;
            row.released = true;
            ASSERT_TRUE(world.store().put_held("acme", row));
            return;
        }
        FAIL() << kind << " is not held";
    }
    std::string why() { return world.entity_of(kCrm, contact).reason; }
    static std::vector<std::string> only(const char* kind) { return {kind}; }
};

}  // namespace duet::world
