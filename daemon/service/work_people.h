#pragma once

#include <optional>
#include <set>

#include "daemon/sync/org.h"
#include "mappings/formula/formula.h"

/// Whom reports about work have to look at, so that their time goes with the work and not with the
/// size of the org. From the store alone; writes nothing.
namespace duet::service {

/// Persons who may be in the work queue now: those who were when they were last decided, and those
/// who are to be decided anew, because something changed or their timer is due.
Result<std::set<store::EntityId>> maybe_in_queue(sync::Org& org);

/// Instants from `since` on and before `until`; nothing: without that end.
struct Span {
    std::optional<DateTime> since;
    std::optional<DateTime> until;

    [[nodiscard]] bool holds(DateTime time) const noexcept {
        return (!since || time >= *since) && (!until || time < *until);
    }
};

/// Persons of whom something that begins a response timer is known within the span, or cannot be
/// told.
Result<std::set<store::EntityId>> wanted_answers(sync::Org& org, const formula::Moment& moment,
                                                 const Span& span);

}  // namespace duet::service
