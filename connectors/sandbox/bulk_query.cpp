#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/bulk_jobs.h"
#include "connectors/sandbox/csv.h"
#include "connectors/sandbox/jwt.h"
#include "connectors/sandbox/salesforce_query.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::size_t kPageRowsDefault = 100'000;

/// Runs the query; the job holds its result as lines.
void fill_results(SandboxState& state, BulkJob& job, const soql::Translation& translation) {
    const char delimiter = delimiter_of(job);
    const char* line_end = line_end_of(job);
    for (std::size_t i = 0; i < translation.columns.size(); ++i) {
        std::string name;
        for (const std::string& part : translation.columns[i].path) {
            name += (name.empty() ? "" : ".") + part;
        }
        if (i > 0) job.header += delimiter;
        append_csv_quoted(job.header, name);
    }
    job.header += line_end;
    auto row = run_query(state, translation);
    while (row.step()) {
        std::string& line = job.rows.emplace_back();
        for (std::size_t i = 0; i < translation.columns.size(); ++i) {
            if (i > 0) line += delimiter;
            append_cell(line, translation.columns[i].type, row, static_cast<int>(i));
        }
        line += line_end;
    }
    job.processed = job.rows.size();
    const auto lost = std::min(static_cast<std::size_t>(state.injected.lose_rows), job.rows.size());
    job.rows.resize(job.rows.size() - lost);
}

ApiResponse create_query(Call& call) {
    const json body = json::parse(call.request.body, nullptr, false);
    if (!body.is_object())
        return refusal_answer({"JSON_PARSER_ERROR", "The body is not a JSON object"});
    const std::string operation = body.value("operation", "");
    if (operation != "query" && operation != "queryAll") {
        return refusal_answer(invalid_job("InvalidJob : operation must be query or queryAll"));
    }
    auto prepared =
        prepare_query(call.state, body.value("query", ""), operation == "queryAll", true);
    if (auto* refused = std::get_if<Refusal>(&prepared)) return refusal_answer(*refused);
    auto made = new_job(call, body);
    if (auto* refused = std::get_if<Refusal>(&made)) return refusal_answer(*refused);
    BulkJob& job = *std::get<BulkJob*>(made);
    const soql::Translation& translation = std::get<Prepared>(prepared).translation;
    job.query = true;
    job.object = translation.object;
    job.state = "UploadComplete";
    fill_results(call.state, job, translation);
    return json_answer(job_json(job, true));
}

ApiResponse results(Call& call, const BulkJob& job) {
    if (job.version != call.version) {
        return refusal_answer(
            {"INVALID_API_VERSION", "Results must be read with the version of the job", {}, 409});
    }
    if (job.state != "JobComplete") return empty_answer(204);
    const auto number = [](const std::string& text, std::size_t fallback) {
        std::size_t value = fallback;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    std::size_t from = 0;
    const std::string locator = call.request.parameter("locator").value_or("");
    if (!locator.empty() && locator != "null") {
        const auto plain = from_base64(locator);
        from = plain ? number(*plain, job.rows.size() + 1) : job.rows.size() + 1;
        if (from == 0 || from >= job.rows.size()) {
            return refusal_answer({"INVALID_QUERY_LOCATOR", "invalid query locator"});
        }
    }
    const std::size_t most = std::max<std::size_t>(
        1, number(call.request.parameter("maxRecords").value_or(""), kPageRowsDefault));
    const std::size_t end = most > job.rows.size() - from ? job.rows.size() : from + most;
    std::string text;
    if (!job.rows.empty() || call.state.options.zero_row_results_have_header) text = job.header;
    for (std::size_t i = from; i < end; ++i) text += job.rows[i];
    std::string next = "null";
    if (end < job.rows.size()) {
        next = base64(std::to_string(end));
        while (next.back() == '=') next.pop_back();
    }
    ApiResponse answer = csv_answer(std::move(text));
    answer.headers.emplace_back("Sforce-NumberOfRecords", std::to_string(end - from));
    answer.headers.emplace_back("Sforce-Locator", next);
    return answer;
}

ApiResponse abort(Call& call, BulkJob& job) {
    const json body = json::parse(call.request.body, nullptr, false);
    if (!body.is_object() || body.value("state", "") != "Aborted") {
        return refusal_answer(invalid_job("InvalidJob : state must be Aborted"));
    }
    if (job.state != "UploadComplete" && job.state != "InProgress") {
        return refusal_answer({"INVALIDJOBSTATE", "InvalidJobState : The job is in a final state"});
    }
    job.state = "Aborted";
    job.rows.clear();
    return json_answer(job_json(job, false));
}

}  // namespace

ApiResponse handle_bulk_query(Call& call) {
    const auto& path = call.path;  // jobs, query, id, results
    const std::string& method = call.request.method;
    if (path.size() == 2) {
        if (method == "POST") return create_query(call);
        return is_read(call.request) ? list_jobs(call, true)
                                     : method_not_allowed(call.request, "GET,HEAD,POST");
    }
    BulkJob* job = find_job(call, path[2], true);
    if (job == nullptr) return refusal_answer(not_found());
    if (path.size() == 3) {
        if (method == "DELETE") return delete_job(call, *job);
        if (method == "PATCH") return abort(call, *job);
        if (!is_read(call.request))
            return method_not_allowed(call.request, "DELETE,GET,HEAD,PATCH");
        if (job->state == "UploadComplete" && !meets_its_fate(*job)) job->state = "JobComplete";
        return json_answer(job_json(*job, false));
    }
    if (path.size() == 4 && equal_without_case(path[3], "results") && is_read(call.request)) {
        return results(call, *job);
    }
    return refusal_answer(not_found());
}

}  // namespace duet::sandbox
