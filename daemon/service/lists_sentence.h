#pragma once

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

namespace duet::service {

/// Why one person is on a list or not, decided anew without keeping anything: "on_it", "belongs"
/// (true, false or null: as it is), "standing", and "why", sentences.
Result<nlohmann::json> tell_of(sync::Org& org, const document::ListRule& rule, store::EntityId id);

}  // namespace duet::service
