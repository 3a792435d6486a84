#include "tests/simulation/player.h"

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "daemon/service/cycle_log.h"
#include "daemon/service/log.h"
#include "tests/simulation/people.h"
#include "tests/simulation/trouble.h"
#include "tests/simulation/world.h"

namespace duet::simulation {
namespace {

using std::chrono::seconds;

constexpr int kMaxQuietCycles = 120;
constexpr std::uint64_t kCyclesALook = 8;  // between looks at what people are told
constexpr std::chrono::milliseconds kCall{40};
constexpr seconds kPause{90};
constexpr seconds kShortPause{20};  // shorter than reads lag

/// Names of faults, as a watch tells them.
const std::pair<const char*, Kind> kMet[] = {{"late row", Kind::HideRow},
                                             {"stale read", Kind::StaleReads},
                                             {"cut page", Kind::CutPage},
                                             {"down", Kind::GoDown},
                                             {"row lock", Kind::LockRow},
                                             {"refusal", Kind::FailSome},
                                             {"lost request", Kind::LoseRequest},
                                             {"lost answer", Kind::LoseAnswer},
                                             {"crash after write", Kind::CrashAfterWrite}};

/// Whether Duet may not hear what became of a write.
bool leaves_doubt(Kind fault) {
    return fault == Kind::CrashAfterStep || fault == Kind::CrashAfterWrite ||
           fault == Kind::LoseAnswer || fault == Kind::LoseRequest;
}

class Player {
public:
    Player(const Script& script, const PlayOptions& options)
        : script_(script),
          options_(options),
          org_(script.seed, options.store_kept_open, options.vendors),
          trouble_(org_),
          ledger_({&org_.side(Side::Crm), &org_.side(Side::Marketing)}, org_.clock),
          people_(script.seed, org_, ledger_, [this](std::string line) { log(std::move(line)); }) {
        for (const Side side : kSides) watch(side);
        log::divert([this](std::string_view line) {
            ++played_.lines;
            look_for_people(std::string(line));
        });
    }
    ~Player() { log::divert({}); }
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    Played play() {
        began_ = org_.clock.now();
        people_.populate(script_.people);
        org_.clock.pass(seconds{120});
        // A vendor refused what people did, say: the story up to there is what tells why.
        try {
            play_steps();
        } catch (const std::exception& odd) {
            ledger_.fail("odd", odd.what());
        }
        played_.failures = ledger_.failures();
        for (const Human& human : ledger_.humans()) {
            ++played_.people;
            played_.blurred += human.is_blurred ? 1 : 0;
        }
        played_.doubts = ledger_.doubts_found();
        played_.simulated_seconds =
            std::chrono::duration_cast<seconds>(org_.clock.now() - began_).count();
        return std::move(played_);
    }

private:
    void play_steps() {
        for (std::size_t at = 0; at < script_.steps.size(); ++at) {
            played_.failed_at = at;
            take(script_.steps[at]);
            if (!ledger_.failures().empty()) return;
        }
        played_.failed_at = script_.steps.size();
        rest();
    }

    void watch(Side side) {
        world::SideWatch watch;
        watch.on_call = [this, side] { call_begins(side); };
        watch.on_write = [this, side](const Write& write, const RecordId& id) {
            ++played_.writes;
            if (options_.on_write) options_.on_write();
            if (options_.keeps_log) log(said(side, write, id));
            ledger_.wrote(side, write, id);
        };
        watch.on_fault = [this](std::string_view fault) {
            for (const auto& [name, kind] : kMet) {
                if (fault == name) met(kind);
            }
        };
        org_.side(side).watch(std::move(watch));
    }

    void log(std::string line) {
        if (!options_.keeps_log) return;
        const auto since = org_.clock.now() - began_;
        played_.log.push_back(fmt::format(
            "{:12.3f} {}", std::chrono::duration<double>(since).count(), std::move(line)));
    }

    static std::string said(Side side, const Write& write, const RecordId& id) {
        static constexpr const char* kVerbs[] = {"creates", "updates", "deletes"};
        std::string line = fmt::format("  duet {} {} {} {}", kVerbs[static_cast<int>(write.kind)],
                                       side == Side::Crm ? "crm" : "marketing", id.object, id.key);
        for (const auto& [field, value] : write.fields)
            line += fmt::format(" {}=\"{}\"", field, display(value));
        return line;
    }

    void met(Kind fault) {
        ledger_.fault_met(leaves_doubt(fault));
        ++played_.faults;
        met_.insert(fault);
    }

    // --- steps

    void take(const Step& step) {
        if (is_event(step.kind)) {
            const bool is_in_a_cycle = step.at_call > 0 || step.at_cycle > 0;
            const bool is_later = is_in_a_cycle && step.kind != Kind::ReloadRules;
            if (is_later) {
                // Duet reads the first of two edits, and works on it while the second happens.
                if (step.kind != Kind::EditBoth || people_.edit_half(step, false))
                    later_.push_back(step);
                return;
            }
            happen(step);
        } else if (is_fault(step.kind)) {
            log(fmt::format("fault {}", to_string(step.kind)));
            trouble_.arm(step, most_steps_);
        } else if (step.kind == Kind::Cycle) {
            cycle(step.b % 3 == 0 ? kShortPause : kPause);
        } else {
            rest();
        }
        if (is_event(step.kind) && trouble_.takes_same_stamp()) {
            met(Kind::SameStamp);
        } else {
            org_.clock.pass(seconds{step.wait_seconds});
        }
    }

    void happen(const Step& step) {
        const bool is_second = step.kind == Kind::EditBoth && step.at_call > 0;
        if (!(is_second ? people_.edit_half(step, true) : people_.happen(step))) return;
        ++played_.events;
        events_.insert(step.kind);
    }

    // --- cycles

    void call_begins(Side side) {
        if (options_.before_call) options_.before_call(org_, side);
        ++calls_;
        org_.clock.pass(trouble_.is_slow() ? std::chrono::milliseconds{trouble_.slow_call()}
                                           : kCall);
        if (trouble_.is_slow()) met(Kind::BeSlow);
        for (std::size_t i = 0; i < later_.size(); ++i) {
            if (later_[i].at_cycle > 0 || later_[i].at_call > calls_) continue;
            const Step step = later_[i];
            later_.erase(later_.begin() + static_cast<std::ptrdiff_t>(i--));
            log("  meanwhile");
            happen(step);
        }
    }

    /// One cycle, and the time until the next.
    bool cycle(seconds pause) {
        ++played_.cycles;
        calls_ = 0;
        log("cycle");
        ledger_.cycle_begins();
        ledger_.calls_take(trouble_.is_slow() ? trouble_.slow_call() : seconds{1});
        PerSide<std::int64_t> answers;
        for (const Side side : kSides) {
            answers[side] = org_.side(side).answers();
            if (trouble_.is_spent(side)) met(Kind::SpendQuota);
        }
        if (trouble_.is_skewed()) met(Kind::SkewClock);
        const std::int64_t steps = org_.store().steps();
        auto outcome = org_.run_cycle();
        played_.calls.push_back(calls_);
        note_steps(org_.store().steps() - steps, outcome.has_value());
        if (!outcome && met_.count(Kind::CrashAfterWrite) == 0) met(Kind::CrashAfterStep);
        for (const Kind event : events_) {
            for (const Kind fault : met_)
                ++played_.pairs[static_cast<std::size_t>(event)]
                               [static_cast<std::size_t>(fault) - kEvents];
        }
        const bool is_quiet = outcome ? look_at(*outcome, answers) : false;
        if (outcome) {
            ledger_.cycle_ended(met_.empty());
            events_.clear();
        } else {
            log("  it crashed");
            org_.clock.pass(seconds{5});
            if (options_.forgets_in_flight) org_.forget_in_flight();
            org_.restart_after_crash();
        }
        if (options_.after_cycle) options_.after_cycle(org_);
        catch_up();
        met_.clear();
        trouble_.outlast();
        // Who crashed is started again at once, when reads may not show yet what was written.
        if (!outcome) return cycle(pause);
        org_.clock.pass(pause);
        return is_quiet;
    }

    /// What comes too late for the cycle that ended happens after it.
    void catch_up() {
        for (Step step : std::exchange(later_, {})) {
            if (step.at_cycle == 0) {
                happen(step);
            } else {
                --step.at_cycle;
                later_.push_back(step);
            }
        }
    }

    void note_steps(std::int64_t steps, bool is_whole) {
        played_.steps.push_back(steps);
        if (is_whole) {
            most_steps_ = std::max(most_steps_, static_cast<std::uint32_t>(steps));
        } else {
            played_.latest_crash = std::max(played_.latest_crash, steps);
        }
    }

    /// Laws that hold for every cycle; whether it found nothing to do and left nothing.
    bool look_at(const Result<sync::CycleReport>& outcome, const PerSide<std::int64_t>& answers) {
        if (!outcome) {
            ledger_.fail("store-failed", outcome.error().code + " " + outcome.error().message);
            return false;
        }
        const sync::CycleReport& report = *outcome;
        service::log_report("acme", {"salesforce", "pardot"}, report, kCall);
        if (played_.cycles % kCyclesALook == 0) look_at_what_is_told();
        const std::string wrong = world::imbalance(report.counts);
        if (!wrong.empty()) ledger_.fail("unbalanced", wrong);
        bool is_ready = true;
        for (const Side side : kSides) {
            is_ready = is_ready && report.observed[side].ready;
            // One call may ask whether the quota is back; its answer says no.
            const std::int64_t heard = org_.side(side).answers() - answers[side];
            if (trouble_.is_spent(side) && heard > 1)
                ledger_.fail(
                    "over-budget",
                    fmt::format("a side whose quota was spent had to say so {} times", heard));
            for (const auto& error : {report.observed[side].error, report.sent.closed[side]})
                if (error) look_for_people(error->message);
        }
        for (const std::string& warning : report.warnings) look_for_people(warning);
        log(fmt::format("  pulled {} sent {} refused {} later {} in doubt {} dirty {}",
                        report.counts.pulled, report.sent.done, report.sent.refused,
                        report.sent.later, report.sent.in_doubt, report.still_dirty));
        return is_ready && report.sent.done == 0 && report.still_dirty == 0 &&
               report.counts.pulled == report.counts.repeats + report.counts.unchanged;
    }

    void look_at_what_is_told() {
        const auto told = org_.told_to_people();
        if (!told) return ledger_.fail("store-failed", told.error().code);
        look_for_people(*told);
    }

    /// Law 11: what people typed all looks alike, and none of it belongs into a message.
    void look_for_people(const std::string& message) {
        for (const char* mark : {kTypedMark, kAddressMark}) {
            if (message.find(mark) != std::string::npos) ledger_.fail("told-a-value", message);
        }
    }

    // --- rest

    void heal() {
        log("rest");
        trouble_.heal();
        for (const Step& step : std::exchange(later_, {})) happen(step);
        org_.clock.pass(std::chrono::hours{1});
    }

    void rest() {
        heal();
        int quiet = 0;
        std::optional<std::uint64_t> writes_before;  // the last wait
        for (int i = 0; i < kMaxQuietCycles && ledger_.failures().empty(); ++i) {
            quiet = cycle(kPause) ? quiet + 1 : 0;
            // Twice: what one cycle did not see yet, because reads lag, the next one does.
            if (quiet < 2) continue;
            // What was put aside is tried again, and who is to join or leave a list later does.
            if (writes_before == played_.writes) break;
            writes_before = played_.writes;
            quiet = 0;
            org_.clock.pass(std::chrono::hours{25});
        }
        if (!ledger_.failures().empty()) return;
        if (quiet < 2) return ledger_.fail("never-quiet", "cycles go on although all is healed");
        if (const auto doubts = org_.store().in_flight("acme"); !doubts || !doubts->empty())
            ledger_.fail("in-doubt", "a write stays in doubt although all is healed");
        const auto queue = org_.review_queue();
        if (!queue) return ledger_.fail("store-failed", queue.error().code);
        ledger_.judge(*queue);
        const auto broken = org_.broken_invariants();
        if (!broken || !broken->empty())
            ledger_.fail("store-broken", broken ? broken->front() : broken.error().code);
        look_at_what_is_told();
        const auto plan = org_.plan_of_everybody();
        if (!plan || !plan->empty())
            ledger_.fail("plan-not-empty", plan ? plan->front() : plan.error().message);
    }

    const Script& script_;
    PlayOptions options_;
    SimulatedOrg org_;
    Trouble trouble_;
    Ledger ledger_;
    People people_;
    Played played_;
    Instant began_{};
    std::set<Kind> events_;  // since the last cycle that ended
    std::set<Kind> met_;     // faults of this cycle
    std::vector<Step> later_;
    std::uint16_t calls_ = 0;
    std::uint32_t most_steps_ = 0;  // durable ones of one cycle
};

}  // namespace

Played play(const Script& script, const PlayOptions& options) {
    return Player(script, options).play();
}

Played play_seed(std::uint64_t seed, bool keeps_log) {
    PlayOptions options;
    options.keeps_log = keeps_log;
    return play(script_of(seed), options);
}

}  // namespace duet::simulation
