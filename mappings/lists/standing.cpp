#include "mappings/lists/standing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "mappings/document/digest.h"

namespace duet::lists {
namespace {

constexpr std::array<std::pair<Standing, const char*>, 11> kNames{{
    {Standing::Off, "off"},
    {Standing::On, "on"},
    {Standing::Grace, "grace"},
    {Standing::Soon, "soon"},
    {Standing::Queued, "queued"},
    {Standing::HeldOut, "held_out"},
    {Standing::Suppressed, "suppressed"},
    {Standing::ByHand, "by_hand"},
    {Standing::Removed, "removed"},
    {Standing::Left, "left"},
    {Standing::Unknown, "unknown"},
}};

}  // namespace

const char* to_string(Standing standing) noexcept {
    for (const auto& [known, name] : kNames) {
        if (known == standing) return name;
    }
    return "";
}

std::optional<Standing> standing_named(std::string_view name) noexcept {
    for (const auto& [standing, known] : kNames) {
        if (name == known) return standing;
    }
    return std::nullopt;
}

std::optional<bool> belongs_on(Standing standing) noexcept {
    switch (standing) {
        case Standing::On:
        case Standing::Grace:
        case Standing::ByHand:
            return true;
        case Standing::Off:
        case Standing::Soon:
        case Standing::Queued:
        case Standing::HeldOut:
        case Standing::Suppressed:
        case Standing::Removed:
            return false;
        case Standing::Left:
        case Standing::Unknown:
            return std::nullopt;
    }
    return std::nullopt;
}

bool Known::is_worth_keeping() const noexcept {
    return standing != Standing::Off || member || removed || covered;
}

bool is_held_out(std::string_view group, std::string_view person, int percent) {
    if (percent <= 0) return false;
    // Eight hexadecimal digits are fine enough: shares differ by less than 1e-9.
    constexpr std::size_t kDigits = 8;
    constexpr int kHexadecimal = 16;
    const std::string digest =
        document::sha256_hex(std::string(group) + "\n" + std::string(person));
    std::uint32_t drawn = 0;
    std::from_chars(digest.data(), digest.data() + kDigits, drawn, kHexadecimal);
    return static_cast<double>(drawn) < std::ldexp(percent / 100.0, 32);
}

}  // namespace duet::lists
