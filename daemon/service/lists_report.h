#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"
#include "mappings/formula/formula.h"

namespace duet::service {

/// Lists that rules own. `body`: "list" (a name) and "who" (as find_entities() takes it); without
/// either all lists in a line each. Rejected when no rule owns the list, or nobody is meant.
/// daemon/admin/README.md describes the answers.
Result<nlohmann::json> lists_report(sync::Org& org, const nlohmann::json& body);

/// The parts of a condition that keep it from being true, as they are written: of AND those that
/// were asked and are not true, down to what is no AND. Empty when it is true.
[[nodiscard]] std::vector<std::string> untrue_parts(const std::string& formula,
                                                    const std::vector<formula::PartResult>& parts);

}  // namespace duet::service
