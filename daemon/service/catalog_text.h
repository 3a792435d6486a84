#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mappings/catalog.h"

namespace duet::service {

/// A catalog as the store keeps it, so that what was seen can be looked at with no vendor at hand:
/// JSON, an object a key, a field a key of it; only what differs from a plain text field is said.
[[nodiscard]] std::string encode_catalog(const Catalog& catalog);
/// Nothing when the text is of another form.
[[nodiscard]] std::optional<Catalog> decode_catalog(std::string_view text);

}  // namespace duet::service
