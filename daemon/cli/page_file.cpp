#include "daemon/cli/page_file.h"

#include <filesystem>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/output.h"
#include "daemon/report/page.h"
#include "daemon/version.h"

namespace duet::cli {

void add_html_option(CLI::App& command, std::string& path) {
    command.add_option("--html", path, "write one page with charts to this file; - prints it");
}

Status put_page(const std::string& path, const report::Report& report) {
    if (path.empty()) return Done{};
    return put_out(path == "-" ? "" : path, report::html_page(report));
}

report::Report page_of_files(const std::string& path) {
    const auto whole = std::filesystem::path(path).lexically_normal();
    const auto name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
    report::Report page;
    page.org = name.empty() ? path : name.string();
    page.horizon_days = 0;
    page.made_by = "duet " + std::string(version());
    return page;
}

report::Cell page_cell(const nlohmann::json& value) {
    if (value.is_number()) return value.get<double>();
    if (value.is_string()) return value.get<std::string>();
    return {};
}

}  // namespace duet::cli
