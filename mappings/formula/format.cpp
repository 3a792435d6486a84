#include "mappings/formula/format.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <unicode/decimfmt.h>
#include <unicode/gregocal.h>
#include <unicode/locid.h>
#include <unicode/numfmt.h>
#include <unicode/simpletz.h>
#include <unicode/smpdtfmt.h>
#include <unicode/unistr.h>

#include "mappings/catalog.h"

namespace duet::formula {
namespace {

using Style = icu::DateFormat::EStyle;

std::string utf8(const icu::UnicodeString& wide) {
    std::string out;
    wide.toUTF8String(out);
    return out;
}

icu::UnicodeString wide(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

/// What a date, an instant or a time of day is to ICU: milliseconds, and the zone to show it in.
struct When {
    std::chrono::milliseconds since_1970{};
    std::chrono::minutes zone_offset{};
};

std::optional<When> when_of(const Cell& cell, const Moment& moment) {
    using std::chrono::milliseconds;
    if (const auto* date = std::get_if<Date>(&cell))
        return When{milliseconds{date->time_since_epoch()}, moment.offset_at(DateTime{*date})};
    if (const auto* time = std::get_if<DateTime>(&cell))
        return When{time->time_since_epoch(), moment.offset_at(*time)};
    if (const auto* time = std::get_if<TimeOfDay>(&cell)) return When{time->since_midnight, {}};
    return std::nullopt;
}

/// Newer ICU data put a narrow space before AM and PM; people type, and the vendor prints, a plain
/// one.
std::string with_plain_spaces(std::string text) {
    constexpr std::string_view kNarrowSpace = "\u202F";
    for (std::size_t at = text.find(kNarrowSpace); at != std::string::npos;
         at = text.find(kNarrowSpace, at)) {
        text.replace(at, kNarrowSpace.size(), " ");
    }
    return text;
}

std::optional<std::string> run(icu::SimpleDateFormat& format, const When& when,
                               const icu::Locale& locale) {
    UErrorCode status = U_ZERO_ERROR;
    const auto offset = std::chrono::milliseconds{when.zone_offset};
    auto zone = std::make_unique<icu::SimpleTimeZone>(static_cast<std::int32_t>(offset.count()),
                                                      icu::UnicodeString("document", -1, US_INV));
    auto calendar = std::make_unique<icu::GregorianCalendar>(zone.release(), locale, status);
    if (U_FAILURE(status)) return std::nullopt;
    // Both vendors use the Gregorian calendar for all years, so it must not end in 1582.
    constexpr std::int64_t kBeforeAllYears = -100'000'000'000'000;  // ms: the year -1200
    calendar->setGregorianChange(static_cast<UDate>(kBeforeAllYears), status);
    if (U_FAILURE(status)) return std::nullopt;
    format.adoptCalendar(calendar.release());
    icu::UnicodeString out;
    format.format(static_cast<UDate>(when.since_1970.count()), out);
    return with_plain_spaces(utf8(out));
}

std::optional<std::string> by_pattern(const icu::UnicodeString& pattern, const When& when,
                                      const icu::Locale& locale) {
    UErrorCode status = U_ZERO_ERROR;
    icu::SimpleDateFormat format(pattern, locale, status);
    if (U_FAILURE(status)) return std::nullopt;
    return run(format, when, locale);
}

/// A year has four digits everywhere: short styles of ICU have two, the vendor's do not.
icu::UnicodeString with_long_year(icu::UnicodeString pattern) {
    std::int32_t digits = 0;
    for (std::int32_t at = 0; at < pattern.length(); ++at) digits += pattern[at] == u'y' ? 1 : 0;
    if (digits == 2) pattern.findAndReplace(u"yy", u"yyyy");
    return pattern;
}

std::optional<std::string> by_style(Style date, Style time, const When& when,
                                    const icu::Locale& locale) {
    const std::unique_ptr<icu::DateFormat> made(
        icu::DateFormat::createDateTimeInstance(date, time, locale));
    auto* format = dynamic_cast<icu::SimpleDateFormat*>(made.get());
    if (format == nullptr) return std::nullopt;
    icu::UnicodeString pattern;
    format->toPattern(pattern);
    return by_pattern(with_long_year(std::move(pattern)), when, locale);
}

/// The letters that SimpleDateFormat knows; another one outside of quotes is a mistake.
bool is_date_pattern(std::string_view pattern) {
    constexpr std::string_view kLetters = "GyYMLwWDdFEaHkKhmsSzZX";
    bool quoted = false;
    for (const char c : pattern) {
        if (c == '\'') quoted = !quoted;
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter && !quoted && kLetters.find(c) == std::string_view::npos) return false;
    }
    return !quoted;
}

std::optional<std::string> number(const Decimal& value, std::string_view pattern,
                                  const icu::Locale& locale) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::NumberFormat> made(
        icu::NumberFormat::createInstance(locale, status));
    auto* format = dynamic_cast<icu::DecimalFormat*>(made.get());
    if (U_FAILURE(status) || format == nullptr) return std::nullopt;
    const bool has_digits = pattern.find_first_of("0#") != std::string_view::npos;
    if (!pattern.empty()) {
        // As Java has it: a pattern without digits is a prefix.
        format->applyPattern(wide(has_digits ? std::string(pattern) : std::string(pattern) + "#"),
                             status);
        if (U_FAILURE(status)) return std::nullopt;
    }
    const std::string digits = value.to_string();
    icu::UnicodeString out;
    format->format(icu::StringPiece(digits.data(), static_cast<std::int32_t>(digits.size())), out,
                   static_cast<icu::FieldPositionIterator*>(nullptr), status);
    if (U_FAILURE(status)) return std::nullopt;
    return utf8(out);
}

}  // namespace

std::optional<std::string> localized(const Cell& cell, const Moment& moment) {
    const icu::Locale locale(moment.locale);
    if (is_blank(cell)) return std::string();
    if (const auto* flag = std::get_if<bool>(&cell)) return std::string(*flag ? "true" : "false");
    if (const auto* text = std::get_if<std::string_view>(&cell)) return std::string(*text);
    if (const auto* value = std::get_if<Decimal>(&cell)) return value->to_string();
    if (const auto* date = std::get_if<Date>(&cell)) {
        const When when{std::chrono::milliseconds{date->time_since_epoch()}, {}};
        return by_style(Style::kShort, Style::kNone, when, locale);
    }
    const auto when = when_of(cell, moment);
    const bool is_time = std::holds_alternative<TimeOfDay>(cell);
    return by_style(is_time ? Style::kNone : Style::kShort, Style::kShort, *when, locale);
}

std::optional<std::string> formatted(const Cell& cell, const Moment& moment) {
    const auto* value = std::get_if<Decimal>(&cell);
    return value == nullptr ? localized(cell, moment) : number(*value, {}, moment.locale);
}

std::optional<std::string> formatted(const Cell& cell, std::string_view pattern,
                                     const Moment& moment) {
    const icu::Locale locale(moment.locale);
    if (const auto* value = std::get_if<Decimal>(&cell)) return number(*value, pattern, locale);
    const auto when = when_of(cell, moment);
    if (!when) return std::nullopt;
    if (same_name(pattern, "date")) return by_style(Style::kShort, Style::kNone, *when, locale);
    if (same_name(pattern, "ldate")) return by_style(Style::kLong, Style::kNone, *when, locale);
    if (same_name(pattern, "time") || same_name(pattern, "time_correct"))
        return by_style(Style::kNone, Style::kShort, *when, locale);
    if (same_name(pattern, "datetime"))
        return by_style(Style::kShort, Style::kShort, *when, locale);
    // The default styles of {0,date} and {0,time} in a message.
    if (same_name(pattern, "medium_date"))
        return by_style(Style::kMedium, Style::kNone, *when, locale);
    if (same_name(pattern, "medium_time"))
        return by_style(Style::kNone, Style::kMedium, *when, locale);
    if (!is_date_pattern(pattern)) return std::nullopt;
    return by_pattern(wide(pattern), *when, locale);
}

}  // namespace duet::formula
