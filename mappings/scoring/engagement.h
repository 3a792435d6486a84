#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "mappings/value.h"

/// How much a person does with us, worth less the longer ago it was; and what an account's people
/// come to together.
namespace duet::scoring {

/// Something a person did, of a type that is worth points.
struct Activity {
    std::string type;   // "form success"
    std::string asset;  // which form; the same again within a day counts once
    DateTime time{};
    double points = 0;
};

struct EngagementSettings {
    double half_life_days = 30;
    double dropped_after_half_lives = 6;  // older activities count nothing
    double repeat_hours = 24;
};

/// Activities without the repetitions: of one type and asset the next that counts is at least
/// `repeat_hours` after the last that did. By time.
[[nodiscard]] std::vector<Activity> without_repeats(std::vector<Activity> activities,
                                                    const EngagementSettings& settings);

/// The sum of the points, halved for each half-life of age; activities after `at` and those that
/// are too old are left out. `activities` hold no repetitions.
[[nodiscard]] double engagement(std::span<const Activity> activities, DateTime at,
                                const EngagementSettings& settings);

/// The same from an earlier sum: what became of it until `to`, with what came after `from`, and
/// without what grew too old between. `activities` are all that counted at `from` and all since;
/// more are passed over. Agrees with `engagement` to 1e-9.
[[nodiscard]] double advance(double engagement_before, DateTime from, DateTime to,
                             std::span<const Activity> activities,
                             const EngagementSettings& settings);

struct AccountSettings {
    std::map<std::string, double, std::less<>> role_weights{
        {"Decision Maker", 1.0}, {"Economic Buyer", 1.0}, {"Influencer", 0.8}, {"User", 0.5}};
    double unknown_role_weight = 0.6;
    double engaged_from = 10;         // a person who has so much adds to the breadth
    double breadth_per_person = 0.1;  // of each engaged person but the first
    int most_people_for_breadth = 4;
    // A surge is a gain since so many days that is so large, and so large a part.
    double surge_days = 14;
    double surge_gain = 25;
    double surge_part = 0.5;
};

struct Member {
    std::string role;
    double engagement = 0;
};

/// Breadth times the sum of the members' engagement by the weights of their roles.
[[nodiscard]] double account_engagement(std::span<const Member> members,
                                        const AccountSettings& settings);

/// True when an account that had `before` and has `now` surged; the two are `surge_days` apart.
[[nodiscard]] bool is_surge(double before, double now, const AccountSettings& settings) noexcept;

}  // namespace duet::scoring
