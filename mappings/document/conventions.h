#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/load.h"

/// What documents may leave out for the systems that Duet knows: one table each. A connector
/// that has no row here works too; its documents then name everything.
namespace duet::document {

/// The objects that hold an entity in `connector`, in order of preference; empty: not known.
[[nodiscard]] std::vector<std::string> default_objects(std::string_view connector,
                                                       EntityKind entity);

/// The fields in which `connector` (a marketing side) keeps the id of the CRM's record.
[[nodiscard]] std::vector<std::string> crm_id_fields(std::string_view connector, EntityKind entity);

/// The field that the short match word ("email", "name") means; empty: not known.
[[nodiscard]] std::string match_field(std::string_view connector, std::string_view word);

/// The marketing objects and fields by which list rules work; empty: not known.
[[nodiscard]] std::vector<Need> list_needs(std::string_view connector);

/// The field of any record in which `connector` keeps who changed it last; empty: not known.
[[nodiscard]] std::string modified_by_field(std::string_view connector);

/// The CRM object of campaigns and its name, which attribution results show.
struct CampaignName {
    std::string object;
    std::string field;
};
[[nodiscard]] CampaignName campaign_name(std::string_view connector);

}  // namespace duet::document
