#include "connectors/sandbox/bulk_jobs.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/record_id.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::int64_t kKeptMs = std::int64_t{7} * 24 * 3600 * 1000;

struct Delimiter {
    const char* name;
    char character;
};
constexpr std::array<Delimiter, 6> kDelimiters = {{{"BACKQUOTE", '`'},
                                                   {"CARET", '^'},
                                                   {"COMMA", ','},
                                                   {"PIPE", '|'},
                                                   {"SEMICOLON", ';'},
                                                   {"TAB", '\t'}}};

std::string shown_time(const std::string& iso) { return iso.substr(0, iso.size() - 1) + "+0000"; }

bool is_final(const BulkJob& job) {
    return job.state == "JobComplete" || job.state == "Failed" || job.state == "Aborted";
}

}  // namespace

Refusal invalid_job(const std::string& message) { return {"INVALIDJOB", message}; }

char delimiter_of(const BulkJob& job) {
    for (const Delimiter& delimiter : kDelimiters) {
        if (job.delimiter == delimiter.name) return delimiter.character;
    }
    return ',';
}

const char* line_end_of(const BulkJob& job) { return job.line_ending == "CRLF" ? "\r\n" : "\n"; }

json job_json(const BulkJob& job, bool created) {
    json out = {{"id", job.id},
                {"operation", job.operation},
                {"object", job.object},
                {"createdById", job.user_id},
                {"createdDate", shown_time(job.created)},
                {"systemModstamp", shown_time(job.changed)},
                {"state", job.state},
                {"concurrencyMode", "Parallel"},
                {"contentType", "CSV"},
                {"apiVersion", std::stod(job.version)},
                {"lineEnding", job.line_ending},
                {"columnDelimiter", job.delimiter}};
    if (!job.query) {
        out["contentUrl"] = "services/data/v" + job.version + "/jobs/ingest/" + job.id + "/batches";
        if (!job.external_id_field.empty()) out["externalIdFieldName"] = job.external_id_field;
    }
    if (created) return out;
    out["jobType"] = job.query ? "V2Query" : "V2Ingest";
    out["numberRecordsProcessed"] = job.processed;
    out["retries"] = 0;
    out["totalProcessingTime"] = 0;
    if (job.query) {
        out["isPkChunkingSupported"] = true;
    } else {
        out["numberRecordsFailed"] = job.failed;
        out["apiActiveProcessingTime"] = 0;
        out["apexProcessingTime"] = 0;
    }
    if (!job.error.empty()) out["errorMessage"] = job.error;
    return out;
}

std::variant<BulkJob*, Refusal> new_job(Call& call, const json& body) {
    const auto text = [&body](const char* name, const char* fallback) {
        const auto found = body.find(name);
        return found != body.end() && found->is_string() ? found->get<std::string>() : fallback;
    };
    BulkJob job;
    job.operation = text("operation", "");
    job.delimiter = text("columnDelimiter", "COMMA");
    job.line_ending = text("lineEnding", "LF");
    const bool known =
        std::any_of(kDelimiters.begin(), kDelimiters.end(),
                    [&job](const Delimiter& entry) { return job.delimiter == entry.name; });
    if (text("contentType", "CSV") != "CSV")
        return invalid_job("InvalidJob : contentType must be CSV");
    if (!known) return invalid_job("InvalidJob : Unknown columnDelimiter " + job.delimiter);
    if (job.line_ending != "LF" && job.line_ending != "CRLF") {
        return invalid_job("InvalidJob : Unknown lineEnding " + job.line_ending);
    }
    auto count = call.state.database.prepare(
        "INSERT INTO sandbox_counter VALUES('750',1)"
        " ON CONFLICT(prefix) DO UPDATE SET value=value+1 RETURNING value");
    count.step();
    job.id = make_id("750", count.integer(0));
    job.user_id = call.session.user_id;
    job.version = call.version;
    job.created = job.changed = call.state.clock.now_iso();
    job.fate = call.state.injected.job_state;
    auto& jobs = call.state.salesforce->jobs;
    return &(jobs[job.id] = job);
}

bool meets_its_fate(BulkJob& job) {
    if (job.fate.empty()) return false;
    job.state = job.fate;
    job.rows.clear();
    if (job.fate == "Failed") job.error = "InternalServerError : Retried more than 15 times";
    return true;
}

BulkJob* find_job(Call& call, const std::string& id, bool query) {
    auto& jobs = call.state.salesforce->jobs;
    const std::string oldest = iso_from_ms(call.state.clock.now_ms() - kKeptMs);
    std::erase_if(jobs, [&oldest](const auto& entry) { return entry.second.created < oldest; });
    const auto found = jobs.find(id18(id));
    return found == jobs.end() || found->second.query != query ? nullptr : &found->second;
}

ApiResponse list_jobs(Call& call, bool query) {
    json list = json::array();
    for (const auto& entry : call.state.salesforce->jobs) {
        if (entry.second.query == query) list.push_back(job_json(entry.second, true));
    }
    return json_answer({{"done", true}, {"records", list}, {"nextRecordsUrl", nullptr}});
}

ApiResponse delete_job(Call& call, BulkJob& job) {
    if (!is_final(job) && job.state != "UploadComplete") {
        return refusal_answer(
            {"INVALIDJOBSTATE", "InvalidJobState : The job is not in a final state"});
    }
    call.state.salesforce->jobs.erase(job.id);
    return empty_answer();
}

ApiResponse csv_answer(std::string text) {
    ApiResponse answer = text_answer(std::move(text));
    answer.content_type = "text/csv";
    return answer;
}

}  // namespace duet::sandbox
