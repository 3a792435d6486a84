#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace duet::sandbox {

/// Thrown by everything here when SQLite refuses. The server turns it into a 500; code that
/// expects a refusal (a unique index) catches it and asks `constraint()`.
class DatabaseError : public std::runtime_error {
public:
    DatabaseError(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
    [[nodiscard]] int code() const noexcept { return code_; }  // extended result code
    [[nodiscard]] bool constraint() const noexcept { return (code_ & 0xff) == 19; }

private:
    int code_;
};

/// A value of a column: NULL, INTEGER, REAL or TEXT.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

/// One run of a prepared statement. Positions of bind count from 1, of columns from 0.
/// Going out of scope resets the statement and gives it back to the cache.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(Statement&&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    Statement& bind(int position, std::string_view text);  // copies
    Statement& bind(int position, const char* text) {
        return bind(position, std::string_view{text});
    }
    Statement& bind(int position, const std::string& text) {
        return bind(position, std::string_view{text});
    }
    Statement& bind(int position, std::int64_t number);
    Statement& bind(int position, int number) { return bind(position, std::int64_t{number}); }
    Statement& bind(int position, bool) = delete;  // say 0 or 1
    Statement& bind(int position, double number);
    Statement& bind(int position, const SqlValue& value);
    Statement& bind_null(int position);

    /// True: a row is there to be read.
    bool step();
    /// Steps until done, and resets: for statements that give no rows. Returns rows changed.
    std::int64_t run();
    /// For the next run with other values.
    void reset();

    [[nodiscard]] int columns() const;
    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    /// "" for NULL. Valid until the next step or reset.
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] SqlValue value(int column) const;

private:
    friend class Database;
    Statement(sqlite3* database, sqlite3_stmt* statement, bool* in_use);
    sqlite3* database_;
    sqlite3_stmt* statement_;
    bool* in_use_;  // of the cache; null: the statement is our own and is finalized
};

/// The one connection to the sandbox's file (":memory:" is allowed). Not safe for threads: the
/// sandbox's worker is the only one that uses it.
///
/// synchronous=OFF: a sandbox is made anew from its seed, and a killed process loses nothing.
class Database {
public:
    explicit Database(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void exec(const std::string& sql);
    /// From a cache of compiled statements, by text. Nested use of the same text is allowed.
    [[nodiscard]] Statement prepare(std::string_view sql);
    [[nodiscard]] std::int64_t last_insert_rowid() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] sqlite3* handle() noexcept { return handle_; }

private:
    struct Cached;
    sqlite3* handle_ = nullptr;
    std::unordered_map<std::string, std::unique_ptr<Cached>> cache_;
};

/// A savepoint: rolled back unless released, may be nested. Outermost is a whole transaction.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();
    void rollback();

private:
    Database& database_;
    bool open_ = true;
};

}  // namespace duet::sandbox
