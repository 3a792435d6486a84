#pragma once

#include <functional>
#include <string>

#include "daemon/sync/org.h"
#include "mappings/lifecycle/replay.h"

namespace duet::service {

/// The stage in which cycles begin: who comes there has qualified. Empty: the documents say none.
[[nodiscard]] std::string qualified_stage(const document::Documents& documents);

/// Whether the row is an entry to `stage`; who passed it over did not enter it, and nobody enters
/// an empty one.
[[nodiscard]] bool is_entry(const lifecycle::Row& row, const std::string& stage);

/// Visits each time that somebody qualified: people by id, those of one person in order. None where
/// the documents say no such stage.
Status each_qualified(sync::Org& org, const std::function<void(const lifecycle::Row&)>& visit);

}  // namespace duet::service
