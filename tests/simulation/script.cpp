#include "tests/simulation/script.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tests/world/world.h"

namespace duet::simulation {
namespace {

using world::SeededRandom;

/// How often each event is chosen. Merges and the like blur who is who, so they are rare.
constexpr std::array<std::pair<Kind, int>, kEvents> kOften{{
    {Kind::EditCrm, 10},     {Kind::EditMarketing, 10},    {Kind::EditBoth, 6},
    {Kind::OptOutCrm, 2},    {Kind::OptOutMarketing, 2},   {Kind::AddCrm, 3},
    {Kind::AddMarketing, 3}, {Kind::DeleteCrm, 2},         {Kind::DeleteMarketing, 2},
    {Kind::UndeleteCrm, 2},  {Kind::UndeleteMarketing, 2}, {Kind::Convert, 3},
    {Kind::ConvertInto, 1},  {Kind::MergeCrm, 1},          {Kind::MergeMarketing, 1},
    {Kind::JoinList, 2},     {Kind::LeaveList, 2},         {Kind::QuitList, 2},
    {Kind::MoveCrm, 2},      {Kind::MoveMarketing, 2},     {Kind::ReloadRules, 1},
}};

Kind some_event(SeededRandom& dice) {
    int sum = 0;
    for (const auto& [kind, weight] : kOften) sum += weight;
    auto drawn = static_cast<int>(dice.below(static_cast<std::size_t>(sum)));
    for (const auto& [kind, weight] : kOften) {
        drawn -= weight;
        if (drawn < 0) return kind;
    }
    return Kind::EditCrm;
}

std::size_t some_people(SeededRandom& dice) {
    const std::size_t drawn = dice.below(100);
    if (drawn < 75) return 20 + dice.below(11);
    return drawn < 95 ? 30 + dice.below(50) : 80 + dice.below(121);
}

std::uint32_t some_wait(SeededRandom& dice) {
    const std::size_t drawn = dice.below(100);
    if (drawn < 60) return static_cast<std::uint32_t>(dice.below(10));
    if (drawn < 85) return static_cast<std::uint32_t>(dice.below(120));
    if (drawn < 96) return static_cast<std::uint32_t>(dice.below(3600));
    return static_cast<std::uint32_t>(dice.below(3 * 86400));
}

Step make(SeededRandom& dice, Kind kind) {
    Step step;
    step.kind = kind;
    step.a = static_cast<std::uint32_t>(dice.next());
    step.b = static_cast<std::uint32_t>(dice.next());
    step.c = static_cast<std::uint32_t>(dice.next());
    step.wait_seconds = some_wait(dice);
    return step;
}

}  // namespace

const char* to_string(Kind kind) {
    static constexpr const char* kNames[] = {
        "edit-crm",     "edit-marketing",   "edit-both",         "opt-out-crm",
        "opt-out-mkt",  "add-crm",          "add-marketing",     "delete-crm",
        "delete-mkt",   "undelete-crm",     "undelete-mkt",      "convert",
        "convert-into", "merge-crm",        "merge-marketing",   "join-list",
        "leave-list",   "quit-list",        "move-crm",          "move-marketing",
        "reload-rules", "crash-after-step", "crash-after-write", "lose-answer",
        "lose-request", "fail-some",        "lock-row",          "spend-quota",
        "hide-row",     "same-stamp",       "skew-clock",        "stale-reads",
        "cut-page",     "go-down",          "be-slow",           "cycle",
        "rest"};
    return kNames[static_cast<std::size_t>(kind)];
}

Script script_of(std::uint64_t seed) {
    SeededRandom dice(seed * 0x2545f4914f6cdd1dU + 1);
    Script script;
    script.seed = seed;
    script.people = some_people(dice);
    const std::size_t events = 50 + dice.below(31);
    const std::size_t rest_after = events / 3 + dice.below(events / 3);
    std::size_t made = 0;
    std::size_t faults = 0;
    script.steps.push_back(make(dice, Kind::Cycle));
    if (dice.one_in(2)) script.steps.push_back(make(dice, Kind::Rest));
    while (made < events || faults < 3) {
        // A few events, perhaps a fault, and the cycle that meets both.
        const std::size_t together = 1 + dice.below(4);
        for (std::size_t i = 0; i < together; ++i) {
            Step step = make(dice, some_event(dice));
            if (dice.one_in(step.kind == Kind::EditBoth ? 2 : 8))
                step.at_call = static_cast<std::uint16_t>(1 + dice.below(16));
            script.steps.push_back(step);
            if (step.at_call > 0 && dice.one_in(4)) {
                script.steps.push_back(make(dice, Kind::BeSlow));
                ++faults;
            }
            if (++made == rest_after) script.steps.push_back(make(dice, Kind::Rest));
        }
        while (dice.one_in(2)) {
            const auto kind = static_cast<Kind>(kEvents + dice.below(kFaults));
            // Some faults are about what people do next, the others about what Duet does next.
            const auto back = static_cast<std::ptrdiff_t>(dice.below(together + 1));
            script.steps.insert(script.steps.end() - back, make(dice, kind));
            ++faults;
        }
        script.steps.push_back(make(dice, Kind::Cycle));
        if (dice.one_in(2)) script.steps.push_back(make(dice, Kind::Cycle));
    }
    return script;
}

std::size_t count_events(const Script& script) {
    return static_cast<std::size_t>(
        std::count_if(script.steps.begin(), script.steps.end(),
                      [](const Step& step) { return is_event(step.kind); }));
}

}  // namespace duet::simulation
