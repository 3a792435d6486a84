#pragma once

#include <chrono>
#include <string>

#include "mappings/result.h"

namespace duet::admin {

/// The daemon's answer: HTTP status and JSON text.
struct Reply {
    int status = 0;
    std::string json;
};

/// Asks the daemon behind the socket at `path`. An Error of kind Transient means that no daemon
/// listens there (DUET-6020); others, that it did not answer within `deadline` (DUET-6021).
[[nodiscard]] Result<Reply> call(const std::string& path, const std::string& command,
                                 const std::string& body, std::chrono::seconds deadline);

}  // namespace duet::admin
