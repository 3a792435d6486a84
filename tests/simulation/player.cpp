#include "tests/simulation/player.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "daemon/service/cycle_log.h"
#include "daemon/service/log.h"
#include "tests/simulation/people.h"
#include "tests/simulation/world.h"

namespace duet::simulation {
namespace {

using std::chrono::seconds;
using world::FakeSide;

constexpr int kMaxQuietCycles = 120;
constexpr std::uint32_t kFewSteps = 40;
constexpr std::uint64_t kCyclesALook = 8;  // between looks at what people are told
constexpr std::chrono::milliseconds kCall{40};
constexpr seconds kPause{90};
constexpr seconds kShortPause{20};     // shorter than reads lag
constexpr seconds kSlowestClock{300};  // behind Duet's

/// Names of FakeSide's faults, as a watch tells them.
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
          org_(script.seed, options.store_kept_open),
          ledger_({&org_.side(Side::Crm), &org_.side(Side::Marketing)}, org_.clock),
          people_(script.seed, org_, ledger_, [this](std::string line) { log(std::move(line)); }) {
        for (const Side side : kSides) {
            watch(side);
            org_.side(side).skews(-kSlowestClock);
        }
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
        std::size_t at = 0;
        for (; at < script_.steps.size() && ledger_.failures().empty(); ++at)
            take(script_.steps[at]);
        if (ledger_.failures().empty())
            rest();
        else
            --at;
        played_.failed_at = at;
        played_.failures = ledger_.failures();
        for (const Human& human : ledger_.humans()) {
            ++played_.people;
            played_.blurred += human.is_blurred ? 1 : 0;
        }
        played_.doubts = ledger_.doubts_found();
        played_.writes = count_writes();
        played_.simulated_seconds =
            std::chrono::duration_cast<seconds>(org_.clock.now() - began_).count();
        return std::move(played_);
    }

private:
    void watch(Side side) {
        world::SideWatch watch;
        watch.on_call = [this] { call_begins(); };
        watch.on_write = [this, side](const Write& write, const RecordId& id) {
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
            const bool is_later = step.at_call > 0 && step.kind != Kind::ReloadRules;
            if (is_later) {
                // Duet reads the first of two edits, and works on it while the second happens.
                if (step.kind != Kind::EditBoth || people_.edit_half(step, false))
                    later_.push_back(step);
                return;
            }
            happen(step);
        } else if (is_fault(step.kind)) {
            log(fmt::format("fault {}", to_string(step.kind)));
            arm(step);
        } else if (step.kind == Kind::Cycle) {
            cycle(step.b % 3 == 0 ? kShortPause : kPause);
        } else {
            rest();
        }
        if (same_stamp_ > 0 && is_event(step.kind)) {
            --same_stamp_;
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

    void arm(const Step& step) {
        const Side side = step.a % 2 == 0 ? Side::Crm : Side::Marketing;
        FakeSide& there = org_.side(side);
        switch (step.kind) {
            case Kind::CrashAfterStep:
                return org_.store().crashes_after(1 + step.b % steps_to_crash_in(step));
            case Kind::CrashAfterWrite:
                return there.crashes_after_next_write();
            case Kind::LoseAnswer:
                return there.loses_next_answer();
            case Kind::LoseRequest:
                return there.loses_next_request();
            case Kind::FailSome:
            case Kind::LockRow:
                return refuse(step, side);
            case Kind::SpendQuota:
                there.uses_quota(2'000'000);
                quota_cycles_[side] = 1 + static_cast<int>(step.b % 3);
                return;
            case Kind::HideRow:
                return there.hides_next_change_for(seconds{30 + step.b % 90});
            case Kind::SameStamp:
                same_stamp_ = 3;
                return;
            case Kind::SkewClock:
                // Ahead or behind, but never back: no vendor's stamps do that.
                skew_[side] += seconds{step.b % 600};
                there.skews(skew_[side] - kSlowestClock);
                skew_cycles_ = 2;
                return;
            case Kind::StaleReads:
                return org_.side(Side::Marketing).lags(seconds{step.b % 2 == 0 ? 60 : 30});
            case Kind::CutPage:
                return there.cuts_page();
            case Kind::GoDown:
                there.goes_down(true);
                down_cycles_[side] = 1 + static_cast<int>(step.b % 2);
                return;
            default:
                slow_cycles_ = 1 + static_cast<int>(step.b % 2);
                slow_call_ = seconds{step.c % 2 == 0 ? 20 : 60};
        }
    }

    /// Early in a cycle, or anywhere in the longest one so far.
    [[nodiscard]] std::uint32_t steps_to_crash_in(const Step& step) const {
        return step.c % 2 == 0 ? kFewSteps : std::max(kFewSteps, most_steps_);
    }

    void refuse(const Step& step, Side side) {
        FakeSide& there = org_.side(side);
        if (step.kind == Kind::LockRow) {
            there.refuses_next_write(ErrorKind::Transient, "UNABLE_TO_LOCK_ROW");
        } else {
            there.refuses_next_write(ErrorKind::Rejected, "FIELD_CUSTOM_VALIDATION_EXCEPTION");
        }
        refuse_cycles_[side] = 1 + static_cast<int>(step.c % 3);
    }

    /// Faults that last for some cycles end.
    void outlast() {
        slow_cycles_ = std::max(0, slow_cycles_ - 1);
        skew_cycles_ = std::max(0, skew_cycles_ - 1);
        for (const Side side : kSides) {
            FakeSide& there = org_.side(side);
            if (quota_cycles_[side] > 0 && --quota_cycles_[side] == 0) there.renews_quota();
            if (down_cycles_[side] > 0 && --down_cycles_[side] == 0) there.goes_down(false);
            if (refuse_cycles_[side] > 0 && --refuse_cycles_[side] == 0) there.accepts_all();
        }
    }

    // --- cycles

    void call_begins() {
        ++calls_;
        org_.clock.pass(slow_cycles_ > 0 ? std::chrono::milliseconds{slow_call_} : kCall);
        if (slow_cycles_ > 0) met(Kind::BeSlow);
        for (std::size_t i = 0; i < later_.size(); ++i) {
            if (later_[i].at_call > calls_) continue;
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
        ledger_.calls_take(slow_cycles_ > 0 ? slow_call_ : seconds{1});
        PerSide<std::int64_t> calls;
        for (const Side side : kSides) {
            calls[side] = org_.side(side).calls();
            if (quota_cycles_[side] > 0) met(Kind::SpendQuota);
        }
        if (skew_cycles_ > 0) met(Kind::SkewClock);
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
        const bool is_quiet = outcome ? look_at(*outcome, calls) : false;
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
        // What comes too late for this cycle happens after it.
        for (const Step& step : std::exchange(later_, {})) happen(step);
        met_.clear();
        outlast();
        // Who crashed is started again at once, when reads may not show yet what was written.
        if (!outcome) return cycle(pause);
        org_.clock.pass(pause);
        return is_quiet;
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
    bool look_at(const Result<sync::CycleReport>& outcome, const PerSide<std::int64_t>& calls) {
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
            if (quota_cycles_[side] > 0 && org_.side(side).calls() > calls[side] + 1)
                ledger_.fail("over-budget", "a side whose quota was spent was called on and on");
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
        for (const Side side : kSides) {
            FakeSide& there = org_.side(side);
            there.heals();
            there.renews_quota();
            quota_cycles_[side] = down_cycles_[side] = refuse_cycles_[side] = 0;
        }
        slow_cycles_ = skew_cycles_ = same_stamp_ = 0;
        org_.store().crashes_after(0);
        for (const Step& step : std::exchange(later_, {})) happen(step);
        org_.clock.pass(std::chrono::hours{1});
    }

    std::size_t count_writes() {
        return org_.side(Side::Crm).writes().size() + org_.side(Side::Marketing).writes().size();
    }

    void rest() {
        heal();
        int quiet = 0;
        std::optional<std::size_t> writes_before;  // the last wait
        for (int i = 0; i < kMaxQuietCycles && ledger_.failures().empty(); ++i) {
            quiet = cycle(kPause) ? quiet + 1 : 0;
            // Twice: what one cycle did not see yet, because reads lag, the next one does.
            if (quiet < 2) continue;
            // What was put aside is tried again, and who is to join or leave a list later does.
            const std::size_t writes = count_writes();
            if (writes_before == writes) break;
            writes_before = writes;
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
        look_at_what_is_told();
        const auto plan = org_.plan_of_everybody();
        if (!plan || !plan->empty())
            ledger_.fail("plan-not-empty", plan ? plan->front() : plan.error().message);
    }

    const Script& script_;
    PlayOptions options_;
    SimulatedOrg org_;
    Ledger ledger_;
    People people_;
    Played played_;
    Instant began_{};
    std::set<Kind> events_;  // since the last cycle that ended
    std::set<Kind> met_;     // faults of this cycle
    std::vector<Step> later_;
    std::uint16_t calls_ = 0;
    PerSide<int> quota_cycles_{};
    PerSide<int> down_cycles_{};
    PerSide<int> refuse_cycles_{};
    PerSide<seconds> skew_{};
    int skew_cycles_ = 0;
    int slow_cycles_ = 0;
    seconds slow_call_{20};
    int same_stamp_ = 0;
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
