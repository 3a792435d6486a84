#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mappings/result.h"
#include "tests/laws/laws.h"

/// Small stories that take the cycle, and what people ask of it, through everything it does with
/// its store: for tests that let each call of a story fail in turn.
namespace duet::world {

/// Something that the daemon does, and does again when it failed.
using Step = std::function<Status(World&)>;

struct Scenario {
    std::string name;  // "FirstLoad": part of the test's name
    std::function<WorldOptions()> options;
    std::function<void(World&)> prepare;  // undisturbed; leaves the steps something to do
    std::function<std::vector<Step>()> steps;
};

/// All of them, in the order in which a reader best learns them.
[[nodiscard]] const std::vector<Scenario>& scenarios();
/// Those of them in which people ask Duet, and tell it what to do.
[[nodiscard]] std::vector<Scenario> scenarios_of_people();
[[nodiscard]] Scenario places_on_a_list();
[[nodiscard]] Scenario customers_are_compared();

/// One cycle; then some time passes. Fails the test when a cycle that ended does not balance.
Status one_cycle(World& world);

/// What people see on both sides in the end, a line each, and what Duet is left with.
[[nodiscard]] std::vector<std::string> story(World& world);

/// What was done to the vendors: creates and deletes by object, and each update as often as it was
/// sent to one record.
struct Deeds {
    std::map<std::string, std::int64_t> creates;
    std::map<std::string, std::int64_t> deletes;
    std::map<std::string, int> updates;
};
[[nodiscard]] Deeds deeds(World& world);
/// What was done more often than in `calm`, or not at all; empty: nothing.
[[nodiscard]] std::string difference(const Deeds& calm, const Deeds& found);

}  // namespace duet::world
