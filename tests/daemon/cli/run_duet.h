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

/// The bytes of a file; empty where there is none.
[[nodiscard]] std::string content_of(const std::string& path);

[[nodiscard]] bool holds(const std::string& text, const std::string& part);

}  // namespace duet::cli
