#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "daemon/sync/model.h"

namespace duet::sync {

/// Which records are one: gives every record of an entity object its entity, by the match rules
/// of the documents, in order. What could be several is linked to none and waits for a person.
/// Call inside a transaction of the store.
class Identity {
public:
    Identity(store::Store& store, std::string org, const Model& model)
        : store_(store), org_(std::move(org)), model_(model) {}

    /// The entity of a stored record, made or joined when it has none yet. Merges and conversions
    /// move the links to the survivor. Nothing for an object that no document describes, and for
    /// a deleted record that was never linked.
    Result<std::optional<store::EntityId>> settle(Side side, const RecordId& id);

private:
    /// What the match rules found on the other side.
    struct Match {
        std::optional<RecordId> record;
        std::string ambiguous;  // why nothing was chosen although something was found
    };
    using Records = std::vector<RecordId>;

    Result<std::optional<store::EntityId>> settle_new(const ObjectModel& object,
                                                      const store::SeenRow& row);
    Result<std::optional<store::EntityId>> settle_known(const ObjectModel& object,
                                                        const store::SeenRow& row,
                                                        store::EntityId entity);
    Result<store::EntityId> follow_survivor(const store::SeenRow& row, store::EntityId entity);
    Result<store::EntityId> join(const RecordId& found, Side found_side, store::EntityId entity);

    Result<char> follows_on(store::EntityId entity, const store::SeenRow& row);
    Status forget_agreed(store::EntityId id, const document::EntityDocument& document);
    Status carry_opt_outs(const std::vector<store::Link>& records, store::EntityId into,
                          const document::EntityDocument& document);

    Result<Match> match(const ObjectModel& object, const store::SeenRow& row);
    Result<Records> by_crm_id(const ObjectModel& object, const store::SeenRow& row,
                              const document::MatchRule& rule);
    Result<Records> by_value(const ObjectModel& object, const store::SeenRow& row,
                             const document::MatchRule& rule, std::string& ambiguous);
    Result<Records> holders(Side side, const std::string& object, const std::string& field,
                            const std::string& value);
    /// Those of `records` whose entity has no live record on `taken_side` yet.
    Result<Records> free_ones(const Records& records, Side side, Side taken_side);
    Result<Records> live_records(store::EntityId entity, Side side);

    store::Store& store_;
    std::string org_;
    const Model& model_;
};

}  // namespace duet::sync
