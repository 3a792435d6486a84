#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duet {

/// An exact decimal number: `coefficient * 10^-scale`, trivially copyable, no heap.
///
/// 38 significant digits (what a signed 128-bit coefficient can hold in full), scale -400 to 400:
/// everything that EXP can give. Addition, subtraction and multiplication are exact or fail;
/// division rounds half up (away from zero) to 38 significant digits. Nothing ever wraps: every
/// operation that could leave the range returns nothing instead. Binary floating point is used in
/// `to_double` and `from_double` only.
/// Two decimals are equal when their values are: 1.10 == 1.1.
class Decimal {
public:
    __extension__ using Coefficient = __int128;
    static constexpr int kMaxScale = 400;  // 10^308 is the largest that a binary number holds

    constexpr Decimal() noexcept = default;
    constexpr Decimal(std::int64_t whole) noexcept
        : coefficient_(whole) {
    }  // NOLINT(google-explicit-constructor): a whole number is a decimal
    constexpr Decimal(int whole) noexcept
        : coefficient_(whole) {}  // NOLINT(google-explicit-constructor): as above
    /// `coefficient * 10^-scale`; the caller keeps |coefficient| < 10^38 and |scale| <= 400.
    static constexpr Decimal raw(Coefficient coefficient, int scale) noexcept {
        Decimal made;
        made.coefficient_ = coefficient;
        made.scale_ = scale;
        return made;
    }

    /// Reads "-12.50", "1e5", ".5"; nothing when it is not a number or does not fit.
    [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

    [[nodiscard]] constexpr Coefficient coefficient() const noexcept { return coefficient_; }
    [[nodiscard]] constexpr int scale() const noexcept { return scale_; }
    [[nodiscard]] constexpr bool is_zero() const noexcept { return coefficient_ == 0; }
    [[nodiscard]] constexpr bool is_negative() const noexcept { return coefficient_ < 0; }
    [[nodiscard]] bool is_whole() const noexcept;

    /// Without exponent and without trailing zeros after the point: "12.5", "-0.25", "100".
    [[nodiscard]] std::string to_string() const;
    /// The whole number, cut toward zero; nothing when it does not fit.
    [[nodiscard]] std::optional<std::int64_t> to_int64() const noexcept;
    /// For transcendental functions only; the nearest binary number.
    [[nodiscard]] double to_double() const noexcept;
    [[nodiscard]] static std::optional<Decimal> from_double(double value);

    [[nodiscard]] static std::optional<Decimal> add(const Decimal& a, const Decimal& b) noexcept;
    [[nodiscard]] static std::optional<Decimal> subtract(const Decimal& a,
                                                         const Decimal& b) noexcept;
    [[nodiscard]] static std::optional<Decimal> multiply(const Decimal& a,
                                                         const Decimal& b) noexcept;
    /// Nothing for a zero divisor too.
    [[nodiscard]] static std::optional<Decimal> divide(const Decimal& a, const Decimal& b) noexcept;
    /// As above, but digits after the point that do not fit are rounded half away from zero. A
    /// digit other than 0 before the point is never given up: the result is nothing instead.
    [[nodiscard]] static std::optional<Decimal> add_rounded(const Decimal& a,
                                                            const Decimal& b) noexcept;
    [[nodiscard]] static std::optional<Decimal> multiply_rounded(const Decimal& a,
                                                                 const Decimal& b) noexcept;
    /// What is left of `a` after taking away `b` as often as it goes, exact, with the sign of `a`;
    /// nothing for a zero divisor.
    [[nodiscard]] static std::optional<Decimal> remainder(const Decimal& a,
                                                          const Decimal& b) noexcept;
    [[nodiscard]] Decimal negated() const noexcept;
    /// Rounds half away from zero to `digits` after the point; negative digits round before it.
    /// Nothing when the result is out of range, which no formula's number comes near.
    [[nodiscard]] std::optional<Decimal> rounded(int digits) const noexcept;
    /// Cuts toward zero to `digits` after the point.
    [[nodiscard]] std::optional<Decimal> truncated(int digits) const noexcept;

    [[nodiscard]] std::strong_ordering operator<=>(const Decimal& other) const noexcept;
    [[nodiscard]] bool operator==(const Decimal& other) const noexcept {
        return (*this <=> other) == std::strong_ordering::equal;
    }

private:
    Coefficient coefficient_ = 0;
    std::int32_t scale_ = 0;  // below 0 only when the number has more than 38 digits in full
};

}  // namespace duet
