#include "daemon/trial/bench.h"

#include <algorithm>
#include <utility>

#include "daemon/sync/identity.h"
#include "daemon/sync/lists.h"

namespace duet::trial {
namespace {

constexpr const char* kOrg = "trial";

}  // namespace

store::SeenRow as_pulled(const GivenRecord& given, const sync::ObjectModel& object) {
    store::SeenRow row;
    row.side = given.side;
    row.record.id = given.record.id;
    row.record.modified = given.record.modified;
    // A stamp that is given says when the record's values were typed in, to the instant.
    if (given.has_stamp) row.changed[""] = {given.record.modified, given.record.modified};
    row.deleted = given.deleted;
    row.survivor = given.survivor;
    for (const std::string& name : object.selection.fields) {
        const FieldInfo* field = object.info->find(name);
        if (field == nullptr) continue;
        const Value* value = given.record.fields.find(field->name);
        const bool is_flag = field->type == FieldType::Boolean;
        row.record.fields.set(field->name, value != nullptr ? *value
                                           : is_flag        ? Value{false}
                                                            : Value{});
    }
    return row;
}

Bench::Bench(const sync::Model& model, const Situation& situation,
             std::unique_ptr<store::Store> store)
    : situation_(situation),
      store_(std::move(store)),
      clock_(Instant{situation.now}),
      org_{kOrg, {}, model, {nullptr, nullptr}, *store_, clock_, random_, {}} {}

Result<std::unique_ptr<Bench>> Bench::make(const sync::Model& model, const Situation& situation) {
    auto store = store::open_sqlite(":memory:");
    if (!store) return std::move(store).error();
    std::unique_ptr<Bench> bench(new Bench(model, situation, std::move(*store)));
    model.forget_figures();  // those of another situation
    if (auto opened = bench->store_->open_org(kOrg); !opened) return std::move(opened).error();
    auto transaction = bench->store_->begin();
    if (!transaction) return std::move(transaction).error();
    if (auto laid = bench->lay_out(); !laid) return std::move(laid).error();
    if (auto remembered = bench->remember(); !remembered) return std::move(remembered).error();
    if (auto seated = bench->give_seats(); !seated) return std::move(seated).error();
    if (auto kept = transaction->commit(); !kept) return std::move(kept).error();
    return bench;
}

Status Bench::lay_out() {
    for (const GivenRecord& given : situation_.records) {
        const sync::ObjectModel* object = org_.model.find(given.side, given.record.id.object);
        if (object == nullptr) continue;  // no document reads it
        auto stored =
            store_->put_seen(kOrg, as_pulled(given, *object), object->references, object->keys);
        if (!stored) return stored;
    }
    sync::Identity identity(*store_, kOrg, org_.model);
    for (const sync::ObjectModel& object : org_.model.objects()) {
        for (const GivenRecord& given : situation_.records) {
            if (given.side != object.side || given.record.id.object != object.info->name) continue;
            auto settled = identity.settle(given.side, given.record.id);
            if (!settled) return std::move(settled).error();
        }
    }
    return Done{};
}

Status Bench::remember() {
    for (const GivenAgreed& agreed : situation_.agreed) {
        auto id = entity_of(agreed.record);
        if (!id) return std::move(id).error();
        if (!*id) continue;
        auto entity = store_->entity(kOrg, **id);
        if (!entity) return std::move(entity).error();
        if (!*entity) continue;
        (*entity)->agreed = agreed.values;
        (*entity)->stage = agreed.stage;
        if (auto saved = store_->save_entity(kOrg, **entity); !saved) return saved;
        for (const GivenEdge& given : agreed.edges) {
            store::Edge edge;
            edge.rule = given.rule;
            edge.version = given.version;
            edge.phase = edges::to_string(edges::Phase::Armed);
            edge.was_true = given.was_true;
            if (auto saved = store_->save_edge(kOrg, **id, edge); !saved) return saved;
        }
        for (const GivenListed& listed : agreed.lists) {
            store::ListMember row;
            row.entity = **id;
            row.list = listed.list;
            row.standing = lists::to_string(listed.by_hand ? lists::Standing::ByHand
                                            : listed.rule  ? lists::Standing::On
                                                           : lists::Standing::Off);
            row.wanted = listed.rule;
            row.since = listed.since;
            row.member = listed.was_on;
            row.by_hand = listed.by_hand;
            if (auto saved = store_->save_list_member(kOrg, row); !saved) return saved;
        }
    }
    return Done{};
}

/// On a list that has only so many who is to be on it depends on everybody.
Status Bench::give_seats() {
    const auto& lists = org_.model.documents().lists;
    if (std::none_of(lists.begin(), lists.end(), [](const auto& list) { return list.cap > 0; }))
        return Done{};
    sync::ListKeeper keeper(org_, clock_.now());
    sync::Planner planner(org_, situation_.ready, Instant{situation_.now});
    for (std::size_t record = 0; record < situation_.records.size(); ++record) {
        auto id = entity_of(record);
        if (!id) return std::move(id).error();
        if (!*id) continue;
        auto plan = planner.plan(**id);
        if (!plan) return std::move(plan).error();
        if (auto saved = keeper.save(*plan); !saved) return saved;
    }
    auto turns = keeper.turn_seats(situation_.records.size());
    if (!turns) return std::move(turns).error();
    return Done{};
}

Result<std::optional<store::EntityId>> Bench::entity_of(std::size_t record) {
    const GivenRecord& given = situation_.records[record];
    return store_->entity_of(kOrg, given.side, given.record.id);
}

Result<std::optional<sync::EntityPlan>> Bench::plan(std::size_t record) {
    auto id = entity_of(record);
    if (!id) return std::move(id).error();
    if (!*id) return std::optional<sync::EntityPlan>{};
    sync::Planner planner(org_, situation_.ready, Instant{situation_.now});
    auto plan = planner.plan(**id);
    if (!plan) return std::move(plan).error();
    return std::optional<sync::EntityPlan>{std::move(*plan)};
}

}  // namespace duet::trial
