#pragma once

#include <string>

namespace duet::service {

/// What `duetd` was started with.
struct ServiceOptions {
    std::string config_path = "/etc/duet/duet.yaml";
};

/// Runs the daemon until it is asked to stop; the process's exit code: 0 asked to stop, 78 the
/// configuration is wrong, 75 try again later, 70 a fault of our own.
///
/// One thread decides and owns the store; one accepts requests on the socket; one waits for
/// signals. SIGTERM and SIGINT finish the step at hand and end; SIGHUP reloads the configuration
/// (a wrong one is reported and the old stays in force).
int run_service(const ServiceOptions& options);

}  // namespace duet::service
