#include "daemon/sync/all_records.h"

#include <algorithm>

namespace duet::sync {
namespace {

constexpr std::size_t kBatch = 1000;  // records in memory at once
constexpr std::chrono::hours kStands{1};

}  // namespace

Status AllRecords::find(const std::vector<std::string>& objects, bool with_parts) {
    for (const std::string& name : objects) {
        const ObjectInfo* object = model_.catalogs().crm.find(name);
        if (object == nullptr) continue;
        auto read = store_.each_seen(org_, Side::Crm, object->name, [&](const store::SeenRow& row) {
            if (!row.deleted && (with_parts || row.survivor.key.empty()))
                ids_.push_back(row.record.id);
            return true;
        });
        if (!read) return read;
    }
    return Done{};
}

Status AllRecords::mark_dirty_later(std::string_view cause) const {
    for (const RecordId& id : ids_) {
        auto entity = store_.entity_of(org_, Side::Crm, id);
        if (!entity) return std::move(entity).error();
        if (!*entity) continue;
        if (auto marked = store_.mark_dirty_later(org_, **entity, cause); !marked) return marked;
    }
    return Done{};
}

Status AllRecords::look(const Look& look) const {
    for (std::size_t from = 0; from < ids_.size(); from += kBatch) {
        RecordCache cache(store_, org_);
        PathReader paths(model_, cache);
        RollupReader rollups(model_, cache, paths, moment_);
        const EntityFacts::Sources sources{model_, cache, paths, rollups, moment_};
        const std::size_t end = std::min(ids_.size(), from + kBatch);
        for (std::size_t i = from; i < end; ++i) {
            if (const store::SeenRow* row = cache.get(Side::Crm, ids_[i])) look(*row, sources);
        }
        if (cache.failure()) return *cache.failure();
    }
    return Done{};
}

Term::Term(const formula::Moment& moment, int days) : until(moment.now + kStands) {
    const auto today = moment.today.time_since_epoch().count();
    from = Date{std::chrono::days{today - today % days}};
    end = from + std::chrono::days{days};
}

bool Term::stands_for(const Term& wanted) const noexcept {
    return from == wanted.from && until <= wanted.until && wanted.until < until + kStands;
}

}  // namespace duet::sync
