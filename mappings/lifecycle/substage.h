#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mappings/lifecycle/rules.h"
#include "mappings/value.h"

namespace duet::lifecycle {

/// Dates of an account by name: its last win, the end of its contract.
using Dates = std::map<std::string, Date, std::less<>>;

/// The days of a sub-stage: both inside; without a last day it never ends.
struct Window {
    Date opens{};
    std::optional<Date> closes{};
};
/// Nothing when the rule has no date to count from, when a date rules it out, or when it leaves
/// the calendar.
[[nodiscard]] std::optional<Window> window_of(const SubstageRule& rule, const Dates& dates);

struct Substage {
    std::string name{};                // empty: none holds
    std::optional<Date> changes_on{};  // the first day on which the answer may be another
};
[[nodiscard]] Substage substage_of(const std::vector<SubstageRule>& rules, const Dates& dates,
                                   Date today);

}  // namespace duet::lifecycle
