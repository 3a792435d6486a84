#pragma once

#include <optional>

#include "mappings/document/document.h"
#include "mappings/merge/convert.h"
#include "mappings/side.h"
#include "mappings/value.h"

namespace duet::merge {

/// What a rule makes of one side's value for the other side.
struct Said {
    std::optional<Value> value;                        // nothing: the target keeps what it has
    Fault fault = Fault::None;                         // why it is not simply the value, and
    document::Policy policy = document::Policy::Keep;  // what the rule says about that
};

/// Maps `value` by the rule's value map, converts it to `target`, and where one of them fails
/// does what the rule's policy says. A blank value is neither mapped nor replaced by the default.
/// Options of a multi-select field (`source` or `target`) are mapped one by one.
[[nodiscard]] Said say(const document::FieldRule& rule, const Value& value, Side to,
                       const FieldInfo* source, const FieldInfo* target);

/// The value of a rule with `constant`, as `target` holds it.
[[nodiscard]] Said say_constant(const document::FieldRule& rule, const FieldInfo* target);

}  // namespace duet::merge
