#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/pardot_rows.h"
#include "connectors/sandbox/pardot_schema.h"
#include "connectors/sandbox/pardot_settings.h"

namespace duet::sandbox {

class SandboxState;

/// One request after its headers were found good. Lives as long as the request.
struct PardotCall {
    SandboxState& state;
    const ApiRequest& request;
    PardotSettings settings;
    std::optional<std::int64_t> user;       // the Pardot user that acts, where the seed has one
    PardotCopy copy = PardotCopy::Primary;  // what reads see
    std::string base_url;                   // "http://127.0.0.1:8080"
};

[[nodiscard]] ApiResponse json_response(int status, const nlohmann::ordered_json& body);

/// GET on a collection: fields, filters, order, pages.
[[nodiscard]] ApiResponse query_pardot(PardotCall& call, const PardotCollection& collection);
/// GET on a record, with `deleted` and If-Modified-Since.
[[nodiscard]] ApiResponse read_pardot(PardotCall& call, const PardotCollection& collection,
                                      std::int64_t id);
[[nodiscard]] ApiResponse create_pardot(PardotCall& call, const PardotCollection& collection);
[[nodiscard]] ApiResponse patch_pardot(PardotCall& call, const PardotCollection& collection,
                                       std::int64_t id);
[[nodiscard]] ApiResponse delete_pardot(PardotCall& call, const PardotCollection& collection,
                                        std::int64_t id);
/// do/upsertLatestByEmail and do/undelete.
[[nodiscard]] ApiResponse act_on_prospects(PardotCall& call, const PardotCollection& prospects,
                                           const std::string& action);

/// The record as the request's `fields` (else `fallback`) ask for it, from the primary.
[[nodiscard]] nlohmann::ordered_json shown_record(PardotCall& call,
                                                  const PardotCollection& collection,
                                                  std::int64_t id, const std::string& fields);
[[nodiscard]] std::string record_url(const PardotCall& call, const PardotCollection& collection,
                                     std::int64_t id, const std::string& fields);

/// The row, or 404 code 109; a row in the bin is no row unless `binned_too`.
[[nodiscard]] PardotRow need_row(PardotCall& call, const PardotCollection& collection,
                                 std::int64_t id, bool binned_too = false);

/// The request's body as an object: 151, 152 or 150 where it is none.
[[nodiscard]] nlohmann::json body_object(const ApiRequest& request);
/// Checks names and types of what the client wants written, and gives it as it is stored.
[[nodiscard]] PardotRow parse_properties(const PardotCall& call, const PardotCollection& collection,
                                         const nlohmann::json& properties, bool creating);

}  // namespace duet::sandbox
