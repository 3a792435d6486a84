#include "mappings/scoring/grade.h"

#include <algorithm>
#include <array>

namespace duet::scoring {
namespace {

constexpr std::array<std::string_view, 13> kNames{"F",  "D-", "D",  "D+", "C-", "C", "C+",
                                                  "B-", "B",  "B+", "A-", "A",  "A+"};
constexpr std::string_view kMinusSign = "\xE2\x88\x92";

}  // namespace

Grade grade_of(std::span<const Criterion> criteria, Grade start) noexcept {
    int at = static_cast<int>(start);
    for (const Criterion& criterion : criteria) {
        if (criterion.match == Match::Matched) at += criterion.thirds;
        if (criterion.match == Match::NotMatched) at -= criterion.thirds;
    }
    return static_cast<Grade>(
        std::clamp(at, static_cast<int>(Grade::F), static_cast<int>(Grade::APlus)));
}

std::string_view to_string(Grade grade) noexcept {
    return kNames[static_cast<std::size_t>(grade) - 1];
}

std::optional<Grade> parse_grade(std::string_view text) noexcept {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        const std::string_view name = kNames[i];
        const bool spelled_otherwise = name.ends_with('-') &&
                                       text.size() == 1 + kMinusSign.size() && text[0] == name[0] &&
                                       text.substr(1) == kMinusSign;
        if (text == name || spelled_otherwise) return static_cast<Grade>(i + 1);
    }
    return std::nullopt;
}

}  // namespace duet::scoring
