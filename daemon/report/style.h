#pragma once

#include <string_view>

namespace duet::report {

/// The page's style sheet: light and dark, wide and narrow, and print.
[[nodiscard]] std::string_view style_sheet() noexcept;

/// Its digest as a content security policy names it: "sha256-...".
[[nodiscard]] std::string_view style_digest();

}  // namespace duet::report
