#include "daemon/sync/holders.h"

#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/entity_key.h"
#include "daemon/sync/store_read.h"

namespace duet::sync {
namespace {

Error not_asked(const Org& org, Side side, std::stop_token stop) {
    return {ErrorKind::Transient,
            stop.stop_requested()
                ? "Duet is stopping."
                : "Duet's share of the calls of " + org.system(side) + " is used up.",
            "DUET-5002",
            "",
            {}};
}

/// Reads those who hold the key as they are now; whether they are other than was known.
Result<Fresh> meet(Org& org, const ObjectModel& object, const std::vector<Record>& holders,
                   std::optional<Error>& error, std::stop_token stop) {
    std::vector<std::string> keys;
    for (const Record& record : holders) keys.push_back(record.id.key);
    auto read = org.connectors[object.side]->read(object.selection, keys, stop);
    if (!read) {
        error = std::move(read).error();
        return Fresh::Unread;
    }
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    Fresh fresh = Fresh::Held;
    for (Change& now : *read) {
        auto met = store_read(org, object, std::move(now));
        if (!met) return std::move(met).error();
        if (*met == Met::Newer) fresh = Fresh::Changed;
    }
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return fresh;
}

}  // namespace

Result<char> makes_entity(const Org& org, const store::InFlight& create) {
    const ObjectModel* object = org.model.find(create.side, create.write.id.object);
    if (object == nullptr || object->entity == nullptr) return char{0};
    auto entity = org.store.entity(org.name, create.entity);
    if (!entity) return std::move(entity).error();
    return static_cast<char>(*entity && (*entity)->kind == object->entity->entity);
}

Result<char> may_write_over(const Org& org, const store::InFlight& create) {
    if (create.write.kind != WriteKind::Create || create.write.key_value.empty() ||
        create.write.key_value == entity_key(create.entity)) {
        return char{0};
    }
    return makes_entity(org, create);
}

Result<Freshness> find_holders(Org& org, Side side, std::span<const store::InFlight> creates,
                               std::stop_token stop) {
    Freshness freshness;
    for (const store::InFlight& create : creates) {
        auto may = may_write_over(org, create);
        if (!may) return std::move(may).error();
        if (*may == 0) {
            freshness.of.push_back(Fresh::Goes);
            continue;
        }
        if (!freshness.error && (stop.stop_requested() || is_over_budget(org, side)))
            freshness.error = not_asked(org, side, stop);
        if (freshness.error) {
            freshness.of.push_back(Fresh::Unread);
            continue;
        }
        const ObjectModel& object = *org.model.find(side, create.write.id.object);
        auto found = org.connectors[side]->find(object.selection, create.write.key_field,
                                                create.write.key_value, stop);
        if (!found) {
            freshness.error = std::move(found).error();
            freshness.of.push_back(Fresh::Unread);
        } else if (found->empty()) {
            freshness.of.push_back(Fresh::Goes);
        } else {
            auto fresh = meet(org, object, *found, freshness.error, stop);
            if (!fresh) return std::move(fresh).error();
            freshness.of.push_back(*fresh);
        }
    }
    return freshness;
}

}  // namespace duet::sync
