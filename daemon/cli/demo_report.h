#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

class DemoOrg;
struct DemoPrinter;

/// Asks for the report, prints its main lines and writes the page to `path`. False when there is
/// no funnel, no credited revenue, no day of a list or no page.
bool play_report(DemoOrg& org, const std::string& path, const DemoPrinter& print,
                 nlohmann::json& figures);

}  // namespace duet::cli
