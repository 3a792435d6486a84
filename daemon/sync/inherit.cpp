// What an entity hands on when its records are merged, converted or replaced: what was agreed, and
// every opt-out.
#include <algorithm>

#include "daemon/sync/identity.h"
#include "mappings/merge/consent.h"

namespace duet::sync {
namespace {

using document::EntityDocument;
using store::EntityId;
using store::Link;
using store::SeenRow;

bool is_out(const PerSide<Value>& agreed) {
    return agreed.crm == Value{true} || agreed.marketing == Value{true};
}

}  // namespace

/// Whether a record of the entity was converted or merged into one of these: no stranger, then.
Result<char> Identity::follows_on(EntityId entity, Side side, const Records& records) {
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    for (const Link& link : *links) {
        if (link.side != side) continue;
        auto end = matcher_.survivor_of(side, link.id);
        if (!end) return std::move(end).error();
        const bool is_one = std::find(records.begin(), records.end(), *end) != records.end();
        if (*end != link.id && is_one) return char{1};
    }
    return char{0};
}

/// Before `found` joins the entity: the survivor of one of its records goes on with what was
/// agreed, and with the opt-outs of the merged one; a stranger begins anew.
Status Identity::inherit(EntityId entity, const Link& found, const EntityDocument& document) {
    auto succeeds = follows_on(entity, found.side, {found.id});
    if (!succeeds) return std::move(succeeds).error();
    if (*succeeds == 0) return forget_agreed(entity, document);
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    std::erase_if(*links, [&](const Link& link) { return link.side != found.side; });
    if (auto carried = carry_opt_outs(*links, entity, document); !carried) return carried;
    return forget_blanks(entity, found, document);
}

/// A merge keeps the survivor's values, blanks too, and nobody cleared those: what the partner has
/// fills them, as when two meet.
Status Identity::forget_blanks(EntityId id, const Link& survivor, const EntityDocument& document) {
    auto row = store_.seen(org_, survivor.side, survivor.id);
    if (!row) return std::move(row).error();
    auto entity = store_.entity(org_, id);
    if (!entity) return std::move(entity).error();
    const ObjectModel* object = model_.find(survivor.side, survivor.id.object);
    if (!*row || !*entity || object == nullptr) return Done{};
    std::size_t forgotten = 0;
    for (const document::FieldRule& rule : document.fields) {
        const std::string path{rule.fields[survivor.side].on(survivor.id.object)};
        if (rule.consent != document::Consent::None || path.empty()) continue;
        if (is_blank((*row)->record.fields.get(object->canonical(path))))
            forgotten += (*entity)->agreed.erase(rule.name);
    }
    return forgotten == 0 ? Status{Done{}} : store_.save_entity(org_, **entity);
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
Status Identity::carry_opt_outs(const std::vector<Link>& records, EntityId into,
                                const EntityDocument& document) {
    auto entity = store_.entity(org_, into);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Done{};
    bool is_carried = false;
    for (const Link& link : records) {
        auto row = store_.seen(org_, link.side, link.id);
        if (!row) return std::move(row).error();
        const ObjectModel* object = model_.find(link.side, link.id.object);
        if (!*row || object == nullptr) continue;
        for (const document::FieldRule& rule : document.fields) {
            if (rule.consent == document::Consent::None) continue;
            const auto& flags = rule.consents[link.side];
            const bool says_out = std::any_of(flags.begin(), flags.end(), [&](const auto& flag) {
                const std::string path{flag.field.on(link.id.object)};
                const Value* held = (*row)->record.fields.find(object->canonical(path));
                return merge::Flag{link.side, {}, flag.inverted, held}.is_out();
            });
            if (!says_out) continue;
            (*entity)->agreed.insert_or_assign(rule.name,
                                               PerSide<Value>{Value{true}, Value{false}});
            is_carried = true;
        }
    }
    return is_carried ? store_.save_entity(org_, **entity) : Status{Done{}};
}

/// What `from` agreed on goes on as that of `into`, where that has agreed on nothing yet.
Status Identity::keep_agreed(EntityId from, EntityId into) {
    auto old = store_.entity(org_, from);
    if (!old) return std::move(old).error();
    auto entity = store_.entity(org_, into);
    if (!entity) return std::move(entity).error();
    if (!*old || !*entity || !(*entity)->agreed.empty()) return Done{};
    (*entity)->agreed = (*old)->agreed;
    if ((*entity)->stage.empty()) {
        (*entity)->stage = (*old)->stage;
        (*entity)->stage_since = (*old)->stage_since;
    }
    return store_.save_entity(org_, **entity);
}

Status Identity::carry_agreed_opt_outs(EntityId from, EntityId into,
                                       const EntityDocument& document) {
    auto old = store_.entity(org_, from);
    if (!old) return std::move(old).error();
    auto entity = store_.entity(org_, into);
    if (!entity) return std::move(entity).error();
    if (!*old || !*entity) return Done{};
    bool is_carried = false;
    for (const document::FieldRule& rule : document.fields) {
        const auto agreed = (*old)->agreed.find(rule.name);
        if (rule.consent == document::Consent::None || agreed == (*old)->agreed.end() ||
            !is_out(agreed->second))
            continue;
        (*entity)->agreed.insert_or_assign(rule.name, PerSide<Value>{Value{true}, Value{false}});
        is_carried = true;
    }
    return is_carried ? store_.save_entity(org_, **entity) : Status{Done{}};
}

/// What is remembered of an entity that has no record left goes on as that of another.
Status Identity::empty_into(EntityId from, EntityId into) {
    if (auto moved = store_.move_edges(org_, from, into); !moved) return moved;
    if (auto moved = store_.move_history(org_, from, into); !moved) return moved;
    return store_.remove_entity(org_, from);
}

}  // namespace duet::sync
