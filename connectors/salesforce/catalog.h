#pragma once

#include <span>
#include <string_view>

#include "mappings/catalog.h"
#include "mappings/result.h"

namespace duet::salesforce {

/// The objects that Duet describes unless the settings list others.
[[nodiscard]] std::span<const std::string_view> default_objects() noexcept;

/// What a record of `object` describes.
[[nodiscard]] EntityKind entity_of(std::string_view object) noexcept;

/// Reads the answer of `GET /sobjects/X/describe`. Compound addresses and binary fields are left
/// out: their parts are fields of their own, and neither can be read in bulk. Broken DUET-3115
/// when the text is not a describe answer.
[[nodiscard]] Result<ObjectInfo> object_from_describe(std::string_view json);

}  // namespace duet::salesforce
