#pragma once

#include <map>
#include <string>
#include <variant>

#include "mappings/attribution/journeys.h"
#include "mappings/attribution/model.h"

namespace duet::attribution {

/// What a chain learnt: the removal effect of each campaign.
using Effects = std::map<std::string, double, std::less<>>;

/// What a model that learns keeps of all journeys; deals are weighed by it, and it may be stored.
/// Of a counterfactual model it is how often each distinct path converted: one row a path.
using Lesson = std::variant<Effects, Journeys>;

/// Of a model that does not learn there is nothing in it.
[[nodiscard]] Lesson lesson_of(const ModelKind& model, const Journeys& journeys);

/// Whether both weigh every deal alike. Effects nearer than 1e-9 are the same.
[[nodiscard]] bool are_same(const Lesson& one, const Lesson& other);

}  // namespace duet::attribution
