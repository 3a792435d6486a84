#pragma once

#include <vector>

#include "daemon/trial/expectations.h"

/// What is expected of tasks and owners.
namespace duet::trial {

/// Reads `tasks`: exactly these are made, closed or passed on about the entity.
[[nodiscard]] std::vector<Check> read_expected_tasks(const document::Node& node, EntityKind kind,
                                                     const sync::Model& model,
                                                     document::Findings& findings);

/// Reads `owner`: who owns the CRM's record once the plan is done, by id, name, login or address.
[[nodiscard]] std::vector<Check> read_expected_owner(const document::Node& node,
                                                     const sync::Model& model,
                                                     document::Findings& findings);

}  // namespace duet::trial
