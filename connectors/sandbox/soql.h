#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "connectors/sandbox/schema.h"

namespace duet::sandbox::soql {

/// A refusal in the vendor's own words: HTTP 400 with these two.
struct Refusal {
    std::string error_code;  // MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE, ...
    std::string
        message;  // "\nId,Nope FROM Lead\n   ^\nERROR at Row:1:Column:11\nNo such column ..."
};

struct Query;  // the syntax tree; see soql_tree.h

struct QueryDeleter {
    void operator()(Query* query) const noexcept;
};
using QueryPtr = std::unique_ptr<Query, QueryDeleter>;

/// Parses the whole SOQL grammar; says nothing about whether objects and fields exist.
[[nodiscard]] std::variant<QueryPtr, Refusal> parse(std::string_view text);

/// One output column of a translated query, in SELECT order. An aggregate's path is its alias,
/// the grouped field's own name, or expr0, expr1, ... A compound address (type "address") comes as
/// JSON text with its eight parts, or null.
struct Column {
    std::vector<std::string>
        path;          // {"Account", "Name"}: canonical spelling; {"expr0"} for aggregates
    std::string type;  // the field's describe type
    /// For a path through parents: index of the hidden column that tells whether each parent
    /// exists is not needed: a parent is null when its id column below is null.
    std::vector<int> parent_id_columns{};  // column index of the id of each parent along the path
};

struct Child;

/// SQL to run over the tables of schema.h, on a connection that has the functions of soql_sql.h.
struct Translation {
    std::string object;       // canonical name of the FROM object
    bool count_only = false;  // SELECT COUNT() FROM X: one row, one number
    bool aggregate = false;   // rows are AggregateResults, without Id
    std::string sql;          // SELECT ...; bind parameters are ?1.. in `parameters`
    std::string count_sql;    // number of rows of the result before LIMIT is paged
    std::vector<std::variant<std::string, double, std::int64_t>> parameters;
    std::vector<Column> columns;    // the first columns.size() SQL columns; hidden ones follow
    int id_column = -1;             // SQL column that holds the row's Id (hidden if not selected)
    std::vector<Child> children{};  // subqueries, in SELECT order
};

/// A subquery: run once for each row of its parent. The row's Id is bound as one more parameter,
/// ?N with N = query.parameters.size() + 1, in `sql` and in `count_sql`.
struct Child {
    std::string name;                // canonical name of the relationship: "Contacts"
    std::size_t columns_before = 0;  // how many of the parent's columns precede it in SELECT order
    Translation query;
};

/// Turns a parsed query into SQL. What the sandbox cannot answer exactly is refused, never
/// guessed. `now` is "2018-01-02T03:04:05.000Z": what date literals are relative to (UTC).
/// `all_rows`: queryAll, deleted rows included; `bulk`: refuse what Bulk API 2.0 refuses.
[[nodiscard]] std::variant<Translation, Refusal> translate(const Query& query,
                                                           std::string_view text,
                                                           const Schema& schema,
                                                           std::string_view now, bool all_rows,
                                                           bool bulk);

}  // namespace duet::sandbox::soql
