#pragma once

#include <string_view>

#include "mappings/catalog.h"
#include "mappings/document/findings.h"
#include "mappings/document/tree.h"
#include "mappings/side.h"

namespace duet::trial {

/// Adds the fields that a file declares to what both sides have:
///
///     fields:
///       salesforce:
///         Contact: { Level__c: text, Score__c: { type: number }, Boss__c: { type: id, to: Contact
///         } }
///
/// An object that is not there is added with an Id. The same declaration may come again; another
/// type for a field that is known is reported.
void declare_fields(const document::Node& node, const SideNames& names, PerSide<Catalog>& catalogs,
                    document::Findings& findings);

}  // namespace duet::trial
