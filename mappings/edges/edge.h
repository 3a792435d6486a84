#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/document/document.h"
#include "mappings/value.h"

/// Rules that act once, when their condition comes true, and not for as long as it is true.
namespace duet::edges {

enum class Phase : std::uint8_t {
    Armed,    // acts when the condition comes true
    Pending,  // it came true; what it asks for is not done yet
    Spent,    // done: does nothing until it is armed again
};
[[nodiscard]] const char* to_string(Phase phase) noexcept;  // "armed", "pending", "spent"
[[nodiscard]] std::optional<Phase> phase(std::string_view name) noexcept;

/// What is remembered of one rule for one entity. Durable: a crossing that was seen is neither
/// forgotten nor counted twice.
struct Edge {
    std::string rule;     // "task score_passes_100"
    std::string version;  // of the condition: another text is no crossing
    Phase phase = Phase::Armed;
    bool was_true = false;                // the condition, when it was last asked
    std::string target;                   // a task's key; the owner that was chosen
    std::string before;                   // the owner that the chosen one takes the place of
    std::optional<DateTime> passed_at{};  // when the condition was seen to come true
    std::optional<DateTime> closed_at{};  // when the task was closed
    bool operator==(const Edge&) const = default;
};

/// What one step looks at.
struct Look {
    std::string_view rule;
    std::string_view version;
    bool is_true = false;
    bool may_rearm = false;  // what arms a spent rule again holds
    bool covered = false;  // what the rule would make is there and open: nothing is made beside it
    document::FirstSight first_sight = document::FirstSight::Wait;
    DateTime now{};
};

/// The edge after one look. A condition that is true at first sight has not come true: it is a
/// crossing only when `first_sight` says so. A rule whose text changed starts from what is true
/// now, and keeps what it did.
[[nodiscard]] Edge step(const std::optional<Edge>& before, const Look& look);

}  // namespace duet::edges
