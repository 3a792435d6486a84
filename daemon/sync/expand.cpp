#include "daemon/sync/expand.h"

#include <algorithm>
#include <utility>

#include "daemon/sync/all_records.h"
#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scope.h"
#include "mappings/domain_text.h"

namespace duet::sync {

using store::EntityId;

namespace {

// Steps whose end is remembered: children of one parent come close together, and a first load has
// millions of them. Some 300 bytes each.
constexpr std::size_t kMostFollowed = 20'000;

}  // namespace

Result<std::vector<EntityId>> Expander::expand(const store::ChangedRow& row) {
    Entities found;
    const ObjectModel* object = org_.model.find(row.side, row.id.object);
    if (object != nullptr && object->entity != nullptr) {
        auto own = org_.store.entity_of(org_.name, row.side, row.id);
        if (!own) return std::move(own).error();
        if (*own) found.push_back(**own);
    }
    if (object != nullptr) {
        for (const Route& route : object->routes) {
            if (auto done = follow(route, 0, row.side, row.id, found); !done)
                return std::move(done).error();
            // What it pointed to before depends on it as well.
            for (const auto& [field, target] : row.old_references) {
                if (route.empty() || route[0].kind != Hop::Kind::Up || route[0].field != field)
                    continue;
                auto done = follow_once(route, 1, row.side, {route[0].object, target}, found);
                if (!done) return std::move(done).error();
            }
        }
    }
    if (auto marked = expand_list(row); !marked) return std::move(marked).error();
    if (auto marked = expand_model(row); !marked) return std::move(marked).error();
    if (auto marked = expand_rate(row); !marked) return std::move(marked).error();
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const EntityId entity : found) {
        auto marked = row.backfill ? org_.store.mark_dirty_later(org_.name, entity, row.id.object)
                                   : org_.store.mark_dirty(org_.name, entity, row.id.object);
        if (!marked) return std::move(marked).error();
    }
    return found;
}

/// A list that a rule names appeared or was renamed: anyone may belong on it.
Status Expander::expand_list(const store::ChangedRow& row) {
    const ListObjects& lists = org_.model.lists(row.side);
    if (lists.list == nullptr || row.id.object != lists.list->name) return Done{};
    auto seen = org_.store.seen(org_.name, row.side, row.id);
    if (!seen) return std::move(seen).error();
    if (!*seen) return Done{};
    const std::string* name = as_text((*seen)->record.fields.get(lists.name_field));
    const auto& rules = org_.model.documents().lists;
    const bool is_ours =
        name != nullptr &&
        std::any_of(rules.begin(), rules.end(), [&](const document::ListRule& rule) {
            return rule.side == row.side && rule.list == *name;
        });
    return is_ours ? org_.store.mark_all_dirty(org_.name, "a list changed") : Status{Done{}};
}

/// A model that an attribution writes to appeared: every opportunity may have rows of it.
Status Expander::expand_model(const store::ChangedRow& row) {
    const document::Documents& documents = org_.model.documents();
    const auto* words = document::influence_words(documents.names.crm);
    if (words == nullptr || row.side != Side::Crm || !same_name(row.id.object, words->models))
        return Done{};
    auto seen = org_.store.seen(org_.name, row.side, row.id);
    if (!seen) return std::move(seen).error();
    const std::string* name =
        *seen ? as_text((*seen)->record.fields.get(words->model_name)) : nullptr;
    const auto& all = documents.attributions;
    const bool is_ours =
        name != nullptr && std::any_of(all.begin(), all.end(), [&](const auto& one) {
            return same_name(one.influence_model, *name);
        });
    const document::EntityDocument* deals = documents.find(EntityKind::Opportunity);
    if (!is_ours || deals == nullptr) return Done{};
    return mark_all(*deals, "an influence model appeared");
}

/// What campaigns are credited with is told in their currency; what customers bought is added up in
/// the corporate one.
Status Expander::expand_rate(const store::ChangedRow& row) {
    const document::Documents& documents = org_.model.documents();
    const auto* words = document::influence_words(documents.names.crm);
    const bool is_rate = words != nullptr && row.side == Side::Crm &&
                         (same_name(row.id.object, words->currencies) ||
                          same_name(row.id.object, words->dated_rates));
    if (!is_rate || std::exchange(rates_are_marked_, true)) return Done{};
    constexpr std::string_view kCause = "a rate of a currency changed";
    const document::EntityDocument* campaigns = documents.find(EntityKind::Campaign);
    if (campaigns != nullptr && document::reads_attribution(*campaigns)) {
        if (auto marked = mark_all(*campaigns, kCause); !marked) return marked;
    }
    const document::EntityDocument* customers =
        documents.rfm == nullptr ? nullptr : documents.find(documents.rfm->of);
    return customers == nullptr ? Status{Done{}} : mark_all(*customers, kCause);
}

Status Expander::mark_all(const document::EntityDocument& entity, std::string_view cause) {
    AllRecords records(org_.model, org_.store, org_.name,
                       moment_of(org_.clock.now(), org_.model.documents().time_zone));
    if (auto found = records.find(entity.objects.crm); !found) return found;
    return records.mark_dirty_later(cause);
}

Status Expander::follow_once(const Route& route, std::size_t hop, Side side, const RecordId& from,
                             Entities& found) {
    if (hop == route.size()) return follow(route, hop, side, from, found);
    const auto key = std::tuple{&route[hop], side, from};
    auto known = followed_.find(key);
    if (known == followed_.end()) {
        if (followed_.size() >= kMostFollowed) followed_.clear();
        Entities reached;
        if (auto done = follow(route, hop, side, from, reached); !done) return done;
        known = followed_.emplace(key, std::move(reached)).first;
    }
    found.insert(found.end(), known->second.begin(), known->second.end());
    return Done{};
}

Status Expander::follow(const Route& route, std::size_t hop, Side side, const RecordId& from,
                        Entities& found) {
    if (hop == route.size()) {
        auto entity = org_.store.entity_of(org_.name, side, from);
        if (!entity) return std::move(entity).error();
        if (*entity) found.push_back(**entity);
        return Done{};
    }
    switch (route[hop].kind) {
        case Hop::Kind::Up:
            return follow_up(route, hop, side, from, found);
        case Hop::Kind::Link:
            return follow_link(route, hop, side, from, found);
        case Hop::Kind::Down:
            break;
    }
    auto keys =
        org_.store.referring(org_.name, side, route[hop].object, route[hop].field, from.key);
    if (!keys) return std::move(keys).error();
    for (const std::string& key : *keys) {
        if (auto done = follow_once(route, hop + 1, side, {route[hop].object, key}, found); !done)
            return done;
    }
    return Done{};
}

Status Expander::follow_up(const Route& route, std::size_t hop, Side side, const RecordId& from,
                           Entities& found) {
    auto row = org_.store.seen(org_.name, side, from);
    if (!row) return std::move(row).error();
    if (!*row) return Done{};
    const std::string target = referred_by((*row)->record.fields, route[hop].field);
    if (target.empty()) return Done{};
    return follow_once(route, hop + 1, side, {route[hop].object, target}, found);
}

Status Expander::follow_link(const Route& route, std::size_t hop, Side side, const RecordId& from,
                             Entities& found) {
    auto entity = org_.store.entity_of(org_.name, side, from);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Done{};
    auto links = org_.store.links(org_.name, **entity);
    if (!links) return std::move(links).error();
    for (const store::Link& link : *links) {
        if (link.side == side || !same_name(link.id.object, route[hop].object)) continue;
        if (auto done = follow_once(route, hop + 1, link.side, link.id, found); !done) return done;
    }
    return Done{};
}

}  // namespace duet::sync
