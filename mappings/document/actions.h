#pragma once

#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// The lines of `tasks:`.
void read_tasks(const Node& node, const Context& context, std::vector<TaskRule>& tasks);

/// The lines of `timers:`.
void read_timers(const Node& node, const Context& context, std::vector<TimerRule>& timers);

/// The lines of `routing:`.
void read_routing(const Node& node, const Context& context, std::vector<Routing>& routings);

/// What is seen of routings only when all entities are read: a creation that no rule makes, and
/// fields that have a writer already.
void check_routings(const Documents& documents, const Context& context);

/// A text with merge fields, `{! formula }`. Reports what does not compile, at its place.
[[nodiscard]] std::optional<Wording> read_wording(const Node& node, const formula::Scope& scope,
                                                  Findings& findings);

/// A name by which rules are remembered: letters, digits and underscores, at most 40 of them.
/// Reports anything else.
[[nodiscard]] bool is_rule_name(const Node& node, const std::string& name, Findings& findings);

}  // namespace duet::document
