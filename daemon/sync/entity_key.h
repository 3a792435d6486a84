#pragma once

#include <string>

#include "daemon/store/store.h"

namespace duet::sync {

/// What records that Duet makes for the entity are keyed by, where no field of people's is the key.
[[nodiscard]] inline std::string entity_key(store::EntityId id) {
    return "duet-" + std::to_string(id);
}

}  // namespace duet::sync
