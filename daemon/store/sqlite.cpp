#include "daemon/store/sqlite.h"

#include <cerrno>

#include <sqlite3.h>

#include "daemon/store/errors.h"
#include "daemon/store/schema.h"

namespace duet::store {
namespace {

// Every write is durable once acknowledged (FULL); this connection alone checkpoints, as SQLite
// up to 3.51.2 can damage a WAL file when two do. 10,000 pages: 41 MB of log, 1.6 times the
// throughput of the default 1,000.
constexpr const char* kConnection = R"(
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -65536;
    PRAGMA mmap_size = 0;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 10000;
    PRAGMA journal_size_limit = 67108864;)";

constexpr int kBusyTimeoutMs = 5000;

void bind(sqlite3_stmt* statement, int index, const Parameter& parameter, bool copy_texts) {
    switch (parameter.type) {
        case Parameter::Type::Null:
            sqlite3_bind_null(statement, index);
            return;
        case Parameter::Type::Integer:
            sqlite3_bind_int64(statement, index, parameter.integer);
            return;
        case Parameter::Type::Text:
            // An empty view may point nowhere, which SQLite would take for NULL.
            sqlite3_bind_text64(
                statement, index, parameter.text.empty() ? "" : parameter.text.data(),
                parameter.text.size(), copy_texts ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
    }
}

}  // namespace

Query::Query(Query&& other) noexcept
    : database_(other.database_),
      sql_(other.sql_),
      statement_(std::exchange(other.statement_, nullptr)),
      error_(std::move(other.error_)) {}

Query::~Query() {
    if (statement_ != nullptr) database_->give_back(sql_, statement_);
}

bool Query::next() {
    if (statement_ == nullptr || error_) return false;
    errno = 0;
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) error_ = database_->failed(result);
    database_->give_back(sql_, std::exchange(statement_, nullptr));
    return false;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Query::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Status Query::status() const {
    if (error_) return *error_;
    return Done{};
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const char* vfs) {
    // Its statistics of memory cost a lock for each allocation, and nobody asks for them. Refused,
    // without harm, where another part of the process has used SQLite before.
    static const int statistics_off = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(statistics_off);
    std::unique_ptr<Database> database(new Database(path));
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    errno = 0;
    const int result = sqlite3_open_v2(path.c_str(), &database->handle_, flags, vfs);
    if (result != SQLITE_OK) return database->failed(result);
    if (auto ready = database->set_up(); !ready) return std::move(ready).error();
    return database;
}

Result<std::unique_ptr<Database>> Database::open_to_read(const std::string& path) {
    std::unique_ptr<Database> database(new Database(path));
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int result = sqlite3_open_v2(path.c_str(), &database->handle_, flags, nullptr);
    if (result != SQLITE_OK) return database->failed(result);
    sqlite3_busy_timeout(database->handle_, kBusyTimeoutMs);
    if (auto ours = check_application(*database); !ours) return std::move(ours).error();
    return database;
}

Status Database::set_up() {
    sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
    sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // Asked before anything is set: a file of another program must stay as it is.
    if (auto ours = check_application(*this); !ours) return ours;
    return script(kConnection);
}

Database::~Database() {
    for (auto& [sql, statements] : idle_) {
        for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
    }
    if (in_transaction_) rollback();
    sqlite3_close_v2(handle_);
}

std::optional<Error> Database::refusal() const {
    if (dead_) return dead_;
    return poison_;
}

Error Database::failed(int result_code) {
    // sqlite3_system_errno() says nothing of a commit that failed.
    if (is_no_room(result_code, errno)) result_code = SQLITE_FULL;
    Error error =
        sqlite_error(path_, result_code,
                     handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(result_code));
    if (is_fatal(result_code)) dead_ = error;
    if (in_transaction_ && !poison_) poison_ = error;
    return error;
}

Result<sqlite3_stmt*> Database::take(std::string_view sql) {
    if (const auto found = idle_.find(sql.data()); found != idle_.end() && !found->second.empty()) {
        sqlite3_stmt* statement = found->second.back();
        found->second.pop_back();
        return statement;
    }
    sqlite3_stmt* statement = nullptr;
    errno = 0;
    const int result = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) return failed(result);
    return statement;
}

void Database::give_back(std::string_view sql, sqlite3_stmt* statement) noexcept {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    try {
        idle_[sql.data()].push_back(statement);
    } catch (...) {
        sqlite3_finalize(statement);
    }
}

Result<Query> Database::start(std::string_view sql, std::span<const Parameter> parameters,
                              bool copy_texts) {
    if (auto no = refusal()) return *no;
    auto statement = take(sql);
    if (!statement) return std::move(statement).error();
    int index = 0;
    for (const Parameter& parameter : parameters) bind(*statement, ++index, parameter, copy_texts);
    return Query(*this, sql, *statement);
}

Query Database::query(std::string_view sql, std::span<const Parameter> parameters) {
    auto started = start(sql, parameters, true);
    if (!started) return Query(*this, std::move(started).error());
    return *std::move(started);
}

Status Database::run(std::string_view sql, std::initializer_list<Parameter> parameters) {
    auto started = start(sql, std::span(parameters.begin(), parameters.size()), false);
    if (!started) return std::move(started).error();
    while (started->next()) {
    }
    return started->status();
}

Status Database::run_once(const std::string& sql, std::initializer_list<Parameter> parameters) {
    if (auto no = refusal()) return *no;
    sqlite3_stmt* statement = nullptr;
    const int prepared =
        sqlite3_prepare_v2(handle_, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
    if (prepared != SQLITE_OK) return failed(prepared);
    int index = 0;
    for (const Parameter& parameter : parameters) bind(statement, ++index, parameter, false);
    int result = SQLITE_ROW;
    while (result == SQLITE_ROW) result = sqlite3_step(statement);
    Status done = Done{};
    if (result != SQLITE_DONE) done = failed(result);
    sqlite3_finalize(statement);
    return done;
}

Status Database::script(const std::string& sql) {
    if (auto no = refusal()) return *no;
    errno = 0;
    const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return failed(result);
    return Done{};
}

std::int64_t Database::changes() const noexcept { return sqlite3_changes64(handle_); }

Status Database::begin() {
    if (in_transaction_) return misuse("a transaction inside another");
    if (auto started = run("BEGIN IMMEDIATE", {}); !started) return started;
    in_transaction_ = true;
    return Done{};
}

Status Database::begin_reading() {
    if (in_transaction_) return misuse("a transaction inside another");
    if (auto started = run("BEGIN", {}); !started) return started;
    in_transaction_ = true;
    return Done{};
}

Status Database::commit() {
    if (!in_transaction_) return misuse("a commit without a transaction");
    Status committed = run("COMMIT", {});
    if (!committed) {
        rollback();
        return committed;
    }
    in_transaction_ = false;
    return committed;
}

void Database::rollback() noexcept {
    if (!in_transaction_) return;
    in_transaction_ = false;
    poison_.reset();
    // SQLite may have rolled back by itself when a statement failed.
    if (sqlite3_get_autocommit(handle_) == 0) {
        sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

Result<std::int64_t> number(Query query, std::int64_t none) {
    if (query.next()) return query.integer(0);
    if (auto status = query.status(); !status) return std::move(status).error();
    return none;
}

}  // namespace duet::store
