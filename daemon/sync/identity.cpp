#include "daemon/sync/identity.h"

#include <algorithm>

#include "mappings/merge/consent.h"

namespace duet::sync {
namespace {

using document::EntityDocument;
using store::EntityId;
using store::Link;
using store::SeenRow;

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
    const bool is_gone = !row.survivor.key.empty();
    if (row.deleted && !is_gone) return std::optional<EntityId>{};
    auto found = matcher_.find(object, row);
    if (!found) return std::move(found).error();
    auto entity = entity_for(row, object, *found);
    if (!entity) return std::move(entity).error();
    const Link mine{row.side, row.record.id};
    if (auto linked = move(*entity, mine); !linked) return std::move(linked).error();
    if (found->record) {
        auto taken = take({other(row.side), *found->record}, *entity, *object.entity);
        if (!taken) return std::move(taken).error();
    }
    if (is_gone) {
        auto survivor = follow_survivor(row, *entity, *object.entity);
        if (!survivor) return std::move(survivor).error();
        return std::optional{*survivor};
    }
    if (auto noted = note(mine, *entity, *found, false); !noted) return std::move(noted).error();
    return std::optional{*entity};
}

/// That of the partner that was found, where this record has a place in it; else a new one.
Result<EntityId> Identity::entity_for(const SeenRow& row, const ObjectModel& object,
                                      const Match& match) {
    if (match.record) {
        auto theirs = store_.entity_of(org_, other(row.side), *match.record);
        if (!theirs) return std::move(theirs).error();
        auto taken = matcher_.live_records(theirs->value_or(0), row.side);
        if (!taken) return std::move(taken).error();
        if (*theirs && taken->empty()) {
            auto follows = follows_on(**theirs, row.side, {row.record.id});
            if (!follows) return std::move(follows).error();
            auto forgot = *follows != 0 ? Status{Done{}} : forget_agreed(**theirs, *object.entity);
            if (!forgot) return std::move(forgot).error();
            return **theirs;
        }
    }
    return store_.add_entity(org_, object.entity->entity);
}

Result<std::optional<EntityId>> Identity::settle_known(const ObjectModel& object,
                                                       const SeenRow& row, EntityId entity) {
    const Link mine{row.side, row.record.id};
    if (!row.survivor.key.empty()) {
        if (auto gone = store_.remove_review(org_, mine); !gone) return std::move(gone).error();
        auto survivor = follow_survivor(row, entity, *object.entity);
        if (!survivor) return std::move(survivor).error();
        return std::optional{*survivor};
    }
    if (row.deleted) {
        if (auto noted = note(mine, entity, {}, false); !noted) return std::move(noted).error();
        if (auto told = tell_partners_of_death(entity, row.side); !told)
            return std::move(told).error();
        return std::optional{entity};
    }
    if (auto settled = settle_alive(object, row, entity); !settled)
        return std::move(settled).error();
    return std::optional{entity};
}

Status Identity::came_back(Side side, const RecordId& id) {
    auto entity = store_.entity_of(org_, side, id);
    if (!entity) return std::move(entity).error();
    if (!*entity) return Done{};
    auto beside = matcher_.live_records(**entity, side);
    if (!beside) return std::move(beside).error();
    std::erase(*beside, id);
    return beside->empty() ? Status{Done{}} : store_.unlink(org_, side, id);
}

Status Identity::settle_alive(const ObjectModel& object, const SeenRow& row, EntityId entity) {
    auto partners = matcher_.live_records(entity, other(row.side));
    if (!partners) return std::move(partners).error();
    auto match =
        partners->empty() ? matcher_.find(object, row) : matcher_.doubt(object, row, *partners);
    if (!match) return std::move(match).error();
    if (match->record) {
        auto taken = take({other(row.side), *match->record}, entity, *object.entity);
        if (!taken) return taken;
    }
    return note({row.side, row.record.id}, entity, *match, partners->empty());
}

/// Who waits because a partner of the dead one was taken may be clear now.
Status Identity::tell_partners_of_death(EntityId entity, Side dead) {
    auto left = matcher_.live_records(entity, other(dead));
    if (!left) return std::move(left).error();
    for (const RecordId& id : *left) {
        const Link partner{other(dead), id};
        auto waiting = store_.reviews_naming(org_, partner);
        if (!waiting) return std::move(waiting).error();
        for (const Link& record : *waiting) {
            if (auto queued = again(record); !queued) return queued;
        }
        if (auto queued = again(partner); !queued) return queued;
    }
    return Done{};
}

Status Identity::take(const Link& found, EntityId entity, const EntityDocument& document) {
    auto old = store_.entity_of(org_, found.side, found.id);
    if (!old) return std::move(old).error();
    // A doubt about it is settled by what it is now.
    auto doubted = store_.review_of(org_, found);
    if (!doubted) return std::move(doubted).error();
    if (*doubted) {
        if (auto queued = again(found); !queued) return queued;
    }
    if (*old && **old == entity) return Done{};
    auto partners = matcher_.live_records(entity, found.side);
    if (!partners) return std::move(partners).error();
    for (const RecordId& id : *partners) {
        auto alone = stand_alone({found.side, id}, entity, document);
        if (!alone) return std::move(alone).error();
    }
    auto mine = matcher_.live_records(entity, other(found.side));
    if (!mine) return std::move(mine).error();
    auto follows = follows_on(old->value_or(0), other(found.side), *mine);
    if (!follows) return std::move(follows).error();
    auto inherited = inherit(entity, found, document);
    if (!inherited) return inherited;
    if (auto moved = move(entity, found); !moved) return moved;
    if (*follows != 0) {
        if (auto kept = keep_agreed(**old, entity); !kept) return kept;
    }
    // It stood alone in doubt; what speaks of a pair is told by the reviews of both.
    if (auto cleared = store_.set_ambiguous(org_, entity, ""); !cleared) return cleared;
    if (!*old) return Done{};  // it was never asked: it is in the queue already
    if (auto carried = carry_agreed_opt_outs(**old, entity, document); !carried) return carried;
    auto left = deserted(**old);
    if (!left) return std::move(left).error();
    if (*left) {
        for (const Link& link : **left) {
            if (auto moved = move(entity, link); !moved) return moved;
        }
        return empty_into(**old, entity);
    }
    auto others = store_.links(org_, **old);
    if (!others) return std::move(others).error();
    for (const Link& link : *others) {
        if (auto queued = again(link); !queued) return queued;
    }
    return Done{};
}

/// The records of an entity of which only deleted ones are left: its history goes on with those who
/// left it, whoever of them was asked first. Nothing: somebody is there, or went into another.
Result<std::optional<std::vector<Link>>> Identity::deserted(EntityId entity) {
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    for (const Link& link : *links) {
        auto row = store_.seen(org_, link.side, link.id);
        if (!row) return std::move(row).error();
        const bool is_deleted = *row && (*row)->deleted && (*row)->survivor.key.empty();
        if (!is_deleted) return std::optional<std::vector<Link>>{};
    }
    return std::optional{*std::move(links)};
}

/// A new entity for one record of `from`. Opt-outs that were agreed go with it.
Result<EntityId> Identity::stand_alone(const Link& record, EntityId from,
                                       const EntityDocument& document) {
    auto alone = store_.add_entity(org_, document.entity);
    if (!alone) return alone;
    if (auto moved = move(*alone, record); !moved) return std::move(moved).error();
    if (auto carried = carry_agreed_opt_outs(from, *alone, document); !carried)
        return std::move(carried).error();
    for (const EntityId entity : {from, *alone}) {
        if (auto marked = store_.mark_dirty(org_, entity, "its link changed"); !marked)
            return std::move(marked).error();
    }
    if (auto queued = again(record); !queued) return std::move(queued).error();
    return alone;
}

/// A merged record or a converted lead hands its links, and what was agreed, to the survivor.
Result<EntityId> Identity::follow_survivor(const SeenRow& row, EntityId entity,
                                           const EntityDocument& document) {
    auto end = matcher_.survivor_of(row.side, row.survivor);
    if (!end) return std::move(end).error();
    auto survivor = store_.entity_of(org_, row.side, *end);
    if (!survivor) return std::move(survivor).error();
    auto moving = store_.links(org_, entity);
    if (!moving) return std::move(moving).error();
    if (!*survivor) {
        if (auto linked = move(entity, {row.side, *end}); !linked) return std::move(linked).error();
        auto carried = carry_opt_outs(*moving, entity, document);
        if (!carried) return std::move(carried).error();
        return entity;
    }
    const EntityId to = **survivor;
    if (to == entity) return entity;
    // Another has taken its place already: nobody stands alone because of it.
    auto place = matcher_.live_records(entity, row.side);
    if (!place) return std::move(place).error();
    if (!place->empty()) return leave_for(row, to, document);
    auto taken = matcher_.live_records(to, other(row.side));
    if (!taken) return std::move(taken).error();
    auto partners = matcher_.live_records(entity, other(row.side));
    if (!partners) return std::move(partners).error();
    // The survivor keeps its own partner; a second one would be a guess. The partner keeps the
    // merged record, so that it is known why it stands alone, and a person is asked about it; one
    // that is deleted keeps it too, for the day it is restored.
    const bool has_partner = std::any_of(moving->begin(), moving->end(),
                                         [&](const Link& link) { return link.side != row.side; });
    const bool stays = !taken->empty() && has_partner;
    for (const Link& link : *moving) {
        const bool is_partner =
            std::find(partners->begin(), partners->end(), link.id) != partners->end();
        auto moved = !stays ? move(to, link) : is_partner ? again(link) : Status{Done{}};
        if (!moved) return std::move(moved).error();
    }
    // What was agreed with a partner that stays behind says nothing about the survivor's own.
    if (taken->empty()) {
        // Nor does what the survivor agreed on with one that is deleted, about who comes now.
        auto begun = partners->empty() ? Status{Done{}} : forget_agreed(to, document);
        if (!begun) return std::move(begun).error();
        if (auto kept = keep_agreed(entity, to); !kept) return std::move(kept).error();
        auto forgot = forget_blanks(to, {row.side, *end}, document);
        if (!forgot) return std::move(forgot).error();
    }
    if (auto carried = carry_opt_outs(*moving, to, document); !carried)
        return std::move(carried).error();
    if (auto carried = carry_agreed_opt_outs(entity, to, document); !carried)
        return std::move(carried).error();
    if (auto queued = again({row.side, *end}); !queued) return std::move(queued).error();
    auto emptied = stays ? store_.move_edges(org_, entity, to) : empty_into(entity, to);
    if (!emptied) return std::move(emptied).error();
    if (stays && partners->empty()) {
        auto told = store_.move_history(org_, entity, to);
        if (!told) return std::move(told).error();
    }
    return to;
}

/// The merged record alone goes where its survivor is.
Result<EntityId> Identity::leave_for(const SeenRow& row, EntityId to,
                                     const EntityDocument& document) {
    const Link mine{row.side, row.record.id};
    if (auto moved = move(to, mine); !moved) return std::move(moved).error();
    if (auto carried = carry_opt_outs({mine}, to, document); !carried)
        return std::move(carried).error();
    if (auto queued = again({row.side, row.survivor}); !queued) return std::move(queued).error();
    return to;
}

/// Keeps the queue and the entity's remark as they must be after `match`.
Status Identity::note(const Link& record, EntityId entity, const Match& match, bool is_alone) {
    auto known = store_.review_of(org_, record);
    if (!known) return std::move(known).error();
    if (match.doubt.empty()) {
        if (*known) {
            if (auto gone = store_.remove_review(org_, record); !gone) return gone;
        }
    } else {
        const bool names_others = !*known || (*known)->candidates != match.candidates;
        if (names_others || (*known)->reason != match.ambiguous) {
            auto put = store_.put_review(
                org_, {0, record, match.doubt, match.ambiguous, match.candidates, now_});
            if (!put) return std::move(put).error();
        }
        // Those it is in doubt with may not have been asked since.
        for (const Link& candidate : match.candidates) {
            if (!names_others) break;
            if (auto queued = again(candidate); !queued) return queued;
        }
    }
    auto links = store_.links(org_, entity);
    if (!links) return std::move(links).error();
    std::string why = match.ambiguous;
    for (const Link& link : *links) {
        if (!why.empty()) break;
        auto review = store_.review_of(org_, link);
        if (!review) return std::move(review).error();
        if (*review) why = (*review)->reason;
    }
    // A pair that nobody doubts has no remark to clear.
    if (why.empty() && !is_alone && !*known) return Done{};
    return store_.set_ambiguous(org_, entity, why);
}

/// Links the record to the entity. Who waits for a word on it may be clear now.
Status Identity::move(EntityId entity, const Link& record) {
    if (auto linked = store_.link(org_, entity, record.side, record.id); !linked) return linked;
    auto waiting = store_.reviews_naming(org_, record);
    if (!waiting) return std::move(waiting).error();
    for (const Link& one : *waiting) {
        if (auto queued = again(one); !queued) return queued;
    }
    return Done{};
}

Status Identity::again(const Link& record) {
    return store_.add_changed(org_, {0, record.side, record.id, 0, {}});
}

}  // namespace duet::sync
