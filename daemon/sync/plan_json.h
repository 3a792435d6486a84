#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/plan.h"

namespace duet::sync {

/// The form's own version; a reader of another refuses it (DUET-6061).
inline constexpr int kPlanFormVersion = 1;

/// A plan as JSON: what `duet plan --json` prints and `--out` writes. Keys are sorted, so one plan
/// has one text. Values stand twice: for people ("before", "after") and exactly ("before_value",
/// "after_value", as mappings/value.h encodes them). "checksum" is the SHA-256 of the rest: it
/// finds damage and edits by hand, and guards against nobody who wants to mislead.
[[nodiscard]] nlohmann::json plan_json(const Plan& plan);

/// Reads what plan_json made; the same plan comes back. Rejected, with DUET-6060: it is no plan;
/// DUET-6061: of another version; DUET-6062: it is not as it was written.
[[nodiscard]] Result<Plan> read_plan(const nlohmann::json& form);
[[nodiscard]] Result<Plan> parse_plan(std::string_view text);

}  // namespace duet::sync
