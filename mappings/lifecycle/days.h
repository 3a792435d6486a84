#pragma once

#include <chrono>

#include "mappings/formula/formula.h"
#include "mappings/value.h"

namespace duet::lifecycle {

/// Calendar days of the business time zone. Default: UTC.
class Days {
public:
    explicit Days(formula::Zone zone = {}) noexcept : zone_(zone) {}

    [[nodiscard]] Date of(DateTime time) const;
    /// The first instant of the day.
    [[nodiscard]] DateTime start(Date day) const;
    /// Whole calendar days from one instant to the other.
    [[nodiscard]] int between(DateTime from, DateTime to) const;
    /// The first instant of the day that is `days` after that of `time`.
    [[nodiscard]] DateTime after(DateTime time, int days) const;

private:
    [[nodiscard]] std::chrono::minutes offset(DateTime time) const;
    formula::Zone zone_;
};

/// Fractional days between two instants, by the clock: seconds / 86,400.
[[nodiscard]] double elapsed_days(DateTime from, DateTime to) noexcept;

}  // namespace duet::lifecycle
