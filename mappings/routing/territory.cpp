#include "mappings/routing/territory.h"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <optional>
#include <utility>

namespace duet::routing {
namespace {

using document::Measure;

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
        if (said == person.end() || said->second.empty()) return std::nullopt;
        const std::string& is = said->second;
        bool fits = false;
        for (const std::string& wanted : held) {
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
                                                       Whereabouts person) {
    for (auto& [measure, text] : person) text = document::as_compared(measure, text);
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
