#include <algorithm>
#include <ctime>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_call.h"
#include "connectors/sandbox/salesforce_query.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kDayMs = 86'400'000;

/// 304 or 412 as the conditional headers ask, or nothing.
std::optional<ApiResponse> condition(const ApiRequest& request, const Row& row) {
    const std::int64_t stamp = ms_from_iso(row.text("SystemModstamp")) / 1000 * 1000;
    for (const char* name : {"If-Modified-Since", "If-Unmodified-Since"}) {
        if (!request.has_header(name)) continue;
        const std::int64_t since = from_http_date(request.header(name));
        if (since < 0)
            return refusal_answer({"INVALID_ARGUMENT", std::string("Bad date in ") + name});
        const bool modified = stamp > since;
        if (name[3] == 'M' && !modified && is_read(request)) return empty_answer(304);
        if (name[3] == 'U' && modified) {
            return refusal_answer({"PRECONDITION_FAILED", "The resource was modified", {}, 412});
        }
    }
    return std::nullopt;
}

/// The eight parts as JSON; null when all of them are.
std::string address_json(const Row& row, const std::string& compound) {
    static constexpr std::pair<const char*, const char*> kParts[] = {
        {"city", "City"},
        {"country", "Country"},
        {"geocodeAccuracy", "GeocodeAccuracy"},
        {"latitude", "Latitude"},
        {"longitude", "Longitude"},
        {"postalCode", "PostalCode"},
        {"state", "State"},
        {"street", "Street"}};
    const std::string prefix = compound.substr(0, compound.size() - 7);
    std::string out;
    bool any = false;
    for (const auto& [key, part] : kParts) {
        out += (out.empty() ? "{\"" : ",\"") + std::string(key) + "\":";
        const SqlValue& value = row.value(prefix + part);
        any = any || !std::holds_alternative<std::monostate>(value);
        append_json(out,
                    std::string_view(part) == "Latitude" || std::string_view(part) == "Longitude"
                        ? "double"
                        : "string",
                    value);
    }
    return any ? out + "}" : "null";
}

/// A row with `fields` (all when empty), in the shape of a query's.
std::variant<std::string, Refusal> row_json(const Row& row, const std::vector<std::string>& fields,
                                            const std::string& root) {
    const Object& object = row.table().object();
    std::string out = "{";
    append_attributes(out, object.name, row.text("Id"), root);
    const auto append = [&](const Field& field) {
        out += ",\"" + field.name + "\":";
        if (field.type == "address") {
            out += address_json(row, field.name);
        } else {
            append_json(out, field.type, row.value(field.name));
        }
    };
    if (fields.empty()) {
        for (const Field& field : object.fields) append(field);
    }
    bool has_id = fields.empty();
    for (const std::string& name : fields) {
        const Field* field = object.find(name);
        if (field == nullptr) {
            return Refusal{
                "INVALID_FIELD",
                "No such column '" + name + "' on entity '" + object.name +
                    "'. If you are attempting to use a custom field, be sure to append the "
                    "'__c' after the custom field name. Please reference your WSDL or the "
                    "describe call for the appropriate names."};
        }
        has_id = has_id || field->name == "Id";
        append(*field);
    }
    if (!has_id) append(*object.find("Id"));
    return out + "}";
}

std::vector<std::string> named_fields(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = text.find(',');
        if (end != 0) parts.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

ApiResponse several(const Call& call, const Object& object, const std::vector<std::string>& ids) {
    json list = json::array();
    for (const std::string& id : ids)
        list.push_back(call.root() + "/sobjects/" + object.name + "/" + id);
    return json_answer(list, 300);
}

ApiResponse read_row(Call& call, const Object& object, const std::string& id) {
    const auto row = load_row(call.state, table_of(call.state, object), id);
    if (!row || row->truth("IsDeleted")) return refusal_answer(not_found());
    if (auto early = condition(call.request, *row)) return *early;
    auto text =
        row_json(*row, named_fields(call.request.parameter("fields").value_or("")), call.root());
    if (auto* refused = std::get_if<Refusal>(&text)) return refusal_answer(*refused);
    ApiResponse answer = text_answer(std::get<std::string>(std::move(text)));
    answer.headers.emplace_back("Last-Modified",
                                http_date(ms_from_iso(row->text("SystemModstamp"))));
    if (object.name == "Account") {
        answer.headers.emplace_back("ETag", "\"" + row->text("SystemModstamp") + "\"");
    }
    return answer;
}

std::variant<json, Refusal> body_of(const ApiRequest& request) {
    json body = json::parse(request.body, nullptr, false);
    if (body.is_object()) return body;
    return Refusal{"JSON_PARSER_ERROR", "The HTTP entity body is required to be a JSON object"};
}

ApiResponse create(Call& call, const Object& object, const json& body) {
    Writer writer(call.state, call.session.user_id);
    const Outcome outcome = writer.insert(object, body);
    if (!outcome.ok()) return refusal_answer(outcome.errors.front());
    writer.finish();
    ApiResponse answer = json_answer(outcome_json(outcome, false), 201);
    answer.headers.emplace_back("Location",
                                call.root() + "/sobjects/" + object.name + "/" + outcome.id);
    return answer;
}

ApiResponse by_id(Call& call, const Object& object, const std::string& text) {
    const std::string id = id18(text);
    if (id.empty()) {
        const int status =
            is_read(call.request) && call.state.options.malformed_id_is_404 ? 404 : 400;
        return refusal_answer({"MALFORMED_ID", "malformed id " + text, {}, status});
    }
    if (is_read(call.request)) return read_row(call, object, id);
    Writer writer(call.state, call.session.user_id);
    Outcome outcome;
    if (call.request.method == "DELETE") {
        outcome = writer.remove(object, id);
    } else if (call.request.method == "PATCH") {
        auto body = body_of(call.request);
        if (auto* refused = std::get_if<Refusal>(&body)) return refusal_answer(*refused);
        const auto row = load_row(call.state, table_of(call.state, object), id);
        if (row && !row->truth("IsDeleted")) {
            if (auto early = condition(call.request, *row)) return *early;
        }
        json& fields = std::get<json>(body);
        if (fields.contains("Id") || fields.contains("id")) {
            return refusal_answer(
                {"INVALID_FIELD", "The Id field should not be specified in the sobject data."});
        }
        outcome = writer.update(object, id, fields);
    } else {
        return method_not_allowed(call.request, "DELETE,GET,HEAD,PATCH");
    }
    if (!outcome.ok()) return refusal_answer(outcome.errors.front());
    writer.finish();
    return empty_answer();
}

ApiResponse upsert(Call& call, const Object& object, const Field& key, const std::string& value) {
    auto body = body_of(call.request);
    if (auto* refused = std::get_if<Refusal>(&body)) return refusal_answer(*refused);
    const json& fields = std::get<json>(body);
    if (fields.contains("Id") || fields.contains(key.name)) {
        return refusal_answer(
            {"INVALID_FIELD",
             "The " + key.name + " field should not be specified in the sobject data."});
    }
    Writer writer(call.state, call.session.user_id);
    const bool update_only = call.request.parameter("updateOnly") == "true";
    const Outcome outcome = writer.upsert(object, key, value, fields, update_only);
    if (outcome.matches.size() > 1) return several(call, object, outcome.matches);
    if (!outcome.ok()) return refusal_answer(outcome.errors.front());
    writer.finish();
    const bool silent = std::stoi(call.version) < call.state.options.upsert_204_before_version;
    if (!outcome.created && silent) return empty_answer();
    ApiResponse answer = json_answer(outcome_json(outcome, true), outcome.created ? 201 : 200);
    if (outcome.created) {
        answer.headers.emplace_back("Location",
                                    call.root() + "/sobjects/" + object.name + "/" + outcome.id);
    }
    return answer;
}

ApiResponse by_external_id(Call& call, const Object& object) {
    const std::string& name = call.path[2];
    const std::string& value = call.path[3];
    const Field* key = object.find(name);
    if (key == nullptr || !(key->external_id || key->id_lookup)) {
        return refusal_answer(
            {"NOT_FOUND",
             "Provided external ID field does not exist or is not accessible: " + name,
             {},
             404});
    }
    if (key->name == "Id") return by_id(call, object, value);
    if (call.request.method == "PATCH" || call.request.method == "POST") {
        return upsert(call, object, *key, value);
    }
    auto wanted = from_text(*key, value);
    if (std::holds_alternative<Refusal>(wanted)) return refusal_answer(not_found());
    const auto ids = ids_where(call.state, object, *key, std::get<SqlValue>(wanted), 20);
    if (ids.empty()) return refusal_answer(not_found());
    if (ids.size() > 1) return several(call, object, ids);
    return by_id(call, object, ids.front());
}

/// sobjects/X/updated and sobjects/X/deleted.
ApiResponse changes(Call& call, const Object& object, bool deleted) {
    const std::int64_t start = ms_from_iso(call.request.parameter("start").value_or(""));
    const std::int64_t end = ms_from_iso(call.request.parameter("end").value_or(""));
    const std::int64_t now = call.state.clock.now_ms();
    if (start < 0 || end < 0) {
        return refusal_answer(
            {"INVALID_REPLICATION_DATE", "start and end must be dates with a zone"});
    }
    if (end - start <= 60'000) {
        return refusal_answer({"INVALID_REPLICATION_DATE",
                               "startDate before endDate by more than a minute is required"});
    }
    const std::int64_t reach = deleted ? 15 : 30;
    if (start < now - reach * kDayMs) {
        return refusal_answer(
            {"INVALID_REPLICATION_DATE",
             "startDate cannot be more than " + std::to_string(reach) + " days ago"});
    }
    auto row = call.state.database.prepare("SELECT Id, SystemModstamp FROM \"" + object.name +
                                           "\" WHERE SystemModstamp>=?1 AND SystemModstamp<?2 AND "
                                           "IsDeleted=?3 ORDER BY SystemModstamp, Id");
    row.bind(1, iso_from_ms(start)).bind(2, iso_from_ms(end)).bind(3, deleted ? 1 : 0);
    const auto shown = [](std::int64_t ms) {
        std::string text = iso_from_ms(ms);
        text.pop_back();
        return text + "+0000";
    };
    json list = json::array();
    while (row.step()) {
        const std::string id(row.text(0));
        if (deleted) {
            list.push_back({{"id", id}, {"deletedDate", shown(ms_from_iso(row.text(1)))}});
        } else {
            list.push_back(id);
        }
    }
    json body = {{deleted ? "deletedRecords" : "ids", list},
                 {"latestDateCovered", shown(std::min(end, now / 60'000 * 60'000))}};
    if (deleted) body["earliestDateAvailable"] = shown(now - 15 * kDayMs);
    return json_answer(body);
}

}  // namespace

std::string http_date(std::int64_t ms) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text, size};
}

std::int64_t from_http_date(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    const char* end = strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S", &parts);
    return end == nullptr ? -1 : static_cast<std::int64_t>(timegm(&parts)) * 1000;
}

ApiResponse handle_records(Call& call) {
    const auto& path = call.path;
    if (path.size() < 2 || path.size() > 4) return refusal_answer(not_found());
    const Object* object = call.state.schema.find(path[1]);
    if (object == nullptr) return refusal_answer(not_found());
    const bool post = call.request.method == "POST";
    if (path.size() == 2 || (path.size() == 3 && post && path[2] == "Id")) {
        if (!post) return method_not_allowed(call.request, "GET,HEAD,POST");
        auto body = body_of(call.request);
        if (auto* refused = std::get_if<Refusal>(&body)) return refusal_answer(*refused);
        return create(call, *object, std::get<json>(body));
    }
    if (path.size() == 4) return by_external_id(call, *object);
    if (is_read(call.request) && (path[2] == "updated" || path[2] == "deleted")) {
        return changes(call, *object, path[2] == "deleted");
    }
    return by_id(call, *object, path[2]);
}

}  // namespace duet::sandbox
