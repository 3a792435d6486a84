#pragma once

#include <cstdint>
#include <vector>

#include "mappings/formula/checker.h"
#include "mappings/formula/tree.h"

namespace duet::formula {

/// How a node's value moves while time goes on and no field changes.
enum class Drift : std::uint8_t {
    Still,    // never
    Watched,  // only when a watched comparison inside it flips
    Rising,   // never down
    Falling,  // never up
    Lost,     // in a way that is not followed
};

/// How the next flip of a comparison is found.
enum class Watch : std::uint8_t {
    None,      // not at all: a clock in it is asked anew at midnight
    Bisected,  // its sides approach or leave each other in one direction only
    Stepped,   // both sides move with the day, now this one faster, now that one: day by day
};

/// One for each node of the tree.
struct Drifts {
    std::vector<Drift> of;
    std::vector<bool> to_the_millisecond;  // NOW() or TIMENOW() is read below

    [[nodiscard]] Watch watch(const Node& node) const;
};

[[nodiscard]] Drifts find_drifts(const Tree& tree, const Checked& checked);

}  // namespace duet::formula
