#include "daemon/sync/freshen.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/sync/brake.h"
#include "daemon/sync/holders.h"
#include "daemon/sync/store_read.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

/// As of a planned write: it tightens consent only.
bool is_opt_out(const store::InFlight& write) {
    PlannedWrite planned;
    planned.in_flight.reasons = write.reasons;
    return sync::is_opt_out(planned);
}

/// Whether what the side holds now is what was seen, in every field that was read.
bool is_as_seen(const store::SeenRow& seen, const Change& now) {
    if (now.kind != ChangeKind::Upserted) return false;
    for (const auto& [field, value] : now.record.fields) {
        const Value* before = seen.record.fields.find(field);
        if (before != nullptr && !merge::same(*before, value)) return false;
    }
    return true;
}

/// A replica that lags shows a record as it was before a write of ours, or not at all.
bool is_older(const Org& org, Side side, const store::SeenRow& seen, const Change& now) {
    const bool may_lag = seen.written_at != Instant{} &&
                         org.clock.now() - seen.written_at < org.connectors[side]->read_lag();
    const bool has_stamp = now.kind == ChangeKind::Upserted;
    return may_lag || (has_stamp && now.record.modified < seen.record.modified);
}

}  // namespace

Result<Refreshed> refresh(Org& org, const ObjectModel& object, std::span<const std::string> keys,
                          std::stop_token stop) {
    Refreshed refreshed;
    const Side side = object.side;
    auto read = org.connectors[side]->read(object.selection, keys, stop);
    if (!read) {
        refreshed.error = std::move(read).error();
        return refreshed;
    }
    for (const Change& now : *read) {
        auto seen = org.store.seen(org.name, side, {object.info->name, now.record.id.key});
        if (!seen) return std::move(seen).error();
        if (!*seen || is_older(org, side, **seen, now) || is_as_seen(**seen, now)) continue;
        auto transaction = org.store.begin();
        if (!transaction) return std::move(transaction).error();
        if (auto stored = store_read(org, object, now); !stored) return std::move(stored).error();
        if (auto done = transaction->commit(); !done) return std::move(done).error();
        refreshed.changed.insert(now.record.id.key);
    }
    return refreshed;
}

Result<Freshness> freshen(Org& org, Side side, std::span<const store::InFlight> writes,
                          std::stop_token stop) {
    if (!writes.empty() && writes.front().write.kind == WriteKind::Create)
        return find_holders(org, side, writes, stop);
    Freshness freshness{std::vector<Fresh>(writes.size(), Fresh::Goes), {}};
    if (writes.empty()) return freshness;
    if (org.clock.steady() - org.observed_at[side] < org.settings.stale_after) return freshness;
    const ObjectModel* object = org.model.find(side, writes.front().write.id.object);
    if (object == nullptr) return freshness;
    std::vector<std::string> keys;
    for (const store::InFlight& write : writes) keys.push_back(write.write.id.key);
    auto refreshed = refresh(org, *object, keys, stop);
    if (!refreshed) return std::move(refreshed).error();
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (refreshed->error && !is_opt_out(writes[i])) freshness.of[i] = Fresh::Unread;
        if (refreshed->changed.contains(writes[i].write.id.key)) freshness.of[i] = Fresh::Changed;
    }
    freshness.error = std::move(refreshed->error);
    return freshness;
}

}  // namespace duet::sync
