#include <utility>

#include "connectors/sandbox/soql_filters.h"
#include "connectors/sandbox/soql_parser.h"
#include "connectors/sandbox/soql_select.h"

namespace duet::sandbox::soql {
namespace {

constexpr std::int64_t kMaxOffset = 2000;     // SOQL reference, read 2026-01
constexpr std::size_t kMaxSqlBytes = 900000;  // SQLite takes 1,000,000

bool is_sortable(const Typed& typed) {
    const bool is_filterable = typed.ref.field == nullptr || typed.ref.field->filterable;
    return is_filterable && typed.family != Family::kMulti && typed.family != Family::kCompound;
}

}  // namespace

std::string SelectTranslator::where(const std::optional<ParentLink>& link) {
    std::string sql = live_rows(session_, tables_);
    if (query_.where) {
        Filter filter(session_, tables_, Filter::Clause::kWhere);
        sql += (sql.empty() ? "" : " AND ") + filter.sql(*query_.where);
    }
    if (link) {
        // The number after all others: the caller binds the parent's id to it.
        sql += (sql.empty() ? "" : " AND ") + tables_.column(link->field) + " = ?" +
               std::to_string(session_.parameters.size() + 1);
    }
    return sql.empty() ? sql : " WHERE " + sql;
}

std::string SelectTranslator::group_by_sql() const {
    std::string sql;
    for (const Typed& group : groups_) sql += (sql.empty() ? " GROUP BY " : ", ") + collated(group);
    return sql;
}

std::string SelectTranslator::order_item(const OrderItem& item) {
    const Typed typed = type_expression(session_, tables_, item.expression);
    if (!is_sortable(typed)) {
        session_.refuse(item.expression.offset, "MALFORMED_QUERY",
                        "field '" + typed.name + "' can not be sorted in a query call");
    }
    if (out_.aggregate && !typed.aggregate && grouped_as(typed) == nullptr) {
        session_.refuse(item.expression.offset, "MALFORMED_QUERY",
                        "Ordered field must be grouped or aggregated: " + typed.name);
    }
    if (!out_.aggregate && typed.aggregate) {
        session_.refuse(item.expression.offset, "MALFORMED_QUERY",
                        "Ordered field must be grouped or aggregated: " + typed.name);
    }
    std::string sql;
    for (const std::string& key : order_keys(typed)) {
        sql += (sql.empty() ? "" : ", ") + key + (item.descending ? " DESC" : " ASC") +
               (item.nulls_last ? " NULLS LAST" : " NULLS FIRST");
    }
    return sql;
}

std::string SelectTranslator::order_by() {
    std::string sql;
    const auto add = [&sql](const std::string& key) {
        sql += (sql.empty() ? " ORDER BY " : ", ") + key;
    };
    bool by_id = false;
    const std::string id = tables_.column("Id");
    for (const OrderItem& item : query_.order_by) {
        const std::string key = order_item(item);
        add(key);
        by_id = by_id || key.compare(0, id.size() + 1, id + " ") == 0;
    }
    // Pages are cut by row number, so that the order must be total.
    for (const Typed& group : groups_) add(collated(group));
    if (!out_.aggregate && !by_id) add(id);
    return sql;
}

std::string SelectTranslator::limit_sql() const {
    if (query_.offset && *query_.offset > kMaxOffset) {
        session_.refuse(query_.offset_offset, "NUMBER_OUTSIDE_VALID_RANGE",
                        "Maximum SOQL offset allowed is 2000");
    }
    if (!query_.limit && !query_.offset) return {};
    std::string sql = " LIMIT " + (query_.limit ? std::to_string(*query_.limit) : "-1");
    if (query_.offset) sql += " OFFSET " + std::to_string(*query_.offset);
    return sql;
}

Translation SelectTranslator::run(const std::optional<ParentLink>& link) {
    refuse_unsupported();
    refuse_in_bulk();
    group();
    select_items();
    const std::string where_sql = where(link);
    std::string having;
    if (query_.having) {
        Filter filter(session_, tables_, Filter::Clause::kHaving, &groups_);
        having = " HAVING " + filter.sql(*query_.having);
    }
    const std::string order = order_by();
    // Every path is resolved by now: the joins are complete.
    const std::string source = " FROM " + tables_.sql() + where_sql + group_by_sql() + having;
    const std::string limit = limit_sql();

    std::string list;
    for (const std::string& sql : visible_sql_) list += (list.empty() ? "" : ", ") + sql;
    if (!out_.aggregate && !out_.count_only) {
        out_.id_column = add_hidden(tables_.column("Id"));
        for (std::size_t i = 0; i < out_.columns.size(); ++i) {
            for (const std::string& id : hidden_wanted_[i]) {
                out_.columns[i].parent_id_columns.push_back(add_hidden(id));
            }
        }
        for (const std::string& sql : hidden_sql_) list += (list.empty() ? "" : ", ") + sql;
    }
    // An aggregate without groups is one row, which must not become a row for each record.
    const std::string probe = out_.aggregate ? list : "1";
    out_.count_sql = "SELECT COUNT(*) FROM (SELECT " + probe + source + limit + ")";
    out_.sql = out_.count_only ? out_.count_sql : "SELECT " + list + source + order + limit;
    if (out_.sql.size() > kMaxSqlBytes) {
        session_.refuse(query_.select.front().offset, "QUERY_TOO_COMPLICATED",
                        "The query is too complicated");
    }
    out_.parameters = std::move(session_.parameters);
    return std::move(out_);
}

std::variant<Translation, Refusal> translate(const Query& query, std::string_view text,
                                             const Schema& schema, std::string_view now,
                                             bool all_rows, bool bulk) {
    try {
        Session session{text, schema, now, all_rows, bulk};
        const Source& source = query.from.front();
        const Object* object = source.path.size() == 1 ? schema.find(source.path.front()) : nullptr;
        if (object == nullptr) refuse_object(session, source.path.front(), source.offset);
        SelectTranslator translator(session, query, *object, 0);
        return translator.run(std::nullopt);
    } catch (Refused& refused) {
        return std::move(refused.refusal);
    }
}

}  // namespace duet::sandbox::soql
