#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/sync/facts.h"

namespace duet::sync {

/// Records of the CRM as last seen, looked at one by one in bounded memory. Refers to the model and
/// the store, which must outlive it.
class AllRecords {
public:
    using Look = std::function<void(const store::SeenRow&, const EntityFacts::Sources&)>;

    AllRecords(const Model& model, store::Store& store, std::string org, formula::Moment moment)
        : model_(model), store_(store), org_(std::move(org)), moment_(moment) {}

    /// Adds those of these objects that are alive and part of no other. `with_parts`: those that
    /// went into another, as converted leads do, too.
    Status find(const std::vector<std::string>& objects, bool with_parts = false);
    [[nodiscard]] std::span<const RecordId> ids() const noexcept { return ids_; }

    /// Has their entities decided anew, behind what is new. Inside the caller's transaction.
    Status mark_dirty_later(std::string_view cause) const;

    /// Shows each to `look`, with what its rules are read from; both are valid for that call. What
    /// a thousand of them read is in memory at once. An Error is the store's.
    Status look(const Look& look) const;

private:
    const Model& model_;
    store::Store& store_;
    std::string org_;
    formula::Moment moment_;
    std::vector<RecordId> ids_;
};

/// What follows from all deals stands for so many days: those that ended before these began count,
/// and what arrives late joins within the hour.
struct Term {
    Date from{};       // what ended before that day counts
    Date end{};        // the next term's first day
    DateTime until{};  // worked out anew from then on

    Term() = default;
    /// The one that the moment is in. All of a term begin on the same days, whoever asks.
    Term(const formula::Moment& moment, int days);
    /// Whether what was worked out in this one is as good as what `wanted` would give.
    [[nodiscard]] bool stands_for(const Term& wanted) const noexcept;
};

}  // namespace duet::sync
