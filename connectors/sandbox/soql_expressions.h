#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connectors/sandbox/soql_paths.h"
#include "connectors/sandbox/soql_tree.h"

namespace duet::sandbox::soql {

/// How values of a describe type are stored, compared and ordered.
enum class Family {
    kText,
    kId,
    kBoolean,
    kInteger,
    kNumber,
    kDate,
    kDatetime,
    kTime,
    kMulti,
    kCompound
};
[[nodiscard]] Family family_of(std::string_view describe_type);

/// An expression as SQL, with what the language lets one do with it.
struct Typed {
    std::string sql;
    std::string type;  // describe type
    Family family = Family::kText;
    FieldRef ref;  // field is null for computed values
    bool aggregate = false;

    /// For messages: "Name", "CALENDAR_YEAR(CreatedDate)".
    std::string name;
};

/// Works out an expression that stands in a condition, an order or a select list.
[[nodiscard]] Typed type_expression(Session& session, Tables& tables, const Expression& expression);

/// The expression as a key of comparison: texts get their collation.
[[nodiscard]] std::string collated(const Typed& typed);
/// The expression as a key of order: picklists go by their place in the picklist.
[[nodiscard]] std::vector<std::string> order_keys(const Typed& typed);
/// A compound address as one JSON object of its eight parts; null when all are.
[[nodiscard]] std::string address_sql(const FieldRef& address);

}  // namespace duet::sandbox::soql
