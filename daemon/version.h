#pragma once

#include <string_view>

namespace duet {

/// The version of the project, as CMakeLists.txt states it: "0.1.0".
[[nodiscard]] std::string_view version() noexcept;

}  // namespace duet
