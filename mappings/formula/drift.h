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

/// One for each node of the tree.
[[nodiscard]] std::vector<Drift> find_drifts(const Tree& tree, const Checked& checked);

/// True for a comparison whose sides approach or leave each other in one direction only, so that
/// the day on which it flips can be searched.
[[nodiscard]] bool is_watched(const Node& node, const std::vector<Drift>& drifts);

}  // namespace duet::formula
