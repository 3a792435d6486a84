#pragma once

#include <string>
#include <string_view>

namespace duet::http {

/// One gzip member that holds `plain`, packed as tightly as zlib can.
[[nodiscard]] std::string pack(std::string_view plain);

}  // namespace duet::http
