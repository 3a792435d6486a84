#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/org.h"
#include "daemon/sync/planner.h"

namespace duet::sync {

/// What is remembered of an entity and one list, as a decision reads it. An Error: the row holds
/// what this version does not know.
[[nodiscard]] Result<lists::Known> known_of(const store::ListMember& row);

/// The write that puts the record on a list: a membership, or a member of a campaign.
[[nodiscard]] Write joining(const ListObjects& lists, const RecordId& person,
                            const std::string& list_id, const document::ListRule* rule);

/// Lists in one cycle: what each decision found, who gets the places of lists that have only so
/// many, and how large they are. One cycle, one thread.
class ListKeeper {
public:
    ListKeeper(Org& org, Instant now) : org_(org), now_(now) {}

    /// Keeps what a decision found of the entity's lists. Call it inside the transaction that keeps
    /// the decision.
    Status save(const EntityPlan& plan);

    /// A person and the list on which they got a place, or lost it.
    using Turns = std::set<std::pair<store::EntityId, std::string>>;
    /// Gives free places to those who come first and takes them from the last where there are too
    /// many, at most `limit` of each list. The first time in a cycle all lists are looked at, as
    /// one that was cut short may have left places open; then those that a decision touched.
    /// Whoever is named must be decided anew.
    Result<Turns> turn_seats(std::size_t limit);

    /// At the end of the cycle: sizes and freshness. `is_settled`: everybody is decided, by sides
    /// that are up to date.
    Status close(bool is_settled);

private:
    struct Change {
        std::int64_t joined = 0;
        std::int64_t left = 0;
        bool has_new_seats = false;
    };
    Status keep(const EntityPlan& plan, const document::ListRule& rule, const lists::Known& now,
                const store::ListMember* before);
    Status close_list(const document::ListRule& rule, store::ListState state, bool is_settled);

    Org& org_;
    Instant now_;
    std::map<std::string, Change, std::less<>> touched_;
    bool has_looked_at_all_ = false;
};

}  // namespace duet::sync
