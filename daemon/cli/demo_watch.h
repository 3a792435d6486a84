#pragma once

#include <chrono>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mappings/result.h"

namespace duet::cli {

class DemoOrg;
struct DemoPrinter;

/// Tells whoever waits what the daemon is at: every two seconds how far it is, and in the first
/// load a line whenever it reads something else.
class DemoWatch {
public:
    DemoWatch(DemoOrg& org, const DemoPrinter& print) : org_(org), print_(print) {}

    /// Until the cycle that the daemon began by itself has ended. Transient when nothing moved for
    /// 300 s; Broken when the cycle failed, or a process ended.
    Status first_load();
    /// Runs one cycle; what it reports.
    Result<nlohmann::json> sync();
    /// Cycles until one had nothing to write. The answer: {cycles, written}. Broken when that does
    /// not come within 40.
    Result<nlohmann::json> settle();

private:
    void tell(const nlohmann::json& status);

    DemoOrg& org_;
    const DemoPrinter& print_;
    bool is_loading_ = true;
    std::string shown_;
    std::chrono::steady_clock::time_point shown_at_{};
};

}  // namespace duet::cli
