#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/bulk_jobs.h"
#include "connectors/sandbox/csv.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::size_t kMultipartCharactersMax = 100'000;

/// A column of the upload: a field of the object, or a parent's external id.
struct Column {
    std::string name;  // as in the header
    const Field* field = nullptr;
    std::string relationship;  // "Account" of "Account.Ext__c"
    std::string parent_field;
};

std::string xsd_of(const Field& field) {
    if (field.type == "date" || field.type == "boolean" || field.type == "int")
        return "xsd:" + field.type;
    return field.type == "datetime" ? "xsd:dateTime" : "xsd:double";
}

class Ingest {
public:
    Ingest(Call& call, BulkJob& job, const Object& object)
        : call_(call),
          job_(job),
          object_(object),
          delimiter_(delimiter_of(job)),
          line_end_(line_end_of(job)),
          writer_(call.state, call.session.user_id) {}

    void run() {
        try {
            read_rows();
        } catch (const CsvError& error) {
            fail(std::string("InvalidBatch : ") + error.what());
        }
    }

private:
    void fail(const std::string& why) {
        job_.error = why;
        job_.state = "Failed";
    }

    bool read_header(const std::vector<CsvCell>& cells) {
        std::set<std::string> seen;
        for (const CsvCell& cell : cells) {
            Column column;
            column.name = cell.text;
            std::string name = cell.text.substr(cell.text.find(':') + 1);
            if (cell.text.find(':') == std::string::npos) name = cell.text;
            const std::size_t dot = name.find('.');
            if (dot == std::string::npos) {
                column.field = object_.find(name);
            } else if (const Field* link = object_.relationship(name.substr(0, dot))) {
                column.field = link;
                column.relationship = link->relationship_name;
                column.parent_field = name.substr(dot + 1);
            }
            if (column.field == nullptr) {
                fail("InvalidBatch : Field name not found : " + cell.text);
                return false;
            }
            if (!seen.insert(lower_case(cell.text)).second) {
                fail("InvalidBatch : Duplicate field name : " + cell.text);
                return false;
            }
            columns_.push_back(std::move(column));
        }
        return true;
    }

    void read_rows() {
        if (!is_utf8(job_.input)) return fail("InvalidBatch : The content is not valid UTF-8");
        CsvReader reader(job_.input, delimiter_);
        std::vector<CsvCell> cells;
        if (!reader.next(cells)) return fail("InvalidBatch : The content has no header row");
        if (!read_header(cells)) return;
        std::string header;
        append_cells(header, cells);
        job_.successful =
            "\"sf__Id\"" + std::string(1, delimiter_) + "\"sf__Created\"" + delimiter_ + header;
        job_.failures =
            "\"sf__Id\"" + std::string(1, delimiter_) + "\"sf__Error\"" + delimiter_ + header;
        job_.unprocessed = header;
        while (reader.next(cells)) {
            ++job_.processed;
            cells.size() == columns_.size() ? write_row(cells)
                                            : reject(cells, too_many(cells.size()));
        }
        writer_.finish();
        job_.state = "UploadComplete";
    }

    Refusal too_many(std::size_t cells) const {
        return {"INVALID_CSV_CONTENT", "The row has " + std::to_string(cells) +
                                           " cells, the header " + std::to_string(columns_.size())};
    }

    void append_cells(std::string& out, const std::vector<CsvCell>& cells) const {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) out += delimiter_;
            append_csv_quoted(out, cells[i].text);
        }
        out += line_end_;
    }

    void reject(const std::vector<CsvCell>& cells, const Refusal& refusal) {
        ++job_.failed;
        std::string error = refusal.code + ":" + refusal.message + ":";
        for (std::size_t i = 0; i < refusal.fields.size(); ++i)
            error += (i > 0 ? "," : "") + refusal.fields[i];
        job_.failures += "\"\"";
        job_.failures += delimiter_;
        append_csv_quoted(job_.failures, error + " --");
        job_.failures += delimiter_;
        append_cells(job_.failures, cells);
    }

    /// The vendor's words for a cell that is not of its column's type.
    Refusal as_bulk(const Refusal& refusal, const std::vector<CsvCell>& cells) const {
        if (refusal.code != "JSON_PARSER_ERROR" || refusal.fields.empty()) return refusal;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const Field& field = *columns_[i].field;
            if (field.name != refusal.fields.front()) continue;
            return {"INVALID_FIELD",
                    "Failed to deserialize field at col " + std::to_string(i) + ". Due to, '" +
                        cells[i].text + "' is not a valid value for the type " + xsd_of(field),
                    refusal.fields};
        }
        return refusal;
    }

    void write_row(const std::vector<CsvCell>& cells) {
        json fields = json::object();
        std::string id;
        std::string key_value;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const Column& column = columns_[i];
            const std::string& text = cells[i].text;
            if (column.relationship.empty() && column.field->name == "Id" &&
                job_.operation != "insert") {
                id = text;
                continue;
            }
            if (equal_without_case(column.name, job_.external_id_field)) {
                key_value = text;
                continue;
            }
            if (text.empty()) continue;
            if (!column.relationship.empty()) {
                fields[column.relationship] = {{column.parent_field, text}};
            } else if (text == "#N/A") {
                fields[column.field->name] = nullptr;
            } else {
                fields[column.field->name] = text;
            }
        }
        const Outcome outcome = write(fields, id, key_value);
        if (!outcome.ok()) return reject(cells, as_bulk(outcome.errors.front(), cells));
        job_.successful += "\"" + outcome.id + "\"" + delimiter_ +
                           (outcome.created ? "\"true\"" : "\"false\"") + delimiter_;
        append_cells(job_.successful, cells);
    }

    Outcome write(const json& fields, const std::string& id, const std::string& key_value) {
        if (job_.operation == "insert") return writer_.insert(object_, fields);
        if (job_.operation == "upsert") {
            const Field& key = *object_.find(job_.external_id_field);
            return writer_.upsert(object_, key, key.name == "Id" ? id : key_value, fields);
        }
        if (id.empty())
            return {.errors = {{"MISSING_ARGUMENT", "Id not specified in an update call"}}};
        if (job_.operation == "delete") return writer_.remove(object_, id);
        if (job_.operation == "hardDelete") return writer_.hard_delete(object_, id);
        return writer_.update(object_, id, fields);
    }

    Call& call_;
    BulkJob& job_;
    const Object& object_;
    char delimiter_;
    std::string line_end_;
    Writer writer_;
    std::vector<Column> columns_;
};

void process(Call& call, BulkJob& job) {
    if (meets_its_fate(job)) {
        job.unprocessed = std::move(job.input);
        return;
    }
    Ingest(call, job, *call.state.schema.find(job.object)).run();
    job.input.clear();
    job.changed = call.state.clock.now_iso();
}

std::optional<Refusal> check_job(Call& call, const json& body) {
    static constexpr const char* kOperations[] = {"insert", "update", "upsert", "delete",
                                                  "hardDelete"};
    const std::string operation = body.value("operation", "");
    const Object* object = call.state.schema.find(body.value("object", ""));
    if (operation == "hardDelete" &&
        call.state.setting("salesforce.hard_delete_allowed") != "true") {
        return Refusal{"FEATURENOTENABLED",
                       "FeatureNotEnabled : hardDelete requires special permission"};
    }
    if (std::none_of(std::begin(kOperations), std::end(kOperations),
                     [&operation](const char* known) { return operation == known; })) {
        return invalid_job("InvalidJob : Unknown operation " + operation);
    }
    if (object == nullptr)
        return invalid_job("InvalidJob : Unable to find object: " + body.value("object", ""));
    if (operation != "upsert") return std::nullopt;
    const Field* key = object->find(body.value("externalIdFieldName", ""));
    if (key != nullptr && (key->external_id || key->id_lookup)) return std::nullopt;
    return invalid_job("InvalidJob : Field name provided, " +
                       body.value("externalIdFieldName", "") +
                       " is not an External ID or indexed field");
}

ApiResponse create(Call& call) {
    const std::string_view type = call.request.header("Content-Type");
    std::string text = call.request.body;
    std::optional<std::string> content;
    if (type.starts_with("multipart/form-data")) {
        for (auto& [name, part] : parse_multipart(type, call.request.body)) {
            if (name == "job") text = part;
            if (name == "content") content = part;
        }
        if (content && content->size() > kMultipartCharactersMax) {
            return refusal_answer(
                invalid_job("InvalidJob : More than 100000 characters in a multipart job"));
        }
    }
    const json body = json::parse(text, nullptr, false);
    if (!body.is_object())
        return refusal_answer({"JSON_PARSER_ERROR", "The job is not a JSON object"});
    try {
        if (auto refused = check_job(call, body)) return refusal_answer(*refused);
    } catch (const json::exception&) {
        return refusal_answer({"JSON_PARSER_ERROR", "A member of the job has the wrong type"});
    }
    auto made = new_job(call, body);
    if (auto* refused = std::get_if<Refusal>(&made)) return refusal_answer(*refused);
    BulkJob& job = *std::get<BulkJob*>(made);
    job.object = call.state.schema.find(body.value("object", ""))->name;
    job.external_id_field = job.operation == "upsert" ? body.value("externalIdFieldName", "") : "";
    job.state = "Open";
    if (content) {
        job.input = std::move(*content);
        process(call, job);
    }
    return json_answer(job_json(job, true));
}

ApiResponse close(Call& call, BulkJob& job) {
    const json body = json::parse(call.request.body, nullptr, false);
    const std::string wanted = body.is_object() ? body.value("state", "") : "";
    if (wanted != "UploadComplete" && wanted != "Aborted") {
        return refusal_answer(invalid_job("InvalidJob : state must be UploadComplete or Aborted"));
    }
    if (job.state != "Open") {
        return refusal_answer({"INVALIDJOBSTATE", "InvalidJobState : The job is no longer open"});
    }
    if (wanted == "Aborted") {
        job.state = "Aborted";
        job.input.clear();
        return json_answer(job_json(job, false));
    }
    process(call, job);
    json answer = job_json(job, true);
    answer["state"] = "UploadComplete";
    return json_answer(answer);
}

ApiResponse upload(Call& call, BulkJob& job) {
    if (call.request.method != "PUT") return method_not_allowed(call.request, "PUT");
    if (job.state != "Open" || !job.input.empty()) {
        return refusal_answer(
            {"INVALIDJOBSTATE", "InvalidJobState : The job takes one upload while it is open"});
    }
    job.input = call.request.body;
    return empty_answer(201);
}

}  // namespace

ApiResponse handle_bulk_ingest(Call& call) {
    const auto& path = call.path;  // jobs, ingest, id, batches
    const std::string& method = call.request.method;
    if (path.size() == 2) {
        if (method == "POST") return create(call);
        return is_read(call.request) ? list_jobs(call, false)
                                     : method_not_allowed(call.request, "GET,HEAD,POST");
    }
    BulkJob* job = find_job(call, path[2], false);
    if (job == nullptr) return refusal_answer(not_found());
    if (path.size() == 3) {
        if (method == "DELETE") return delete_job(call, *job);
        if (method == "PATCH") return close(call, *job);
        if (!is_read(call.request))
            return method_not_allowed(call.request, "DELETE,GET,HEAD,PATCH");
        if (job->state == "UploadComplete") job->state = "JobComplete";
        return json_answer(job_json(*job, false));
    }
    if (path.size() != 4) return refusal_answer(not_found());
    const std::string what = lower_case(path[3]);
    if (what == "batches") return upload(call, *job);
    if (!is_read(call.request)) return method_not_allowed(call.request, "GET,HEAD");
    if (what == "successfulresults") return csv_answer(job->successful);
    if (what == "failedresults") return csv_answer(job->failures);
    if (what == "unprocessedrecords") return csv_answer(job->unprocessed);
    return refusal_answer(not_found());
}

}  // namespace duet::sandbox
