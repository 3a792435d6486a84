#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/load.h"
#include "mappings/side.h"

namespace duet::service {

/// A Salesforce field that ships with Duet as deployable metadata (packaging/salesforce).
struct ShippedField {
    std::string_view object;
    std::string_view name;
    FieldType type = FieldType::Text;
    int length = 0;               // characters, of texts
    bool is_external_id = false;  // creates are found again by it
};

/// All of them; a test holds this table and the metadata together.
[[nodiscard]] std::span<const ShippedField> shipped_fields() noexcept;

/// Says in findings about a missing or unwritable Salesforce field how an org gets it: by
/// deployment, or by a permission. Other findings stay as they are.
void tell_how_to_get(const PerSide<Catalog>& catalogs, const SideNames& names,
                     std::vector<document::Finding>& findings);

/// The campaign influence model that ships with Duet.
inline constexpr std::string_view kShippedModel = "Duet_Attribution";

/// A campaign influence model that the documents name, and where.
struct WantedModel {
    std::string name;
    document::Place place;
};

/// Those whose rows attributions keep, and those that rules name: rollups over CampaignInfluence
/// that compare Model.DeveloperName.
[[nodiscard]] std::vector<WantedModel> models_of(const document::Documents& documents);

/// Of `wanted` those that the org lacks, each with how to get it; one finding for all when the org
/// has no campaign influence.
[[nodiscard]] std::vector<document::Finding> find_missing_models(
    std::span<const WantedModel> wanted, const Catalog& crm);

/// What the documents need of an org beside the fields being there: shipped fields of their own
/// type and size, keys that are external ids, influence models, and the right to create and edit
/// records.
[[nodiscard]] std::vector<document::Finding> find_unfit(const document::Documents& documents,
                                                        std::span<const document::Source> sources,
                                                        const PerSide<Catalog>& catalogs);

}  // namespace duet::service
