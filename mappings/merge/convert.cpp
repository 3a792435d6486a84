#include "mappings/merge/convert.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace duet::merge {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The first `length` characters; a UTF-8 sequence is never cut in two.
std::string_view cut(std::string_view text, int length) noexcept {
    int characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80u;
        if (starts && ++characters > length) return text.substr(0, i);
    }
    return text;
}

std::optional<Value> to_boolean(const Value& value) {
    if (std::holds_alternative<bool>(value)) return value;
    const std::string* word = as_text(value);
    if (word == nullptr) return std::nullopt;
    if (same_name(*word, "true") || *word == "1") return Value{true};
    if (same_name(*word, "false") || *word == "0") return Value{false};
    return std::nullopt;
}

std::optional<Value> to_number(const Value& value, const FieldInfo& target) {
    std::optional<Decimal> number;
    if (const Decimal* held = std::get_if<Decimal>(&value)) {
        number = *held;
    } else if (const std::string* word = as_text(value)) {
        number = Decimal::parse(trimmed(*word));
    }
    if (!number) return std::nullopt;
    // Precision tells that the side described the scale; without it the scale is unknown.
    if (target.precision > 0) number = number->rounded(target.scale);
    if (!number) return std::nullopt;
    return Value{*number};
}

std::optional<Value> to_date(const Value& value) {
    if (std::holds_alternative<Date>(value)) return value;
    if (const DateTime* instant = std::get_if<DateTime>(&value)) {
        return Value{std::chrono::floor<std::chrono::days>(*instant)};
    }
    const std::string* word = as_text(value);
    if (word == nullptr) return std::nullopt;
    const auto date = parse_date(trimmed(*word));
    if (!date) return std::nullopt;
    return Value{*date};
}

std::optional<Value> to_instant(const Value& value) {
    if (std::holds_alternative<DateTime>(value)) return value;
    if (const Date* date = std::get_if<Date>(&value)) return Value{DateTime{*date}};
    const std::string* word = as_text(value);
    if (word == nullptr) return std::nullopt;
    const auto instant = parse_instant(trimmed(*word));
    if (!instant) return std::nullopt;
    return Value{*instant};
}

}  // namespace

std::optional<Value> convert(const Value& value, const FieldInfo* target) {
    if (is_blank(value) || target == nullptr) return value;
    switch (target->type) {
        case FieldType::Boolean:
            return to_boolean(value);
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
            return to_number(value, *target);
        case FieldType::Date:
            return to_date(value);
        case FieldType::DateTime:
            return to_instant(value);
        case FieldType::Time:
            return std::holds_alternative<TimeOfDay>(value) ? std::optional<Value>{value}
                                                            : std::nullopt;
        case FieldType::Text:
        case FieldType::Picklist:
        case FieldType::MultiPicklist:
        case FieldType::Id:
        case FieldType::Geolocation:
            break;
    }
    const std::string shown = display(value);
    const std::string_view whole = trimmed(shown);
    return text(target->length > 0 ? cut(whole, target->length) : whole);
}

bool same(const Value& a, const Value& b) noexcept {
    const std::string* left = as_text(a);
    const std::string* right = as_text(b);
    if (left != nullptr && right != nullptr) return trimmed(*left) == trimmed(*right);
    // A text of spaces alone is what vendors store as none.
    if (left != nullptr && is_blank(b)) return trimmed(*left).empty();
    if (right != nullptr && is_blank(a)) return trimmed(*right).empty();
    if (const bool* flag = std::get_if<bool>(&a); flag != nullptr && is_blank(b)) return !*flag;
    if (const bool* flag = std::get_if<bool>(&b); flag != nullptr && is_blank(a)) return !*flag;
    return a == b;
}

}  // namespace duet::merge
