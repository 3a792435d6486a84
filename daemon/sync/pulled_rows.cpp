#include "daemon/sync/pulled_rows.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace duet::sync {
namespace {

/// What a row counts as: of its entities the gravest.
enum class Class : std::uint8_t { Unchanged, Filtered, Waiting, Quarantined, Planned };

Class class_of(std::string_view state) noexcept {
    if (state == "planned" || state == "written") return Class::Planned;
    if (state == "quarantined") return Class::Quarantined;
    if (state == "waiting" || state.empty()) return Class::Waiting;
    return state == "filtered" ? Class::Filtered : Class::Unchanged;
}

std::int64_t& count_of(store::CycleRow& counts, Class which) noexcept {
    switch (which) {
        case Class::Unchanged:
            return counts.unchanged;
        case Class::Filtered:
            return counts.filtered;
        case Class::Waiting:
            return counts.waiting;
        case Class::Quarantined:
            return counts.quarantined;
        case Class::Planned:
            break;
    }
    return counts.planned;
}

}  // namespace

void PulledRows::add(std::span<const store::EntityId> entities, bool backfill) {
    entities_.insert(entities_.end(), entities.begin(), entities.end());
    rows_.push_back({entities_.size(), backfill});
}

Status PulledRows::count(store::Store& store, const std::string& org, bool first_load_waits,
                         store::CycleRow& counts, std::set<store::EntityId>& written) const {
    std::vector<store::EntityId> ids = entities_;
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::vector<Class> classes;
    classes.reserve(ids.size());
    for (const store::EntityId id : ids) {
        auto entity = store.entity(org, id);
        if (!entity) return std::move(entity).error();
        const std::string_view state = *entity ? std::string_view((*entity)->state) : "";
        classes.push_back(class_of(state));
        if (state == "written") written.insert(id);
    }
    std::size_t begin = 0;
    for (const Row& row : rows_) {
        // A row that concerns nobody was filtered.
        Class gravest = begin == row.end ? Class::Filtered : Class::Unchanged;
        if (begin != row.end && row.backfill && first_load_waits) gravest = Class::Waiting;
        for (; begin < row.end; ++begin) {
            const auto place = std::lower_bound(ids.begin(), ids.end(), entities_[begin]);
            gravest = std::max(gravest, classes[static_cast<std::size_t>(place - ids.begin())]);
        }
        ++count_of(counts, gravest);
    }
    return Done{};
}

}  // namespace duet::sync
