#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace duet::sandbox {

[[nodiscard]] std::string gzip(std::string_view plain);

/// Nothing when `packed` is not gzip or would grow past `bytes_max`.
[[nodiscard]] std::optional<std::string> gunzip(std::string_view packed, std::size_t bytes_max);

}  // namespace duet::sandbox
