#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <variant>

#include "mappings/formula/formula.h"
#include "mappings/formula/types.h"
#include "mappings/value.h"

namespace duet::formula {

/// A value while a formula runs: a Value that borrows its text, so that copying it never
/// touches the heap. An empty text is always Blank.
using Cell = std::variant<Blank, bool, Decimal, std::string_view, Date, DateTime, TimeOfDay>;

[[nodiscard]] inline bool is_blank(const Cell& cell) noexcept {
    return std::holds_alternative<Blank>(cell);
}

/// A null condition counts as false.
[[nodiscard]] inline bool is_true(const Cell& cell) noexcept {
    const bool* flag = std::get_if<bool>(&cell);
    return flag != nullptr && *flag;
}

[[nodiscard]] Cell to_cell(const Value& value);
[[nodiscard]] Value to_value(const Cell& cell);
/// The type a cell has by itself; Null for Blank, Text for every kind of text.
[[nodiscard]] Type type_of(const Cell& cell) noexcept;

/// Longer texts, and more text than this in one evaluation, are an evaluation error: nested
/// SUBSTITUTEs and long chains would otherwise fill the memory.
constexpr std::size_t kLongestText = 1'000'000;      // bytes
constexpr std::size_t kMostTextAtOnce = 16'000'000;  // bytes
/// Of pattern matching in one evaluation: characters times the pattern's size. Some seconds.
constexpr std::uint64_t kMostSteps = 1'000'000'000;

/// Holds the texts that an evaluation makes until it ends. Small ones need no heap.
class Arena {
public:
    /// Room for a text of `size` bytes; nullptr when that is too much.
    [[nodiscard]] char* room(std::size_t size);
    /// Accounts for work that grows faster than its texts; false when it is too much.
    [[nodiscard]] bool spend(std::uint64_t steps) noexcept;

private:
    std::array<std::byte, 512> first_;
    std::pmr::monotonic_buffer_resource memory_{first_.data(), first_.size()};
    std::size_t used_ = 0;
    std::uint64_t steps_ = 0;
};

/// What a built-in function is given, and where it leaves its result.
struct Call {
    std::span<const Cell> args;
    const Moment& moment;
    Arena& arena;
    const void* pattern = nullptr;  // REGEX with a literal pattern: its compiled form
    Cell result{};
};

/// Nothing went wrong: nullptr. Otherwise the reason, a phrase without a field's value, such as
/// "the divisor is zero".
using Fault = const char*;
using Native = Fault (*)(Call&);

/// Named by address: a fallback for a division by zero asks whether it was this fault.
inline constexpr char kZeroDivisorReason[] = "the divisor is zero";
constexpr Fault kZeroDivisor = kZeroDivisorReason;
constexpr Fault kTextTooLong = "the text is too long";
constexpr Fault kNumberTooLarge = "the number has more than 38 digits";
constexpr Fault kDateOutOfRange = "the date is outside the years 1 to 9999";

/// Makes a copy of `text` the result: Blank when it is empty.
[[nodiscard]] Fault give_text(Call& call, std::string_view text);

}  // namespace duet::formula
