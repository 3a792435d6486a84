#include <algorithm>
#include <unordered_map>

#include "daemon/store/codec.h"
#include "daemon/store/errors.h"
#include "daemon/store/keys.h"
#include "daemon/store/sqlite_store.h"
#include "mappings/domain_text.h"

namespace duet::store {
namespace {

constexpr std::string_view kObjectState =
    "SELECT cursor_text, backfilled, high_water_at, read_at, polled_at FROM objects"
    " WHERE org = ?1 AND side = ?2 AND object = ?3";
constexpr std::string_view kSetObjectState =
    "INSERT INTO objects (org, side, object, cursor_text, backfilled, high_water_at, read_at,"
    " polled_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (org, side, object) DO UPDATE SET"
    " cursor_text = excluded.cursor_text, backfilled = excluded.backfilled,"
    " high_water_at = excluded.high_water_at, read_at = excluded.read_at,"
    " polled_at = excluded.polled_at";

constexpr std::string_view kSeen =
    "SELECT record_key, fields, modified_at, deleted, survivor_object, survivor_key, written_at,"
    " changed_fields, own_stamp, compare_pass"
    " FROM seen WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kSeenPage =
    "SELECT record_key, fields, modified_at, deleted, survivor_object, survivor_key, written_at,"
    " changed_fields, own_stamp, compare_pass"
    " FROM seen WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key > ?4"
    " ORDER BY record_key LIMIT ?5";
constexpr std::string_view kSeenBetween =
    "SELECT record_key, fields, modified_at, deleted, survivor_object, survivor_key, written_at,"
    " changed_fields, own_stamp, compare_pass"
    " FROM seen WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key BETWEEN ?4 AND ?5"
    " ORDER BY record_key";
constexpr std::string_view kSeenOf =
    "SELECT record_key, fields, modified_at, deleted, survivor_object, survivor_key, written_at,"
    " changed_fields, own_stamp, compare_pass"
    " FROM seen WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key IN ("
    " ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,"
    " ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35"
    ")";
constexpr std::string_view kSeenBefore =
    "SELECT indexed, deleted FROM seen"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kPutSeen =
    "INSERT INTO seen (org, side, object, record_key, fields, modified_at, deleted,"
    " survivor_object, survivor_key, written_at, changed_fields, indexed, own_stamp, compare_pass)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    " ON CONFLICT (org, side, object, record_key) DO UPDATE SET fields = excluded.fields,"
    " modified_at = excluded.modified_at, deleted = excluded.deleted,"
    " survivor_object = excluded.survivor_object, survivor_key = excluded.survivor_key,"
    " written_at = excluded.written_at, changed_fields = excluded.changed_fields,"
    " indexed = excluded.indexed, own_stamp = excluded.own_stamp,"
    " compare_pass = excluded.compare_pass";

constexpr std::string_view kRemoveSeen =
    "DELETE FROM seen WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kAddReference =
    "INSERT INTO seen_references (org, side, object, field, target, record_key)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
constexpr std::string_view kDropReference =
    "DELETE FROM seen_references WHERE org = ?1 AND side = ?2 AND object = ?3 AND field = ?4"
    " AND target = ?5 AND record_key = ?6";
constexpr std::string_view kReferring =
    "SELECT record_key FROM seen_references WHERE org = ?1 AND side = ?2 AND object = ?3"
    " AND field = ?4 AND target = ?5 ORDER BY record_key";
constexpr std::string_view kReferringBetween =
    "SELECT target, record_key FROM seen_references"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND field = ?4 AND target BETWEEN ?5 AND ?6"
    " ORDER BY target, record_key";
constexpr std::string_view kReferringOf =
    "SELECT target, record_key FROM seen_references"
    " WHERE org = ?1 AND side = ?2 AND object = ?3 AND field = ?4 AND target IN ("
    " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
    " ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36"
    ") ORDER BY target, record_key";
constexpr std::string_view kAddKey =
    "INSERT INTO seen_keys (org, side, object, field, key_value, record_key)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
constexpr std::string_view kDropKey =
    "DELETE FROM seen_keys WHERE org = ?1 AND side = ?2 AND object = ?3 AND field = ?4"
    " AND key_value = ?5 AND record_key = ?6";
constexpr std::string_view kWithKey =
    "SELECT record_key FROM seen_keys WHERE org = ?1 AND side = ?2 AND object = ?3"
    " AND field = ?4 AND key_value = ?5 ORDER BY record_key";

constexpr std::size_t kPageRows = 500;
constexpr std::size_t kTogether = 32;  // keys that one statement asks for

/// The tally of live rows, one name an object.
constexpr std::string_view live_tally(Side side) noexcept {
    return side == Side::Crm ? "seen.crm" : "seen.marketing";
}

DateTime to_stamp(Instant time) { return std::chrono::floor<std::chrono::milliseconds>(time); }

Result<SeenRow> read_seen(const Query& row, Side side, std::string_view object) {
    auto fields = decode_fields(row.text(1));
    if (!fields) return unreadable("seen.fields");
    SeenRow seen;
    seen.side = side;
    seen.record = {
        {std::string(object), row.string(0)}, *std::move(fields), to_stamp(row.instant(2))};
    seen.deleted = row.integer(3) != 0;
    seen.survivor = {row.string(4), row.string(5)};
    seen.written_at = row.instant(6);
    auto changed = decode_evidence(row.text(7));
    if (!changed) return unreadable("seen.changed_fields");
    seen.changed = *std::move(changed);
    seen.own_stamp = to_stamp(row.instant(8));
    seen.compare_pass = row.integer(9);
    return seen;
}

/// Rows by many keys. What was loaded together lies together, so that all between the first key and
/// the last is read, for as long as it is of others by less than half; then a few keys at a time.
class ManyKeys {
public:
    /// Both statements give the key in their first column, and rows in its order; `few` takes
    /// `kTogether` keys behind `first`, `between` two.
    ManyKeys(Database& database, std::string_view between, std::string_view few,
             std::vector<Parameter> first, std::span<const std::string> keys)
        : database_(database),
          between_(between),
          few_(few),
          first_(std::move(first)),
          keys_(keys.begin(), keys.end()) {
        std::sort(keys_.begin(), keys_.end());
    }

    /// `visit` takes a row and gives a Status.
    template <class Visit>
    Status each(const Visit& visit) {
        if (keys_.size() > kTogether) {
            if (auto read = read_between(visit); !read) return read;
        }
        while (next_ < keys_.size()) {
            const std::size_t count = std::min(kTogether, keys_.size() - next_);
            std::vector<Parameter> parameters = first_;
            // The last key stands for those that are missing.
            for (std::size_t i = 0; i < kTogether; ++i)
                parameters.emplace_back(keys_[next_ + std::min(i, count - 1)]);
            next_ += count;
            Query row = database_.query(few_, parameters);
            while (row.next()) {
                if (auto visited = visit(row); !visited) return visited;
            }
            if (auto status = row.status(); !status) return status;
        }
        return Done{};
    }

private:
    template <class Visit>
    Status read_between(const Visit& visit) {
        std::vector<Parameter> parameters = first_;
        parameters.emplace_back(keys_.front());
        parameters.emplace_back(keys_.back());
        Query row = database_.query(between_, parameters);
        std::size_t own = 0;
        std::size_t others = 0;
        while (row.next()) {
            const std::string_view key = row.text(0);
            while (next_ < keys_.size() && keys_[next_] < key) ++next_;
            if (next_ < keys_.size() && keys_[next_] == key) {
                ++own;
                if (auto visited = visit(row); !visited) return visited;
            } else if (++others > own + kTogether) {
                return Done{};  // all rows of the keys before `next_` were met
            }
        }
        next_ = keys_.size();
        return row.status();
    }

    Database& database_;
    std::string_view between_;
    std::string_view few_;
    std::vector<Parameter> first_;
    std::vector<std::string_view> keys_;
    std::size_t next_ = 0;  // those before it are done
};

std::vector<Indexed> indexed_values(const Fields& fields, std::span<const std::string> references,
                                    std::span<const std::string> keys) {
    std::vector<Indexed> entries;
    for (const auto& field : references) {
        auto target = referred_by(fields, field);
        if (!target.empty()) entries.push_back({false, field, std::move(target)});
    }
    for (const auto& field : keys) {
        auto key = normalise_key(fields.get(field));
        if (!key.empty()) entries.push_back({true, field, std::move(key)});
    }
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    return entries;
}

}  // namespace

Result<ObjectState> SqliteStore::object_state(std::string_view org, Side side,
                                              std::string_view object) {
    auto state = first<ObjectState>(
        database_->query(kObjectState, {org, side, object}), [](const Query& row) {
            ObjectState found{
                Cursor{row.string(0)}, row.integer(1) != 0, {}, row.instant(3), row.instant(4)};
            if (!row.null(2)) found.high_water = to_stamp(row.instant(2));
            return found;
        });
    if (!state) return std::move(state).error();
    return state->value_or(ObjectState{});
}

Status SqliteStore::set_object_state(std::string_view org, Side side, std::string_view object,
                                     const ObjectState& state) {
    return database_->run(kSetObjectState, {org, side, object, state.cursor.text, state.backfilled,
                                            std::optional<Instant>(state.high_water), state.read_at,
                                            state.polled_at});
}

Result<std::optional<SeenRow>> SqliteStore::seen(std::string_view org, Side side,
                                                 const RecordId& id) {
    return first<SeenRow>(database_->query(kSeen, {org, side, id.object, id.key}),
                          [&](const Query& row) { return read_seen(row, side, id.object); });
}

Status SqliteStore::put_seen(std::string_view org, const SeenRow& row,
                             std::span<const std::string> references,
                             std::span<const std::string> keys) {
    return atomically([&] { return write_seen(org, row, references, keys); });
}

Status SqliteStore::write_seen(std::string_view org, const SeenRow& row,
                               std::span<const std::string> references,
                               std::span<const std::string> keys) {
    const auto& id = row.record.id;
    std::string before = "[]";
    bool was_live = false;
    {
        Query old = database_->query(kSeenBefore, {org, row.side, id.object, id.key});
        if (old.next()) {
            before = old.string(0);
            was_live = old.integer(1) == 0;
        }
        if (auto status = old.status(); !status) return status;
    }
    const auto entries = indexed_values(row.record.fields, references, keys);
    const std::string after = encode_indexed(entries);
    auto put =
        database_->run(kPutSeen, {org, row.side, id.object, id.key, encode(row.record.fields),
                                  Instant(row.record.modified), row.deleted, row.survivor.object,
                                  row.survivor.key, row.written_at, encode_evidence(row.changed),
                                  after, Instant(row.own_stamp), row.compare_pass});
    if (!put) return put;
    if (before != after) {
        if (auto done = write_index(org, row, before, entries); !done) return done;
    }
    if (was_live == row.deleted) tally(org, live_tally(row.side), id.object, was_live ? -1 : 1);
    return Done{};
}

Status SqliteStore::write_index(std::string_view org, const SeenRow& row, std::string_view before,
                                const std::vector<Indexed>& after) {
    const auto old_entries = decode_indexed(before);
    if (!old_entries) return unreadable("seen.indexed");
    const auto& id = row.record.id;
    const auto each_missing = [&](const std::vector<Indexed>& from, const std::vector<Indexed>& in,
                                  std::string_view reference, std::string_view key) -> Status {
        for (const Indexed& entry : from) {
            if (std::binary_search(in.begin(), in.end(), entry)) continue;
            auto done =
                database_->run(entry.is_key ? key : reference,
                               {org, row.side, id.object, entry.field, entry.value, id.key});
            if (!done) return done;
        }
        return Done{};
    };
    auto dropped = each_missing(*old_entries, after, kDropReference, kDropKey);
    if (!dropped) return dropped;
    return each_missing(after, *old_entries, kAddReference, kAddKey);
}

Status SqliteStore::remove_seen(std::string_view org, Side side, const RecordId& id) {
    return atomically([&]() -> Status {
        std::string before;
        bool was_live = false;
        {
            Query old = database_->query(kSeenBefore, {org, side, id.object, id.key});
            if (old.next()) {
                before = old.string(0);
                was_live = old.integer(1) == 0;
            }
            if (auto status = old.status(); !status) return status;
        }
        if (before.empty()) return Done{};
        SeenRow gone;
        gone.side = side;
        gone.record.id = id;
        if (auto dropped = write_index(org, gone, before, {}); !dropped) return dropped;
        auto removed = database_->run(kRemoveSeen, {org, side, id.object, id.key});
        if (removed && was_live) tally(org, live_tally(side), id.object, -1);
        return removed;
    });
}

Result<std::vector<std::string>> SqliteStore::referring(std::string_view org, Side side,
                                                        std::string_view object,
                                                        std::string_view field,
                                                        std::string_view target) {
    return all<std::string>(database_->query(kReferring, {org, side, object, field, target}),
                            [](const Query& row) { return row.string(0); });
}

Result<std::vector<SeenRow>> SqliteStore::seen_of(std::string_view org, Side side,
                                                  std::string_view object,
                                                  std::span<const std::string> keys) {
    std::vector<SeenRow> found;
    found.reserve(keys.size());
    ManyKeys many(*database_, kSeenBetween, kSeenOf, {org, side, object}, keys);
    auto read = many.each([&](const Query& row) -> Status {
        auto one = read_seen(row, side, object);
        if (!one) return std::move(one).error();
        found.push_back(*std::move(one));
        return Done{};
    });
    if (!read) return std::move(read).error();
    return found;
}

Result<std::vector<std::vector<std::string>>> SqliteStore::referring_of(
    std::string_view org, Side side, std::string_view object, std::string_view field,
    std::span<const std::string> targets) {
    std::vector<std::vector<std::string>> found(targets.size());
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < targets.size(); ++i) places.emplace(targets[i], i);
    ManyKeys many(*database_, kReferringBetween, kReferringOf, {org, side, object, field}, targets);
    auto read = many.each([&](const Query& row) -> Status {
        const auto place = places.find(row.text(0));
        if (place != places.end()) found[place->second].push_back(row.string(1));
        return Done{};
    });
    if (!read) return std::move(read).error();
    return found;
}

Result<std::vector<std::string>> SqliteStore::with_key(std::string_view org, Side side,
                                                       std::string_view object,
                                                       std::string_view field,
                                                       std::string_view value) {
    const std::string key = normalise_key(value);
    return all<std::string>(database_->query(kWithKey, {org, side, object, field, key}),
                            [](const Query& row) { return row.string(0); });
}

Status SqliteStore::each_seen(std::string_view org, Side side, std::string_view object,
                              const std::function<bool(const SeenRow&)>& visit) {
    // In pages, so that no statement is open while the visitor works: it may write, and an open
    // reader would keep the log from being used again.
    std::string after;
    for (;;) {
        const auto page = all<SeenRow>(
            database_->query(kSeenPage, {org, side, object, after, as_limit(kPageRows)}),
            [&](const Query& row) { return read_seen(row, side, object); });
        if (!page) return page.error();
        for (const SeenRow& row : *page) {
            if (!visit(row)) return Done{};
        }
        if (page->size() < kPageRows) return Done{};
        after = page->back().record.id.key;
    }
}

Result<std::map<std::pair<Side, std::string>, std::int64_t>> SqliteStore::seen_counts(
    std::string_view org) {
    std::map<std::pair<Side, std::string>, std::int64_t> counts;
    for (const Side side : kSides) {
        const auto live = tallies(org, live_tally(side));
        if (!live) return live.error();
        for (const auto& [object, rows] : *live) counts.emplace(std::pair(side, object), rows);
    }
    return counts;
}

}  // namespace duet::store
