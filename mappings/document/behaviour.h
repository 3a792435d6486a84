#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/behaviour/behaviour.h"
#include "mappings/document/document.h"

/// What customers of a kind do, as documents give it.
namespace duet::document {

/// `behaviour:`. Rules are over opportunities.
struct BehaviourRule {
    std::vector<Rule> types;  // what parts deals into kinds; the last is given up first
    Rule account;             // whose deal it is
    Rule created;
    Rule closed;  // a date or an instant; blank: open
    Rule won;
    std::optional<Rule> lapsed;     // open, and counted as closed without a win
    std::optional<Rule> lapsed_on;  // a date or an instant; absent: nobody knows the day
    Rule value;
    behaviour::Settings settings{};
    int refresh_days = 7;  // the figures stand for so long
    Place place;
};

/// Every rule of it.
[[nodiscard]] std::vector<const Rule*> rules_of(const BehaviourRule& behaviour);

/// What rules of opportunities and accounts read of it.
struct BehaviourFact {
    EntityKind entity = EntityKind::Opportunity;
    std::string_view name;  // behind "Behaviour."
    FieldType type = FieldType::Number;
};
inline constexpr std::array kBehaviourFacts{
    BehaviourFact{EntityKind::Opportunity, "Win_Probability", FieldType::Number},  // 0 to 1
    BehaviourFact{EntityKind::Opportunity, "Expected_ACV", FieldType::Number},
    BehaviourFact{EntityKind::Opportunity, "Expected_Value", FieldType::Number},
    BehaviourFact{EntityKind::Opportunity, "Cycle_Days", FieldType::Number},
    BehaviourFact{EntityKind::Opportunity, "Type", FieldType::Text},
    BehaviourFact{EntityKind::Account, "Next_Purchase", FieldType::Date},
    BehaviourFact{EntityKind::Account, "Expected_ACV", FieldType::Number},
    BehaviourFact{EntityKind::Account, "Type", FieldType::Text},
};

}  // namespace duet::document
