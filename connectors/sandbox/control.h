#pragma once

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// What the sandbox breaks on purpose, in order of being asked for. Lives in the process only.
struct Fault {
    std::string path;    // matches when the request's path contains it; empty: any but /sandbox
    std::string method;  // empty: any
    int times = 1;       // how often still
    int skip = 0;        // matching requests let through first
    int status = 0;      // answer this instead of doing the work; 0: do the work
    std::string body{};
    std::string content_type = "application/json;charset=UTF-8";
    std::chrono::milliseconds delay{};
    bool drop_before = false;  // close the connection, nothing done
    bool drop_after = false;   // do the work, then close the connection
};

struct Faults {
    std::vector<Fault> waiting;
    /// The fault due for this request, counted down, or nothing.
    [[nodiscard]] std::optional<Fault> due(const ApiRequest& request);
};

/// Everything under /sandbox: no token needed, the port is on loopback.
///
/// GET health; GET and POST clock {now | advance_seconds | running |
/// stamps_behind_seconds}; POST expire-tokens; GET,
/// POST and DELETE faults; GET and POST limits {salesforce_calls, pardot_calls}; POST settings
/// {"pardot.ampsea": false, ...}.
[[nodiscard]] ApiResponse handle_control(SandboxState& state, Faults& faults,
                                         const ApiRequest& request);

}  // namespace duet::sandbox
