#include "daemon/store/batch.h"

#include <algorithm>

#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

// Entities that are not asked for and are read all the same, where they lie between two that are:
// fewer than another statement costs.
constexpr EntityId kMostBetween = 4;

}  // namespace

Result<std::vector<EntityRows>> SqliteStore::rows_of(std::string_view org,
                                                     std::span<const EntityId> ids) {
    std::vector<EntityRows> rows;
    rows.reserve(ids.size());
    auto next = ids.begin();
    while (next != ids.end()) {
        const auto from = next++;
        while (next != ids.end() && *next - *(next - 1) <= kMostBetween + 1) ++next;
        const Run run{org, *from, *(next - 1)};
        auto found = entities(run);
        if (!found) return std::move(found).error();
        const std::size_t before = rows.size();
        for (Entity& entity : *found) {
            if (std::binary_search(from, next, entity.id))
                rows.push_back({.entity = std::move(entity)});
        }
        const RowsOf of_run = std::span(rows).subspan(before);
        for (const auto add :
             {&SqliteStore::add_links, &SqliteStore::add_with_in_flight, &SqliteStore::add_lists,
              &SqliteStore::add_edges, &SqliteStore::add_allowances, &SqliteStore::add_pins,
              &SqliteStore::add_quarantine, &SqliteStore::add_spans, &SqliteStore::add_moves}) {
            if (auto added = (this->*add)(run, of_run); !added) return std::move(added).error();
        }
    }
    return rows;
}

}  // namespace duet::store
