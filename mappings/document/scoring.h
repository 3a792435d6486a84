#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/document.h"
#include "mappings/document/leads_by_domain.h"
#include "mappings/scoring/engagement.h"
#include "mappings/scoring/grade.h"

/// Engagement and grades, as documents give them.
namespace duet::document {

/// Children of a person's record that are worth points.
struct PointsRule {
    std::string type;  // of one type and asset the next within a day counts nothing
    Side side = Side::Crm;
    std::string object;
    std::optional<Rule> where;
    Rule time;
    std::optional<Rule> asset;
    int points = 0;
    Place place;
};

/// One question of the profile that a person's grade follows from.
struct CriterionRule {
    std::string name;
    Rule when;                         // it matches
    std::optional<Rule> unknown_when;  // nobody knows
    int thirds = 2;
};

/// Where people's roles at an account are told: children of people in the CRM.
struct RoleSource {
    std::string object;
    Rule role;
};

/// `scoring:`.
struct ScoringRule {
    std::vector<PointsRule> points;
    scoring::EngagementSettings settings{};
    int step = 5;  // engagement is told rounded down to it: it is written when it passes one
    std::vector<CriterionRule> criteria;
    scoring::Grade start = scoring::Grade::D;
    bool of_accounts = false;
    std::optional<RoleSource> role{};
    scoring::AccountSettings account{};
    std::optional<LeadsByDomain> leads{};  // that count to accounts
    Place place;
};

/// Every rule of the line.
[[nodiscard]] std::vector<const Rule*> rules_of(const PointsRule& points);

/// What rules read of scores, of persons and of accounts.
struct ScoreFact {
    EntityKind entity = EntityKind::Person;
    std::string_view name;  // behind "Score."
    FieldType type = FieldType::Number;
};
inline constexpr std::array kScoreFacts{
    ScoreFact{EntityKind::Person, "Engagement", FieldType::Number},
    ScoreFact{EntityKind::Person, "Grade", FieldType::Text},         // "B-"
    ScoreFact{EntityKind::Person, "Grade_Rank", FieldType::Number},  // F 1 to A+ 13
    ScoreFact{EntityKind::Account, "Engagement", FieldType::Number},
    ScoreFact{EntityKind::Account, "Gained", FieldType::Number},  // points of the last days
    ScoreFact{EntityKind::Account, "People", FieldType::Number},  // engaged ones
    ScoreFact{EntityKind::Account, "Surge", FieldType::Boolean},
    ScoreFact{EntityKind::Account, "Warmest", FieldType::Id},  // record of the most engaged person
};

}  // namespace duet::document
