#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace duet::scoring {

/// How well a person suits us, by Pardot's scale: F, D-, D, D+, C-, C, C+, B-, B, B+, A-, A, A+.
/// Grades compare as they should: A- > B+.
enum class Grade : std::uint8_t {
    F = 1,
    DMinus,
    D,
    DPlus,
    CMinus,
    C,
    CPlus,
    BMinus,
    B,
    BPlus,
    AMinus,
    A,
    APlus,
};

enum class Match : std::uint8_t { Matched, NotMatched, Unknown };

/// One question of a profile: a match moves the grade up by so many thirds of a letter, no match
/// down, an unknown answer not at all.
struct Criterion {
    int thirds = 2;  // 1 to 3
    Match match = Match::Unknown;
};

/// Everyone starts at D; no grade is below F or above A+, whatever else would come.
[[nodiscard]] Grade grade_of(std::span<const Criterion> criteria, Grade start = Grade::D) noexcept;

/// "A-"; "F" is alone.
[[nodiscard]] std::string_view to_string(Grade grade) noexcept;
/// Reads what `to_string` writes; a minus sign (U+2212) is a minus, too.
[[nodiscard]] std::optional<Grade> parse_grade(std::string_view text) noexcept;

}  // namespace duet::scoring
