#pragma once

#include <memory>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// What stands behind `queue:`, `scoring:`, `behaviour:`, `hygiene:`, `shares:` and `rfm:`, of
/// which one file of all holds each.
[[nodiscard]] std::shared_ptr<const QueueRule> read_queue(const Node& node, const Context& context);
[[nodiscard]] std::shared_ptr<const ScoringRule> read_scoring(const Node& node,
                                                              const Context& context);

[[nodiscard]] std::shared_ptr<const BehaviourRule> read_behaviour(const Node& node,
                                                                  const Context& context);
[[nodiscard]] std::shared_ptr<const RfmRule> read_rfm(const Node& node, const Context& context);

[[nodiscard]] std::shared_ptr<const HygieneRule> read_hygiene(const Node& node,
                                                              const Context& context);
[[nodiscard]] std::shared_ptr<const std::vector<ShareRule>> read_shares(const Node& node,
                                                                        const Context& context);

}  // namespace duet::document
