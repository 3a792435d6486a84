#include "connectors/sandbox/database.h"

#include <utility>

#include <sqlite3.h>

namespace duet::sandbox {

struct Database::Cached {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
};

namespace {

[[noreturn]] void fail(sqlite3* handle) {
    throw DatabaseError(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle));
}

void check(sqlite3* handle, int code) {
    if (code != SQLITE_OK) fail(handle);
}

}  // namespace

Statement::Statement(sqlite3* database, sqlite3_stmt* statement, bool* in_use)
    : database_(database), statement_(statement), in_use_(in_use) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)) {}

Statement::~Statement() {
    if (statement_ == nullptr) return;
    if (in_use_ == nullptr) {
        sqlite3_finalize(statement_);
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    *in_use_ = false;
}

Statement& Statement::bind(int position, std::string_view text) {
    check(database_, sqlite3_bind_text(statement_, position, text.empty() ? "" : text.data(),
                                       static_cast<int>(text.size()), SQLITE_TRANSIENT));
    return *this;
}

Statement& Statement::bind(int position, std::int64_t number) {
    check(database_, sqlite3_bind_int64(statement_, position, number));
    return *this;
}

Statement& Statement::bind(int position, double number) {
    check(database_, sqlite3_bind_double(statement_, position, number));
    return *this;
}

Statement& Statement::bind(int position, const SqlValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(position, *number);
    if (const auto* real = std::get_if<double>(&value)) return bind(position, *real);
    if (const auto* text = std::get_if<std::string>(&value)) return bind(position, *text);
    return bind_null(position);
}

Statement& Statement::bind_null(int position) {
    check(database_, sqlite3_bind_null(statement_, position));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const DatabaseError error(sqlite3_extended_errcode(database_), sqlite3_errmsg(database_));
    sqlite3_reset(statement_);
    throw error;
}

std::int64_t Statement::run() {
    while (step()) {
    }
    const std::int64_t changed = sqlite3_changes64(database_);
    sqlite3_reset(statement_);
    return changed;
}

void Statement::reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

int Statement::columns() const { return sqlite3_column_count(statement_); }

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string_view Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

SqlValue Statement::value(int column) const {
    switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_NULL:
            return std::monostate{};
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_FLOAT:
            return real(column);
        default:
            return std::string(text(column));
    }
}

Database::Database(const std::string& path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr) != SQLITE_OK) {
        const std::string why = handle_ != nullptr ? sqlite3_errmsg(handle_) : "out of memory";
        sqlite3_close(handle_);
        throw std::runtime_error("cannot open the sandbox's file: " + why);
    }
    exec(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;"
        "PRAGMA cache_size=-65536; PRAGMA mmap_size=0; PRAGMA trusted_schema=OFF;");
}

Database::~Database() {
    for (auto& entry : cache_) sqlite3_finalize(entry.second->statement);
    cache_.clear();
    sqlite3_close_v2(handle_);
}

void Database::exec(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle_);
}

Statement Database::prepare(std::string_view sql) {
    constexpr std::size_t kCachedMax = 1000;
    const auto compile = [&](unsigned flags) {
        sqlite3_stmt* statement = nullptr;
        check(handle_, sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), flags,
                                          &statement, nullptr));
        return statement;
    };
    const std::string key(sql);
    const auto found = cache_.find(key);
    if (found != cache_.end()) {
        if (found->second->in_use) return {handle_, compile(0), nullptr};
        found->second->in_use = true;
        return {handle_, found->second->statement, &found->second->in_use};
    }
    // A client that never repeats a query must not fill the memory.
    if (cache_.size() >= kCachedMax) return {handle_, compile(0), nullptr};
    auto cached = std::make_unique<Cached>();
    cached->statement = compile(SQLITE_PREPARE_PERSISTENT);
    cached->in_use = true;
    bool* in_use = &cached->in_use;
    sqlite3_stmt* statement = cached->statement;
    cache_.emplace(key, std::move(cached));
    return {handle_, statement, in_use};
}

std::int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(handle_); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Transaction::Transaction(Database& database) : database_(database) {
    database_.prepare("SAVEPOINT step").run();
}

Transaction::~Transaction() {
    try {
        rollback();
    } catch (const DatabaseError&) {
        // The connection itself is broken; the next statement says so.
    }
}

void Transaction::commit() {
    if (!std::exchange(open_, false)) return;
    database_.prepare("RELEASE step").run();
}

void Transaction::rollback() {
    if (!std::exchange(open_, false)) return;
    database_.prepare("ROLLBACK TO step").run();
    database_.prepare("RELEASE step").run();
}

}  // namespace duet::sandbox
