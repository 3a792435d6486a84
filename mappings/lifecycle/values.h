#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/lifecycle/account.h"
#include "mappings/lifecycle/named_values.h"
#include "mappings/lifecycle/outcome.h"
#include "mappings/lifecycle/replay.h"

/// What rules of documents read as Duet.x.
namespace duet::lifecycle {

/// Names and types, in a fixed order.
using ValueNames = std::vector<std::pair<std::string, FieldType>>;

/// The names that stages, events and timers give: Stage, Cycle, First_MQL, When_rejected, ...
/// What is no letter or digit in a name is an underscore there.
[[nodiscard]] ValueNames person_names(const std::vector<std::string>& stages,
                                      const std::vector<std::string>& events,
                                      const std::vector<std::string>& counts);
[[nodiscard]] ValueNames account_names(const std::vector<std::string>& stages);
/// Of deals: Outcome, Lapse_Reason, Lapsed_Date, Stage_Median.
[[nodiscard]] ValueNames deal_names();

/// The values behind these names; a name without a value is absent.
[[nodiscard]] Values values_of(const Model& model, const History& history, const Facts& facts,
                               DateTime until);
[[nodiscard]] Values values_of(const Model& model, const AccountStanding& standing);
[[nodiscard]] Values values_of(const OutcomeAt& outcome, const Days& days);

}  // namespace duet::lifecycle
