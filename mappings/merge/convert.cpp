#include "mappings/merge/convert.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "mappings/formula/unicode.h"
#include "mappings/text.h"

namespace duet::merge {
namespace {

std::optional<Value> to_boolean(const Value& value) {
    if (std::holds_alternative<bool>(value)) return value;
    const std::string* held = as_text(value);
    if (held == nullptr) return std::nullopt;
    const std::string_view word = trimmed(*held);
    if (same_name(word, "true") || word == "1") return Value{true};
    if (same_name(word, "false") || word == "0") return Value{false};
    return std::nullopt;
}

/// Whether a field of so many digits holds the number.
bool holds(const FieldInfo& target, const Decimal& number) {
    const int digits = std::min(target.precision - target.scale, 30);
    Decimal power{1};
    for (int i = 0; i < digits; ++i) {
        const auto next = Decimal::multiply(power, Decimal{10});
        if (!next) return true;
        power = *next;
    }
    return (number.is_negative() ? number.negated() : number) < power;
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
    if (target.precision <= 0) return Value{*number};
    number = number->rounded(target.scale);
    if (!number || !holds(target, *number)) return std::nullopt;
    return Value{*number};
}

/// ISO 8601 has a decimal comma too, and RFC 3339 small letters: "2018-01-02t03:04:05,5z".
std::string in_iso_form(std::string_view word) {
    std::string spelled(word);
    constexpr std::size_t kDay = 10;  // 2018-01-02
    if (spelled.size() <= kDay || spelled[kDay - 3] != '-') return spelled;
    if (spelled[kDay] == 't') spelled[kDay] = 'T';
    if (spelled.back() == 'z') spelled.back() = 'Z';
    if (const auto comma = spelled.find(','); comma != std::string::npos) spelled[comma] = '.';
    return spelled;
}

std::optional<Value> to_instant(const Value& value) {
    if (std::holds_alternative<DateTime>(value)) return value;
    if (const Date* date = std::get_if<Date>(&value)) return Value{DateTime{*date}};
    const std::string* word = as_text(value);
    if (word == nullptr) return std::nullopt;
    if (const auto instant = parse_instant(in_iso_form(trimmed(*word)))) return Value{*instant};
    if (const auto date = parse_date(trimmed(*word))) return Value{DateTime{*date}};
    return std::nullopt;
}

std::optional<Value> to_date(const Value& value) {
    if (std::holds_alternative<Date>(value)) return value;
    if (const std::string* word = as_text(value)) {
        if (const auto date = parse_date(trimmed(*word))) return Value{*date};
    }
    const auto instant = to_instant(value);
    if (!instant) return std::nullopt;
    return Value{std::chrono::floor<std::chrono::days>(std::get<DateTime>(*instant))};
}

std::optional<Value> to_time(const Value& value) {
    if (std::holds_alternative<TimeOfDay>(value)) return value;
    const std::string* word = as_text(value);
    const auto time = word == nullptr ? std::nullopt : parse_time(trimmed(*word));
    if (!time) return std::nullopt;
    return Value{*time};
}

bool has_option(const FieldInfo& target, std::string_view option) {
    return std::find(target.options.begin(), target.options.end(), option) != target.options.end();
}

bool has_options(const FieldInfo& target, std::string_view shown) {
    if (!target.restricted || target.options.empty()) return true;
    if (target.type == FieldType::Picklist) return has_option(target, trimmed(shown));
    const auto parts = options_of(shown);
    return std::all_of(parts.begin(), parts.end(),
                       [&](const std::string& part) { return has_option(target, part); });
}

Converted to_text(const Value& value, const FieldInfo& target) {
    std::string shown = display(value);
    if (trimmed(shown).empty()) return {Value{}, Fault::None};
    const bool is_picklist =
        target.type == FieldType::Picklist || target.type == FieldType::MultiPicklist;
    if (is_picklist && !has_options(target, shown)) return {text(shown), Fault::UnknownOption};
    // The length of a multi-select field is that of one option.
    if (target.length <= 0 || target.type == FieldType::MultiPicklist)
        return {text(shown), Fault::None};
    const auto most = static_cast<std::size_t>(target.length);
    if (formula::utf16_length(shown) <= most) return {text(shown), Fault::None};
    const std::string_view inner = trimmed(shown);
    if (formula::utf16_length(inner) <= most) return {text(inner), Fault::None};
    return {text(inner.substr(0, formula::byte_of_unit(inner, most))), Fault::TooLong};
}

Converted parsed(std::optional<Value> value) {
    const Fault fault = value ? Fault::None : Fault::Unparsable;
    return {std::move(value), fault};
}

bool is_blank_text(const Value& value) noexcept {
    const std::string* held = as_text(value);
    return held != nullptr && trimmed(*held).empty();
}

}  // namespace

std::vector<std::string> options_of(std::string_view list) {
    std::vector<std::string> parts;
    while (!list.empty()) {
        const auto end = std::min(list.find(';'), list.size());
        if (const auto part = trimmed(list.substr(0, end)); !part.empty()) parts.emplace_back(part);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return parts;
}

std::string to_string(Fault fault, const FieldInfo* target) {
    switch (fault) {
        case Fault::None:
            break;
        case Fault::TooLong:
            return "the text is longer than the " +
                   std::to_string(target == nullptr ? 0 : target->length) +
                   " characters that the target holds";
        case Fault::Unparsable:
            return std::string("the value cannot be said as a ") +
                   (target == nullptr ? "value" : duet::to_string(target->type)) + " of the target";
        case Fault::UnknownOption:
            return "the target's picklist does not have the value";
        case Fault::Unmapped:
            return "the rule's value map does not name the value";
    }
    return "";
}

bool is_of_target(Fault fault) noexcept {
    return fault == Fault::TooLong || fault == Fault::Unparsable || fault == Fault::UnknownOption;
}

Converted convert(const Value& value, const FieldInfo* target) {
    if (is_blank(value) || target == nullptr) return {value, Fault::None};
    if (is_blank_text(value)) return {Value{}, Fault::None};
    switch (target->type) {
        case FieldType::Boolean:
            return parsed(to_boolean(value));
        case FieldType::Number:
        case FieldType::Currency:
        case FieldType::Percent:
            return parsed(to_number(value, *target));
        case FieldType::Date:
            return parsed(to_date(value));
        case FieldType::DateTime:
            return parsed(to_instant(value));
        case FieldType::Time:
            return parsed(to_time(value));
        case FieldType::Text:
        case FieldType::Picklist:
        case FieldType::MultiPicklist:
        case FieldType::Id:
        case FieldType::Geolocation:
            break;
    }
    return to_text(value, *target);
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

bool same_options(const Value& a, const Value& b) {
    const std::string* left = as_text(a);
    const std::string* right = as_text(b);
    if (left == nullptr || right == nullptr) return same(a, b);
    const auto sorted = [](std::string_view list) {
        auto parts = options_of(list);
        std::sort(parts.begin(), parts.end());
        parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
        return parts;
    };
    return sorted(*left) == sorted(*right);
}

bool same_address(const Value& a, const Value& b) {
    if (same(a, b)) return true;
    const std::string* left = as_text(a);
    const std::string* right = as_text(b);
    if (left == nullptr || right == nullptr) return false;
    return formula::to_lower(trimmed(*left), "") == formula::to_lower(trimmed(*right), "");
}

}  // namespace duet::merge
