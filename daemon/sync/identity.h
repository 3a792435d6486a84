#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/match.h"
#include "daemon/sync/model.h"

namespace duet::sync {

/// Which records are one: gives every record of an entity object its entity, by people's words and
/// the match rules of the documents. What could be several is linked to none, goes to the review
/// queue with its candidates, and leaves it by itself when the doubt is gone.
/// Call inside a transaction of the store.
class Identity {
public:
    /// `now`: since when a new review waits.
    Identity(store::Store& store, std::string org, const Model& model, Instant now = {})
        : store_(store),
          org_(std::move(org)),
          model_(model),
          matcher_(store, org_, model),
          now_(now) {}

    /// The entity of a stored record, made or joined when it has none yet. Merges and conversions
    /// move the links to the survivor. Nothing for an object that no document describes, and for
    /// a deleted record that was never linked. Records that may be clear now, or in doubt now, are
    /// queued to be settled after it.
    Result<std::optional<store::EntityId>> settle(Side side, const RecordId& id);

    /// A deleted or merged record lives again. Where another took its place meanwhile, it leaves
    /// the entity: who it is now, a person must say. Before it is settled.
    Status came_back(Side side, const RecordId& id);

    /// The found record becomes the partner of the entity's own; whoever was with either of them
    /// stands alone from now on.
    Status take(const store::Link& found, store::EntityId entity,
                const document::EntityDocument& document);

private:
    using Records = Matcher::Records;

    Result<std::optional<store::EntityId>> settle_new(const ObjectModel& object,
                                                      const store::SeenRow& row);
    Result<std::optional<store::EntityId>> settle_known(const ObjectModel& object,
                                                        const store::SeenRow& row,
                                                        store::EntityId entity);
    Status settle_alive(const ObjectModel& object, const store::SeenRow& row,
                        store::EntityId entity);
    Result<store::EntityId> follow_survivor(const store::SeenRow& row, store::EntityId entity,
                                            const document::EntityDocument& document);
    Result<store::EntityId> entity_for(const store::SeenRow& row, const ObjectModel& object,
                                       const Match& match);
    Result<store::EntityId> stand_alone(const store::Link& record, store::EntityId from,
                                        const document::EntityDocument& document);
    Status tell_partners_of_death(store::EntityId entity, Side dead);

    Result<char> follows_on(store::EntityId entity, Side side, const Records& records);
    Result<store::EntityId> leave_for(const store::SeenRow& row, store::EntityId to,
                                      const document::EntityDocument& document);
    Status inherit(store::EntityId entity, const store::Link& found,
                   const document::EntityDocument& document);
    Status forget_blanks(store::EntityId id, const store::Link& survivor,
                         const document::EntityDocument& document);
    Status forget_agreed(store::EntityId id, const document::EntityDocument& document);
    Status carry_opt_outs(const std::vector<store::Link>& records, store::EntityId into,
                          const document::EntityDocument& document);
    Status keep_agreed(store::EntityId from, store::EntityId into);
    Status carry_agreed_opt_outs(store::EntityId from, store::EntityId into,
                                 const document::EntityDocument& document);
    Status empty_into(store::EntityId from, store::EntityId into);
    Result<std::optional<std::vector<store::Link>>> deserted(store::EntityId entity);

    Status note(const store::Link& record, store::EntityId entity, const Match& match,
                bool is_alone);
    Status move(store::EntityId entity, const store::Link& record);
    Status again(const store::Link& record);

    store::Store& store_;
    std::string org_;
    const Model& model_;
    Matcher matcher_;
    Instant now_;
};

}  // namespace duet::sync
