#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

/// Every number of attribution that is a customer's own. The engine holds no other; the values here
/// are what the models' publications name, and where they name none, what Duet begins with.
namespace duet::attribution {

/// Credit of fixed places in a journey; the touches between share what is left to 1.
struct PositionShares {
    double first = 0.4;  // 40/20/40: Salesforce Marketing Intelligence, Google
    double last = 0.4;
};

/// Credit of the milestones of a deal. `others` is shared by the touches that are no milestone, up
/// to the last milestone that has a share; where there are none, the shares are divided by their
/// sum.
struct MilestoneShares {
    double first = 0;
    double lead = 0;
    double opportunity = 0;
    double close = 0;
    double others = 0;
};

/// Whose touches count for an opportunity.
enum class PeopleMode : std::uint8_t { ContactRole, Account, ContactRoleElseAccount };

/// What a deal's touches are.
struct TouchSettings {
    PeopleMode mode = PeopleMode::ContactRole;
    int window_days = 365;  // before the day of the opportunity's creation
    bool include_nonresponders = false;
    /// Pardot's types that count: click, form or landing page success, custom redirect click,
    /// webinar attended, webinar registered.
    std::vector<int> activity_types{1, 4, 21, 24, 25};
};

/// What the models' names stand for.
struct ModelSettings {
    std::vector<double> half_lives{7, 30};  // `decay` without a number is the first
    PositionShares u{};
    MilestoneShares u50{.first = 0.5, .lead = 0.5};  // Marketo Measure: U, W and full path
    MilestoneShares w{.first = 0.3, .lead = 0.3, .opportunity = 0.3, .others = 0.1};
    MilestoneShares full{
        .first = 0.225, .lead = 0.225, .opportunity = 0.225, .close = 0.225, .others = 0.1};
};

/// Numbers of the model `custom`; a touch's is the product of those that apply, 1 where none does.
struct Importance {
    std::map<std::string, double, std::less<>> of_campaign_type;
    std::map<std::string, double, std::less<>> of_role;      // in the opportunity
    std::map<std::string, double, std::less<>> of_position;  // "first", "last", "middle", "2"
};

/// How the models that learn from journeys work.
struct LearningSettings {
    bool without_null = false;          // leave out the journeys that did not convert
    double few_conversions = 200;       // fewer in all: a warning
    double few_journeys = 10;           // fewer with a channel: a warning
    std::size_t permutations = 20'000;  // of a Shapley game that is too large to be exact
    std::uint64_t seed = 20'240'501;    // of those; any number, but always the same
};

}  // namespace duet::attribution
