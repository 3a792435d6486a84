#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/errors.h"
#include "daemon/store/schema.h"
#include "daemon/store/sqlite_store.h"

namespace duet::store {
namespace {

/// Makes the file when it is not there, for its owner alone; SQLite gives the log beside it the
/// same rights. The folder is synced, so that a power cut cannot lose the name.
Status make_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return is_no_room(errno) ? no_room(path) : cannot_open(path, std::strerror(errno));
    ::close(file);
    const auto parent = std::filesystem::path(path).parent_path();
    const int folder = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
    if (folder < 0) return cannot_open(path, std::strerror(errno));
    const int synced = ::fsync(folder);
    ::close(folder);
    if (synced != 0) return cannot_open(path, "its folder cannot be synced");
    return Done{};
}

/// A log with pages in it: the last owner did not get to close the file.
bool has_log(const std::string& path) {
    struct stat info {};
    return ::stat((path + "-wal").c_str(), &info) == 0 && info.st_size > 0;
}

/// After a sync that failed, what the log holds can be read and yet never reach the disk, as the
/// kernel takes it for written; the log's later pages would hang on it. Copied into the file, and
/// that synced, it is safe whatever became of the log.
Status empty_log(Database& database) {
    Query row = database.query("PRAGMA wal_checkpoint(TRUNCATE)", {});
    while (row.next()) {
    }
    return row.status();
}

}  // namespace

Result<std::unique_ptr<Database>> open_database(const std::string& path, bool unclean,
                                                const char* vfs) {
    auto database = Database::open(path, vfs);
    if (!database) return database;
    if (unclean) {
        if (auto sound = quick_check(**database); !sound) return std::move(sound).error();
        if (auto emptied = empty_log(**database); !emptied) return std::move(emptied).error();
    }
    if (auto ready = migrate(**database, schema_steps()); !ready) return std::move(ready).error();
    return database;
}

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path) {
    const bool in_memory = path == ":memory:";
    LockFile lock;
    bool unclean = false;
    if (!in_memory) {
        auto taken = LockFile::take(path + ".lock");
        if (!taken) return std::move(taken).error();
        lock = *std::move(taken);
        unclean = lock.was_left() || has_log(path);
        if (auto made = make_file(path); !made) return std::move(made).error();
    }
    auto database = open_database(path, unclean);
    if (!database) return std::move(database).error();
    return std::unique_ptr<Store>(
        std::make_unique<SqliteStore>(std::move(lock), *std::move(database)));
}

SqliteStore::~SqliteStore() {
    // A store that met a failing disk leaves its mark, so that the next start checks the file.
    const bool sound = !database_->is_dead();
    database_.reset();
    if (sound) lock_.release();
}

}  // namespace duet::store
