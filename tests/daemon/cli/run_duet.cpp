#include "tests/daemon/cli/run_duet.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "daemon/cli/commands.h"

namespace duet::cli {

Outcome duet(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "duet");
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.exit_code = run(static_cast<int>(pointers.size()), pointers.data());
    std::fflush(stdout);
    outcome.out = testing::internal::GetCapturedStdout();
    outcome.err = testing::internal::GetCapturedStderr();
    return outcome;
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace duet::cli
