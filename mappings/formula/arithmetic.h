#pragma once

#include "mappings/formula/cell.h"
#include "mappings/formula/tree.h"

namespace duet::formula {

/// How `=` and `<>` see two nulls: texts are equal, anything else is unknown.
enum class NullEquality : bool { Unknown, Equal };

/// Applies a binary operator that is neither && nor ||. What the operands are is looked at here,
/// because fields of unknown type are known only now; a pair that does not go together is a fault.
///
/// Dates move by whole days (a fraction is cut off), instants by whole seconds, times of day by
/// milliseconds, wrapping at midnight.
[[nodiscard]] Fault apply(Operator op, const Cell& left, const Cell& right, NullEquality nulls,
                          Arena& arena, Cell& result);

[[nodiscard]] Fault negate(Operator op, const Cell& operand, Cell& result);

}  // namespace duet::formula
