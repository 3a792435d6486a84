#include "mappings/scoring/engagement.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>
#include <utility>

namespace duet::scoring {
namespace {

using Days = std::chrono::duration<double, std::chrono::days::period>;
using Hours = std::chrono::duration<double, std::chrono::hours::period>;

double days_between(DateTime from, DateTime to) { return Days(to - from).count(); }

double decayed(double points, double age_days, const EngagementSettings& settings) {
    return points * std::exp2(-age_days / settings.half_life_days);
}

bool is_too_old(const Activity& activity, DateTime at, const EngagementSettings& settings) {
    return days_between(activity.time, at) >
           settings.dropped_after_half_lives * settings.half_life_days;
}

}  // namespace

std::vector<Activity> without_repeats(std::vector<Activity> activities,
                                      const EngagementSettings& settings) {
    std::stable_sort(activities.begin(), activities.end(),
                     [](const Activity& a, const Activity& b) { return a.time < b.time; });
    std::map<std::pair<std::string, std::string>, DateTime> last;
    std::erase_if(activities, [&](const Activity& activity) {
        const auto [known, is_new] =
            last.try_emplace({activity.type, activity.asset}, activity.time);
        if (is_new) return false;
        if (Hours(activity.time - known->second).count() < settings.repeat_hours) return true;
        known->second = activity.time;
        return false;
    });
    return activities;
}

double engagement(std::span<const Activity> activities, DateTime at,
                  const EngagementSettings& settings) {
    double sum = 0;
    for (const Activity& activity : activities) {
        if (activity.time > at || is_too_old(activity, at, settings)) continue;
        sum += decayed(activity.points, days_between(activity.time, at), settings);
    }
    return sum;
}

double advance(double engagement_before, DateTime from, DateTime to,
               std::span<const Activity> activities, const EngagementSettings& settings) {
    double sum = decayed(engagement_before, days_between(from, to), settings);
    for (const Activity& activity : activities) {
        if (activity.time > to) continue;
        const bool was_in = activity.time <= from && !is_too_old(activity, from, settings);
        const bool is_in = !is_too_old(activity, to, settings);
        if (was_in == is_in) continue;
        const double points = decayed(activity.points, days_between(activity.time, to), settings);
        sum += is_in ? points : -points;
    }
    return sum;
}

double account_engagement(std::span<const Member> members, const AccountSettings& settings) {
    double sum = 0;
    int engaged = 0;
    for (const Member& member : members) {
        const auto weight = settings.role_weights.find(member.role);
        sum +=
            member.engagement *
            (weight == settings.role_weights.end() ? settings.unknown_role_weight : weight->second);
        if (member.engagement >= settings.engaged_from) ++engaged;
    }
    const int more = std::clamp(engaged - 1, 0, settings.most_people_for_breadth);
    return sum * (1 + settings.breadth_per_person * more);
}

bool is_surge(double before, double now, const AccountSettings& settings) noexcept {
    const double gain = now - before;
    return gain >= settings.surge_gain && gain >= settings.surge_part * now;
}

}  // namespace duet::scoring
