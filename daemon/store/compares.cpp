#include <array>

#include "daemon/store/errors.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

constexpr std::string_view kNoteCompared =
    "UPDATE seen SET compare_pass = ?5"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kComparison =
    "SELECT pass, phase, cursor_text, began_at, told, found, last_found, agreed_at FROM compares"
    " WHERE org = ?1 AND side = ?2 AND object = ?3";
constexpr std::string_view kSetComparison =
    "INSERT INTO compares (org, side, object, pass, phase, cursor_text, began_at, told, found,"
    " last_found, agreed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    " ON CONFLICT (org, side, object) DO UPDATE SET pass = excluded.pass, phase = excluded.phase,"
    " cursor_text = excluded.cursor_text, began_at = excluded.began_at, told = excluded.told,"
    " found = excluded.found, last_found = excluded.last_found, agreed_at = excluded.agreed_at";
// No condition on the pass: a call that looks for few rows must not walk over millions.
constexpr std::string_view kPasses =
    "SELECT record_key, deleted, compare_pass FROM seen"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key > ?4 ORDER BY record_key LIMIT "
    "?5";

constexpr std::array<std::string_view, 3> kPhases = {"none", "read", "ask"};

}  // namespace

Status SqliteStore::note_compared(std::string_view org, Side side, const RecordId& id,
                                  std::int64_t pass) {
    return database_->run(kNoteCompared, {org, side, id.object, id.key, pass});
}

Result<Comparison> SqliteStore::comparison(std::string_view org, Side side,
                                           std::string_view object) {
    Query row = database_->query(kComparison, {org, side, object});
    Comparison found;
    if (row.next()) {
        found.pass = row.integer(0);
        for (std::size_t i = 0; i < kPhases.size(); ++i) {
            if (row.text(1) == kPhases[i]) found.phase = static_cast<ComparePhase>(i);
        }
        found.cursor = row.string(2);
        found.began_at = row.instant(3);
        found.told = row.integer(4);
        found.found = row.integer(5);
        found.last_found = row.integer(6);
        found.agreed_at = row.instant(7);
    }
    if (auto status = row.status(); !status) return std::move(status).error();
    return found;
}

Status SqliteStore::set_comparison(std::string_view org, Side side, std::string_view object,
                                   const Comparison& comparison) {
    return database_->run(
        kSetComparison,
        {org, side, object, comparison.pass, kPhases[static_cast<std::size_t>(comparison.phase)],
         comparison.cursor, comparison.began_at, comparison.told, comparison.found,
         comparison.last_found, comparison.agreed_at});
}

Result<Untold> SqliteStore::untold(std::string_view org, Side side, std::string_view object,
                                   std::int64_t pass, std::string_view after, std::size_t scan) {
    Untold untold;
    std::size_t looked_at = 0;
    Query row = database_->query(kPasses, {org, side, object, after, as_limit(scan)});
    while (row.next()) {
        ++looked_at;
        untold.last = row.string(0);
        const bool is_live = row.integer(1) == 0;
        if (is_live && row.integer(2) < pass) untold.keys.push_back(untold.last);
    }
    if (auto status = row.status(); !status) return std::move(status).error();
    if (looked_at < scan) untold.last.clear();
    return untold;
}

}  // namespace duet::store
