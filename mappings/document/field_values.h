#pragma once

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/reader.h"

namespace duet::document {

/// `constant`: one value for everybody. Reports it beside `value`.
void read_constant(MapReader& map, FieldRule& rule, const Context& context);

/// What a field rule does to values on their way: `map`, `default`, `unmapped`, `too_long`,
/// `unparsable`, `unknown_option`, `compare`, and `otherwise` of a most recent winner. Reports
/// keys that have no effect beside the others.
void read_value_keys(MapReader& map, FieldRule& rule, const Context& context);

}  // namespace duet::document
