#pragma once

#include <map>
#include <set>
#include <string>

#include "daemon/sync/org.h"

/// Decisions that left a value out because a field, as its side describes it, cannot take it: a
/// picklist lacks the option, a text is too long, the type is another. No vendor refused anything,
/// so nothing is put aside; another description is reason enough to decide again.
namespace duet::sync {

/// Who is marked so, for one cycle. Refers to the org, which must outlive it. One thread.
class UnfitMarks {
public:
    explicit UnfitMarks(Org& org) : org_(org) {}

    /// Reads who is marked, and has those looked at again of whose kind an object is described
    /// otherwise now. In a transaction of its own; costs one look where nobody is marked.
    Status load();
    /// What a decision says of its entity: a mark is made, or goes. Inside the caller's
    /// transaction.
    Status keep(const store::Entity& entity, bool is_unfit);

private:
    Status free_kind(const std::string& kind);
    Status forget(store::EntityId entity, const std::string& kind);

    Org& org_;
    std::map<std::string, std::set<store::EntityId>> marked_{};  // by kind of entity
};

/// Whether it is remembered of anybody; false too where the store cannot tell.
[[nodiscard]] bool is_anybody_unfit(store::Store& store, const std::string& org);

}  // namespace duet::sync
