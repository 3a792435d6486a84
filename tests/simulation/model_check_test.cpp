// One person, two fields, two sides, one crash: every order in which edits, the steps of a cycle
// and the crash can come, with the real cycle and the real store. DUET_MODEL_CHECK=full tries
// every call of the cycle as a place for every edit; builds that are not optimised try a sixth.
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

#include "tests/simulation/player.h"

namespace duet::simulation {
namespace {

// Choices of `People`: among fields the one after the address, and the one after the last name.
constexpr std::uint32_t kFirstName = 0;
constexpr std::uint32_t kPhone = 2;
constexpr std::uint32_t kNewValue = 7;
#ifdef NDEBUG
constexpr bool kIsShort = false;
#else
constexpr bool kIsShort = true;
#endif
constexpr int kMostSteps = 40;  // durable steps that a crash can follow

/// An edit and when it comes: 0 before the cycle, n before its n-th call; 99: after it.
struct Placed {
    Kind side;
    std::uint32_t field;
    std::uint16_t at_call;
};

Step step_of(const Placed& placed) {
    Step step;
    step.kind = placed.side;
    step.b = placed.field;
    step.c = kNewValue;
    step.at_call = placed.at_call;
    return step;
}

Step plain(Kind kind, std::uint32_t b = 0) {
    Step step;
    step.kind = kind;
    step.b = b;
    return step;
}

/// A settled person, the edits around one cycle, another cycle, and the judge.
Script script_of(const std::vector<Placed>& edits, int crash_after) {
    Script script;
    script.seed = 3;
    script.people = 1;
    script.steps = {plain(Kind::Cycle), plain(Kind::Cycle)};
    for (const Placed& edit : edits) {
        if (edit.at_call < 99) script.steps.push_back(step_of(edit));
    }
    if (crash_after > 0)
        script.steps.push_back(
            plain(Kind::CrashAfterStep, static_cast<std::uint32_t>(crash_after - 1)));
    script.steps.push_back(plain(Kind::Cycle));
    for (Placed edit : edits) {
        if (edit.at_call < 99) continue;
        edit.at_call = 0;
        script.steps.push_back(step_of(edit));
    }
    script.steps.push_back(plain(Kind::Cycle));
    return script;
}

class ModelCheck : public testing::Test {
protected:
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

    /// Runs it without a crash, then with one after each durable step of its cycle.
    void explore(const std::vector<Placed>& edits) {
        for (int crash = 0; crash <= kMostSteps; ++crash) {
            bool crashed = crash == 0;
            PlayOptions options;
            options.after_cycle = [&](SimulatedOrg& org) { states_.insert(state_of(org)); };
            const Played played = play(script_of(edits, crash), options);
            ++runs_;
            crashed = crashed || played.faults > 0;
            if (!played.failures.empty()) {
                ADD_FAILURE() << said(edits) << "crash " << crash << ": "
                              << played.failures.front().kind << ": "
                              << played.failures.front().what;
                return;
            }
            // The cycle has fewer durable steps than that.
            if (!crashed) return;
        }
        ADD_FAILURE() << "a cycle of one person takes more durable steps than expected";
    }

    static std::string said(const std::vector<Placed>& edits) {
        std::string words;
        for (const Placed& edit : edits)
            words += std::string(to_string(edit.side)) + " field " + std::to_string(edit.field) +
                     " at call " + std::to_string(edit.at_call) + ", ";
        return words;
    }

    /// Every way to place these edits.
    void place_all(std::vector<Placed> edits, std::size_t next,
                   const std::vector<std::uint16_t>& places) {
        if (HasFailure()) return;
        if (next == edits.size()) return explore(edits);
        for (const std::uint16_t place : places) {
            edits[next].at_call = place;
            place_all(edits, next + 1, places);
        }
    }

    std::set<std::string> states_;
    std::uint64_t runs_ = 0;
};

TEST_F(ModelCheck, EveryOrderOfEditsStepsAndOneCrashKeepsTheLaws) {
    const char* form = std::getenv("DUET_MODEL_CHECK");
    const bool is_full = form != nullptr && std::string(form) == "full";
    // Calls 1 and 2 read contacts and leads, 3 to 5 prospects, lists and members; writes follow.
    std::vector<std::uint16_t> places{0, 4, 6, 99};
    if (is_full) places = {0, 2, 4, 6, 7, 8, 99};
    if (kIsShort) places = {0, 6, 99};
    const Placed crm_first{Kind::EditCrm, kFirstName, 0};
    const Placed marketing_first{Kind::EditMarketing, kFirstName, 0};
    const Placed crm_phone{Kind::EditCrm, kPhone, 0};
    const Placed marketing_phone{Kind::EditMarketing, kPhone, 0};
    place_all({crm_first, marketing_first}, 0, places);
    place_all({marketing_first, crm_phone}, 0, places);
    if (!kIsShort) {
        place_all({crm_phone, marketing_phone}, 0, places);
        place_all({crm_first, marketing_first, crm_phone}, 0, places);
    }
    if (is_full) place_all({crm_first, marketing_first, crm_phone, marketing_phone}, 0, places);
    RecordProperty("runs", std::to_string(runs_));
    std::cout << runs_ << " interleavings, " << states_.size()
              << " states of the two sides and the "
              << "store after a cycle\n";
    EXPECT_GT(runs_, kIsShort ? 150u : 500u);
    EXPECT_GT(states_.size(), kIsShort ? 30u : 100u);
}

}  // namespace
}  // namespace duet::simulation
