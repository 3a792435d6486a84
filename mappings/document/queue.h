#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/document.h"

/// The work queue of people, as documents give it.
namespace duet::document {

/// One way into the queue.
struct QueueReason {
    std::string name;  // people read it: "qualified"
    Rule when;
};

/// `queue:`: who is to be worked on, and what decides the order. Rules are over persons.
struct QueueRule {
    std::vector<QueueReason> reasons;  // in it while one holds
    std::optional<Rule> leave_when;    // not in it all the same
    std::optional<Rule> note;          // a text beside the reasons
    std::optional<Rule> breached_when;
    std::optional<Rule> due;    // an instant
    std::optional<Rule> score;  // a number
    std::optional<Rule> grade;  // a number, or a grade of Pardot's scale
    std::optional<Rule> owner;
    std::optional<Rule> account;
    std::optional<Rule> campaign;
    int score_percent = 60;        // of the priority; the grade has the rest
    std::vector<int> score_bands;  // rising: each reached is a step up
    std::vector<int> grade_bands;
    Place place;
};

/// What rules of persons read of the queue.
struct QueueFact {
    std::string_view name;  // behind "Queue."
    FieldType type = FieldType::Text;
};
inline constexpr std::array kQueueFacts{
    QueueFact{"Member", FieldType::Boolean},
    QueueFact{"Reason", FieldType::Text},       // joined by "; "
    QueueFact{"Breached", FieldType::Boolean},  // of members
    QueueFact{"Due", FieldType::DateTime},
    QueueFact{"Rank", FieldType::Number},  // the smaller, the earlier; blank: not in it
};

/// Every rule of it.
[[nodiscard]] std::vector<const Rule*> rules_of(const QueueRule& queue);

}  // namespace duet::document
