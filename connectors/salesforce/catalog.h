#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

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

/// The object whose rows are campaign influence models, and the query for their names. The names
/// that an org has become the options of its field DeveloperName.
inline constexpr std::string_view kInfluenceModels = "CampaignInfluenceModel";
inline constexpr std::string_view kModelName = "DeveloperName";
inline constexpr std::string_view kModelQuery =
    "SELECT DeveloperName FROM CampaignInfluenceModel ORDER BY DeveloperName";

/// The texts of `field` in the rows of a query's answer; none when it is not one.
[[nodiscard]] std::vector<std::string> texts_from_query(std::string_view json,
                                                        std::string_view field);

}  // namespace duet::salesforce
