#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mappings/result.h"
#include "mappings/seams.h"
#include "mappings/side.h"
#include "mappings/value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace duet::store {

class Database;

/// Stored form of instants: microseconds since 1970, UTC.
[[nodiscard]] inline std::int64_t to_micros(Instant time) noexcept {
    return time.time_since_epoch().count();
}
[[nodiscard]] inline Instant to_instant(std::int64_t micros) noexcept {
    return Instant{std::chrono::microseconds{micros}};
}

/// One bound parameter. Refers to its text: use it within the expression that makes it.
struct Parameter {
    enum class Type : std::uint8_t { Null, Integer, Text };

    Parameter(std::int64_t value) : type(Type::Integer), integer(value) {}
    Parameter(int value) : Parameter(std::int64_t{value}) {}
    Parameter(bool value) : Parameter(std::int64_t{value}) {}
    Parameter(Side side) : Parameter(static_cast<std::int64_t>(side)) {}
    Parameter(Instant time) : Parameter(to_micros(time)) {}
    Parameter(const std::optional<Instant>& time)
        : type(time ? Type::Integer : Type::Null), integer(time ? to_micros(*time) : 0) {}
    Parameter(std::string_view value) : type(Type::Text), text(value) {}
    Parameter(const std::string& value) : type(Type::Text), text(value) {}
    Parameter(const char* value) : type(Type::Text), text(value) {}

    Type type = Type::Null;
    std::int64_t integer = 0;
    std::string_view text{};
};

/// The rows of one statement. Give it back (destroy it) before the database goes. The first
/// failure sticks: next() is false from then on and status() holds it.
class Query {
public:
    Query(Query&& other) noexcept;
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    Query& operator=(Query&&) = delete;
    ~Query();

    /// Moves to the next row; false at the end and after a failure.
    bool next();
    /// Of the row that next() moved to. A text lives until the next call of next().
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] bool null(int column) const;
    [[nodiscard]] Side side(int column) const {
        return integer(column) == 0 ? Side::Crm : Side::Marketing;
    }
    [[nodiscard]] Instant instant(int column) const { return to_instant(integer(column)); }
    [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }

    [[nodiscard]] Status status() const;

private:
    friend class Database;
    Query(Database& database, std::string_view sql, sqlite3_stmt* statement)
        : database_(&database), sql_(sql), statement_(statement) {}
    Query(Database& database, Error error) : database_(&database), error_(std::move(error)) {}

    Database* database_;
    std::string_view sql_{};
    sqlite3_stmt* statement_ = nullptr;
    std::optional<Error> error_{};
};

/// The one connection to one SQLite file, with its prepared statements. One thread at a time.
///
/// (1) A transaction in which a statement failed cannot be committed, and runs nothing more:
///     SQLite may have rolled it back already, so that later statements would stand alone.
/// (2) After an I/O error or damage nothing more is run at all: only a fresh process knows what
///     the disk holds.
class Database {
public:
    /// Opens an existing file (an empty one counts) or ":memory:" and sets the connection up.
    /// Refuses a database that another application made. `vfs`: the disk under it, by the name
    /// that SQLite knows it by; null: the machine's.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                                const char* vfs = nullptr);
    /// Opens an existing file for reading beside its owner, which is neither asked nor held up:
    /// what a transaction reads is the file at one moment.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open_to_read(const std::string& path);
    /// Checkpoints, when it may write, and closes.
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Starts a prepared statement. `sql` must live as long as the database (a literal), since
    /// the statement is kept under its address for the next time.
    [[nodiscard]] Query query(std::string_view sql, std::initializer_list<Parameter> parameters) {
        return query(sql, std::span(parameters.begin(), parameters.size()));
    }
    [[nodiscard]] Query query(std::string_view sql, std::span<const Parameter> parameters);
    /// Runs a prepared statement to its end.
    Status run(std::string_view sql, std::initializer_list<Parameter> parameters);
    /// Runs a statement that is made at run time, once: the tables of a sweep.
    Status run_once(const std::string& sql, std::initializer_list<Parameter> parameters);
    /// Runs a text of several statements once: schema and pragmas.
    Status script(const std::string& sql);
    /// Rows that the last INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t changes() const noexcept;

    /// A transaction that only reads.
    Status begin_reading();
    /// BEGIN IMMEDIATE: a deferred transaction that turned into a writer would fail at once.
    Status begin();
    Status commit();
    void rollback() noexcept;
    [[nodiscard]] bool in_transaction() const noexcept { return in_transaction_; }
    /// Nothing can be run any more (invariant 2).
    [[nodiscard]] bool is_dead() const noexcept { return dead_.has_value(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    friend class Query;
    explicit Database(std::string path) : path_(std::move(path)) {}

    Status set_up();
    [[nodiscard]] std::optional<Error> refusal() const;
    Result<sqlite3_stmt*> take(std::string_view sql);
    void give_back(std::string_view sql, sqlite3_stmt* statement) noexcept;
    Error failed(int result_code);
    Result<Query> start(std::string_view sql, std::span<const Parameter> parameters,
                        bool copy_texts);

    std::string path_;
    sqlite3* handle_ = nullptr;
    bool in_transaction_ = false;
    std::optional<Error> poison_{};  // of the open transaction
    std::optional<Error> dead_{};
    // Statements not in use. More than one of a text when its rows were read in nested loops.
    /// By address: every statement is a literal, and comparing their texts costs more than some
    /// run.
    std::unordered_map<const char*, std::vector<sqlite3_stmt*>> idle_;
};

/// Every row, as `read` makes it; `read` gives a T or a Result<T>.
template <class T, class Read>
[[nodiscard]] Result<std::vector<T>> all(Query query, Read read) {
    std::vector<T> rows;
    while (query.next()) {
        Result<T> row = read(query);
        if (!row) return std::move(row).error();
        rows.push_back(*std::move(row));
    }
    if (auto status = query.status(); !status) return std::move(status).error();
    return rows;
}

/// The first row, or nothing when there is none.
template <class T, class Read>
[[nodiscard]] Result<std::optional<T>> first(Query query, Read read) {
    if (query.next()) {
        Result<T> row = read(query);
        if (!row) return std::move(row).error();
        return std::optional<T>(*std::move(row));
    }
    if (auto status = query.status(); !status) return std::move(status).error();
    return std::optional<T>{};
}

/// The number in the first column of the first row, `none` when there is no row.
[[nodiscard]] Result<std::int64_t> number(Query query, std::int64_t none = 0);

}  // namespace duet::store
