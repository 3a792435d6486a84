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
#include "daemon/store/invariants.h"
#include "daemon/store/lock_file.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite.h"

namespace duet::store {
namespace {

namespace fs = std::filesystem;

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
    auto findings = broken_invariants(**database);
    if (!findings) return std::move(findings).error();
    checked.rules = invariants();
    checked.findings = *std::move(findings);
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
