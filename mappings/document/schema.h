#pragma once

#include <string>

#include "mappings/side.h"

namespace duet::document {

/// A JSON Schema (draft 2020-12) of one mapping document, for editors: what it refuses, `load`
/// refuses too. What needs more than one file, a formula's text or the orgs is left to `load`.
/// schema.json beside this file is the one for Salesforce and Pardot.
[[nodiscard]] std::string schema(const SideNames& names);

}  // namespace duet::document
