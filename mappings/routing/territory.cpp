#include "mappings/routing/territory.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "mappings/formula/unicode.h"

namespace duet::routing {
namespace {

using document::Measure;

std::string trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

/// As texts of a measure are compared.
std::string plain(Measure measure, std::string_view text) {
    std::string made = formula::to_lower(trimmed(text), {});
    if (measure == Measure::PostalPrefix)
        std::erase_if(made, [](char c) { return c == ' ' || c == '-'; });
    return made;
}

/// How much a territory says about a person who is in it; the more comes first.
struct Weight {
    std::size_t conditions = 0;
    std::size_t prefix = 0;  // characters of the postal code
    auto operator<=>(const Weight&) const = default;
};

/// Nothing: the person is not in it.
std::optional<Weight> weight_of(const document::Territory& territory, const Whereabouts& person) {
    Weight weight;
    for (const auto& [measure, held] : territory.holds) {
        const auto said = person.find(measure);
        const std::string is = said == person.end() ? std::string{} : plain(measure, said->second);
        if (is.empty()) return std::nullopt;
        bool fits = false;
        for (const std::string& one : held) {
            const std::string wanted = plain(measure, one);
            if (measure != Measure::PostalPrefix) {
                fits = fits || is == wanted;
            } else if (is.starts_with(wanted)) {
                fits = true;
                weight.prefix = std::max(weight.prefix, wanted.size());
            }
        }
        if (!fits) return std::nullopt;
        ++weight.conditions;
    }
    return weight;
}

}  // namespace

std::vector<const document::Territory*> territories_of(const document::TerritoryTable& table,
                                                       const Whereabouts& person) {
    std::vector<std::pair<Weight, const document::Territory*>> found;
    for (const document::Territory& territory : table.table) {
        if (const auto weight = weight_of(territory, person))
            found.emplace_back(*weight, &territory);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<const document::Territory*> ordered;
    ordered.reserve(found.size());
    for (const auto& [weight, territory] : found) ordered.push_back(territory);
    return ordered;
}

}  // namespace duet::routing
