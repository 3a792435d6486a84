#pragma once

#include <string>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/load.h"
#include "mappings/side.h"

/// A small pair of systems that tests agree on: accounts, contacts, leads, their owners and tasks
/// on one side, prospects with two lists on the other, and documents that use most kinds of rule.
namespace duet::world {

inline constexpr const char* kOrg = "acme";

/// The prospect's fields that hold its record's id in the CRM.
inline const std::vector<std::string> kCrmIds{"salesforceContactId", "salesforceLeadId"};

[[nodiscard]] PerSide<Catalog> acme_catalogs();

/// People matched by address and created on both sides, with a two-way field of each blank rule,
/// a consent field, a one-way field through the account, a stage and two lists.
[[nodiscard]] std::vector<document::Source> acme_documents();

}  // namespace duet::world
