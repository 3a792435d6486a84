#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mappings/attribution/deals.h"
#include "mappings/attribution/journeys.h"
#include "mappings/attribution/lesson.h"
#include "mappings/attribution/model.h"

namespace duet::attribution {

/// The weight of each touch of a deal: not below 0, together 1.
using Weigher = std::function<std::vector<double>(const Deal&)>;

/// How a model weighs the touches of deals. What it must learn, it learns from `journeys`, whose
/// channels are campaign ids: by order 1 to 4 a touch counts as much as its campaign's removal
/// effect beside those of the deal's other touches. Where nothing is learnt about any of a deal's
/// campaigns, its touches count alike. `Primary` asks no touch and has no weigher: do not ask.
[[nodiscard]] Weigher weigher_of(const ModelKind& model, const Journeys& journeys);

/// The same weigher of a model that learns, from what it learnt of those journeys.
[[nodiscard]] Weigher weigher_by(const ModelKind& model, Lesson lesson);

/// What there is too little of to learn from: sentences for a person; empty when there is enough.
[[nodiscard]] std::vector<std::string> sparse_data(const Journeys& journeys,
                                                   const LearningSettings& settings);

}  // namespace duet::attribution
