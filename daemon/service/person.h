#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

/// What is asked about people and their history, as JSON: the same for the socket and `--json`.
namespace duet::service {

/// "explain", "undo", "pins", "release_pins", "erase", "export", "lifecycle", "lists",
/// "report", "attribution".
[[nodiscard]] bool is_person_request(std::string_view command) noexcept;
/// Those of them that talk to a vendor.
[[nodiscard]] bool needs_vendors(std::string_view command) noexcept;

/// Answers one of them; daemon/admin/README.md lists what `body` holds.
Result<nlohmann::json> answer_person_request(sync::Org& org, std::string_view command,
                                             const nlohmann::json& body, std::stop_token stop);

/// Everything that is held about the entities that `who` means.
Result<nlohmann::json> export_person(sync::Org& org, std::string_view who);

/// "ada (uid 1000, ada)": who asked, by their own word and by the kernel's. `body` holds "by" and
/// what the socket's other end is, as "peer".
[[nodiscard]] std::string who_asks(const nlohmann::json& body);

}  // namespace duet::service
