#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mappings/merge/merge.h"
#include "mappings/side.h"
#include "mappings/value.h"

namespace duet::merge {

/// One true-or-false field of a consent rule, on a record that lives.
struct Flag {
    Side side = Side::Crm;
    std::string field;
    bool inverted = false;        // false is the opt-out
    const Value* held = nullptr;  // nullptr: the field cannot be read

    /// Whether it says that the person is out. A blank says nothing, whichever way it points.
    [[nodiscard]] bool is_out() const noexcept;
    /// Whether nobody would be let in by it.
    [[nodiscard]] bool is_strict() const noexcept;
    /// "crm.HasOptedOutOfEmail": how an allowance names it.
    [[nodiscard]] std::string key() const;
};

/// A person's way back: the flags that said "out" when somebody allowed it and that nobody has
/// been seen to turn since. Any other flag that says "out" is a new opt-out and ends it.
using Allowance = std::set<std::string, std::less<>>;

struct ConsentDecision {
    std::vector<std::pair<std::size_t, Value>> writes;  // index of the flag, what it becomes
    Reason reason = Reason::AlreadyEqual;               // of the writes
    bool is_out = false;                                // what everybody is to hold
    std::optional<Allowance> allowance;                 // what is left of it; nothing: it ended
};

/// Decides one consent rule over all its fields on both sides. Strictest: one flag that says
/// "out", or an opt-out that was agreed on before (`was_out`), puts every flag out. Only an
/// allowance loosens, and `was_out` ends it: whoever gives one takes back what was agreed. Pure,
/// and settled after one step.
[[nodiscard]] ConsentDecision decide_consent(const std::vector<Flag>& flags, bool was_out,
                                             const Allowance* allowance);

}  // namespace duet::merge
