#pragma once

#include "connectors/sandbox/faults.h"
#include "connectors/sandbox/history.h"
#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

/// What the control API works on.
struct Controls {
    SandboxState& state;
    Faults& faults;
    History& history;
};

/// Everything under /sandbox: no token needed, the port is on loopback. README.md has the table.
[[nodiscard]] ApiResponse handle_control(Controls controls, const ApiRequest& request);

}  // namespace duet::sandbox
