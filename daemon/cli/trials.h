#pragma once

#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "daemon/service/config.h"
#include "daemon/trial/run_tests.h"

/// Documents tried on records in files: what `duet test` and `duet preview FILE` do.
namespace duet::cli {

using Findings = std::vector<document::Finding>;

/// The documents at these paths (files, or folders), test documents left out.
[[nodiscard]] std::variant<std::vector<document::Source>, Findings> read_sources_at(
    const std::vector<std::string>& paths);

/// Where the documents of an org are, by the configuration; Rejected when it does not have the org.
[[nodiscard]] Result<std::vector<std::string>> document_paths(const service::Config& config,
                                                              const std::string& org);

/// Runs the test documents of these folders and of those below them, each folder's against the
/// documents beside them; a test document by its own name runs alone.
[[nodiscard]] std::variant<trial::TestReport, Findings> run_tests_at(
    const std::vector<std::string>& paths);

/// What each rule of the documents does for the records that a file gives. `sets`: field -> text.
[[nodiscard]] std::variant<nlohmann::json, Findings, Error> preview_file(
    const std::string& file, const std::vector<std::string>& documents, const nlohmann::json& sets);

}  // namespace duet::cli
