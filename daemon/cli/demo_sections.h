#pragma once

#include <nlohmann/json_fwd.hpp>

namespace duet::cli {

class DemoOrg;
struct DemoPrinter;

/// What Duet worked out and wrote, part by part, read back where it was written: stages, lists,
/// tasks, owners of leads, answers, the work queue, classes of customers, campaign influence.
/// `figures` gets each part under its name. False when a part is empty or does not hold.
bool play_sections(DemoOrg& org, const DemoPrinter& print, nlohmann::json& figures);

}  // namespace duet::cli
