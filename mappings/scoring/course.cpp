#include "mappings/scoring/course.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

namespace duet::scoring {
namespace {

using Days = std::chrono::duration<double, std::chrono::days::period>;

constexpr int kMostTurns = 1000;
constexpr std::chrono::milliseconds kMoment{1};

/// When what is `value` at `at` has fallen below `level`.
DateTime falls_below(double value, double level, DateTime at, double half_life_days) {
    const Days days{half_life_days * std::log2(value / level)};
    return at + std::chrono::floor<std::chrono::milliseconds>(days) + kMoment;
}

void lower(std::optional<DateTime>& next, DateTime time) {
    if (!next || time < *next) next = time;
}

/// After `at`: when an activity begins or ceases to count, or a person cools down.
std::optional<DateTime> next_turn(std::span<const Course> people, DateTime at,
                                  const EngagementSettings& settings,
                                  const AccountSettings& account) {
    std::optional<DateTime> next;
    const auto kept = std::chrono::floor<std::chrono::milliseconds>(
        Days{settings.dropped_after_half_lives * settings.half_life_days});
    for (const Course& person : people) {
        for (const Activity& activity : person.activities) {
            const DateTime gone = activity.time + kept + kMoment;
            if (activity.time > at) lower(next, activity.time);
            if (gone > at) lower(next, gone);
        }
        const double own = engagement(person.activities, at, settings);
        if (own >= account.engaged_from && account.engaged_from > 0)
            lower(next, falls_below(own, account.engaged_from, at, settings.half_life_days));
    }
    return next;
}

/// Points to come, or less than nothing that ceases to count.
bool may_rise(std::span<const Course> people, DateTime now) {
    return std::any_of(people.begin(), people.end(), [&](const Course& person) {
        return std::any_of(
            person.activities.begin(), person.activities.end(),
            [&](const Activity& activity) { return activity.time > now || activity.points < 0; });
    });
}

}  // namespace

AccountSettings alone() {
    AccountSettings account;
    account.role_weights.clear();
    account.unknown_role_weight = 1;
    account.most_people_for_breadth = 0;
    return account;
}

double engagement_at(std::span<const Course> people, DateTime at,
                     const EngagementSettings& settings, const AccountSettings& account) {
    std::vector<Member> members;
    members.reserve(people.size());
    for (const Course& person : people)
        members.push_back({person.role, engagement(person.activities, at, settings)});
    return std::max(0.0, account_engagement(members, account));
}

double told(double engagement, double step) noexcept {
    // What was computed a hair below a step stands on it.
    constexpr double kHair = 1e-9;
    return engagement <= 0 ? 0 : std::floor(engagement / step + kHair) * step;
}

std::optional<DateTime> next_step(std::span<const Course> people, DateTime now, double step,
                                  const EngagementSettings& settings,
                                  const AccountSettings& account) {
    const double first = told(engagement_at(people, now, settings, account), step);
    if (first <= 0 && !may_rise(people, now)) return std::nullopt;
    DateTime at = now;
    for (int turn = 0; turn < kMostTurns; ++turn) {
        const double value = engagement_at(people, at, settings, account);
        if (told(value, step) != first) return at;
        const auto next = next_turn(people, at, settings, account);
        // Between two turns all of it decays alike.
        if (first > 0) {
            const DateTime falls =
                std::max(at + kMoment, falls_below(value, first, at, settings.half_life_days));
            if (!next || falls < *next) {
                if (told(engagement_at(people, falls, settings, account), step) != first)
                    return falls;
                // Within a hair of the step: a second later it is below it for certain.
                return falls + std::chrono::seconds{1};
            }
        }
        if (!next) return std::nullopt;
        at = *next;
    }
    return at;
}

Gain gained(std::span<const Course> people, DateTime now, double days, double step) {
    const auto kept = std::chrono::round<std::chrono::milliseconds>(Days{days});
    Gain gain;
    std::vector<std::pair<DateTime, double>> turns;
    for (const Course& person : people) {
        for (const Activity& activity : person.activities) {
            const DateTime gone = activity.time + kept;
            if (gone <= now) continue;
            turns.emplace_back(gone, -activity.points);
            if (activity.time > now) {
                turns.emplace_back(activity.time, activity.points);
            } else {
                gain.points += activity.points;
            }
        }
    }
    std::sort(turns.begin(), turns.end());
    double points = gain.points;
    for (std::size_t i = 0; i < turns.size(); ++i) {
        points += turns[i].second;
        const bool is_last = i + 1 == turns.size() || turns[i + 1].first != turns[i].first;
        if (!is_last || told(points, step) == told(gain.points, step)) continue;
        gain.changes = turns[i].first;
        break;
    }
    return gain;
}

}  // namespace duet::scoring
