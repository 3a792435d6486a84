#pragma once

#include <cstdint>

#include "mappings/record.h"
#include "mappings/side.h"

namespace duet::store {

/// Numbers entities within one org, from 1, never reused.
using EntityId = std::int64_t;

/// One record, by its side: which record belongs to which entity.
struct Link {
    Side side = Side::Crm;
    RecordId id;
    auto operator<=>(const Link&) const = default;
};

}  // namespace duet::store
