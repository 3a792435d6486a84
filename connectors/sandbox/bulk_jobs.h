#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

/// A job's JSON. `created`: the answer to its creation, which lacks counters and jobType.
[[nodiscard]] nlohmann::json job_json(const BulkJob& job, bool created);

/// A new job of this call with its id, stamps and the CSV settings of `body`; kept in the side.
/// A Refusal when contentType, columnDelimiter or lineEnding is not one that exists.
[[nodiscard]] std::variant<BulkJob*, Refusal> new_job(Call& call, const nlohmann::json& body);

/// Whether a fault decides what becomes of the job; then it is in that state and has no results.
[[nodiscard]] bool meets_its_fate(BulkJob& job);

/// The job of that id and kind, jobs past their 7 days dropped first; or null.
[[nodiscard]] BulkJob* find_job(Call& call, const std::string& id, bool query);

[[nodiscard]] ApiResponse list_jobs(Call& call, bool query);
/// 204, or 400 while it is not in a final state.
[[nodiscard]] ApiResponse delete_job(Call& call, BulkJob& job);
[[nodiscard]] ApiResponse csv_answer(std::string text);
[[nodiscard]] char delimiter_of(const BulkJob& job);
[[nodiscard]] const char* line_end_of(const BulkJob& job);
[[nodiscard]] Refusal invalid_job(const std::string& message);

}  // namespace duet::sandbox
