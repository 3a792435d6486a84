#pragma once

#include <optional>

#include "mappings/attribution/journeys.h"
#include "mappings/attribution/model.h"

namespace duet::attribution {

/// The credit that a rule (first, last, linear, decay, position based) gives over all journeys. A
/// journey has no times: the age of a touch is how many come after it. Nothing for other models.
/// O(touches).
[[nodiscard]] std::optional<Credits> credit_by_rule(const Journeys& journeys,
                                                    const ModelKind& model);

}  // namespace duet::attribution
