#include <functional>
#include <set>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"
#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::size_t kRecordsMax = 200;  // of one call
constexpr std::size_t kChunksMax = 10;    // runs of one type

Refusal none_given() { return {"REQUIRED_FIELD_MISSING", "At least 1 record is required"}; }

Refusal rolled_back() {
    return {"ALL_OR_NONE_OPERATION_ROLLED_BACK",
            "Record rolled back because not all records were valid and the request was using "
            "AllOrNone header"};
}

std::string id_of(const json& record) {
    for (const char* key : {"id", "Id", "ID"}) {
        if (record.contains(key) && record[key].is_string()) return record[key].get<std::string>();
    }
    return {};
}

json without_id(json record) {
    for (const char* key : {"id", "Id", "ID"}) record.erase(key);
    return record;
}

using Step = std::function<Outcome(Writer&, std::size_t)>;

/// Runs one step a record; undoes all when one failed and `all_or_none`.
ApiResponse run(Call& call, std::size_t count, bool all_or_none, bool with_created,
                const Step& step) {
    Transaction whole(call.state.database);
    Writer writer(call.state, call.session.user_id);
    std::vector<Outcome> outcomes;
    bool failed = false;
    for (std::size_t i = 0; i < count; ++i) {
        outcomes.push_back(step(writer, i));
        failed = failed || !outcomes.back().ok();
    }
    if (failed && all_or_none) {
        whole.rollback();
        for (Outcome& outcome : outcomes) {
            if (outcome.ok()) outcome.errors = {rolled_back()};
        }
    } else {
        writer.finish();
        whole.commit();
    }
    json body = json::array();
    for (const Outcome& outcome : outcomes) body.push_back(outcome_json(outcome, with_created));
    return json_answer(body);
}

std::string type_of(const json& record) {
    if (!record.is_object() || !record.contains("attributes")) return {};
    const json& attributes = record["attributes"];
    return attributes.is_object() ? attributes.value("type", "") : std::string{};
}

ApiResponse write_records(Call& call, const Object* only, const Field* key) {
    const json body = json::parse(call.request.body, nullptr, false);
    if (!body.is_object()) return refusal_answer({"JSON_PARSER_ERROR", "The body is not JSON"});
    const json records = body.value("records", json::array());
    if (!records.is_array() || records.empty()) return refusal_answer(none_given());
    if (records.size() > kRecordsMax) {
        return refusal_answer(
            {"EXCEEDED_MAX_SOBJECTS", "The number of records may not exceed 200"});
    }
    std::size_t chunks = 0;
    std::string last;
    for (const json& record : records) {
        const std::string type = lower_case(type_of(record));
        if (type != last) ++chunks;
        last = type;
    }
    if (chunks > kChunksMax) {
        return refusal_answer(
            {"INVALID_BATCH_SIZE", "More than 10 chunks of one type are not allowed"});
    }
    const bool update = call.request.method == "PATCH" && key == nullptr;
    std::set<std::string> seen;
    const json& attribute = body.contains("allOrNone") ? body["allOrNone"] : json(false);
    const bool all_or_none = attribute.is_boolean() && attribute.get<bool>();
    return run(
        call, records.size(), all_or_none, key != nullptr, [&](Writer& writer, std::size_t i) {
            const json& record = records[i];
            const std::string type = type_of(record);
            const Object* object =
                only != nullptr && type.empty() ? only : call.state.schema.find(type);
            if (!record.is_object() || object == nullptr || (only != nullptr && object != only)) {
                return Outcome{
                    .errors = {{"INVALID_TYPE", "sObject type '" + type + "' is not supported."}}};
            }
            if (key != nullptr) {
                json fields = record;
                std::string value;
                const auto held = fields.find(key->name);
                if (held != fields.end()) {
                    if (!held->is_null())
                        value = held->is_string() ? held->get<std::string>() : held->dump();
                    fields.erase(key->name);
                } else if (key->name == "Id") {
                    value = id_of(record);
                }
                if (key->name == "Id") fields = without_id(fields);
                if (!value.empty() && !seen.insert(lower_case(value)).second) {
                    return Outcome{.errors = {{"DUPLICATE_VALUE",
                                               "Duplicate external id specified: " + value,
                                               {key->name}}}};
                }
                return writer.upsert(*object, *key, value, fields);
            }
            if (!update) return writer.insert(*object, record);
            const std::string id = id_of(record);
            if (id.empty()) {
                return Outcome{
                    .errors = {{"MISSING_ARGUMENT", "Id not specified in an update call"}}};
            }
            if (!seen.insert(id18(id)).second) {
                return Outcome{.errors = {{"DUPLICATE_VALUE", "duplicate id specified: " + id}}};
            }
            return writer.update(*object, id, without_id(record));
        });
}

std::vector<std::string> comma_list(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = text.find(',');
        if (end != 0) parts.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return parts;
}

ApiResponse remove_records(Call& call) {
    const auto ids = comma_list(call.request.parameter("ids").value_or(""));
    if (ids.empty()) return refusal_answer(none_given());
    if (ids.size() > kRecordsMax) {
        return refusal_answer(
            {"EXCEEDED_MAX_SOBJECTS", "The number of records may not exceed 200"});
    }
    const bool all_or_none = call.request.parameter("allOrNone") == "true";
    return run(call, ids.size(), all_or_none, false, [&](Writer& writer, std::size_t i) {
        const Object* object = object_of_id(call.state.schema, ids[i]);
        if (id18(ids[i]).empty())
            return Outcome{.errors = {{"MALFORMED_ID", "malformed id " + ids[i]}}};
        if (object == nullptr) {
            return Outcome{
                .errors = {{"INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"}}};
        }
        return writer.remove(*object, ids[i]);
    });
}

/// One single-row read each, by the same code as a client's own would run.
ApiResponse retrieve(Call& call, const Object& object) {
    std::vector<std::string> ids;
    std::string fields;
    if (call.request.method == "POST") {
        const json body = json::parse(call.request.body, nullptr, false);
        if (!body.is_object() || !body.value("ids", json()).is_array() ||
            !body.value("fields", json()).is_array()) {
            return refusal_answer({"JSON_PARSER_ERROR", "ids and fields are required"});
        }
        for (const json& id : body["ids"])
            ids.push_back(id.is_string() ? id.get<std::string>() : "");
        for (const json& field : body["fields"]) {
            fields +=
                (fields.empty() ? "" : ",") + (field.is_string() ? field.get<std::string>() : "");
        }
    } else {
        ids = comma_list(call.request.parameter("ids").value_or(""));
        fields = call.request.parameter("fields").value_or("");
    }
    if (ids.size() > static_cast<std::size_t>(call.state.options.collection_retrieve_max)) {
        return refusal_answer({"EXCEEDED_MAX_SOBJECTS", "Too many ids"});
    }
    std::string out = "[";
    for (const std::string& id : ids) {
        ApiRequest one;
        one.method = "GET";
        one.parameters = {{"fields", fields}};
        Call single{call.state, one, call.session, call.version, {"sobjects", object.name, id}};
        const ApiResponse answer = handle_records(single);
        if (answer.status == 400 && answer.body.find("INVALID_FIELD") != std::string::npos)
            return answer;
        if (out.size() > 1) out += ',';
        out += answer.status == 200 ? answer.body : "null";
    }
    return text_answer(out + "]");
}

}  // namespace

ApiResponse handle_collections(Call& call) {
    const auto& path = call.path;  // composite, sobjects, X, Field
    const std::string& method = call.request.method;
    if (path.size() == 2) {
        if (method == "POST" || method == "PATCH") return write_records(call, nullptr, nullptr);
        if (method == "DELETE") return remove_records(call);
        return method_not_allowed(call.request, "DELETE,PATCH,POST");
    }
    const Object* object = call.state.schema.find(path[2]);
    if (object == nullptr) return refusal_answer(not_found());
    if (path.size() == 3) {
        if (method == "GET" || method == "POST") return retrieve(call, *object);
        return method_not_allowed(call.request, "GET,POST");
    }
    const Field* key = path.size() == 4 ? object->find(path[3]) : nullptr;
    if (key == nullptr || !(key->external_id || key->id_lookup)) {
        return refusal_answer(
            {"NOT_FOUND",
             "Provided external ID field does not exist or is not accessible: " + path[3],
             {},
             404});
    }
    if (method != "PATCH") return method_not_allowed(call.request, "PATCH");
    return write_records(call, object, key);
}

}  // namespace duet::sandbox
