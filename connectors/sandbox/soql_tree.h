#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connectors/sandbox/soql.h"

/// The syntax tree of a SOQL query. It keeps names as they were typed; offsets count bytes from
/// the start of the query text, so that a refusal can point at the place. A tree is plain data:
/// it owns its parts and holds no reference into the text.
namespace duet::sandbox::soql {

struct Literal {
    enum class Kind {
        kNull,
        kBoolean,
        kInteger,
        kDecimal,
        kString,
        kDate,
        kDatetime,
        kTime,
        kDateRange,
        kCurrency
    };
    Kind kind = Kind::kNull;
    /// Strings: unescaped, but `\%` `\_` `\\` stay escaped when `pattern`. Dates "2018-01-02",
    /// datetimes "2018-01-02T03:04:05.000Z" (UTC). Date ranges: the keyword in upper case.
    /// Numbers and currencies as typed.
    std::string text;
    bool pattern = false;    // the operand of LIKE
    bool truth = false;      // kBoolean
    std::int64_t count = 0;  // the n of LAST_N_DAYS:n
    std::size_t offset = 0;
};

/// A field, a function of expressions, or a constant inside a function.
struct Expression {
    enum class Kind { kField, kFunction, kLiteral };
    Kind kind = Kind::kField;
    std::vector<std::string> path;  // kField: {"Account", "Name"}
    std::string function;           // kFunction: in upper case
    std::vector<Expression> arguments;
    Literal literal;  // kLiteral
    std::size_t offset = 0;
};

enum class Operator {
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kLike,
    kIn,
    kNotIn,
    kIncludes,
    kExcludes
};

struct Condition {
    enum class Kind { kAnd, kOr, kNot, kCompare };
    Kind kind = Kind::kCompare;
    std::vector<Condition> children;  // kAnd, kOr: two or more; kNot: one
    Expression left;                  // kCompare
    Operator op = Operator::kEqual;
    std::vector<Literal> values;  // one, but for IN, NOT IN, INCLUDES, EXCLUDES
    QueryPtr subquery;            // IN (SELECT ...)
    std::size_t offset = 0;
};

struct TypeOf {
    struct Branch {
        std::string object;  // empty: ELSE
        std::vector<Expression> fields;
    };
    std::vector<std::string> path;
    std::vector<Branch> branches;
};

struct SelectItem {
    enum class Kind { kExpression, kCount, kFields, kSubquery, kTypeOf };
    Kind kind = Kind::kExpression;
    Expression expression;
    std::string alias;
    std::string fields_group;  // kFields: ALL, STANDARD, CUSTOM
    QueryPtr subquery;
    TypeOf type_of;
    std::size_t offset = 0;
};

struct OrderItem {
    Expression expression;
    bool descending = false;
    bool nulls_last = false;
};

/// `FROM Contact c, c.Account a`: the first is the object, others name parents.
struct Source {
    std::vector<std::string> path;
    std::string alias;
    std::size_t offset = 0;
};

enum class Grouping { kNone, kPlain, kRollup, kCube };

struct Query {
    std::vector<SelectItem> select;
    std::vector<Source> from;
    std::string scope;  // USING SCOPE; empty: none
    std::optional<Condition> where;
    std::vector<std::string> with;  // words of the WITH clause; empty: none
    Grouping grouping = Grouping::kNone;
    std::vector<Expression> group_by;
    std::optional<Condition> having;
    std::vector<OrderItem> order_by;
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> offset;
    std::vector<std::string> for_clauses;     // VIEW, REFERENCE, UPDATE
    std::vector<std::string> update_clauses;  // TRACKING, VIEWSTAT
    std::size_t group_by_offset = 0;
    std::size_t offset_offset = 0;  // where OFFSET's number stands
};

}  // namespace duet::sandbox::soql
