#pragma once

#include <string_view>

/// What is fed with arbitrary bytes: by libFuzzer, and by the replay of what libFuzzer found.
/// A target returns, or ends the process with the reason on stderr when a promise is broken.
namespace duet::fuzz {

/// A formula, then lines of its record: see formula_target.cpp.
void formula(std::string_view input);

/// Mapping documents, divided by lines "%%".
void documents(std::string_view input);

/// Ends the process, saying what did not hold.
[[noreturn]] void broken(std::string_view promise, std::string_view detail);

inline void expect(bool held, std::string_view promise, std::string_view detail) {
    if (!held) broken(promise, detail);
}

}  // namespace duet::fuzz
