// One person, two fields, two sides, one crash: every order in which edits, the calls of two cycles
// and a crash can come, with the real cycle and the real store.
//
// People change each field once on each side at most, to a value that nobody had typed before; they
// do so before any call of the two cycles, between them or after them. The process dies at most
// once, after any durable step or any write of either cycle; what follows a crash is one cycle
// more. Orders that nobody can tell apart are tried once: an edit and a call of the other side
// touch nothing in common, so an edit is put as late as it can be: before a call of its own side,
// before another edit that stands there, or last. DUET_MODEL_CHECK=full tries them all; else all
// orders of few edits, and of the longer ones those that lots fall on, as kShort says.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/simulation/player.h"

namespace duet::simulation {
namespace {

constexpr int kSettling = 2;             // cycles before the first edit
constexpr std::uint16_t kLate = 60'000;  // a call that no cycle comes to: after it
constexpr std::uint32_t kNewValue = 7;

/// Choices of `People`: among fields the one after the address, and the one after the last name.
constexpr std::uint32_t kFirstName = 0;
constexpr std::uint32_t kPhone = 2;

struct Edit {
    Side side;
    std::uint32_t field;
    const char* name;
};
constexpr Edit kEdits[] = {{Side::Crm, kFirstName, "FirstName"},
                           {Side::Marketing, kFirstName, "firstName"},
                           {Side::Crm, kPhone, "Phone"},
                           {Side::Marketing, kPhone, "phone"}};

/// Before a call of a cycle, both counted, calls from 1. Before call 1: before the cycle.
struct Place {
    int cycle = 0;
    int call = 1;
    bool operator==(const Place&) const = default;
    bool operator<(const Place& other) const {
        return std::tie(cycle, call) < std::tie(other.cycle, other.call);
    }
};

struct Placed {
    std::size_t edit;
    Place place;
};

/// The process dies in that cycle: after so many durable steps of it, or after its write number
/// `call`, when that is not 0.
struct Death {
    int cycle = 0;
    int steps = 0;
    int call = 0;
};

struct History {
    std::vector<Placed> edits{};  // as they happen
    std::optional<Death> death{};
};

/// What a run tells of its cycles, settling ones left out.
struct Call {
    Side side{};
    int steps = 0;  // durable ones of its cycle before it
    bool writes = false;
};
struct Seen {
    std::vector<Call> calls{};
    int steps = 0;
};
using Trace = std::vector<Seen>;

Script script_of(const History& history) {
    Script script;
    script.seed = 3;
    script.people = 1;
    script.steps.resize(kSettling);
    for (const Placed& placed : history.edits) {
        const Edit& edit = kEdits[placed.edit];
        const auto& [cycle, call] = placed.place;
        Step step;
        step.kind = edit.side == Side::Crm ? Kind::EditCrm : Kind::EditMarketing;
        step.b = edit.field;
        step.c = kNewValue;
        if (call > 1) {
            step.at_call = static_cast<std::uint16_t>(call);
            step.at_cycle = static_cast<std::uint16_t>(cycle);
        } else if (cycle > 0) {
            step.at_call = kLate;
            step.at_cycle = static_cast<std::uint16_t>(cycle - 1);
        }
        script.steps.push_back(step);
    }
    for (int cycle = 0; cycle < 2; ++cycle) {
        if (history.death && history.death->cycle == cycle && history.death->steps > 0) {
            Step crash;
            crash.kind = Kind::CrashAfterStep;
            crash.b = static_cast<std::uint32_t>(history.death->steps - 1);
            script.steps.push_back(crash);
        }
        script.steps.emplace_back();
    }
    return script;
}

std::string said(const History& history) {
    std::string words;
    for (const auto& [edit, place] : history.edits)
        words += std::string(kEdits[edit].name) + " before call " + std::to_string(place.call) +
                 " of cycle " + std::to_string(place.cycle + 1) + ", ";
    if (const auto& death = history.death) {
        words += "crash in cycle " + std::to_string(death->cycle + 1);
        words += death->call > 0 ? " after the write of call " + std::to_string(death->call)
                                 : " after step " + std::to_string(death->steps);
    }
    return words;
}

/// Watches one run.
class Watch {
public:
    explicit Watch(const History& history) : history_(history) {
        options.before_call = [this](SimulatedOrg& org, Side side) { before_call(org, side); };
        options.on_write = [this] {
            if (cycle_ >= 0) trace.back().calls.back().writes = true;
        };
        options.after_cycle = [this](SimulatedOrg& org) { after_cycle(org); };
    }
    PlayOptions options;
    Trace trace{};
    std::set<std::string> states{};

private:
    void before_call(SimulatedOrg& org, Side side) {
        if (cycle_ < 0) return;
        const auto steps = static_cast<int>(org.store().steps() - steps_);
        trace.resize(static_cast<std::size_t>(cycle_) + 1);
        trace.back().calls.push_back({side, steps});
        const auto& death = history_.death;
        const auto number = static_cast<int>(trace.back().calls.size());
        if (death && death->cycle == cycle_ && death->call == number)
            org.side(side).crashes_after_next_write();
    }

    void after_cycle(SimulatedOrg& org) {
        if (cycle_ >= 0) {
            trace.resize(static_cast<std::size_t>(cycle_) + 1);
            trace.back().steps = static_cast<int>(org.store().steps() - steps_);
            states.insert(state_of(org));
        }
        ++cycle_;
        steps_ = org.store().steps();
    }

    /// What both sides and the store hold, as one text.
    static std::string state_of(SimulatedOrg& org) {
        std::string state;
        for (const Side side : kSides) {
            for (const char* object : {"Contact", "Lead", "prospect"}) {
                for (const auto& [key, fields] : org.side(side).records(object)) {
                    state += key + encode(fields);
                    const auto seen = org.store().seen("acme", side, {object, key});
                    if (seen && *seen) state += "|" + encode((*seen)->record.fields);
                }
            }
        }
        const auto entity = org.store().entity("acme", 1);
        if (entity && *entity) {
            state += (*entity)->state;
            for (const auto& [rule, agreed] : (*entity)->agreed)
                state += rule + "=" + encode(agreed.crm) + "/" + encode(agreed.marketing) + ";";
        }
        const auto in_flight = org.store().in_flight("acme");
        if (in_flight) {
            for (const store::InFlight& write : *in_flight)
                state += encode(write.write.fields) + (write.in_doubt ? "?" : "!");
        }
        return state;
    }

    const History& history_;
    int cycle_ = -kSettling;
    std::int64_t steps_ = 0;
};

/// How far a form goes.
struct Form {
    std::size_t most_edits;         // without a crash
    std::size_t most_with_a_crash;  // edits
    int last_crash;                 // in the first cycle, or in the second too
    unsigned one_in;                // of what is longer; 0: nothing
};
constexpr Form kFull{4, 4, 0, 0};
#ifndef __SANITIZE_ADDRESS__
constexpr Form kShort{2, 1, 1, 60};
#else
constexpr Form kShort{1, 1, 0, 0};
#endif

/// By the edit that comes first; one more: by a crash before every edit.
class ModelCheck : public testing::TestWithParam<std::size_t> {
protected:
    ModelCheck() {
        const char* form = std::getenv("DUET_MODEL_CHECK");
        if (form != nullptr && std::string(form) == "full") form_ = kFull;
    }

    Trace run(const History& history) {
        Watch watch(history);
        const Played played = play(script_of(history), watch.options);
        ++runs_;
        if (history.death) ++with_crash_;
        if (history.death && history.edits.size() > 1) ++edits_and_crash_;
        states_.merge(watch.states);
        for (const Failure& failure : played.failures)
            ADD_FAILURE() << said(history) << ": " << failure.kind << ": " << failure.what;
        EXPECT_TRUE(!history.death || played.faults > 0) << said(history) << ": it did not crash";
        return std::move(watch.trace);
    }

    /// Everything that begins like that. `before`: what the run without the last edit told.
    void explore(const History& history, const Trace& before) {
        if (HasFailure()) return;
        const bool is_last = is_as_late_as_can_be(history, before);
        const Trace trace = is_last ? run(history) : before;
        add_edits(history, trace, is_last);
        if (is_last && !history.death) add_crashes(history, trace);
    }

    void add_edits(const History& history, const Trace& trace, bool may_be_later) {
        const std::size_t most = history.death ? form_.most_with_a_crash : form_.most_edits;
        const bool is_drawn = history.edits.size() >= most;
        for (std::size_t edit = 0; edit < std::size(kEdits); ++edit) {
            const auto is_it = [&](const Placed& placed) { return placed.edit == edit; };
            if (std::any_of(history.edits.begin(), history.edits.end(), is_it)) continue;
            if (history.edits.empty() && !history.death && edit != GetParam()) continue;
            for (const Place& place : places(history, trace)) {
                if (!may_be_later && !(place == history.edits.back().place)) break;
                if (is_drawn && !is_lot()) continue;
                History longer = history;
                longer.edits.push_back({edit, place});
                explore(longer, trace);
            }
        }
    }

    void add_crashes(const History& history, const Trace& trace) {
        const bool is_drawn = history.edits.size() > form_.most_with_a_crash;
        const Place last = history.edits.empty() ? Place{} : history.edits.back().place;
        for (int cycle = last.cycle; cycle <= std::min(form_.last_crash, 1); ++cycle) {
            const Seen& seen = trace.at(static_cast<std::size_t>(cycle));
            const auto has_come = [&](int calls) {
                return history.edits.empty() || last < Place{cycle, calls + 1};
            };
            const auto dies = [&](Death death) {
                if (is_drawn && !is_lot()) return;
                History shorter = history;
                shorter.death = death;
                add_edits(shorter, run(shorter), true);
            };
            for (int step = 1; step <= seen.steps; ++step) {
                const auto calls =
                    std::count_if(seen.calls.begin(), seen.calls.end(),
                                  [&](const Call& call) { return call.steps < step; });
                if (has_come(static_cast<int>(calls))) dies({cycle, step, 0});
            }
            for (int call = 1; call <= static_cast<int>(seen.calls.size()); ++call) {
                const bool writes = seen.calls[static_cast<std::size_t>(call) - 1].writes;
                if (writes && has_come(call)) dies({cycle, 0, call});
            }
        }
    }

    /// Where the next edit can stand: from the last one on, and after a crash.
    static std::vector<Place> places(const History& history, const Trace& trace) {
        Place from = history.edits.empty() ? Place{} : history.edits.back().place;
        if (history.death) from = std::max(from, Place{history.death->cycle + 1, 1});
        const int end = history.death ? history.death->cycle + 2 : 2;
        std::vector<Place> all;
        for (int cycle = from.cycle; cycle < end; ++cycle) {
            const auto calls =
                static_cast<int>(trace.at(static_cast<std::size_t>(cycle)).calls.size());
            for (int call = cycle == from.cycle ? from.call : 1; call <= calls; ++call)
                all.push_back({cycle, call});
        }
        all.push_back({end, 1});
        return all;
    }

    static bool is_as_late_as_can_be(const History& history, const Trace& trace) {
        if (history.edits.empty()) return true;
        const auto& [edit, place] = history.edits.back();
        const auto cycle = static_cast<std::size_t>(place.cycle);
        const int end = history.death ? history.death->cycle + 2 : 2;
        if (place.cycle >= end) return true;
        return trace.at(cycle).calls.at(static_cast<std::size_t>(place.call) - 1).side ==
               kEdits[edit].side;
    }

    bool is_lot() { return form_.one_in != 0 && lots_() % form_.one_in == 0; }

    Form form_ = kShort;
    std::mt19937 lots_{static_cast<std::mt19937::result_type>(GetParam())};
    std::set<std::string> states_;
    std::uint64_t runs_ = 0;
    std::uint64_t with_crash_ = 0;
    std::uint64_t edits_and_crash_ = 0;  // of several edits
};

TEST_P(ModelCheck, EveryOrderOfEditsCallsAndOneCrashKeepsTheLaws) {
    const History nothing;
    const Trace calm = run(nothing);
    ASSERT_GE(calm.size(), 2U);
    if (GetParam() < std::size(kEdits)) {
        add_edits(nothing, calm, true);
    } else {
        add_crashes(nothing, calm);
    }
    std::cout << runs_ << " histories, " << with_crash_ << " of them with a crash, "
              << edits_and_crash_ << " with that and several edits; " << states_.size()
              << " states of the two sides and the store after a cycle\n";
    RecordProperty("histories", std::to_string(runs_));
    EXPECT_GT(with_crash_, 10U);
    if (form_.one_in != 0) {
        EXPECT_GT(edits_and_crash_, 3U);
    }
}

INSTANTIATE_TEST_SUITE_P(First, ModelCheck, testing::Range(std::size_t{0}, std::size(kEdits) + 1),
                         [](const testing::TestParamInfo<std::size_t>& which) -> std::string {
                             if (which.param == std::size(kEdits)) return "Crash";
                             const Edit& edit = kEdits[which.param];
                             return std::string(edit.side == Side::Crm ? "Crm" : "Marketing") +
                                    (edit.field == kPhone ? "Phone" : "FirstName");
                         });

}  // namespace
}  // namespace duet::simulation
