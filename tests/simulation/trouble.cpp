#include "tests/simulation/trouble.h"

#include <algorithm>

namespace duet::simulation {
namespace {

using std::chrono::seconds;
using world::WatchedSide;

constexpr std::uint32_t kFewSteps = 40;
constexpr seconds kSlowestClock{300};  // behind Duet's

/// Early in a cycle, or anywhere in the longest one so far.
std::uint32_t steps_to_crash_in(const Step& step, std::uint32_t most_steps) {
    return step.c % 2 == 0 ? kFewSteps : std::max(kFewSteps, most_steps);
}

}  // namespace

Trouble::Trouble(SimulatedOrg& org) : org_(org) {
    for (const Side side : kSides) org_.side(side).skews(-kSlowestClock);
}

void Trouble::arm(const Step& step, std::uint32_t most_steps) {
    const Side side = step.a % 2 == 0 ? Side::Crm : Side::Marketing;
    WatchedSide& there = org_.side(side);
    switch (step.kind) {
        case Kind::CrashAfterStep:
            return org_.store().crashes_after(1 + step.b % steps_to_crash_in(step, most_steps));
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

void Trouble::refuse(const Step& step, Side side) {
    WatchedSide& there = org_.side(side);
    if (step.kind == Kind::LockRow) {
        there.refuses_next_write(ErrorKind::Transient, "UNABLE_TO_LOCK_ROW");
    } else {
        there.refuses_next_write(ErrorKind::Rejected, "FIELD_CUSTOM_VALIDATION_EXCEPTION");
    }
    refuse_cycles_[side] = 1 + static_cast<int>(step.c % 3);
}

void Trouble::outlast() {
    slow_cycles_ = std::max(0, slow_cycles_ - 1);
    skew_cycles_ = std::max(0, skew_cycles_ - 1);
    for (const Side side : kSides) {
        WatchedSide& there = org_.side(side);
        if (quota_cycles_[side] > 0 && --quota_cycles_[side] == 0) there.renews_quota();
        if (down_cycles_[side] > 0 && --down_cycles_[side] == 0) there.goes_down(false);
        if (refuse_cycles_[side] > 0 && --refuse_cycles_[side] == 0) there.accepts_all();
    }
}

void Trouble::heal() {
    for (const Side side : kSides) {
        WatchedSide& there = org_.side(side);
        there.heals();
        there.renews_quota();
        quota_cycles_[side] = down_cycles_[side] = refuse_cycles_[side] = 0;
    }
    slow_cycles_ = skew_cycles_ = same_stamp_ = 0;
    org_.store().crashes_after(0);
}

}  // namespace duet::simulation
