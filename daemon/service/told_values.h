#pragma once

#include <map>
#include <string>
#include <string_view>

#include "daemon/sync/org.h"

namespace duet::service {

/// Live CRM records of a kind, by key, and what the field holds that the documents fill with just
/// this name ("Duet.Outcome"), as last seen; none where they fill no field with it.
Result<std::map<std::string, std::string>> values_by_record(sync::Org& org, EntityKind kind,
                                                            std::string_view name);

}  // namespace duet::service
