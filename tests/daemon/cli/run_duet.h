#pragma once

#include <string>
#include <vector>

namespace duet::cli {

struct Outcome {
    int exit_code = 0;
    std::string out;
    std::string err;
};

/// The command as a shell would start it.
Outcome duet(std::vector<std::string> arguments);

[[nodiscard]] bool holds(const std::string& text, const std::string& part);

}  // namespace duet::cli
