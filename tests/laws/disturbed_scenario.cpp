#include "tests/laws/disturbed_scenario.h"

#include <utility>

#include <gtest/gtest.h>

namespace duet::world {
namespace {

constexpr int kMostTries = 3;

WorldOptions options_of(const Scenario& scenario, FaultDisk* disk) {
    WorldOptions made = scenario.options();
    made.disk = disk;
    return made;
}

std::int64_t total(const CrashingStore& store) {
    std::int64_t all = 0;
    for (const auto& [function, count] : store.calls()) all += count;
    return all;
}

}  // namespace

Stage::Stage(const Scenario& scenario, FaultDisk* disk) : world(options_of(scenario, disk)) {
    world.checks_balance = true;
    scenario.prepare(world);
    world.restart();
}

Outcome finish(World& world, const Scenario& scenario, const char* code,
               const Meanwhile& meanwhile) {
    Outcome run;
    const auto restart = [&] {
        run.failed = world.store().failed();
        if (meanwhile.before_restart) meanwhile.before_restart();
        world.restart();
    };
    for (const Step& step : scenario.steps()) {
        int tries = 0;
        while (true) {
            Status done = Done{};
            try {
                done = step(world);
                if (done) break;
                EXPECT_EQ(done.error().kind, ErrorKind::Broken);
                EXPECT_EQ(done.error().code, code) << done.error().message;
                ++run.reported;
                // A full disk leaves the process as it is; after any other failure it ends.
                if (done.error().code != "DUET-4006") restart();
            } catch (const Crash&) {
                ++run.reported;
                restart();
            }
            if (++tries > kMostTries) {
                ADD_FAILURE() << "a step that failed once fails again";
                return run;
            }
        }
    }
    if (run.failed.empty()) run.failed = world.store().failed();
    run.calls = total(world.store());
    run.functions = world.store().calls();
    if (meanwhile.when_steps_are_done) meanwhile.when_steps_are_done();
    world.run_until_quiet();
    run.story = story(world);
    run.deeds = deeds(world);
    return run;
}

Outcome calm_run(const Scenario& scenario) {
    Stage stage(scenario);
    stage.world.store().notes_durable_calls();
    Outcome run = finish(stage.world, scenario, "");
    run.durable = stage.world.store().durable_calls();
    std::erase_if(run.durable, [&](std::int64_t call) { return call > run.calls; });
    EXPECT_EQ(run.reported, 0);
    return run;
}

void expect_as_if_nothing_had_happened(const Outcome& calm, Outcome run) {
    EXPECT_EQ(run.story, calm.story);
    // A flag that was turned in part is turned back until it is allowed anew: twice is right there.
    std::erase_if(run.deeds.updates, [](const auto& update) {
        return update.first.find("ptedOut") != std::string::npos;
    });
    EXPECT_EQ(difference(calm.deeds, run.deeds), "");
}

}  // namespace duet::world
