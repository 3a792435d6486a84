#pragma once

#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"

namespace duet::document {

/// What can only be seen across the rules of an entity: a field that two rules write, a target
/// that is not writable or not of the type that would be written, consent on anything but
/// true-or-false fields.
void check_fields(const EntityDocument& entity, const Context& context);

/// What feeds itself in a circle and so might never settle: field rules, rollups, attributions and
/// Duet.Stage, through all entities. Without the orgs a relationship is taken for the object of its
/// name. A rule that reads its own target ("fill it when blank") is no circle.
void check_cycles(const Documents& documents, const Context& context);

/// True when a value of type `from` can be stored in a field of type `to`: any in a text,
/// numbers among each other, dates and instants among each other, else the same type.
[[nodiscard]] bool fits(FieldType from, FieldType to) noexcept;

}  // namespace duet::document
