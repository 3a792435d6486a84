#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/sync/planner.h"

namespace duet::sync {

/// Which settled writes are to be taken back; what is given must all hold, and one must be given.
struct UndoSelection {
    std::optional<store::CycleId> cycle{};
    std::optional<std::vector<store::EntityId>> entities{};  // whose they are
    std::string record_key{};                                // of one record alone; empty: any
    std::string field{};                                     // or its rule; empty: any
    std::optional<Instant> since{};
    std::string by{};  // who asks, for the audit
};

/// A settled write that stays as it is, and why.
struct NotUndone {
    store::AuditRow row;
    std::string why;
};

struct UndoPlan {
    std::vector<PlannedWrite> writes;  // the reverse writes, with their reasons
    std::vector<NotUndone> kept;
};

/// Works out the reverse writes: only where the value is still the one that Duet wrote. Never
/// loosens consent, puts nobody on a list that suppresses, and deletes a record that Duet made
/// only when nobody has touched it and nothing refers to it that Duet did not make; those are read
/// once more from their side. Writes nothing. Rejected when nothing selects, or too much.
Result<UndoPlan> plan_undo(Org& org, const UndoSelection& selection, std::stop_token stop);

}  // namespace duet::sync
