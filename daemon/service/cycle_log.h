#pragma once

#include <chrono>
#include <string>

#include "daemon/sync/cycle.h"
#include "mappings/side.h"

namespace duet::service {

/// One line for a cycle that ended, and one for each thing in it that somebody should know: a side
/// that did not answer or took no more, drift, what the brake holds, alarms, rules that failed.
void log_report(const std::string& org, const SideNames& names, const sync::CycleReport& report,
                std::chrono::milliseconds took);

}  // namespace duet::service
