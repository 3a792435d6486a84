#pragma once

#include <functional>
#include <string_view>

#include "daemon/sync/routes.h"

namespace duet::sync {

/// How routes are told of: each once.
struct RouteSink {
    std::function<void(Side, std::string_view object, Route)> add;
    /// Of a rule whose bare names are the object's own.
    std::function<void(Side, const ObjectInfo&, const document::Rule&, const Route& onward)>
        add_rule;
};

/// Whatever can change what rules of a campaign or a person read of attributions. `own`: the
/// entity's object on that side.
void find_attribution_fact_routes(const document::EntityDocument& entity, Side side,
                                  const ObjectInfo& own, const document::Documents& documents,
                                  const PerSide<Catalog>& catalogs, const RouteSink& sink);

/// Whatever can change the touches of an opportunity's people, their milestones, or the rows of
/// campaign influence that follow from them. `opportunity`: the CRM's object.
void find_attribution_routes(const document::Attribution& attribution,
                             const document::Documents& documents, const PerSide<Catalog>& catalogs,
                             const ObjectInfo& opportunity, const RouteSink& sink);

}  // namespace duet::sync
