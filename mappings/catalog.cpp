#include "mappings/catalog.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "mappings/text.h"

namespace duet {
namespace {

/// Optimal string alignment: two neighbours that changed places are one edit.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> earlier, above, row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        earlier = std::exchange(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto same = [&](std::size_t x, std::size_t y) {
                return lower_case(a[x - 1]) == lower_case(b[y - 1]);
            };
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same(i, j) ? 0 : 1)});
            if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j))
                row[j] = std::min(row[j], earlier[j - 2] + 1);
        }
    }
    return row[b.size()];
}

constexpr std::array kEntityNames{
    std::pair{EntityKind::None, "none"},         std::pair{EntityKind::Person, "person"},
    std::pair{EntityKind::Account, "account"},   std::pair{EntityKind::Opportunity, "opportunity"},
    std::pair{EntityKind::Campaign, "campaign"}, std::pair{EntityKind::Activity, "activity"},
};

}  // namespace

const char* to_string(FieldType type) noexcept {
    switch (type) {
        case FieldType::Text:
            return "text";
        case FieldType::Number:
            return "number";
        case FieldType::Currency:
            return "currency";
        case FieldType::Percent:
            return "percent";
        case FieldType::Date:
            return "date";
        case FieldType::DateTime:
            return "datetime";
        case FieldType::Time:
            return "time";
        case FieldType::Boolean:
            return "boolean";
        case FieldType::Picklist:
            return "picklist";
        case FieldType::MultiPicklist:
            return "multi-select";
        case FieldType::Id:
            return "id";
        case FieldType::Geolocation:
            return "geolocation";
    }
    return "unknown";
}

const char* to_string(EntityKind kind) noexcept {
    for (const auto& [candidate, name] : kEntityNames) {
        if (candidate == kind) return name;
    }
    return "none";
}

std::optional<EntityKind> entity_kind(std::string_view name) noexcept {
    for (const auto& [kind, candidate] : kEntityNames) {
        if (name == candidate) return kind;
    }
    return std::nullopt;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower_case(x) == lower_case(y);
           });
}

const FieldInfo* ObjectInfo::find(std::string_view field) const noexcept {
    for (const FieldInfo& candidate : fields) {
        if (same_name(candidate.name, field)) return &candidate;
    }
    return nullptr;
}

const ObjectInfo* Catalog::find(std::string_view object) const noexcept {
    for (const ObjectInfo& candidate : objects) {
        if (same_name(candidate.name, object)) return &candidate;
    }
    return nullptr;
}

std::string nearest_name(std::string_view name, const std::vector<std::string>& names) {
    std::string best;
    std::size_t best_distance = name.size() / 3 + 1;
    for (const std::string& candidate : names) {
        const std::size_t distance = edit_distance(name, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

}  // namespace duet
