#pragma once

#include "mappings/catalog.h"
#include "mappings/side.h"

namespace duet::cli {

/// What a Salesforce org and a Pardot business unit have before anybody adds a field: the objects
/// that Duet reads, as the sandbox describes them and as the connector knows them.
[[nodiscard]] PerSide<Catalog> standard_catalogs();

}  // namespace duet::cli
