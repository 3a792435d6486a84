#pragma once

#include <string>
#include <vector>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/salesforce_dml.h"
#include "connectors/sandbox/salesforce_side.h"
#include "connectors/sandbox/salesforce_values.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// One authorised request to the data API.
struct Call {
    SandboxState& state;
    const ApiRequest& request;
    Session session;
    std::string version;            // "66.0"
    std::vector<std::string> path;  // decoded segments after the version: {"sobjects", "Lead"}

    [[nodiscard]] std::string root() const { return "/services/data/v" + version; }
    [[nodiscard]] std::string base_url() const {
        return state.options.public_url.empty() ? request.base_url : state.options.public_url;
    }
};

/// A GET or HEAD.
[[nodiscard]] bool is_read(const ApiRequest& request);
[[nodiscard]] ApiResponse json_answer(const nlohmann::json& body, int status = 200);
[[nodiscard]] ApiResponse text_answer(std::string json_text, int status = 200);
[[nodiscard]] ApiResponse empty_answer(int status = 204);
[[nodiscard]] ApiResponse method_not_allowed(const ApiRequest& request, const std::string& allowed);

/// {"id":...,"success":true,"errors":[]}; with "created" for upserts.
[[nodiscard]] nlohmann::json outcome_json(const Outcome& outcome, bool with_created);

/// "Tue, 02 Jan 2018 03:04:05 GMT" of milliseconds, and back; -1 for any other text.
[[nodiscard]] std::string http_date(std::int64_t ms);
[[nodiscard]] std::int64_t from_http_date(std::string_view text);

/// Routes below /services/data/vXX.0, without authorisation and counting: batches use it too.
[[nodiscard]] ApiResponse route(Call& call);

// By resource, each in the file of its name.
[[nodiscard]] ApiResponse handle_discovery(
    Call& call);  // "", limits, sobjects, sobjects/X[/describe]
[[nodiscard]] ApiResponse handle_records(Call& call);      // sobjects/X..., updated, deleted
[[nodiscard]] ApiResponse handle_query(Call& call);        // query, queryAll
[[nodiscard]] ApiResponse handle_collections(Call& call);  // composite/sobjects
[[nodiscard]] ApiResponse handle_composite(Call& call);    // composite, composite/batch
[[nodiscard]] ApiResponse handle_bulk_query(Call& call);   // jobs/query
[[nodiscard]] ApiResponse handle_bulk_ingest(Call& call);  // jobs/ingest

/// Everything that needs no token or gives one.
[[nodiscard]] ApiResponse handle_oauth(SandboxState& state, const ApiRequest& request,
                                       const std::vector<std::string>& path);
/// /services/Soap/u/66.0 and /c/: soap.cpp says which operations.
[[nodiscard]] ApiResponse handle_soap(SandboxState& state, const ApiRequest& request,
                                      const std::vector<std::string>& path);
/// Where the API is, by the option or as the client called it; without a slash at the end.
[[nodiscard]] std::string base_url(const SandboxState& state, const ApiRequest& request);
[[nodiscard]] ApiResponse handle_identity(SandboxState& state, const ApiRequest& request,
                                          const Session& session);
[[nodiscard]] ApiResponse handle_userinfo(SandboxState& state, const ApiRequest& request,
                                          const Session& session);

/// The 401 body that every client knows.
[[nodiscard]] Refusal session_expired();

}  // namespace duet::sandbox
