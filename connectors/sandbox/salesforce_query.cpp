#include "connectors/sandbox/salesforce_query.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kCursorLifeMs = std::int64_t{2} * 24 * 3600 * 1000;  // 2 days
constexpr std::size_t kCursorBytesMax = 512'000'000;  // of all cursors together
constexpr std::size_t kBatchDefault = 2000;

std::size_t batch_size_of(const ApiRequest& request) {
    const std::string_view options = request.header("Sforce-Query-Options");
    const std::size_t at = options.find("batchSize=");
    if (at == std::string_view::npos) return kBatchDefault;
    std::size_t size = 0;
    std::from_chars(options.data() + at + 10, options.data() + options.size(), size);
    return std::clamp(size, std::size_t{200}, kBatchDefault);
}

/// Drops cursors past their life, then the oldest until `room` bytes fit.
void make_room(SandboxState& state, std::size_t room) {
    auto& cursors = state.salesforce->cursors;
    std::size_t bytes = room;
    const std::int64_t oldest_ms = state.clock.now_ms() - kCursorLifeMs;
    std::erase_if(cursors, [&](const auto& entry) { return entry.second.made_ms < oldest_ms; });
    for (const auto& entry : cursors) bytes += entry.second.bytes;
    // Locators are made in growing order, so the first is the oldest.
    while (bytes > kCursorBytesMax && !cursors.empty()) {
        bytes -= cursors.begin()->second.bytes;
        cursors.erase(cursors.begin());
    }
}

void append_rows(std::string& out, const Cursor& cursor, std::size_t from) {
    const std::size_t end = std::min(cursor.rows.size(), from + cursor.batch_size);
    out += "\"records\":[";
    for (std::size_t i = from; i < end; ++i) {
        if (i > from) out += ',';
        out += cursor.rows[i];
    }
    out += "]}";
}

ApiResponse page(const Cursor& cursor, const std::string& locator, std::size_t from) {
    const std::size_t next = from + cursor.batch_size;
    const bool done = next >= cursor.rows.size();
    std::string body = "{\"totalSize\":" + std::to_string(cursor.rows.size()) +
                       ",\"done\":" + (done ? "true" : "false") + ",";
    if (!done) {
        body += "\"nextRecordsUrl\":\"/services/data/v" + cursor.version + "/" + cursor.path + "/" +
                locator + "-" + std::to_string(next) + "\",";
    }
    append_rows(body, cursor, from);
    return text_answer(std::move(body));
}

ApiResponse next_page(Call& call, const std::string& text) {
    const Refusal invalid{"INVALID_QUERY_LOCATOR", "invalid query locator"};
    const std::size_t dash = text.rfind('-');
    if (dash == std::string::npos) return refusal_answer(invalid);
    std::size_t from = 0;
    const auto read = std::from_chars(text.data() + dash + 1, text.data() + text.size(), from);
    const std::string locator = id18(text.substr(0, dash));
    make_room(call.state, 0);
    const auto found = call.state.salesforce->cursors.find(locator);
    if (read.ptr != text.data() + text.size() || found == call.state.salesforce->cursors.end() ||
        from >= found->second.rows.size()) {
        return refusal_answer(invalid);
    }
    return page(found->second, locator, from);
}

ApiResponse count_answer(SandboxState& state, const soql::Translation& translation) {
    auto row = run_query(state, translation);
    const std::int64_t count = row.step() ? row.integer(0) : 0;
    return text_answer("{\"totalSize\":" + std::to_string(count) +
                       ",\"done\":true,\"records\":[]}");
}

json column_metadata(const Object* object, const std::string& name) {
    const Field* field = object == nullptr ? nullptr : object->find(name);
    const std::string type = field == nullptr ? "string" : field->type;
    const bool number =
        type == "int" || type == "double" || type == "currency" || type == "percent";
    return {{"aggregate", field == nullptr},
            {"apexType", type == "id" || type == "reference" ? "Id"
                         : type == "boolean"                 ? "Boolean"
                         : type == "date"                    ? "Date"
                         : type == "datetime"                ? "Datetime"
                         : type == "int"                     ? "Integer"
                         : number                            ? "Double"
                                                             : "String"},
            {"booleanType", type == "boolean"},
            {"columnName", field == nullptr ? name : field->name},
            {"custom", field != nullptr && field->custom},
            {"displayName", field == nullptr ? name : field->label},
            {"foreignKeyName", nullptr},
            {"insertable", field != nullptr && field->createable},
            {"joinColumns", json::array()},
            {"numberType", number},
            {"textType", type == "string" || type == "textarea"},
            {"updatable", field != nullptr && field->updateable}};
}

/// Parents nest: a path {"Account","Name"} is a join column of "Account".
ApiResponse columns_answer(SandboxState& state, const soql::Translation& translation) {
    const Object* object = state.schema.find(translation.object);
    json list = json::array();
    for (const soql::Column& column : translation.columns) {
        json* level = &list;
        const Object* at = translation.aggregate ? nullptr : object;
        for (std::size_t i = 0; i + 1 < column.path.size(); ++i) {
            const auto same = std::find_if(level->begin(), level->end(), [&](const json& entry) {
                return entry["columnName"] == column.path[i];
            });
            const Field* link = at == nullptr ? nullptr : at->relationship(column.path[i]);
            at = link == nullptr || link->reference_to.empty()
                     ? nullptr
                     : state.schema.find(link->reference_to.front());
            if (same == level->end()) {
                json parent = column_metadata(nullptr, column.path[i]);
                parent["aggregate"] = false;
                parent["foreignKeyName"] = at == nullptr ? "" : at->name;
                level->push_back(std::move(parent));
                level = &level->back()["joinColumns"];
            } else {
                level = &(*same)["joinColumns"];
            }
        }
        level->push_back(column_metadata(at, column.path.back()));
    }
    const bool id = std::any_of(translation.columns.begin(), translation.columns.end(),
                                [](const auto& column) { return column.path.back() == "Id"; });
    return json_answer({{"columnMetadata", list},
                        {"entityName", translation.object},
                        {"groupBy", translation.aggregate},
                        {"idSelected", id},
                        {"keyPrefix", object == nullptr ? "" : object->key_prefix}});
}

ApiResponse explain_answer(SandboxState& state, const soql::Translation& translation,
                           const std::string& text) {
    auto count = state.database.prepare("SELECT COUNT(*) FROM \"" + translation.object + "\"");
    const std::int64_t rows = count.step() ? count.integer(0) : 0;
    return json_answer({{"plans",
                         {{{"cardinality", rows},
                           {"fields", json::array()},
                           {"leadingOperationType", "TableScan"},
                           {"notes", json::array()},
                           {"relativeCost", 1.0},
                           {"sobjectCardinality", rows},
                           {"sobjectType", translation.object}}}},
                        {"sourceQuery", text}});
}

}  // namespace

std::variant<Prepared, Refusal> prepare_query(SandboxState& state, const std::string& text,
                                              bool all_rows, bool bulk) {
    auto parsed = soql::parse(text);
    if (auto* refused = std::get_if<soql::Refusal>(&parsed)) {
        return Refusal{refused->error_code, refused->message};
    }
    auto translated = soql::translate(*std::get<soql::QueryPtr>(parsed), text, state.schema,
                                      state.clock.now_iso(), all_rows, bulk);
    if (auto* refused = std::get_if<soql::Refusal>(&translated)) {
        return Refusal{refused->error_code, refused->message};
    }
    return Prepared{std::get<soql::Translation>(std::move(translated)), text};
}

Statement run_query(SandboxState& state, const soql::Translation& translation,
                    const std::string& parent_id) {
    auto statement = state.database.prepare(translation.sql);
    int place = 0;
    for (const auto& parameter : translation.parameters) {
        ++place;
        std::visit([&](const auto& value) { statement.bind(place, value); }, parameter);
    }
    if (!parent_id.empty()) statement.bind(place + 1, parent_id);
    return statement;
}

ApiResponse handle_query(Call& call) {
    if (!is_read(call.request)) return method_not_allowed(call.request, "HEAD,GET");
    const bool all_rows = equal_without_case(call.path[0], "queryAll");
    if (call.path.size() == 2) return next_page(call, call.path[1]);
    const auto explain = call.request.parameter("explain");
    const auto text = explain ? explain : call.request.parameter("q");
    if (call.path.size() != 1 || !text) {
        return refusal_answer({"MALFORMED_QUERY", "A query string has to be specified"});
    }
    auto prepared = prepare_query(call.state, *text, all_rows, false);
    if (auto* refused = std::get_if<Refusal>(&prepared)) return refusal_answer(*refused);
    const soql::Translation& translation = std::get<Prepared>(prepared).translation;
    if (explain) return explain_answer(call.state, translation, *text);
    if (call.request.parameter("columns") == "true") return columns_answer(call.state, translation);
    if (translation.count_only) return count_answer(call.state, translation);

    Cursor cursor;
    cursor.version = call.version;
    cursor.path = all_rows ? "queryAll" : "query";
    cursor.batch_size = batch_size_of(call.request);
    cursor.made_ms = call.state.clock.now_ms();
    cursor.rows = json_rows(call.state, translation, call.root());
    if (cursor.rows.size() <= cursor.batch_size) return page(cursor, "", 0);
    for (const std::string& row : cursor.rows) cursor.bytes += row.size();
    if (translation.aggregate) {
        return refusal_answer(
            {"EXCEEDED_ID_LIMIT",
             "Aggregate query does not support queryMore(), use LIMIT to restrict "
             "the results to a single batch"});
    }
    make_room(call.state, cursor.bytes);
    auto count = call.state.database.prepare(
        "INSERT INTO sandbox_counter VALUES('0r8',1)"
        " ON CONFLICT(prefix) DO UPDATE SET value=value+1 RETURNING value");
    count.step();
    const std::string locator = make_id("0r8", count.integer(0));
    const auto kept = call.state.salesforce->cursors.emplace(locator, std::move(cursor));
    return page(kept.first->second, locator, 0);
}

}  // namespace duet::sandbox
