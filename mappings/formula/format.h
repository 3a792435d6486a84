#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mappings/formula/cell.h"

namespace duet::formula {

/// How people of a locale write values, by ICU's data. Blank is the empty text, true and false are
/// those words, a number has all its digits and no thousands marks, a date is
/// "7/26/2007" in en_US, an instant "2/29/2016, 1:15 PM" in the moment's zone. Nothing when the
/// locale's data are missing.
[[nodiscard]] std::optional<std::string> localized(const Cell& cell, const Moment& moment);

/// FORMAT of one value: as above, but a number is rounded to three digits after the point and gets
/// the locale's marks ("10,000.05").
[[nodiscard]] std::optional<std::string> formatted(const Cell& cell, const Moment& moment);

/// By a pattern of Java's DecimalFormat ("#,##0.00") or SimpleDateFormat ("yyyy-MM-dd"), or one of
/// the names date, ldate, medium_date, time, medium_time and datetime. A date counts as its
/// midnight in UTC and is shown in the moment's zone, as Salesforce's own engine does it. Nothing
/// for a pattern that is none.
[[nodiscard]] std::optional<std::string> formatted(const Cell& cell, std::string_view pattern,
                                                   const Moment& moment);

}  // namespace duet::formula
