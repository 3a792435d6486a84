#pragma once

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>

#include "mappings/result.h"

/// What benchmark programs share. None of them goes on after a failure.
namespace duet::bench {

/// Ends the program, and says why.
[[noreturn]] inline void give_up(const std::string& why) {
    std::cerr << program_invocation_short_name << ": " << why << '\n';
    std::exit(1);
}

/// The value; without one the program ends.
template <class T>
T good(Result<T> result) {
    if (!result) give_up(result.error().code + ": " + result.error().message);
    return *std::move(result);
}

/// The bytes of a file; without it the program ends.
[[nodiscard]] inline std::string content_of(const std::string& path) {
    std::ifstream stream(path);
    if (!stream) give_up("cannot read " + path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// The most memory held since the last call, in MB (Linux; 0 where it does not tell).
inline double peak_megabytes() {
    std::ifstream status("/proc/self/status");
    double peak = 0;
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmHWM:")) peak = std::atof(line.c_str() + 6) * 1024 / 1e6;
    }
    std::ofstream("/proc/self/clear_refs") << "5";
    return peak;
}

}  // namespace duet::bench
