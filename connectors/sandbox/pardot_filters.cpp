#include "connectors/sandbox/pardot_filters.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <sstream>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_output.h"
#include "connectors/sandbox/pardot_rows.h"

namespace duet::sandbox {

namespace {

constexpr std::size_t kFilteredFieldsMax = 3;

struct Suffix {
    std::string_view text;
    std::string_view sql;
    bool for_times;
};

// Longest first, so that "createdAtAfterOrEqualTo" is not read as "...After" and a rest.
constexpr Suffix kSuffixes[] = {
    {"GreaterThanOrEqualTo", ">=", false},
    {"LessThanOrEqualTo", "<=", false},
    {"GreaterThan", ">", false},
    {"LessThan", "<", false},
    {"BeforeOrEqualTo", "<=", true},
    {"AfterOrEqualTo", ">=", true},
    {"Before", "<", true},
    {"After", ">", true},
};

struct Comparison {
    const PardotField* field = nullptr;
    std::string_view sql = "=";
};

const PardotFilter* filter_on(const PardotCollection& collection, std::string_view field) {
    const auto found =
        std::find_if(collection.filters.begin(), collection.filters.end(),
                     [field](const PardotFilter& each) { return each.field == field; });
    return found == collection.filters.end() ? nullptr : &*found;
}

Comparison comparison_of(const PardotCollection& collection, std::string_view name) {
    if (filter_on(collection, name)) return {collection.find(name), "="};
    for (const Suffix& suffix : kSuffixes) {
        if (!name.ends_with(suffix.text)) continue;
        const std::string_view field = name.substr(0, name.size() - suffix.text.size());
        const PardotFilter* filter = filter_on(collection, field);
        if (!filter || !filter->ranges) continue;
        const PardotField* found = collection.find(field);
        if ((found->kind == PardotKind::DateTime) != suffix.for_times) continue;
        return {found, suffix.sql};
    }
    refuse(10000, std::string{name});
}

SqlValue value_of(const PardotField& field, const std::string& name, const std::string& text) {
    if (field.kind == PardotKind::DateTime) {
        const auto time = stored_time(text);
        if (!time) refuse(57, name);
        return *time;
    }
    if (field.kind == PardotKind::Integer) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || end != text.data() + text.size()) refuse(56, name);
        return number;
    }
    return text;
}

}  // namespace

SqlPart filter_part(const PardotCollection& collection,
                    const std::map<std::string, std::string>& filters) {
    SqlPart part;
    std::set<std::string> fields;
    for (const auto& [name, text] : filters) {
        const Comparison comparison = comparison_of(collection, name);
        const PardotField& field = *comparison.field;
        fields.insert(field.name);
        part.values.push_back(value_of(field, name, text));
        if (!part.sql.empty()) part.sql += " AND ";
        part.sql += "\"" + field.name + "\"" + (field.name == "email" ? " COLLATE NOCASE " : " ") +
                    std::string{comparison.sql} + " ?";
    }
    if (fields.size() > kFilteredFieldsMax) refuse(209);
    return part;
}

std::vector<PardotOrder> parse_order(const PardotCollection& collection, std::string_view text) {
    std::vector<PardotOrder> order;
    bool by_id = false;
    for (const std::string& item : split_names(text)) {
        std::istringstream words(item);
        std::string field, direction, rest;
        words >> field >> direction >> rest;
        const auto& sortable = collection.sortable;
        if (std::find(sortable.begin(), sortable.end(), field) == sortable.end()) refuse(19, field);
        const std::string lower = lower_case(direction);
        if (!rest.empty() || (!lower.empty() && lower != "asc" && lower != "desc")) {
            refuse(20, item);
        }
        // Whatever follows the id cannot change the order.
        if (by_id) continue;
        order.push_back({field, lower == "desc"});
        by_id = field == "id";
    }
    if (!by_id) order.push_back({"id", false});
    return order;
}

std::string sort_expression(const std::string& field) {
    if (field == "id" || field == "createdAt" || field == "updatedAt") return "\"" + field + "\"";
    return "COALESCE(\"" + field + "\", '')";
}

std::string order_part(const std::vector<PardotOrder>& order) {
    std::string sql;
    for (const PardotOrder& each : order) {
        sql += (sql.empty() ? "" : ", ") + sort_expression(each.field) +
               (each.descending ? " DESC" : " ASC");
    }
    return sql;
}

SqlPart resume_part(const std::vector<PardotOrder>& order,
                    const std::map<std::string, SqlValue>& resume) {
    SqlPart part;
    for (std::size_t last = 0; last < order.size(); ++last) {
        std::string alternative;
        for (std::size_t i = 0; i <= last; ++i) {
            const auto value = resume.find(order[i].field);
            if (value == resume.end()) refuse(211);
            const char* compare = i < last ? " = ?" : order[i].descending ? " < ?" : " > ?";
            alternative += (i ? " AND " : "") + sort_expression(order[i].field) + compare;
            part.values.push_back(value->second);
        }
        part.sql += (last ? " OR (" : "(") + alternative + ")";
    }
    part.sql = "(" + part.sql + ")";
    return part;
}

}  // namespace duet::sandbox
