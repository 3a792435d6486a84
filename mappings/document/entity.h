#pragma once

#include <optional>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/reader.h"

namespace duet::document {

/// First look at a file that defines an entity: its objects (with findings) and the names and
/// types of its rollups (quietly: `read_entity` reports). Nothing when the kind is wrong.
[[nodiscard]] std::optional<EntityOutline> outline_entity(MapReader& root, const Context& context);

/// Everything of one entity but what `check_entity` finds across its rules.
[[nodiscard]] EntityDocument read_entity(MapReader& root, const EntityOutline& outline,
                                         const Context& context);

/// The lines of `fields:`.
[[nodiscard]] std::vector<FieldRule> read_fields(const Node& node, const EntityOutline& outline,
                                                 const Context& context);

/// The lines of `match:`.
[[nodiscard]] std::vector<MatchRule> read_match(const Node& node, const EntityOutline& outline,
                                                const Context& context);

/// The lines of `rollups:`.
[[nodiscard]] std::vector<Rollup> read_rollups(const Node& node, const EntityOutline& outline,
                                               const Context& context);

}  // namespace duet::document
