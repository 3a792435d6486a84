#pragma once

#include <string>
#include <vector>

#include "daemon/trial/expectations.h"

/// What is expected of a person's history, where a lifecycle follows from what happened.
namespace duet::trial {

/// Reads `moves`: exactly these entries into stages, in order. `stages` are the names there are.
[[nodiscard]] std::vector<Check> read_expected_moves(const document::Node& node,
                                                     const std::vector<std::string>& stages,
                                                     document::Findings& findings);

/// Reads `refused`: exactly these events found no way, in order; by name.
[[nodiscard]] std::vector<Check> read_expected_refusals(const document::Node& node,
                                                        document::Findings& findings);

}  // namespace duet::trial
