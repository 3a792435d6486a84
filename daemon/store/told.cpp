#include "daemon/store/told.h"

#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kToldOf =
    "SELECT entity, figure, day, value FROM told WHERE org = ?1 AND entity = ?2"
    " AND (?3 = '' OR figure = ?3) ORDER BY figure, day";
constexpr std::string_view kSaveTold =
    "INSERT INTO told (org, entity, figure, day, value) VALUES (?1, ?2, ?3, ?4, ?5)"
    " ON CONFLICT (org, entity, figure, day) DO UPDATE SET value = excluded.value";
constexpr std::string_view kPage =
    "SELECT entity, figure, day, value FROM told WHERE org = ?1 AND figure = ?2"
    " AND (entity, day) > (?3, ?4) ORDER BY entity, day LIMIT ?5";
constexpr std::size_t kToldPageRows = 1000;
constexpr std::int64_t kBeforeAll = -1'000'000'000;

Told read_told(const Query& row) {
    return {row.integer(0), row.string(1), row.integer(2), row.string(3)};
}

}  // namespace

Result<std::vector<Told>> SqliteStore::told_of(std::string_view org, EntityId entity,
                                               std::string_view figure) {
    return all<Told>(database_->query(kToldOf, {org, entity, figure}), read_told);
}

Status SqliteStore::save_told(std::string_view org, const Told& row) {
    return database_->run(kSaveTold, {org, row.entity, row.figure, row.day, row.value});
}

Status SqliteStore::each_told(std::string_view org, std::string_view figure,
                              const std::function<bool(const Told&)>& visit) {
    // In pages, so that no statement is open while the visitor works.
    EntityId entity = 0;
    std::int64_t day = kBeforeAll;
    for (;;) {
        const auto page =
            all<Told>(database_->query(kPage, {org, figure, entity, day, as_limit(kToldPageRows)}),
                      read_told);
        if (!page) return page.error();
        for (const Told& row : *page) {
            if (!visit(row)) return Done{};
        }
        if (page->size() < kToldPageRows) return Done{};
        entity = page->back().entity;
        day = page->back().day;
    }
}

}  // namespace duet::store
