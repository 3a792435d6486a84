#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace duet::sandbox {

/// The 18-character form of a record id; "" when it is neither 15 nor 18 letters and digits. The
/// last three letters are made from the first fifteen, so a given checksum is not checked:
/// the vendor's own clients change its case.
[[nodiscard]] std::string id18(std::string_view id);

/// The id of a counter value: prefix, pod "SB0", the counter in base 62, checksum.
[[nodiscard]] std::string make_id(std::string_view prefix, std::int64_t counter);

}  // namespace duet::sandbox
