#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "daemon/sync/org.h"

namespace duet::trial {

/// A field that a record is taken to hold: "Phone" of the CRM record, "Prospect.phone" of the
/// marketing record, as rules call them.
struct Assumption {
    std::string field;
    std::string value;  // empty: blank
};

/// Tells what each rule does for one entity as it is in the store, or as it would be under the
/// assumptions. What they change is rolled back: nothing is stored. Rejected (DUET-6012) for an
/// assumption about a field that there is not, or of another type. Call outside transactions.
Result<nlohmann::json> preview(sync::Org& org, store::EntityId entity,
                               std::span<const Assumption> assumptions, PerSide<bool> ready);

}  // namespace duet::trial
