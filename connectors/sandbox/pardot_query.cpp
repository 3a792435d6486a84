#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_call.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_filters.h"
#include "connectors/sandbox/pardot_output.h"
#include "connectors/sandbox/pardot_token.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

using nlohmann::ordered_json;

namespace {

constexpr std::int64_t kLimitMax = 1000;
constexpr std::int64_t kOffsetMax = 2000;

struct Query {
    PardotPage page;
    std::int64_t offset = 0;  // deprecated, first pages only
    bool by_token = false;
};

std::int64_t bounded(const std::string& text, std::int64_t low, std::int64_t high, int code) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < low || number > high) {
        refuse(code, text);
    }
    return number;
}

Query first_page(const PardotCall& call, const PardotCollection& collection) {
    Query query;
    for (const auto& [name, value] : call.request.parameters) {
        if (name == "fields") continue;
        if (name == "limit") {
            query.page.limit = bounded(value, 1, kLimitMax, 23);
        } else if (name == "offset") {
            query.offset = bounded(value, 0, kOffsetMax, 21);
        } else if (name == "orderBy") {
            query.page.order_by = value;
        } else if (name == "deleted") {
            if (!collection.has_bin()) refuse(10000, name);
            if (value != "false" && value != "true" && value != "all") refuse(50, name);
            query.page.deleted = value;
        } else {
            query.page.filters.insert_or_assign(name, value);
        }
    }
    return query;
}

Query page_by_token(const PardotCall& call, const std::string& token) {
    for (const auto& [name, value] : call.request.parameters) {
        if (name == "fields" || name == "nextPageToken" || call.settings.token_lenient) continue;
        refuse(51, name + " cannot be combined with nextPageToken");
    }
    auto page = decode_token(token);
    if (!page || page->limit < 1 || page->limit > kLimitMax) refuse(211);
    if (page->expires_seconds <= call.state.clock.now_ms() / 1000) refuse(210);
    return {std::move(*page), 0, true};
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
    return text;
}

std::set<std::string> columns_for(const PardotSelection& selection,
                                  const std::vector<PardotOrder>& order) {
    std::set<std::string> columns(selection.fields.begin(), selection.fields.end());
    for (const auto& [name, child] : selection.relations) {
        columns.insert(selection.collection.relation(name)->field);
    }
    for (const PardotOrder& each : order) columns.insert(each.field);
    return columns;
}

/// One row more than `limit`, to know whether another page follows.
std::vector<PardotRow> run(PardotCall& call, const PardotCollection& collection, const Query& query,
                           const std::vector<PardotOrder>& order,
                           const std::set<std::string>& columns, std::int64_t limit) {
    SqlPart where = filter_part(collection, query.page.filters);
    const auto require = [&where](const SqlPart& part) {
        where.sql += (where.sql.empty() ? "" : " AND ") + part.sql;
        where.values.insert(where.values.end(), part.values.begin(), part.values.end());
    };
    if (collection.has_bin() && query.page.deleted != "all") {
        require({"isDeleted = ?", {std::int64_t{query.page.deleted == "true"}}});
    }
    if (query.by_token) require(resume_part(order, query.page.resume));

    std::string sql;
    for (const std::string& column : columns) sql += (sql.empty() ? "\"" : ", \"") + column + "\"";
    sql = "SELECT " + sql + " FROM \"" + table_of(collection, call.copy) + "\"" +
          (where.sql.empty() ? "" : " WHERE " + where.sql) + " ORDER BY " + order_part(order) +
          " LIMIT ? OFFSET ?";
    Statement statement = call.state.database.prepare(sql);
    int position = 0;
    for (const SqlValue& value : where.values) statement.bind(++position, value);
    statement.bind(++position, limit + 1);
    statement.bind(++position, query.offset);

    std::vector<PardotRow> rows;
    while (statement.step()) {
        PardotRow row;
        int column = 0;
        for (const std::string& name : columns) row.emplace(name, statement.value(column++));
        rows.push_back(std::move(row));
    }
    return rows;
}

std::string token_after(const PardotCall& call, const Query& query,
                        const std::vector<PardotOrder>& order, const PardotRow& last,
                        std::int64_t rows) {
    PardotPage next = query.page;
    next.page += 1;
    next.rows_before += rows;
    next.expires_seconds = call.state.clock.now_ms() / 1000 + call.settings.token_life_seconds;
    next.resume.clear();
    for (const PardotOrder& each : order) {
        const SqlValue& value = last.at(each.field);
        next.resume[each.field] =
            std::holds_alternative<std::monostate>(value) ? SqlValue{std::string{}} : value;
    }
    return encode_token(next);
}

}  // namespace

ApiResponse query_pardot(PardotCall& call, const PardotCollection& collection) {
    const auto fields = split_names(call.request.parameter("fields").value_or(""));
    if (fields.empty()) refuse(13, "fields");
    const auto token = call.request.parameter("nextPageToken");
    Query query = token ? page_by_token(call, *token) : first_page(call, collection);
    const PardotSelection selection =
        parse_selection(call.state, call.settings, collection, fields, true);
    const std::vector<PardotOrder> order = parse_order(collection, query.page.order_by);

    // The last page before the cap is cut short, so that a chain never gives more.
    const std::int64_t room = call.settings.chain_rows_max - query.page.rows_before;
    const std::int64_t limit = std::min(query.page.limit, std::max<std::int64_t>(room, 0));
    std::vector<PardotRow> rows =
        run(call, collection, query, order, columns_for(selection, order), limit);
    const bool more = std::cmp_greater(rows.size(), limit);
    if (more) rows.pop_back();

    ordered_json body{{"nextPageToken", nullptr}, {"nextPageUrl", nullptr}};
    Headers headers;
    if (more && limit >= room) {
        headers.emplace_back("Pardot-Warning", "203;Record limit of the page chain reached");
    } else if (more) {
        const std::string next =
            token_after(call, query, order, rows.back(), static_cast<std::int64_t>(rows.size()));
        body["nextPageToken"] = next;
        body["nextPageUrl"] = call.base_url + call.request.path + "?fields=" + joined(fields) +
                              "&nextPageToken=" + url_encode(next);
    }
    ordered_json values = ordered_json::array();
    for (const PardotRow& row : rows) {
        values.push_back(project(call.state, call.settings, selection, row, call.copy));
    }
    body["values"] = std::move(values);
    ApiResponse response = json_response(200, body);
    response.headers = std::move(headers);
    return response;
}

}  // namespace duet::sandbox
