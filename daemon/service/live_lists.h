#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "connectors/connector.h"
#include "daemon/sync/model.h"
#include "mappings/document/findings.h"
#include "mappings/document/load.h"

namespace duet::service {

/// Lists and campaigns whose members rules of the documents own: those that their side has not, and
/// lists that are dynamic, each with how to mend it (DUET-1023, DUET-1024). Asks both sides, a page
/// of lists or a campaign a call, and writes nothing. An error: a side could not be asked.
[[nodiscard]] Result<std::vector<document::Finding>> find_missing_lists(
    const sync::Model& model, std::span<const document::Source> sources,
    const PerSide<Connector*>& sides, std::stop_token stop);

}  // namespace duet::service
