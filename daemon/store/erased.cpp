#include "daemon/store/erased.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/store/errors.h"
#include "daemon/store/keys.h"

namespace duet::store {
namespace {

using Receipt = ErasedPeople::Receipt;
using Tombstone = ErasedPeople::Tombstone;

constexpr std::string_view kHasTombstones =
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('tombstones', "
    "'erasures')";
// The rows of org "" are of the file itself.
constexpr std::string_view kKeys =
    "SELECT value FROM facts WHERE org = '' AND name = 'tombstone_key'";
constexpr std::string_view kSetKeys =
    "INSERT INTO facts (org, name, value) VALUES ('', 'tombstone_key', ?1)"
    " ON CONFLICT (org, name) DO UPDATE SET value = excluded.value";
constexpr std::string_view kTombstones =
    "SELECT org, digest, receipt FROM tombstones ORDER BY org, digest";
constexpr std::string_view kReceipts =
    "SELECT org, receipt, at, erased_by, removed FROM erasures ORDER BY org, receipt";
constexpr std::string_view kAddTombstone =
    "INSERT INTO tombstones (org, digest, receipt) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (org, digest) DO UPDATE SET receipt = excluded.receipt";
constexpr std::string_view kForgetTombstones =
    "DELETE FROM tombstones WHERE org = ?1 AND receipt = ?2";
constexpr std::string_view kAddReceipt =
    "INSERT INTO erasures (org, receipt, at, erased_by, removed) VALUES (?1, ?2, ?3, ?4, ?5)";
constexpr std::string_view kCountReceipts =
    "INSERT INTO counters (org, name, value) VALUES (?1, 'erasure', ?2)"
    " ON CONFLICT (org, name) DO UPDATE SET value = max(value, excluded.value)";

constexpr std::string_view kPeoplesObjects =
    "SELECT DISTINCT l.side, l.object FROM links l JOIN entities e ON e.org = l.org AND"
    " e.entity = l.entity WHERE l.org = ?1 AND e.kind = 'person'";
constexpr std::string_view kRecords =
    "SELECT side, object, record_key, indexed FROM seen WHERE org = ?1";
constexpr std::string_view kIndexed =
    "SELECT indexed FROM seen WHERE org = ?1 AND side = ?2 AND object = ?3 AND record_key = ?4";
constexpr std::string_view kReferenceFields =
    "SELECT DISTINCT side, object, field FROM seen_references WHERE org = ?1";
constexpr std::string_view kForgetFlights = "DELETE FROM in_flight WHERE org = ?1 AND entity = ?2";

/// Whom the tombstones of one org name.
class Names {
public:
    Names(const ErasedPeople& known, std::string org) : keys_(known.keys), org_(std::move(org)) {
        for (const Tombstone& stone : known.tombstones) {
            if (stone.org == org_) digests_.insert(stone.digest);
        }
    }
    [[nodiscard]] bool have(std::string_view name) const {
        return std::any_of(keys_.begin(), keys_.end(), [&](const std::string& key) {
            return digests_.contains(tombstone_digest(key, org_, name));
        });
    }

private:
    const std::vector<std::string>& keys_;
    std::string org_;
    std::set<std::string, std::less<>> digests_;
};

/// The removal of the erased people of one org.
class Remover {
public:
    Remover(SqliteStore& store, Database& database, std::string org)
        : store_(store), database_(database), org_(std::move(org)) {}

    Result<std::int64_t> run(const ErasedPeople& known) {
        auto found = find(Names(known, org_));
        if (!found) return std::move(found).error();
        auto fields = all<Field>(database_.query(kReferenceFields, {org_}), [](const Query& row) {
            return Field{row.side(0), row.string(1), row.string(2)};
        });
        if (!fields) return std::move(fields).error();
        fields_ = *std::move(fields);
        for (const Link& record : *found) {
            auto gone = remove(record);
            if (!gone) return std::move(gone).error();
        }
        return people_;
    }

private:
    struct Field {
        Side side = Side::Crm;
        std::string object;
        std::string name;
    };

    /// Records of theirs: known by their id, or where they are people's by what they match by.
    Result<std::vector<Link>> find(const Names& erased) {
        std::set<std::pair<Side, std::string>> peoples;
        Query objects = database_.query(kPeoplesObjects, {org_});
        while (objects.next()) peoples.emplace(objects.side(0), objects.string(1));
        if (auto status = objects.status(); !status) return std::move(status).error();
        std::vector<Link> found;
        Query rows = database_.query(kRecords, {org_});
        while (rows.next()) {
            const Link record{rows.side(0), {rows.string(1), rows.string(2)}};
            bool is_theirs = erased.have(name_of_id(record.side, record.id.object, record.id.key));
            if (!is_theirs && peoples.contains({record.side, record.id.object})) {
                const auto entries = decode_indexed(rows.text(3));
                if (!entries) return unreadable("seen.indexed");
                is_theirs = std::any_of(entries->begin(), entries->end(), [&](const Indexed& one) {
                    return one.is_key && erased.have(name_of_key(one.value));
                });
            }
            if (is_theirs) found.push_back(record);
        }
        if (auto status = rows.status(); !status) return std::move(status).error();
        return found;
    }

    /// The record, and all of the person whose it is.
    Status remove(const Link& record) {
        auto entity = store_.entity_of(org_, record.side, record.id);
        if (!entity) return std::move(entity).error();
        std::vector<Link> records{record};
        if (*entity) {
            auto links = store_.links(org_, **entity);
            if (!links) return std::move(links).error();
            records = *std::move(links);
        }
        std::vector<std::string> texts;
        const std::vector<Link> own = records;
        for (const Link& link : own) {
            if (auto taken = take(link, records, texts); !taken) return taken;
        }
        // No entity has a number below 1.
        auto swept = store_.sweep(org_, entity->value_or(-1), records, texts);
        if (!swept) return std::move(swept).error();
        if (!*entity) return Done{};
        ++people_;
        // It was settled before they were erased, and is in doubt in an older file alone.
        if (auto gone = database_.run(kForgetFlights, {org_, **entity}); !gone) return gone;
        return store_.remove_entity(org_, **entity);
    }

    Status take(const Link& link, std::vector<Link>& records, std::vector<std::string>& texts) {
        auto entries = indexed_of(link);
        if (!entries) return std::move(entries).error();
        for (const Indexed& one : *entries) {
            if (one.is_key && one.value.find('@') != std::string::npos) texts.push_back(one.value);
        }
        for (const Field& field : fields_) {
            if (field.side != link.side) continue;
            auto keys = store_.referring(org_, field.side, field.object, field.name, link.id.key);
            if (!keys) return std::move(keys).error();
            for (const std::string& key : *keys) {
                auto done = take_child({field.side, {field.object, key}}, field.name, records);
                if (!done) return done;
            }
        }
        if (auto done = reopen(link); !done) return done;
        return store_.remove_seen(org_, link.side, link.id);
    }

    Status take_child(const Link& child, const std::string& field, std::vector<Link>& records) {
        auto entity = store_.entity_of(org_, child.side, child.id);
        if (!entity) return std::move(entity).error();
        if (!*entity) {
            records.push_back(child);
            return store_.remove_seen(org_, child.side, child.id);
        }
        auto row = store_.seen(org_, child.side, child.id);
        if (!row) return std::move(row).error();
        auto entries = indexed_of(child);
        if (!entries) return std::move(entries).error();
        if (!*row) return Done{};
        std::vector<std::string> references;
        std::vector<std::string> keys;
        for (const Indexed& one : *entries) (one.is_key ? keys : references).push_back(one.field);
        (*row)->record.fields.set(field, Value{});
        return store_.put_seen(org_, **row, references, keys);
    }

    /// Whose match hung on this record is matched anew.
    Status reopen(const Link& link) {
        auto named = store_.reviews_naming(org_, link);
        if (!named) return std::move(named).error();
        auto chosen = store_.choices_for(org_, link);
        if (!chosen) return std::move(chosen).error();
        for (const Choice& choice : *chosen) {
            if (auto gone = store_.remove_choice(org_, choice.record); !gone) return gone;
        }
        for (const Link& record : *named) {
            if (auto gone = store_.remove_review(org_, record); !gone) return gone;
        }
        return Done{};  // all is read and matched anew after a restore
    }

    Result<std::vector<Indexed>> indexed_of(const Link& link) {
        auto text = first<std::string>(
            database_.query(kIndexed, {org_, link.side, link.id.object, link.id.key}),
            [](const Query& row) { return row.string(0); });
        if (!text) return std::move(text).error();
        auto entries = decode_indexed(*text ? **text : "[]");
        if (!entries) return unreadable("seen.indexed");
        return *std::move(entries);
    }

    SqliteStore& store_;
    Database& database_;
    std::string org_;
    std::vector<Field> fields_;
    std::int64_t people_ = 0;
};

/// The number under which `into` keeps a receipt of another file.
std::int64_t place_of(const Receipt& receipt, const std::vector<Receipt>& into,
                      std::map<std::string, std::int64_t>& last, bool& is_there) {
    const auto same = std::find_if(into.begin(), into.end(), [&](const Receipt& known) {
        return known.org == receipt.org && known.number == receipt.number;
    });
    is_there = same != into.end() && *same == receipt;
    return same == into.end() || is_there ? receipt.number : ++last[receipt.org];
}

}  // namespace

Result<ErasedPeople> erased_people(Database& database) {
    ErasedPeople known;
    const auto tables = number(database.query(kHasTombstones, {}));
    if (!tables) return tables.error();
    if (*tables < 2) return known;
    auto keys = first<std::string>(database.query(kKeys, {}),
                                   [](const Query& row) { return row.string(0); });
    if (!keys) return std::move(keys).error();
    if (*keys) known.keys = split_keys(**keys);
    auto stones = all<Tombstone>(database.query(kTombstones, {}), [](const Query& row) {
        return Tombstone{row.string(0), row.string(1), row.integer(2)};
    });
    if (!stones) return std::move(stones).error();
    auto receipts = all<Receipt>(database.query(kReceipts, {}), [](const Query& row) {
        return Receipt{row.string(0), row.integer(1), row.integer(2), row.string(3), row.string(4)};
    });
    if (!receipts) return std::move(receipts).error();
    known.tombstones = *std::move(stones);
    known.receipts = *std::move(receipts);
    return known;
}

Status take_over(Database& database, const ErasedPeople& newer) {
    const auto known = erased_people(database);
    if (!known) return known.error();
    std::string keys;
    for (const auto* some : {&newer.keys, &known->keys}) {
        for (const std::string& key : *some) {
            if (keys.find(key) == std::string::npos) keys += (keys.empty() ? "" : " ") + key;
        }
    }
    if (keys.empty()) return Done{};  // nobody was ever erased
    if (auto set = database.run(kSetKeys, {keys}); !set) return set;

    std::map<std::string, std::int64_t> last;
    for (const auto* some : {&newer.receipts, &known->receipts}) {
        for (const Receipt& one : *some) last[one.org] = std::max(last[one.org], one.number);
    }
    std::set<std::pair<std::string, std::int64_t>> standing;
    for (const Tombstone& stone : newer.tombstones) standing.emplace(stone.org, stone.receipt);
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> places;
    for (const Receipt& receipt : newer.receipts) {
        bool is_there = false;
        const std::int64_t place = place_of(receipt, known->receipts, last, is_there);
        places.emplace(std::pair(receipt.org, receipt.number), place);
        Status done = Done{};
        if (!is_there) {
            done = database.run(kAddReceipt,
                                {receipt.org, place, receipt.at, receipt.by, receipt.removed});
        } else if (!standing.contains({receipt.org, receipt.number})) {
            done = database.run(kForgetTombstones, {receipt.org, place});  // readmitted since
        }
        if (!done) return done;
    }
    for (const auto& [org, number] : last) {
        if (auto set = database.run(kCountReceipts, {org, number}); !set) return set;
    }
    for (const Tombstone& stone : newer.tombstones) {
        const auto place = places.find({stone.org, stone.receipt});
        auto added = database.run(
            kAddTombstone,
            {stone.org, stone.digest, place == places.end() ? stone.receipt : place->second});
        if (!added) return added;
    }
    return Done{};
}

Result<std::int64_t> erase_again(SqliteStore& store, Database& database) {
    auto known = erased_people(database);
    if (!known) return std::move(known).error();
    std::set<std::string> orgs;
    for (const Tombstone& stone : known->tombstones) orgs.insert(stone.org);
    std::int64_t people = 0;
    for (const std::string& org : orgs) {
        auto gone = Remover(store, database, org).run(*known);
        if (!gone) return gone;
        people += *gone;
    }
    return people;
}

std::vector<std::string> split_keys(std::string_view fact) {
    std::vector<std::string> keys;
    while (!fact.empty()) {
        const auto end = std::min(fact.find(' '), fact.size());
        if (end > 0) keys.emplace_back(fact.substr(0, end));
        fact.remove_prefix(std::min(end + 1, fact.size()));
    }
    return keys;
}

}  // namespace duet::store
