#include "daemon/sync/freshen.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/sync/evidence.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

/// Whether what the side holds now is what was seen, in every field that was read.
bool is_as_seen(const store::SeenRow& seen, const Change& now) {
    if (now.kind != ChangeKind::Upserted) return false;
    for (const auto& [field, value] : now.record.fields) {
        const Value* before = seen.record.fields.find(field);
        if (before != nullptr && !merge::same(*before, value)) return false;
    }
    return true;
}

/// A replica that lags shows a record as it was before a write of ours.
bool is_older(const Org& org, Side side, const store::SeenRow& seen, const Change& now) {
    if (now.kind != ChangeKind::Upserted) return false;
    const bool may_lag = seen.written_at != Instant{} &&
                         org.clock.now() - seen.written_at < org.connectors[side]->read_lag();
    return may_lag || now.record.modified < seen.record.modified;
}

Status store_now(Org& org, const ObjectModel& object, const store::SeenRow& seen,
                 const Change& now) {
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    store::SeenRow row = seen;
    for (const auto& [field, value] : now.record.fields) row.record.fields.set(field, value);
    row.record.modified = std::max(row.record.modified, now.record.modified);
    auto state = org.store.object_state(org.name, object.side, object.info->name);
    if (!state) return std::move(state).error();
    note_changes(org, object, &seen, state->polled_at, row);
    row.deleted = now.kind == ChangeKind::Deleted || now.kind == ChangeKind::Merged;
    row.survivor = now.survivor;
    if (auto put = org.store.put_seen(org.name, row, object.references, object.keys); !put)
        return put;
    // Of no cycle: the one that decides it counts it as pulled.
    if (auto added = org.store.add_changed(org.name, {0, object.side, row.record.id, 0, {}});
        !added) {
        return added;
    }
    return transaction->commit();
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
        if (auto stored = store_now(org, object, **seen, now); !stored)
            return std::move(stored).error();
        refreshed.changed.insert(now.record.id.key);
    }
    return refreshed;
}

Result<std::vector<char>> freshen(Org& org, Side side, std::span<const store::InFlight> writes,
                                  std::stop_token stop) {
    std::vector<char> may_go(writes.size(), 1);
    if (writes.empty() || writes.front().write.kind != WriteKind::Update) return may_go;
    if (org.clock.steady() - org.observed_at[side] < org.settings.stale_after) return may_go;
    const ObjectModel* object = org.model.find(side, writes.front().write.id.object);
    if (object == nullptr) return may_go;
    std::vector<std::string> keys;
    for (const store::InFlight& write : writes) keys.push_back(write.write.id.key);
    auto refreshed = refresh(org, *object, keys, stop);
    if (!refreshed) return std::move(refreshed).error();
    for (std::size_t i = 0; i < writes.size(); ++i) {
        if (refreshed->changed.contains(writes[i].write.id.key)) may_go[i] = 0;
    }
    return may_go;
}

}  // namespace duet::sync
