// The session extension is in Debian's library; its declarations ask for these.
#define SQLITE_ENABLE_SESSION 1
#define SQLITE_ENABLE_PREUPDATE_HOOK 1

#include "connectors/sandbox/history.h"

#include <stdexcept>
#include <string_view>

#include <sqlite3.h>

namespace duet::sandbox {

namespace {

void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error("SQLite's session extension failed");
}

/// Rows of the two APIs; what the sandbox keeps for itself is not taken back.
int is_of_an_api(void*, const char* table) {
    return std::string_view(table).starts_with("sandbox_") ? 0 : 1;
}

int on_conflict(void*, int kind, sqlite3_changeset_iter*) {
    return kind == SQLITE_CHANGESET_DATA || kind == SQLITE_CHANGESET_CONFLICT
               ? SQLITE_CHANGESET_REPLACE
               : SQLITE_CHANGESET_OMIT;
}

}  // namespace

struct History::Session {
    explicit Session(sqlite3* database) {
        check(sqlite3session_create(database, "main", &handle));
        check(sqlite3session_attach(handle, nullptr));
    }
    ~Session() { sqlite3session_delete(handle); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    sqlite3_session* handle = nullptr;
};

History::History(sqlite3* database) : database_(database) {}
History::~History() = default;

void History::start() {
    if (!session_) session_ = std::make_unique<Session>(database_);
}

bool History::recording() const noexcept { return session_ != nullptr; }

void History::keep(std::int64_t now_ms) {
    if (!session_) return;
    int bytes = 0;
    void* changes = nullptr;
    check(sqlite3session_changeset(session_->handle, &bytes, &changes));
    if (bytes > 0) {
        const char* first = static_cast<const char*>(changes);
        changes_.push_back({now_ms, std::vector<char>(first, first + bytes)});
        if (changes_.size() > kChangesMax) changes_.pop_front();
        session_ = std::make_unique<Session>(database_);
    }
    sqlite3_free(changes);
}

void History::go_back(std::int64_t time_ms) {
    if (!session_) return;
    // Taking back is no write, and neither is the roll-back that follows.
    session_.reset();
    for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
        if (change->at_ms <= time_ms) break;
        int bytes = 0;
        void* inverse = nullptr;
        check(sqlite3changeset_invert(static_cast<int>(change->changes.size()),
                                      change->changes.data(), &bytes, &inverse));
        const int done =
            sqlite3changeset_apply(database_, bytes, inverse, is_of_an_api, on_conflict, nullptr);
        sqlite3_free(inverse);
        check(done);
    }
}

}  // namespace duet::sandbox
