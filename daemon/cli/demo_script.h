#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

class DemoOrg;
class DemoWatch;

/// Prints for a person, or not at all.
struct DemoPrinter {
    bool quiet = false;
    void line(const std::string& text) const;
    void heading(const std::string& text) const;
};

/// What happens after the first load: the summary, each part of what was worked out, changes on
/// both sides, and days that pass. True when each part holds and each change was found on the other
/// side; `figures` gets what was shown, as JSON.
bool play_demo(DemoOrg& org, DemoWatch& watch, const DemoPrinter& print, nlohmann::json& figures);

}  // namespace duet::cli
