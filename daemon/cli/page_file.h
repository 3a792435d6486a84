#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/report/report.h"
#include "mappings/result.h"

namespace CLI {
class App;
}

namespace duet::cli {

/// `--html FILE|-`: a command that has it writes what it tells as one page with charts, beside what
/// `--json` or `--csv` print, and else in the place of the text.
void add_html_option(CLI::App& command, std::string& path);

/// The report's page into the file, or to standard output where `path` is "-". An Error is the
/// file's; a path that is empty asks for no page.
Status put_page(const std::string& path, const report::Report& report);

/// A report without an org's zone, period or documents, called as the file or folder is.
[[nodiscard]] report::Report page_of_files(const std::string& path);
/// A number or text of an answer; nothing for null.
[[nodiscard]] report::Cell page_cell(const nlohmann::json& value);

}  // namespace duet::cli
