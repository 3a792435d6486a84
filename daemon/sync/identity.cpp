#include "daemon/sync/identity.h"

#include <algorithm>

#include "daemon/store/keys.h"
#include "mappings/merge/consent.h"

namespace duet::sync {
namespace {

using document::EntityDocument;
using document::MatchRule;
using store::EntityId;
using store::SeenRow;

const std::string* field_text(const SeenRow& row, const std::string& field) {
    return as_text(row.record.fields.get(field));
}

std::string canonical(const ObjectModel& object, const std::string& field) {
    const FieldInfo* info = object.info->find(field);
    return info == nullptr ? field : info->name;
}

}  // namespace

Result<std::optional<EntityId>> Identity::settle(Side side, const RecordId& id) {
    const ObjectModel* object = model_.find(side, id.object);
    if (object == nullptr || object->entity == nullptr) return std::optional<EntityId>{};
    auto row = store_.seen(org_, side, id);
    if (!row) return std::move(row).error();
    if (!*row) return std::optional<EntityId>{};
    auto known = store_.entity_of(org_, side, id);
    if (!known) return std::move(known).error();
    return *known ? settle_known(*object, **row, **known) : settle_new(*object, **row);
}

Result<std::optional<EntityId>> Identity::settle_new(const ObjectModel& object,
                                                     const SeenRow& row) {
    if (row.deleted && row.survivor.key.empty()) return std::optional<EntityId>{};
    auto found = match(object, row);
    if (!found) return std::move(found).error();
    auto entity = found->record ? store_.entity_of(org_, other(row.side), *found->record)
                                : Result<std::optional<EntityId>>{std::optional<EntityId>{}};
    if (!entity) return std::move(entity).error();
    EntityId id = 0;
    if (*entity) {
        id = **entity;
        auto follows = follows_on(id, row);
        if (!follows) return std::move(follows).error();
        if (!*follows) {
            if (auto forgot = forget_agreed(id, *object.entity); !forgot)
                return std::move(forgot).error();
        }
    } else {
        auto added = store_.add_entity(org_, object.entity->entity);
        if (!added) return std::move(added).error();
        id = *added;
        if (found->record) {
            if (auto linked = store_.link(org_, id, other(row.side), *found->record); !linked) {
                return std::move(linked).error();
            }
        }
    }
    if (auto linked = store_.link(org_, id, row.side, row.record.id); !linked) {
        return std::move(linked).error();
    }
    if (!found->ambiguous.empty()) {
        if (auto noted = store_.set_ambiguous(org_, id, found->ambiguous); !noted) {
            return std::move(noted).error();
        }
    }
    if (!row.survivor.key.empty()) {
        auto survivor = follow_survivor(row, id);
        if (!survivor) return std::move(survivor).error();
        id = *survivor;
    }
    return std::optional{id};
}

Result<std::optional<EntityId>> Identity::settle_known(const ObjectModel& object,
                                                       const SeenRow& row, EntityId entity) {
    if (!row.survivor.key.empty()) {
        auto survivor = follow_survivor(row, entity);
        if (!survivor) return std::move(survivor).error();
        return std::optional{*survivor};
    }
    auto others = live_records(entity, other(row.side));
    if (!others) return std::move(others).error();
    if (!others->empty() || row.deleted) return std::optional{entity};
    // It stood alone; what changed may have made a match possible.
    auto found = match(object, row);
    if (!found) return std::move(found).error();
    if (auto noted = store_.set_ambiguous(org_, entity, found->ambiguous); !noted) {
        return std::move(noted).error();
    }
    if (!found->record) return std::optional{entity};
    auto joined = join(*found->record, other(row.side), entity);
    if (!joined) return std::move(joined).error();
    return std::optional{*joined};
}

/// The found record leaves its lonely entity for this one.
Result<EntityId> Identity::join(const RecordId& found, Side found_side, EntityId entity) {
    auto old = store_.entity_of(org_, found_side, found);
    if (!old) return std::move(old).error();
    if (auto linked = store_.link(org_, entity, found_side, found); !linked) {
        return std::move(linked).error();
    }
    const EntityDocument& document = *model_.find(found_side, found.object)->entity;
    if (auto forgot = forget_agreed(entity, document); !forgot) return std::move(forgot).error();
    if (*old && **old != entity) {
        auto left = store_.links(org_, **old);
        if (!left) return std::move(left).error();
        if (left->empty()) {
            if (auto gone = store_.remove_entity(org_, **old); !gone)
                return std::move(gone).error();
        }
    }
    return entity;
}

/// Whether a record of the entity was converted or merged into this one: then it is no stranger.
Result<char> Identity::follows_on(EntityId entity, const SeenRow& row) {
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    for (const store::Link& link : *links) {
        if (link.side != row.side) continue;
        auto before = store_.seen(org_, link.side, link.id);
        if (!before) return std::move(before).error();
        if (*before && (*before)->survivor == row.record.id) return char{1};
    }
    return char{0};
}

/// A record takes the place of one that was deleted: what was agreed with that one says nothing
/// about it. Only an opt-out stays.
Status Identity::forget_agreed(EntityId id, const EntityDocument& document) {
    auto entity = store_.entity(org_, id);
    if (!entity) return std::move(entity).error();
    if (!*entity || (*entity)->agreed.empty()) return Done{};
    const auto is_consent = [&](const std::string& name) {
        return std::any_of(document.fields.begin(), document.fields.end(), [&](const auto& rule) {
            return rule.name == name && rule.consent != document::Consent::None;
        });
    };
    std::erase_if((*entity)->agreed, [&](const auto& item) { return !is_consent(item.first); });
    return store_.save_entity(org_, **entity);
}

/// What any of these records was opted out of is noted in one half of what `into` agreed: merging
/// decides it there until both sides of the survivor are out.
Status Identity::carry_opt_outs(const std::vector<store::Link>& records, EntityId into,
                                const EntityDocument& document) {
    auto entity = store_.entity(org_, into);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Done{};
    bool is_carried = false;
    for (const store::Link& link : records) {
        auto row = store_.seen(org_, link.side, link.id);
        if (!row) return std::move(row).error();
        const ObjectModel* object = model_.find(link.side, link.id.object);
        if (!*row || object == nullptr) continue;
        for (const document::FieldRule& rule : document.fields) {
            if (rule.consent == document::Consent::None) continue;
            const auto& flags = rule.consents[link.side];
            const bool is_out = std::any_of(flags.begin(), flags.end(), [&](const auto& flag) {
                const std::string path{flag.field.on(link.id.object)};
                const Value* held = (*row)->record.fields.find(canonical(*object, path));
                return merge::Flag{link.side, {}, flag.inverted, held}.is_out();
            });
            if (!is_out) continue;
            (*entity)->agreed.insert_or_assign(rule.name,
                                               PerSide<Value>{Value{true}, Value{false}});
            is_carried = true;
        }
    }
    return is_carried ? store_.save_entity(org_, **entity) : Status{Done{}};
}

/// A merged record or a converted lead hands its links, and what was agreed, to the survivor.
Result<EntityId> Identity::follow_survivor(const SeenRow& row, EntityId entity) {
    auto survivor = store_.entity_of(org_, row.side, row.survivor);
    if (!survivor) return std::move(survivor).error();
    auto moving = store_.links(org_, entity);
    if (!moving) return std::move(moving).error();
    const EntityDocument& document = *model_.find(row.side, row.record.id.object)->entity;
    if (!*survivor) {
        auto linked = store_.link(org_, entity, row.side, row.survivor);
        if (!linked) return std::move(linked).error();
        auto carried = carry_opt_outs(*moving, entity, document);
        if (!carried) return std::move(carried).error();
        return entity;
    }
    const EntityId to = **survivor;
    if (to == entity) return entity;
    auto taken = live_records(to, other(row.side));
    if (!taken) return std::move(taken).error();
    for (const store::Link& link : *moving) {
        // The survivor keeps its own partner; a second one would be a guess. The partner keeps
        // the merged record, so that it is known why it stands alone.
        if (!taken->empty()) continue;
        if (auto linked = store_.link(org_, to, link.side, link.id); !linked) {
            return std::move(linked).error();
        }
    }
    auto from = store_.entity(org_, entity);
    auto into = store_.entity(org_, to);
    if (!from) return std::move(from).error();
    if (!into) return std::move(into).error();
    // What was agreed with a partner that stays behind says nothing about the survivor's own.
    if (*from && *into && taken->empty() && (*into)->agreed.empty()) {
        (*into)->agreed = (*from)->agreed;
        if ((*into)->stage.empty()) (*into)->stage = (*from)->stage;
        if (auto saved = store_.save_entity(org_, **into); !saved) return std::move(saved).error();
    }
    if (auto carried = carry_opt_outs(*moving, to, document); !carried)
        return std::move(carried).error();
    if (auto moved = store_.move_edges(org_, entity, to); !moved) return std::move(moved).error();
    auto left = store_.links(org_, entity);
    if (!left) return std::move(left).error();
    if (left->empty()) {
        if (auto gone = store_.remove_entity(org_, entity); !gone) return std::move(gone).error();
    }
    return to;
}

Result<Identity::Match> Identity::match(const ObjectModel& object, const SeenRow& row) {
    Match result;
    for (const MatchRule& rule : object.entity->match) {
        auto found = rule.kind == MatchRule::Kind::CrmId
                         ? by_crm_id(object, row, rule)
                         : by_value(object, row, rule, result.ambiguous);
        if (!found) return std::move(found).error();
        if (!result.ambiguous.empty()) return result;
        auto free = free_ones(*found, other(row.side), row.side);
        if (!free) return std::move(free).error();
        if (free->size() == 1) {
            result.record = free->front();
            return result;
        }
        if (free->size() > 1) {
            result.ambiguous = std::to_string(free->size()) + " records of " +
                               model_.documents().names[other(row.side)] + " match it";
            return result;
        }
    }
    return result;
}

Result<Identity::Records> Identity::by_crm_id(const ObjectModel& object, const SeenRow& row,
                                              const MatchRule& rule) {
    Records found;
    if (row.side == Side::Crm) {
        for (const std::string& name : object.entity->objects.marketing) {
            const ObjectModel* there = model_.find(Side::Marketing, name);
            if (there == nullptr) continue;
            for (const std::string& field : rule.marketing_fields) {
                auto held = holders(Side::Marketing, there->info->name, canonical(*there, field),
                                    row.record.id.key);
                if (!held) return std::move(held).error();
                found.insert(found.end(), held->begin(), held->end());
            }
        }
        return found;
    }
    for (const std::string& field : rule.marketing_fields) {
        const std::string* key = field_text(row, canonical(object, field));
        if (key == nullptr) continue;
        for (const std::string& name : object.entity->objects.crm) {
            const ObjectModel* there = model_.find(Side::Crm, name);
            if (there == nullptr) continue;
            auto seen = store_.seen(org_, Side::Crm, {there->info->name, store::long_id(*key)});
            if (!seen) return std::move(seen).error();
            if (*seen && !(*seen)->deleted && found.empty()) found.push_back((*seen)->record.id);
        }
    }
    return found;
}

Result<Identity::Records> Identity::by_value(const ObjectModel& object, const SeenRow& row,
                                             const MatchRule& rule, std::string& ambiguous) {
    const auto field_on = [&](Side side) {
        return side == Side::Crm ? rule.crm_field : rule.marketing_fields.front();
    };
    const std::string own_field = canonical(object, field_on(row.side));
    const std::string* value = field_text(row, own_field);
    if (value == nullptr) return Records{};
    for (const std::string& name : object.entity->objects[row.side]) {
        const ObjectModel* same_side = model_.find(row.side, name);
        if (same_side == nullptr) continue;
        auto sharing =
            holders(row.side, same_side->info->name, canonical(*same_side, own_field), *value);
        if (!sharing) return std::move(sharing).error();
        if (same_side == &object) {
            if (sharing->size() > 1) {
                ambiguous = std::to_string(sharing->size()) + " records of " +
                            model_.documents().names[row.side] + " share its " + own_field;
            }
            break;
        }
        // A record of a preferred object (a contact before a lead) takes the match.
        if (!sharing->empty()) return Records{};
    }
    if (!ambiguous.empty()) return Records{};
    const Side there = other(row.side);
    for (const std::string& name : object.entity->objects[there]) {
        const ObjectModel* candidate = model_.find(there, name);
        if (candidate == nullptr) continue;
        auto held =
            holders(there, candidate->info->name, canonical(*candidate, field_on(there)), *value);
        if (!held || !held->empty()) return held;
    }
    return Records{};
}

Result<Identity::Records> Identity::holders(Side side, const std::string& object,
                                            const std::string& field, const std::string& value) {
    auto keys = store_.with_key(org_, side, object, field, value);
    if (!keys) return std::move(keys).error();
    Records live;
    for (std::string& key : *keys) {
        auto row = store_.seen(org_, side, {object, key});
        if (!row) return std::move(row).error();
        if (*row && !(*row)->deleted && (*row)->survivor.key.empty())
            live.push_back({object, std::move(key)});
    }
    return live;
}

Result<Identity::Records> Identity::free_ones(const Records& records, Side side, Side taken_side) {
    Records free;
    for (const RecordId& record : records) {
        auto entity = store_.entity_of(org_, side, record);
        if (!entity) return std::move(entity).error();
        if (*entity) {
            auto taken = live_records(**entity, taken_side);
            if (!taken) return std::move(taken).error();
            if (!taken->empty()) continue;
        }
        if (std::find(free.begin(), free.end(), record) == free.end()) free.push_back(record);
    }
    return free;
}

Result<Identity::Records> Identity::live_records(EntityId entity, Side side) {
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    Records live;
    for (const store::Link& link : *links) {
        if (link.side != side) continue;
        auto row = store_.seen(org_, side, link.id);
        if (!row) return std::move(row).error();
        if (*row && !(*row)->deleted && (*row)->survivor.key.empty()) live.push_back(link.id);
    }
    return live;
}

}  // namespace duet::sync
