#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/model.h"

namespace duet::sync {

/// A route and the object it starts at.
struct FoundRoute {
    Side side = Side::Crm;
    std::string object;
    Route route;
};

/// Every way in which a change of a record that is not itself part of an entity can change what
/// is decided about one: parents in paths, children in rollups, touches in attribution, list
/// memberships. Each once.
[[nodiscard]] std::vector<FoundRoute> find_routes(const document::Documents& documents,
                                                  const PerSide<Catalog>& catalogs,
                                                  const PerSide<ListObjects>& lists);

}  // namespace duet::sync
