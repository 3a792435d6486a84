#pragma once

#include <string_view>

namespace duet {

/// What a person can do about a vendor's refusal, as one sentence. `system` is the connector's
/// name, `code` the vendor's own. Empty: nothing more is known than what the vendor said.
[[nodiscard]] std::string_view hint_for(std::string_view system, std::string_view code) noexcept;

}  // namespace duet
