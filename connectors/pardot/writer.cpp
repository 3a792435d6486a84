#include "connectors/pardot/writer.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/rows.h"

namespace duet::pardot {
namespace {

using nlohmann::json;

Error rejected(std::string message) {
    return Error{ErrorKind::Rejected, std::move(message), "DUET-3122", {}, {}};
}

Error unclear(const char* what) {
    return Error{ErrorKind::InDoubt,
                 std::string("Pardot took the record but ") + what + ".",
                 "DUET-3115",
                 {},
                 {}};
}

/// The parts of "a;b" as a JSON array.
void append_parts(std::string& body, std::string_view text) {
    body += '[';
    while (!text.empty()) {
        const auto end = std::min(text.find(';'), text.size());
        append_json_text(body, text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!text.empty()) body += ',';
    }
    body += ']';
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Spells a value as the field takes it: Pardot's own ids are numbers, and figures that it keeps
/// as texts are texts.
void append_value(std::string& body, const FieldInfo& field, const Value& value) {
    const std::string* held = as_text(value);
    const bool own_id = field.type == FieldType::Id && field.length == 0;
    if (held != nullptr && field.type == FieldType::MultiPicklist) {
        append_parts(body, *held);
    } else if (is_blank(value) && field.type == FieldType::MultiPicklist) {
        body += "[]";
    } else if (held != nullptr && own_id && is_number(*held)) {
        body += *held;
    } else if (std::holds_alternative<Decimal>(value) &&
               (field.type == FieldType::Text || field.type == FieldType::Picklist)) {
        append_json_text(body, display(value));
    } else {
        append_json(body, value, true);
    }
}

Result<std::string> record_body(const Fields& fields, const ObjectInfo& object) {
    std::string body = "{";
    for (const auto& [name, value] : fields) {
        const FieldInfo* field = object.find(name);
        if (field == nullptr || (!field->creatable && !field->updatable)) {
            return rejected("Pardot's " + object.name + " has no field " + name +
                            " that can be written.");
        }
        if (body.size() > 1) body += ',';
        append_json_text(body, field->name);
        body += ':';
        append_value(body, *field, value);
    }
    return body + '}';
}

/// The id and stamp of an answer that holds a record.
Result<Written> written_from(const http::Response& answer, const Write& write) {
    const json body = json::parse(answer.body, nullptr, false);
    Written written;
    written.id = write.id;
    if (!body.is_object()) {
        if (write.kind == WriteKind::Create) return unclear("its answer does not name it");
        return written;
    }
    const auto id = body.find("id");
    if (id != body.end() && id->is_number_unsigned()) {
        written.id.key = std::to_string(id->get<std::uint64_t>());
    } else if (id != body.end() && id->is_string()) {
        written.id.key = id->get<std::string>();
    }
    if (written.id.key.empty()) return unclear("its answer does not name it");
    const auto stamp = body.find("updatedAt");
    if (stamp != body.end() && stamp->is_string()) {
        written.stamp = parse_instant(stamp->get_ref<const std::string&>());
    }
    return written;
}

std::string text_of(const Fields& fields, std::string_view name) {
    return display(fields.get(name));
}

bool is_gone(const Error& error) {
    return error.remote_code == "109" || error.remote_code == "92" || error.remote_code == "3";
}

}  // namespace

std::vector<Result<Written>> Writer::write(std::span<const Write> batch, const ObjectInfo& object,
                                           std::stop_token stop) {
    std::vector<Result<Written>> outcomes;
    const ObjectFacts* facts = find_facts(object.name);
    for (const Write& write : batch) {
        if (stop.stop_requested()) {
            outcomes.emplace_back(Error{ErrorKind::Transient,
                                        "The record was not sent: Duet is stopping.",
                                        "DUET-3116",
                                        {},
                                        {}});
            continue;
        }
        auto outcome = one(write, *facts, object, stop);
        const bool ends_all = !outcome && (outcome.error().kind == ErrorKind::RateLimited ||
                                           outcome.error().kind == ErrorKind::Unauthenticated);
        outcomes.push_back(std::move(outcome));
        if (!ends_all) continue;
        const Error error = outcomes.back().error();
        outcomes.resize(batch.size(), Result<Written>(error));
        break;
    }
    return outcomes;
}

Result<Written> Writer::one(const Write& write, const ObjectFacts& facts, const ObjectInfo& object,
                            std::stop_token stop) {
    const bool allowed = write.kind == WriteKind::Create   ? facts.creatable
                         : write.kind == WriteKind::Update ? facts.updatable
                                                           : facts.deletable;
    if (!allowed) {
        return rejected("Pardot's API v5 does not let this kind of change be made to " +
                        std::string(facts.name) + ".");
    }
    switch (write.kind) {
        case WriteKind::Create:
            return create(write, facts, object, stop);
        case WriteKind::Update:
            return update(write, facts, object, stop);
        case WriteKind::Delete:
            break;
    }
    return remove(write, facts, stop);
}

Result<Written> Writer::create(const Write& write, const ObjectFacts& facts,
                               const ObjectInfo& object, std::stop_token stop) {
    if (facts.name == "prospect" && same_name(write.key_field, "email")) {
        return upsert_by_email(write, object, stop);
    }
    auto body = record_body(write.fields, object);
    if (!body) return std::move(body).error();
    // A second membership of one pair is refused (code 58), so sending twice does no harm.
    const bool membership = facts.name == "list-membership";
    auto answer = api_.write("POST", "/" + std::string(facts.collection) + "?fields=id,updatedAt",
                             std::move(*body), membership, stop);
    if (!answer) {
        if (membership && answer.error().remote_code == "58") {
            return existing_membership(write, stop);
        }
        return std::move(answer).error();
    }
    if (answer->status == 204) return unclear("the user may not read it");
    auto written = written_from(*answer, write);
    if (written) written->created = true;
    return written;
}

Result<Written> Writer::upsert_by_email(const Write& write, const ObjectInfo& object,
                                        std::stop_token stop) {
    Fields fields = write.fields;
    if (fields.find("email") == nullptr) fields.set("email", text(write.key_value));
    auto prospect = record_body(fields, object);
    if (!prospect) return std::move(prospect).error();
    std::string body = R"({"matchEmail":)";
    append_json_text(body, write.key_value);
    body += R"(,"prospect":)" + *prospect + R"(,"fields":["id","createdAt","updatedAt"]})";
    auto answer =
        api_.write("POST", "/prospects/do/upsertLatestByEmail", std::move(body), true, stop);
    if (!answer) return std::move(answer).error();
    if (answer->status == 204) return unclear("the user may not read it");
    auto written = written_from(*answer, write);
    if (written) written->created = answer->status == 201;
    return written;
}

/// The pair is a member already: the record is there, and which one it is can be looked up.
Result<Written> Writer::existing_membership(const Write& write, std::stop_token stop) {
    auto found = reader_.find_membership(text_of(write.fields, "listId"),
                                         text_of(write.fields, "prospectId"), stop);
    if (!found) {
        // The look-up failed, not the membership: look again before anything is repeated.
        Error error = std::move(found).error();
        if (error.kind == ErrorKind::Transient) error.kind = ErrorKind::InDoubt;
        return error;
    }
    if (!*found) return unclear("the membership is not yet to be seen");
    Written written;
    written.id = (*found)->id;
    written.stamp = (*found)->modified;
    return written;
}

Result<Written> Writer::update(const Write& write, const ObjectFacts& facts,
                               const ObjectInfo& object, std::stop_token stop) {
    auto body = record_body(write.fields, object);
    if (!body) return std::move(body).error();
    auto answer = api_.write("PATCH",
                             "/" + std::string(facts.collection) + "/" +
                                 http::encode_query_value(write.id.key) + "?fields=id,updatedAt",
                             std::move(*body), true, stop);
    if (!answer) return std::move(answer).error();
    return written_from(*answer, write);
}

Result<Written> Writer::remove(const Write& write, const ObjectFacts& facts, std::stop_token stop) {
    auto answer = api_.write(
        "DELETE",
        "/" + std::string(facts.collection) + "/" + http::encode_query_value(write.id.key), {},
        true, stop);
    // A delete wants the record gone, and it is.
    if (!answer && !is_gone(answer.error())) return std::move(answer).error();
    Written written;
    written.id = write.id;
    return written;
}

}  // namespace duet::pardot
