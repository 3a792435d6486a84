#include "mappings/formula/arithmetic.h"

#include <cstring>

#include "mappings/formula/binary.h"
#include "mappings/formula/calendar.h"

namespace duet::formula {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMostSeconds = 400'000'000'000;  // more than the calendar has
constexpr Fault kNoMatch = "its operands do not go together";

Fault give(const std::optional<Decimal>& number, Cell& result) {
    if (!number) return kNumberTooLarge;
    result = *number;
    return nullptr;
}

template <class Found>
Fault give_date(const std::optional<Found>& found, Cell& result) {
    if (!found) return kDateOutOfRange;
    result = *found;
    return nullptr;
}

std::optional<Decimal> power(Decimal base, const Decimal& exponent) {
    const auto whole = exponent.to_int64();
    if (!exponent.is_whole() || !whole) {
        return binary_power(base, exponent);
    }
    if (*whole < -1'000'000 || *whole > 1'000'000) return std::nullopt;
    std::int64_t left = *whole < 0 ? -*whole : *whole;
    std::optional<Decimal> result = Decimal{1};
    std::optional<Decimal> square = base;
    for (; left > 0 && result; left /= 2) {
        if (!square) return std::nullopt;
        if (left % 2 == 1) result = Decimal::multiply_rounded(*result, *square);
        square = Decimal::multiply_rounded(*square, *square);
    }
    if (!result || *whole >= 0) return result;
    return Decimal::divide(1, *result);
}

Fault number_with_number(Operator op, const Decimal& a, const Decimal& b, Cell& result) {
    switch (op) {
        case Operator::Add:
            return give(Decimal::add_rounded(a, b), result);
        case Operator::Subtract:
            return give(Decimal::add_rounded(a, b.negated()), result);
        case Operator::Multiply:
            return give(Decimal::multiply_rounded(a, b), result);
        case Operator::Divide:
            if (b.is_zero()) return kZeroDivisor;
            return give(Decimal::divide(a, b), result);
        case Operator::Power:
            if (a.is_zero() && b.is_negative()) return kZeroDivisor;
            return give(power(a, b), result);
        default:
            return kNoMatch;
    }
}

/// `date` moved by a number, which counts days for dates and instants.
Fault move(const Cell& date, Decimal by, bool backward, Cell& result) {
    if (backward) by = by.negated();
    if (const Date* day = std::get_if<Date>(&date)) {
        const auto days = by.to_int64();
        if (!days) return kDateOutOfRange;
        return give_date(add_days(*day, *days), result);
    }
    if (const DateTime* time = std::get_if<DateTime>(&date)) {
        const auto seconds = Decimal::multiply_rounded(by, kDayMs / 1'000);
        const auto whole = seconds ? seconds->rounded(0) : std::nullopt;
        const auto count = whole ? whole->to_int64() : std::nullopt;
        if (!count || *count > kMostSeconds || *count < -kMostSeconds) return kDateOutOfRange;
        return give_date(add_milliseconds(*time, *count * 1'000), result);
    }
    if (const TimeOfDay* time = std::get_if<TimeOfDay>(&date)) {
        const auto ms = by.to_int64();
        if (!ms) return kNumberTooLarge;
        const std::int64_t moved = (time->since_midnight.count() + *ms % kDayMs + kDayMs) % kDayMs;
        result = TimeOfDay{milliseconds{moved}};
        return nullptr;
    }
    return kNoMatch;
}

Fault distance(const Cell& left, const Cell& right, Cell& result) {
    if (const Date* a = std::get_if<Date>(&left)) {
        result = Decimal{static_cast<std::int64_t>((*a - std::get<Date>(right)).count())};
        return nullptr;
    }
    if (const DateTime* a = std::get_if<DateTime>(&left)) {
        return give(Decimal::divide((*a - std::get<DateTime>(right)).count(), kDayMs), result);
    }
    const auto span =
        std::get<TimeOfDay>(left).since_midnight - std::get<TimeOfDay>(right).since_midnight;
    result = Decimal{static_cast<std::int64_t>((span.count() + kDayMs) % kDayMs)};
    return nullptr;
}

Fault concatenate(std::string_view a, std::string_view b, Arena& arena, Cell& result) {
    char* room = arena.room(a.size() + b.size());
    if (room == nullptr) return kTextTooLong;
    std::memcpy(room, a.data(), a.size());
    std::memcpy(room + a.size(), b.data(), b.size());
    result = std::string_view(room, a.size() + b.size());
    return nullptr;
}

bool is_text(const Cell& cell) { return std::holds_alternative<std::string_view>(cell); }
bool is_number(const Cell& cell) { return std::holds_alternative<Decimal>(cell); }
bool is_moment(const Cell& cell) {
    return std::holds_alternative<Date>(cell) || std::holds_alternative<DateTime>(cell) ||
           std::holds_alternative<TimeOfDay>(cell);
}

Fault join_texts(const Cell& left, const Cell& right, Arena& arena, Cell& result) {
    if (is_blank(left) || is_blank(right)) {
        const Cell& other = is_blank(left) ? right : left;
        if (!is_blank(other) && !is_text(other)) return kNoMatch;
        result = other;
        return nullptr;
    }
    if (!is_text(left) || !is_text(right)) return kNoMatch;
    return concatenate(std::get<std::string_view>(left), std::get<std::string_view>(right), arena,
                       result);
}

Fault arithmetic(Operator op, const Cell& left, const Cell& right, Arena& arena, Cell& result) {
    if (op == Operator::Concatenate || (op == Operator::Add && (is_text(left) || is_text(right)))) {
        return join_texts(left, right, arena, result);
    }
    if (is_blank(left) || is_blank(right)) {
        result = Blank{};
        return nullptr;
    }
    if (is_number(left) && is_number(right)) {
        return number_with_number(op, std::get<Decimal>(left), std::get<Decimal>(right), result);
    }
    const bool sum = op == Operator::Add;
    if (!sum && op != Operator::Subtract) return kNoMatch;
    if (is_number(right)) return move(left, std::get<Decimal>(right), !sum, result);
    if (sum && is_number(left)) return move(right, std::get<Decimal>(left), false, result);
    if (sum || left.index() != right.index() || !is_moment(left)) return kNoMatch;
    return distance(left, right, result);
}

Fault compare_equal(Operator op, const Cell& left, const Cell& right, NullEquality nulls,
                    Cell& result) {
    const bool wanted = op == Operator::Equal;
    if (is_blank(left) || is_blank(right)) {
        if (is_text(left) || is_text(right)) {
            result = !wanted;  // a null text is the empty one, which no other text equals
        } else if (nulls == NullEquality::Equal && is_blank(left) && is_blank(right)) {
            result = wanted;
        } else {
            result = Blank{};
        }
        return nullptr;
    }
    if (left.index() != right.index()) return kNoMatch;
    result = (left == right) == wanted;
    return nullptr;
}

Fault compare_order(Operator op, const Cell& left, const Cell& right, Cell& result) {
    if (is_blank(left) || is_blank(right)) {
        result = Blank{};
        return nullptr;
    }
    if (left.index() != right.index() || std::holds_alternative<bool>(left)) return kNoMatch;
    switch (op) {
        case Operator::Less:
            result = left < right;
            break;
        case Operator::LessEqual:
            result = left <= right;
            break;
        case Operator::Greater:
            result = left > right;
            break;
        default:
            result = left >= right;
            break;
    }
    return nullptr;
}

}  // namespace

Fault apply(Operator op, const Cell& left, const Cell& right, NullEquality nulls, Arena& arena,
            Cell& result) {
    switch (op) {
        case Operator::Equal:
        case Operator::NotEqual:
            return compare_equal(op, left, right, nulls, result);
        case Operator::Less:
        case Operator::LessEqual:
        case Operator::Greater:
        case Operator::GreaterEqual:
            return compare_order(op, left, right, result);
        default:
            return arithmetic(op, left, right, arena, result);
    }
}

Fault negate(Operator op, const Cell& operand, Cell& result) {
    if (is_blank(operand)) {
        result = Blank{};
        return nullptr;
    }
    if (op == Operator::Not) {
        const bool* flag = std::get_if<bool>(&operand);
        if (flag == nullptr) return kNoMatch;
        result = !*flag;
        return nullptr;
    }
    if (!is_number(operand)) return kNoMatch;
    const Decimal& number = std::get<Decimal>(operand);
    result = op == Operator::Negate ? number.negated() : number;
    return nullptr;
}

}  // namespace duet::formula
