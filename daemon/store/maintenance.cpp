#include "daemon/store/maintenance.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/erased.h"
#include "daemon/store/errors.h"
#include "daemon/store/lock_file.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite.h"

namespace duet::store {
namespace {

namespace fs = std::filesystem;

/// An invariant between tables: a query that counts what breaks it, an org a row.
struct Rule {
    const char* broken;  // "...: 3 in org acme"
    std::string_view sql;
};

constexpr Rule kRules[] = {
    {"entities without a link",
     "SELECT org, count(*) FROM entities e WHERE NOT EXISTS (SELECT 1 FROM links l WHERE"
     " l.org = e.org AND l.entity = e.entity) GROUP BY org"},
    {"links to no entity",
     "SELECT org, count(*) FROM links l WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = l.org AND e.entity = l.entity) GROUP BY org"},
    {"dirty marks of no entity",
     "SELECT org, count(*) FROM dirty d WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = d.org AND e.entity = d.entity) GROUP BY org"},
    {"writes in flight of no entity",
     "SELECT org, count(*) FROM in_flight w WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = w.org AND e.entity = w.entity) GROUP BY org"},
    {"quarantine rows of no entity",
     "SELECT org, count(*) FROM quarantine q WHERE NOT EXISTS (SELECT 1 FROM entities e WHERE"
     " e.org = q.org AND e.entity = q.entity) GROUP BY org"},
    {"references of no record",
     "SELECT org, count(*) FROM seen_references r WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = r.org AND s.side = r.side AND s.object = r.object AND"
     " s.record_key = r.record_key) GROUP BY org"},
    {"match keys of no record",
     "SELECT org, count(*) FROM seen_keys k WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = k.org AND s.side = k.side AND s.object = k.object AND"
     " s.record_key = k.record_key) GROUP BY org"},
    {"changed rows of no record",
     "SELECT org, count(*) FROM changed c WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE"
     " s.org = c.org AND s.side = c.side AND s.object = c.object AND"
     " s.record_key = c.record_key) GROUP BY org"},
    {"objects whose live records are counted wrong",
     "SELECT o.org, count(*) FROM (SELECT org, side, object, sum(1 - deleted) AS live FROM seen"
     " GROUP BY org, side, object) o WHERE o.live <> coalesce((SELECT number FROM tallies t WHERE"
     " t.org = o.org AND t.tally = CASE o.side WHEN 0 THEN 'seen.crm' ELSE 'seen.marketing' END"
     " AND t.name = o.object), 0) GROUP BY o.org"},
    {"states whose entities are counted wrong",
     "SELECT o.org, count(*) FROM (SELECT org, kind, state, count(*) AS live FROM entities"
     " GROUP BY org, kind, state) o WHERE o.live <> coalesce((SELECT number FROM tallies t WHERE"
     " t.org = o.org AND t.tally = 'state.' || o.kind AND t.name = o.state), 0) GROUP BY o.org"},
    {"numbers of entities given out twice",
     "SELECT e.org, count(*) FROM entities e WHERE e.entity > coalesce((SELECT value FROM counters"
     " c WHERE c.org = e.org AND c.name = 'entity'), 0) GROUP BY e.org"},
    {"cycles whose rows do not add up",
     "SELECT org, count(*) FROM cycles WHERE ended_at > 0 AND pulled <> repeats + echoes +"
     " unchanged + planned + filtered + quarantined + waiting GROUP BY org"},
    {"rows of orgs that are not in the table of orgs",
     "SELECT org, count(*) FROM seen s WHERE NOT EXISTS (SELECT 1 FROM orgs o WHERE"
     " o.org = s.org) GROUP BY org"},
};

// More than an org makes between two copies, so that no key of a create is given out again.
constexpr std::string_view kSkipNumbers =
    "UPDATE counters SET value = value + 1000000000 WHERE name IN ('entity', 'write')";
constexpr std::string_view kReadAnew =
    "UPDATE objects SET cursor_text = '', backfilled = 0, high_water_at = NULL";
// A pass of the full compare of its own: what it meets nowhere is gone.
constexpr std::string_view kCompareAnew =
    "INSERT INTO compares (org, side, object, pass, phase, cursor_text, began_at, told, found,"
    " last_found, agreed_at)"
    " SELECT org, side, object, 1, 'ask', '', 0, 0, 0, 0, 0 FROM objects WHERE 1"
    " ON CONFLICT (org, side, object) DO UPDATE SET pass = compares.pass + 1, phase = 'ask',"
    " cursor_text = '', told = 0, found = 0";
constexpr std::string_view kHoldOrgs =
    "INSERT INTO facts (org, name, value) SELECT org, 'restored', '1' FROM orgs WHERE 1"
    " ON CONFLICT (org, name) DO UPDATE SET value = excluded.value";

Error exists_already(const std::string& path) {
    return Error{ErrorKind::Rejected,
                 path + " exists already. Name a new file; a copy never overwrites another.",
                 "DUET-4012",
                 {},
                 {}};
}

Status sync_path(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return cannot_open(path, std::strerror(errno));
    const int synced = ::fsync(descriptor);
    const int why = errno;
    ::close(descriptor);
    if (synced != 0) return cannot_open(path, std::strerror(why));
    return Done{};
}

std::string folder_of(const std::string& path) {
    const auto parent = fs::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

/// An empty file for its owner alone.
Status make_private(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return cannot_open(path, std::strerror(errno));
    ::close(file);
    return Done{};
}

Status rename_file(const std::string& from, const std::string& to) {
    if (std::rename(from.c_str(), to.c_str()) != 0) return cannot_open(to, std::strerror(errno));
    return sync_path(folder_of(to), O_RDONLY);
}

/// A file that goes when its maker fails.
class Draft {
public:
    explicit Draft(std::string path) : path_(std::move(path)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"})
            std::remove((path_ + suffix).c_str());
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

Status copy_into(Database& database, const std::string& to) {
    if (auto made = make_private(to); !made) return made;
    if (auto copied = database.run("VACUUM INTO ?1", {to}); !copied) return copied;
    return sync_path(to, O_RDONLY);
}

Status ask(Database& database, std::vector<std::string>& findings) {
    Query sound = database.query("PRAGMA integrity_check(5)", {});
    while (sound.next()) {
        if (sound.text(0) != "ok") findings.push_back("SQLite says: " + sound.string(0));
    }
    if (auto status = sound.status(); !status) return status;
    for (const Rule& rule : kRules) {
        Query row = database.query(rule.sql, {});
        while (row.next()) {
            findings.push_back(std::string(rule.broken) + ": " + std::to_string(row.integer(1)) +
                               " in org " + row.string(0));
        }
        if (auto status = row.status(); !status) return status;
    }
    return Done{};
}

/// Makes a copy fit to go on from, though both sides have gone on without it.
Status prepare(Database& database) {
    if (auto sound = quick_check(database); !sound) return sound;
    if (auto ready = migrate(database, schema_steps()); !ready) return ready;
    if (auto begun = database.begin(); !begun) return begun;
    for (const std::string_view sql : {kSkipNumbers, kReadAnew, kCompareAnew, kHoldOrgs}) {
        if (auto done = database.run(sql, {}); !done) return done;
    }
    return database.commit();
}

constexpr std::string_view kScrubsDue =
    "SELECT count(*) FROM facts WHERE name = 'scrub_due' AND value <> ''";

/// What the old state knows of people who were erased. What an erasure left in it for want of room
/// goes now, since the file is kept.
Result<ErasedPeople> ask_old(const std::string& state_file) {
    auto old = Database::open(state_file);
    if (!old) return std::move(old).error();
    auto known = erased_people(**old);
    if (!known) return known;
    const auto due = number((*old)->query(kScrubsDue, {}));
    if (!due) return due.error();
    if (*due > 0) {
        if (auto done = (*old)->script("VACUUM"); !done) return std::move(done).error();
    }
    return known;
}

/// Takes who was erased since out of the copy. When it cannot be known, that is told and no more:
/// the state that cannot be read is the usual reason for a restore.
Status forget_erased(std::unique_ptr<Database> copy, const std::string& state_file,
                     Restored& told) {
    auto known =
        fs::exists(state_file) ? ask_old(state_file) : Result<ErasedPeople>(ErasedPeople{});
    if (!known) {
        told.erasures_unknown = known.error().message;
        return Done{};
    }
    Database& database = *copy;
    SqliteStore store(LockFile{}, std::move(copy));
    {
        auto transaction = store.begin();
        if (!transaction) return std::move(transaction).error();
        if (auto taken = take_over(database, *known); !taken) return taken;
        auto gone = erase_again(store, database);
        if (!gone) return std::move(gone).error();
        told.erased_again = *gone;
        if (auto done = transaction->commit(); !done) return done;
    }
    return told.erased_again > 0 ? store.scrub() : Status{Done{}};
}

/// Keeps the old state under another name. Whenever this ends, the state file is the old one,
/// whole, or the new one.
Status keep_old(const std::string& state_file) {
    // Closing brings the log into a sound file. A damaged one cannot be opened, and is kept as it
    // is, with its log.
    if (auto old = Database::open(state_file); old) old->reset();
    const std::string kept = replaced_path(state_file);
    for (const char* suffix : {"", "-wal", "-shm"}) std::remove((kept + suffix).c_str());
    if (::link(state_file.c_str(), kept.c_str()) != 0)
        return cannot_open(kept, std::strerror(errno));
    for (const char* suffix : {"-wal", "-shm"}) {
        if (!fs::exists(state_file + suffix)) continue;
        if (auto moved = rename_file(state_file + suffix, kept + suffix); !moved) return moved;
    }
    return Done{};
}

}  // namespace

Status back_up(const std::string& state_file, const std::string& to) {
    if (fs::exists(to)) return exists_already(to);
    auto database = Database::open_to_read(state_file);
    if (!database) return std::move(database).error();
    const Draft draft(to + ".part");
    std::remove(draft.path().c_str());
    if (auto copied = copy_into(**database, draft.path()); !copied) return copied;
    return rename_file(draft.path(), to);
}

Result<Checked> check(const std::string& state_file) {
    auto database = Database::open_to_read(state_file);
    if (!database) return std::move(database).error();
    if (auto begun = (*database)->begin_reading(); !begun) return std::move(begun).error();
    Checked checked;
    checked.rules = std::size(kRules) + 1;
    if (auto asked = ask(**database, checked.findings); !asked) return std::move(asked).error();
    return checked;
}

Result<Restored> restore(const std::string& from, const std::string& state_file) {
    auto lock = LockFile::take(state_file + ".lock");
    if (!lock) return std::move(lock).error();
    Restored told;
    const Draft draft(draft_path(state_file));
    {
        auto source = Database::open_to_read(from);
        if (!source) return std::move(source).error();
        std::remove(draft.path().c_str());
        if (auto copied = copy_into(**source, draft.path()); !copied)
            return std::move(copied).error();
        auto copy = Database::open(draft.path());
        if (!copy) return std::move(copy).error();
        if (auto ready = prepare(**copy); !ready) return std::move(ready).error();
        if (auto done = forget_erased(*std::move(copy), state_file, told); !done)
            return std::move(done).error();
    }
    if (auto synced = sync_path(draft.path(), O_RDONLY); !synced) return std::move(synced).error();
    if (fs::exists(state_file)) {
        if (auto kept = keep_old(state_file); !kept) return std::move(kept).error();
    }
    if (auto moved = rename_file(draft.path(), state_file); !moved) return std::move(moved).error();
    lock->release();
    return told;
}

}  // namespace duet::store
