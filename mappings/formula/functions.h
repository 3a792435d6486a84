#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/formula/cell.h"
#include "mappings/formula/types.h"

namespace duet::formula {

/// How a function is compiled. Plain ones are called with all arguments evaluated; the others
/// have instructions of their own, because they evaluate lazily or need static knowledge.
enum class Form : std::uint8_t {
    Plain,
    And,
    Or,
    Not,
    If,
    Ifs,
    Case,
    IsBlank,
    IsNull,
    BlankValue,
    NullValue,
    Today,
    Now,
    TimeNow,
    OptionText,  // the second argument is a literal that names a picklist value
    Regex,       // a literal pattern is compiled once
    In,          // all arguments are of one type
    IfError,
    Text,      // a blank date/time is not a blank text
    Distance,  // the third argument names a unit
    NeedsOrg,  // known, but only an org can answer: a compile error, `reason` says what
};

/// Own: the function sees null arguments. Propagate: a null argument makes the result null.
enum class Nulls : std::uint8_t { Propagate, Own };

/// What becomes of a value that only rises (or only falls) with time.
enum class Motion : std::uint8_t {
    Lost,   // the result may go either way
    First,  // it follows the first argument while all others stand still
    All,    // it follows the arguments while all go the same way
};

constexpr std::uint16_t kUnlimited = 0xFFFF;

/// One row of the table of functions.
struct Function {
    std::string_view name;
    std::uint16_t min_args = 0;
    std::uint16_t max_args = 0;
    std::array<TypeSet, 4> params{};  // the last one given serves all later arguments
    Type result = Type::Unknown;
    Native native = nullptr;
    Nulls nulls = Nulls::Propagate;
    Motion motion = Motion::Lost;
    Form form = Form::Plain;
    const char* reason = nullptr;

    [[nodiscard]] TypeSet param(std::size_t index) const noexcept;
};

/// All functions, sorted by name. The manual page is made from this table.
[[nodiscard]] std::span<const Function> functions() noexcept;
/// The row of `name` in any case, or nullptr.
[[nodiscard]] const Function* find_function(std::string_view name) noexcept;
[[nodiscard]] std::vector<std::string> function_names();

/// Latitude -90 to 90, longitude -180 to 180.
[[nodiscard]] bool is_on_earth(const Decimal& latitude, const Decimal& longitude) noexcept;

/// The functions themselves, by what they work on.
namespace native {

Fault abs(Call&), acos(Call&), asin(Call&), atan(Call&), atan2(Call&), ceiling(Call&), cos(Call&),
    distance(Call&), exp(Call&), floor(Call&), geolocation(Call&), ln(Call&), log(Call&),
    max(Call&), mceiling(Call&), mfloor(Call&), min(Call&), mod(Call&), pi(Call&), round(Call&),
    sin(Call&), sqrt(Call&), tan(Call&), trunc(Call&);

Fault ascii(Call&), begins(Call&), casesafeid(Call&), chr(Call&), contains(Call&), find(Call&),
    in(Call&), includes(Call&), initcap(Call&), isnumber(Call&), ispickval(Call&), left(Call&),
    len(Call&), lower(Call&), lpad(Call&), mid(Call&), picklistcount(Call&), reverse(Call&),
    right(Call&), rpad(Call&), substitute(Call&), substr(Call&), text(Call&), trim(Call&),
    upper(Call&), value(Call&);

Fault br(Call&), format(Call&), formatcurrency(Call&), htmlencode(Call&), hyperlink(Call&),
    image(Call&), jsencode(Call&), jsinhtmlencode(Call&), jsonpathvalue(Call&), jsonvalue(Call&),
    like(Call&), regex(Call&), urlencode(Call&);

Fault addmonths(Call&), date(Call&), datetimevalue(Call&), datevalue(Call&), day(Call&),
    dayofyear(Call&), formatduration(Call&), fromunixtime(Call&), hour(Call&), isoweek(Call&),
    isoyear(Call&), millisecond(Call&), minute(Call&), month(Call&), second(Call&),
    timevalue(Call&), unixtimestamp(Call&), weekday(Call&), year(Call&);

/// ISNEW and ISCLONE: a record that Duet sees has been saved, and nobody is copying it.
Fault never(Call&);

}  // namespace native

}  // namespace duet::formula
