#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "mappings/routing/route.h"

namespace duet::routing {

/// One who takes turns.
struct Member {
    std::string id;
    std::int64_t weight = 1;
    bool available = true;  // active, and below the capacity
};

/// Smooth weighted round robin: of those who are available each counter grows by the weight, the
/// largest takes the turn and loses the sum of these weights; ties go by id. Counters of those who
/// are skipped stay, and of those who are no members any more are dropped. Nothing: nobody is
/// available, and no counter changed.
[[nodiscard]] std::optional<std::string> take_turn(std::span<const Member> members,
                                                   Counters& counters);

}  // namespace duet::routing
