#pragma once

#include <string>
#include <variant>
#include <vector>

#include "connectors/sandbox/salesforce_values.h"
#include "connectors/sandbox/soql.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// A query ready to run.
struct Prepared {
    soql::Translation translation;
    std::string text;
};

[[nodiscard]] std::variant<Prepared, Refusal> prepare_query(SandboxState& state,
                                                            const std::string& text, bool all_rows,
                                                            bool bulk);

/// Each row as a JSON object in the vendor's shape. `root`: "/services/data/v66.0".
[[nodiscard]] std::vector<std::string> json_rows(SandboxState& state,
                                                 const soql::Translation& translation,
                                                 const std::string& root);

/// Binds the translation's parameters; `parent_id` goes after them for a subquery.
[[nodiscard]] Statement run_query(SandboxState& state, const soql::Translation& translation,
                                  const std::string& parent_id = "");

/// "attributes" with its key: {"type":"Lead","url":"..."}.
void append_attributes(std::string& out, const std::string& object, std::string_view id,
                       const std::string& root);

}  // namespace duet::sandbox
