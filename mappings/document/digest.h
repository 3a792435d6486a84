#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace duet::document {

/// SHA-256 (FIPS 180-4) of `data` as 64 lower-case hexadecimal digits. Here because mappings/
/// links no crypto library; used to tell versions of documents apart, not to guard anything.
[[nodiscard]] std::string sha256_hex(std::string_view data);

/// So many of its digits tell versions apart.
inline constexpr std::size_t kVersionDigits = 12;

}  // namespace duet::document
