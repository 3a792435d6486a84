#pragma once

#include "daemon/sync/org.h"

namespace duet::sync {

/// What is known of an entity's state at one time.
struct Remark {
    std::string state;  // as store::Entity::state
    std::string reason;
};

/// Keeps what became of an entity, for whoever asks later why nothing was done then: a row when
/// it began to be left out, held back or to wait, when the reason became another, and when that
/// ended. Inside the caller's transaction.
Status note_decision(Org& org, store::EntityId entity, store::CycleId cycle, Instant now,
                     const Remark& before, const Remark& after);

}  // namespace duet::sync
