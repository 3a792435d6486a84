#include "connectors/salesforce/writer.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/rows.h"
#include "connectors/salesforce/errors.h"
#include "connectors/salesforce/json_words.h"

namespace duet::salesforce {
namespace {

using nlohmann::json;

/// Created by an external id. A key that refers to another record names none of its own: such a
/// record is found again by all that it refers to.
bool is_upsert(const Write& write, const ObjectInfo& object) {
    if (write.kind != WriteKind::Create || write.key_field.empty()) return false;
    const FieldInfo* key = object.find(write.key_field);
    return key == nullptr || key->references.empty();
}

/// Both can travel in one call.
bool fit_together(const Write& a, const Write& b) {
    return a.kind == b.kind && a.id.object == b.id.object && a.key_field == b.key_field;
}

/// What a record is named by within one call, where no name may come twice.
std::string_view name_of(const Write& write, const ObjectInfo& object) {
    if (write.kind != WriteKind::Create) return write.id.key;
    return is_upsert(write, object) ? std::string_view(write.key_value) : std::string_view{};
}

/// The first field of `write` that the object lacks; nullptr when it has them all. Sent, one such
/// field would make Salesforce refuse the whole call.
const std::string* unknown_field(const Write& write, const ObjectInfo& object) {
    if (is_upsert(write, object) && object.find(write.key_field) == nullptr)
        return &write.key_field;
    for (const auto& [name, value] : write.fields) {
        if (object.find(name) == nullptr) return &name;
    }
    return nullptr;
}

/// The writes at the front of `batch` that fit into one call.
std::span<const Write> first_call(std::span<const Write> batch, const ObjectInfo& object) {
    std::set<std::string_view> names;
    std::size_t count = 0;
    while (count < batch.size() && count < kRecordsPerCall &&
           fit_together(batch.front(), batch[count]) &&
           unknown_field(batch[count], object) == nullptr) {
        const std::string_view name = name_of(batch[count], object);
        if (!name.empty() && !names.insert(name).second) break;
        ++count;
    }
    return batch.first(count);
}

Error not_sent(std::string_view why) {
    return Error{ErrorKind::Transient,
                 "The record was not sent: " + std::string(why) + ".",
                 "DUET-3116",
                 {},
                 {}};
}

void append_field(std::string& body, const FieldInfo* field, std::string_view name,
                  const Value& value) {
    body += ',';
    append_json_text(body, field != nullptr ? field->name : name);
    body += ':';
    const bool number_in_text =
        field != nullptr && std::holds_alternative<Decimal>(value) &&
        (field->type == FieldType::Text || field->type == FieldType::Picklist);
    if (number_in_text) {
        append_json_text(body, display(value));
    } else {
        append_json(body, value);
    }
}

std::string record_body(const Write& write, const ObjectInfo& object) {
    std::string body = R"({"attributes":{"type":)";
    append_json_text(body, object.name);
    body += '}';
    if (write.kind == WriteKind::Update) {
        body += R"(,"id":)";
        append_json_text(body, write.id.key);
    }
    if (is_upsert(write, object)) {
        const FieldInfo* key = object.find(write.key_field);
        const FieldType type = key != nullptr ? key->type : FieldType::Text;
        append_field(body, key, write.key_field, value_from_text(write.key_value, type));
    }
    for (const auto& [name, value] : write.fields) {
        if (is_upsert(write, object) && same_name(name, write.key_field)) continue;
        append_field(body, object.find(name), name, value);
    }
    return body + '}';
}

std::string call_body(std::span<const Write> call, const ObjectInfo& object) {
    std::string body = R"({"allOrNone":false,"records":[)";
    for (std::size_t i = 0; i < call.size(); ++i) {
        if (i > 0) body += ',';
        body += record_body(call[i], object);
    }
    return body + "]}";
}

std::string delete_path(std::span<const Write> call) {
    std::string ids;
    for (const Write& write : call) {
        if (!ids.empty()) ids += ',';
        ids += http::encode_query_value(write.id.key);
    }
    return "/composite/sobjects?ids=" + ids + "&allOrNone=false";
}

Error first_error(const json& row) {
    const auto errors = row.find("errors");
    if (errors == row.end() || !errors->is_array() || errors->empty() ||
        !errors->front().is_object()) {
        return row_error("UNKNOWN_EXCEPTION", {}, {});
    }
    const json& error = errors->front();
    std::vector<std::string> fields;
    if (const auto names = error.find("fields"); names != error.end() && names->is_array()) {
        for (const json& name : *names) {
            if (name.is_string()) fields.push_back(name.get<std::string>());
        }
    }
    return row_error(text_at(error, "statusCode"), text_at(error, "message"), fields);
}

Result<Written> outcome_of(const Write& write, const ObjectInfo& object, const json& row) {
    Written written;
    written.id = {write.id.object, write.id.key};
    const auto success = row.find("success");
    if (success != row.end() && success->is_boolean() && success->get<bool>()) {
        if (const std::string id = text_at(row, "id"); !id.empty()) written.id.key = id;
        const auto created = row.find("created");
        written.created = write.kind == WriteKind::Create &&
                          (!is_upsert(write, object) ||
                           (created != row.end() && created->is_boolean() && created->get<bool>()));
        return written;
    }
    Error error = first_error(row);
    // A delete wants the record gone, and it is.
    if (write.kind == WriteKind::Delete && error.remote_code == "ENTITY_IS_DELETED") return written;
    return error;
}

bool one_record_may_cause(const Error& error) {
    static constexpr std::string_view kCodes[] = {"INVALID_FIELD", "JSON_PARSER_ERROR",
                                                  "MALFORMED_ID", "INVALID_ID_FIELD",
                                                  "INVALID_TYPE_ON_FIELD_IN_RECORD"};
    return std::find(std::begin(kCodes), std::end(kCodes), error.remote_code) != std::end(kCodes);
}

/// What became of a write that an error of the whole call met, beside calls that were answered.
void fill(std::vector<Result<Written>>& outcomes, std::size_t count, const Error& error) {
    outcomes.insert(outcomes.end(), count, Result<Written>(error));
}

}  // namespace

Result<Writer::Outcomes> Writer::send(std::span<const Write> call, const ObjectInfo& object,
                                      std::stop_token stop) {
    const Write& first = call.front();
    std::string_view method = "POST";
    std::string path = "/composite/sobjects";
    std::string body;
    bool repeatable = true;
    if (first.kind == WriteKind::Delete) {
        method = "DELETE";
        path = delete_path(call);
    } else {
        body = call_body(call, object);
        if (first.kind == WriteKind::Update) {
            method = "PATCH";
        } else if (is_upsert(first, object)) {
            method = "PATCH";
            const FieldInfo* key = object.find(first.key_field);
            path += "/" + object.name + "/" + (key != nullptr ? key->name : first.key_field);
        } else {
            repeatable = false;
        }
    }
    auto answer = api_.write(method, path, std::move(body), repeatable, stop);
    if (!answer) {
        // Refused as a whole before anything was done, perhaps because of one record.
        if (call.size() > 1 && one_record_may_cause(answer.error())) {
            return send_halves(call, object, stop);
        }
        if (answer.error().kind == ErrorKind::Rejected) {
            return Outcomes(call.size(), Result<Written>(std::move(answer).error()));
        }
        return std::move(answer).error();
    }
    const json rows = json::parse(answer->body, nullptr, false);
    if (!rows.is_array() || rows.size() != call.size()) {
        return Error{ErrorKind::InDoubt,
                     "Salesforce acknowledged another number of records than were sent.",
                     "DUET-3115",
                     {},
                     {}};
    }
    Outcomes outcomes;
    for (std::size_t i = 0; i < call.size(); ++i)
        outcomes.push_back(outcome_of(call[i], object, rows[i]));
    return outcomes;
}

Result<Writer::Outcomes> Writer::send_halves(std::span<const Write> call, const ObjectInfo& object,
                                             std::stop_token stop) {
    const std::size_t half = call.size() / 2;
    auto outcomes = send(call.first(half), object, stop);
    if (!outcomes) return outcomes;
    auto rest = send(call.subspan(half), object, stop);
    if (!rest) {
        fill(*outcomes, call.size() - half, rest.error());
        return outcomes;
    }
    for (auto& one : *rest) outcomes->push_back(std::move(one));
    return outcomes;
}

Result<std::vector<Result<Written>>> Writer::write(std::span<const Write> batch,
                                                   std::stop_token stop) {
    Outcomes outcomes;
    while (outcomes.size() < batch.size()) {
        const auto rest = batch.subspan(outcomes.size());
        if (stop.stop_requested()) {
            if (outcomes.empty()) return not_sent("Duet is stopping");
            fill(outcomes, rest.size(), not_sent("Duet is stopping"));
            break;
        }
        auto object = describe_(rest.front().id.object, stop);
        if (object) {
            if (const std::string* field = unknown_field(rest.front(), **object)) {
                outcomes.emplace_back(row_error("INVALID_FIELD", {}, {*field}));
                continue;
            }
        }
        const auto call = object ? first_call(rest, **object) : rest.first(1);
        auto sent = object ? send(call, **object, stop) : Result<Outcomes>(object.error());
        if (sent) {
            for (auto& one : *sent) outcomes.push_back(std::move(one));
            continue;
        }
        const Error error = std::move(sent).error();
        const bool whole_batch = outcomes.empty() && (call.size() == batch.size() || !object);
        if (whole_batch) return error;
        fill(outcomes, call.size(), error);
        // What is wrong with the system as a whole would meet the next call too.
        if (!object || error.kind == ErrorKind::RateLimited ||
            error.kind == ErrorKind::Unauthenticated) {
            fill(outcomes, batch.size() - outcomes.size(), error);
        }
    }
    return outcomes;
}

}  // namespace duet::salesforce
