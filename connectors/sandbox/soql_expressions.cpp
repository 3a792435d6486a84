#include "connectors/sandbox/soql_expressions.h"

#include <array>
#include <utility>

#include "connectors/sandbox/soql_parser.h"
#include "mappings/catalog.h"
#include "mappings/text.h"

namespace duet::sandbox::soql {
namespace {

struct DatePart {
    std::string_view function;
    std::string_view before;  // SQL before and after the column
    std::string_view after;
};

// Dates and datetimes are ISO 8601 texts in UTC, and the user's time zone is UTC. The fiscal
// year starts in January. Week 1 is the first seven days of the month or year, not the ISO week.
constexpr DatePart kDateParts[] = {
    {"CALENDAR_YEAR", "CAST(substr(", ", 1, 4) AS INTEGER)"},
    {"FISCAL_YEAR", "CAST(substr(", ", 1, 4) AS INTEGER)"},
    {"CALENDAR_MONTH", "CAST(substr(", ", 6, 2) AS INTEGER)"},
    {"FISCAL_MONTH", "CAST(substr(", ", 6, 2) AS INTEGER)"},
    {"CALENDAR_QUARTER", "((CAST(substr(", ", 6, 2) AS INTEGER) + 2) / 3)"},
    {"FISCAL_QUARTER", "((CAST(substr(", ", 6, 2) AS INTEGER) + 2) / 3)"},
    {"DAY_IN_MONTH", "CAST(substr(", ", 9, 2) AS INTEGER)"},
    {"WEEK_IN_MONTH", "((CAST(substr(", ", 9, 2) AS INTEGER) + 6) / 7)"},
    {"DAY_IN_WEEK", "(CAST(strftime('%w', ", ") AS INTEGER) + 1)"},
    {"DAY_IN_YEAR", "CAST(strftime('%j', ", ") AS INTEGER)"},
    {"WEEK_IN_YEAR", "((CAST(strftime('%j', ", ") AS INTEGER) + 6) / 7)"},
    {"HOUR_IN_DAY", "CAST(substr(", ", 12, 2) AS INTEGER)"},
    {"DAY_ONLY", "substr(", ", 1, 10)"},
};

Typed type_field(Tables& tables, const Expression& expression) {
    Typed typed;
    typed.ref = tables.resolve(expression.path, expression.offset);
    typed.type = typed.ref.field->type;
    typed.family = family_of(typed.type);
    typed.sql = typed.ref.sql;
    typed.name = typed.ref.field->name;
    return typed;
}

Typed type_date_function(Session& session, Tables& tables, const Expression& call) {
    const Expression* argument = &call.arguments.front();
    const bool converts = argument->kind == Expression::Kind::kFunction;
    if (converts) argument = &argument->arguments.front();
    const Typed field = type_field(tables, *argument);
    const bool needs_time =
        converts || call.function == "HOUR_IN_DAY" || call.function == "DAY_ONLY";
    if (field.family != Family::kDatetime && (needs_time || field.family != Family::kDate)) {
        session.refuse(call.offset, "INVALID_FIELD",
                       "field '" + field.name + "' is not valid in the function " + call.function);
    }
    Typed typed;
    for (const DatePart& part : kDateParts) {
        if (part.function != call.function) continue;
        typed.sql = std::string{part.before} + field.sql + std::string{part.after};
    }
    typed.type = call.function == "DAY_ONLY" ? "date" : "int";
    typed.family = family_of(typed.type);
    typed.name = call.function + "(" + field.name + ")";
    return typed;
}

bool takes(std::string_view function, const Typed& argument) {
    const bool is_number =
        argument.family == Family::kInteger || argument.family == Family::kNumber;
    if (function == "SUM" || function == "AVG") return is_number;
    if (function == "MIN" || function == "MAX") {
        // The order of picklist values under MIN is nowhere documented.
        return is_number || argument.family == Family::kDate ||
               argument.family == Family::kDatetime || argument.family == Family::kId ||
               (argument.family == Family::kText && argument.type != "picklist");
    }
    return argument.family != Family::kMulti && argument.family != Family::kCompound;
}

Typed type_aggregate(Session& session, Tables& tables, const Expression& call) {
    if (call.function == "GROUPING" || call.arguments.empty()) {
        session.refuse(call.offset, "MALFORMED_QUERY",
                       "This server does not support " + call.function + " here");
    }
    const Typed argument = type_expression(session, tables, call.arguments.front());
    const bool is_filterable = argument.ref.field == nullptr || argument.ref.field->filterable;
    if (argument.aggregate || !is_filterable || !takes(call.function, argument)) {
        session.refuse(
            call.offset, "MALFORMED_QUERY",
            "field " + argument.name + " does not support aggregate operator " + call.function);
    }
    Typed typed;
    typed.aggregate = true;
    typed.name = call.function + "(" + argument.name + ")";
    typed.type = argument.type;
    if (call.function == "COUNT" || call.function == "COUNT_DISTINCT") {
        typed.type = "int";
    } else if (call.function == "AVG") {
        typed.type = "double";
    }
    typed.family = family_of(typed.type);
    if (call.function == "COUNT") {
        typed.sql = "COUNT(" + argument.sql + ")";
    } else if (call.function == "COUNT_DISTINCT") {
        typed.sql = "COUNT(DISTINCT " + collated(argument) + ")";
    } else {
        typed.sql = call.function + "(" + collated(argument) + ")";
    }
    return typed;
}

}  // namespace

Family family_of(std::string_view type) {
    if (type == "id" || type == "reference") return Family::kId;
    if (type == "boolean") return Family::kBoolean;
    if (type == "int") return Family::kInteger;
    if (type == "double" || type == "currency" || type == "percent") return Family::kNumber;
    if (type == "date") return Family::kDate;
    if (type == "datetime") return Family::kDatetime;
    if (type == "time") return Family::kTime;
    if (type == "multipicklist") return Family::kMulti;
    if (type == "address" || type == "location") return Family::kCompound;
    return Family::kText;
}

Typed type_expression(Session& session, Tables& tables, const Expression& expression) {
    if (expression.kind == Expression::Kind::kField) return type_field(tables, expression);
    if (is_aggregate(expression.function)) return type_aggregate(session, tables, expression);
    if (is_date_function(expression.function)) {
        return type_date_function(session, tables, expression);
    }
    if (expression.function == "TOLABEL") {
        Typed typed = type_expression(session, tables, expression.arguments.front());
        // Picklist values of the sandbox have no labels of their own.
        if (typed.type == "picklist" || typed.type == "multipicklist") return typed;
    }
    session.refuse(expression.offset, "MALFORMED_QUERY",
                   "This server does not support the function " + expression.function + " here");
}

std::string collated(const Typed& typed) {
    const bool is_text = typed.family == Family::kText || typed.family == Family::kMulti;
    return is_text ? typed.sql + " COLLATE SOQL_TEXT" : typed.sql;
}

std::vector<std::string> order_keys(const Typed& typed) {
    std::vector<std::string> keys;
    if (typed.type == "picklist" && typed.ref.field != nullptr &&
        !typed.ref.field->picklist.empty()) {
        std::string rank = "CASE " + typed.sql + " COLLATE SOQL_TEXT";
        std::size_t place = 0;
        for (const std::string& value : typed.ref.field->picklist) {
            rank += " WHEN " + quote_text(value) + " THEN " + std::to_string(place++);
        }
        keys.push_back("CASE WHEN " + typed.sql + " IS NOT NULL THEN " + rank + " ELSE " +
                       std::to_string(place) + " END END");
    }
    keys.push_back(collated(typed));
    return keys;
}

std::string address_sql(const FieldRef& address) {
    constexpr std::array<std::string_view, 8> kParts = {"City",     "Country",   "GeocodeAccuracy",
                                                        "Latitude", "Longitude", "PostalCode",
                                                        "State",    "Street"};
    const std::string& name = address.field->name;  // "MailingAddress", or "Address" of a lead
    const std::string prefix = name.size() > 7 && same_name(name.substr(name.size() - 7), "Address")
                                   ? name.substr(0, name.size() - 7)
                                   : "";
    const std::string table = address.sql.substr(0, address.sql.find('.') + 1);
    std::string json;
    std::string any;
    for (const std::string_view part : kParts) {
        const Field* field = address.object->find(prefix + std::string{part});
        std::string key{part};
        key[0] = lower_case(key[0]);
        json += (json.empty() ? "" : ", ") + quote_text(key) + ", " +
                (field == nullptr ? "NULL" : table + quote_name(field->name));
        if (field == nullptr) continue;
        any += (any.empty() ? "" : " OR ") + table + quote_name(field->name) + " IS NOT NULL";
    }
    if (any.empty()) return "NULL";
    return "CASE WHEN " + any + " THEN json_object(" + json + ") END";
}

}  // namespace duet::sandbox::soql
