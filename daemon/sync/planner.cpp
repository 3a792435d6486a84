#include "daemon/sync/planner.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <date/tz.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/sync/campaign_member.h"
#include "daemon/sync/deletions.h"
#include "daemon/sync/entity_key.h"
#include "daemon/sync/learning.h"
#include "daemon/sync/lists.h"
#include "daemon/sync/ping_pong.h"
#include "daemon/sync/pins.h"
#include "daemon/sync/scope.h"
#include "daemon/sync/told.h"
#include "mappings/document/conventions.h"
#include "mappings/lists/lists.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using merge::Decision;
using store::EntityId;
using store::SeenRow;

// Records, some 3 KB each, in memory at once; one entity may add more.
constexpr std::size_t kMostRows = 30'000;

bool holds(const std::vector<store::Link>& links, const store::Link& link) {
    return std::find(links.begin(), links.end(), link) != links.end();
}

void say_put_aside(const store::Quarantined& row, Decision& decision) {
    if (!row.dropped_by.empty()) {
        decision.state = merge::State::Quarantined;
        decision.reason = row.dropped_by + " put it aside until it changes: " + row.message;
    } else if (row.code == kLaterCode) {
        decision.state = merge::State::Waiting;
        decision.reason = "tried again later: " + row.message;
    } else {
        decision.state = merge::State::Quarantined;
        decision.reason = row.message;
    }
}

/// `zone` is a time zone of the database, which stays for as long as the process.
std::chrono::minutes offset_of(const void* zone, DateTime time) {
    const auto info = static_cast<const ::date::time_zone*>(zone)->get_info(
        std::chrono::floor<std::chrono::seconds>(time));
    return std::chrono::duration_cast<std::chrono::minutes>(info.offset);
}

}  // namespace

formula::Moment moment_of(Instant now, const std::string& time_zone) {
    formula::Moment moment;
    moment.now = std::chrono::floor<std::chrono::milliseconds>(now);
    moment.zone = {::date::locate_zone(time_zone), offset_of};
    return moment.at(moment.now);
}

std::string fingerprint_of(const Write& write) {
    return fmt::format("{}|{}|{}|{}|{}", static_cast<int>(write.kind), write.id.object,
                       write.id.key, write.key_value, encode(write.fields));
}

Planner::Planner(Org& org, PerSide<bool> ready, Instant now)
    : org_(org),
      ready_(ready),
      now_(now),
      moment_(moment_of(now, org.model.documents().time_zone)),
      cache_(org.store, org.name),
      paths_(org.model, cache_),
      rollups_(org.model, cache_, paths_, moment_),
      actions_(org, cache_, paths_, moment_),
      influences_(org, cache_, paths_, moment_),
      event_rows_(org, cache_) {}

/// The record that stands for the entity on one side: of the preferred object, alive, not merged
/// or converted into another.
Planner::Chosen Planner::choose(const std::vector<store::Link>& links,
                                const document::EntityDocument& document, Side side) {
    Chosen chosen;
    bool went_elsewhere = false;
    for (const std::string& object : document.objects[side]) {
        for (const store::Link& link : links) {
            if (link.side != side || !same_name(link.id.object, object)) continue;
            const SeenRow* row = cache_.get(side, link.id);
            if (row == nullptr) continue;
            if (row->deleted || !row->survivor.key.empty()) {
                chosen.was_deleted = true;
                if (row->survivor.key.empty()) {
                    chosen.deleted_object = row->record.id.object;
                } else if (!holds(links, {side, row->survivor})) {
                    went_elsewhere = true;  // merged, and so not deleted by people
                }
            } else if (chosen.row == nullptr) {
                chosen.row = row;
            }
        }
    }
    if (chosen.row != nullptr || went_elsewhere) chosen.deleted_object.clear();
    return chosen;
}

/// A person must say who it is first; only an opt-out does not wait for that.
void Planner::hold_ambiguous(EntityPlan& plan, const merge::Inputs& inputs) {
    merge::Decision& decision = plan.decision;
    decision.state = merge::State::Waiting;
    decision.reason = plan.entity.ambiguous;
    decision.creates.clear();
    if (plan.entity.kind == EntityKind::Person) lists::hold_memberships(inputs, decision);
    forget_deletion(plan);
    std::erase_if(decision.writes, [](const merge::PlannedField& field) {
        return field.reason != merge::Reason::ConsentTightened;
    });
    actions_.forget(decision);
}

Result<EntityPlan> Planner::plan(EntityId id) {
    keep_within(kMostRows);
    EntityPlan plan;
    auto stored = rows_of(id);
    if (!stored) return std::move(stored).error();
    plan.entity = std::move(stored->entity);
    plan.out_since = plan.entity.out_since;
    plan.parted = plan.entity.parted;
    if (stored->is_in_flight) {
        plan.in_doubt = true;
        return plan;
    }
    const document::EntityDocument* document = org_.model.documents().find(plan.entity.kind);
    if (document == nullptr) {
        plan.decision.state = merge::State::Filtered;
        plan.decision.reason = "no document describes this kind of entity any more";
        return plan;
    }
    const std::vector<store::Link>& links = stored->links;

    merge::Inputs inputs;
    PerSide<const Record*> records;
    for (const Side side : kSides) {
        const Chosen chosen = choose(links, *document, side);
        inputs.sides[side].was_deleted = inputs.sides[side].was_deleted || chosen.was_deleted;
        inputs.sides[side].deleted_object = chosen.deleted_object;
        if (is_marked_gone(org_.model, chosen.row, *document)) inputs.sides.crm.was_deleted = true;
        inputs.sides[side].ready = is_ready(plan.entity.kind, side);
        if (chosen.row == nullptr) continue;
        inputs.sides[side].record = &chosen.row->record;
        inputs.sides[side].changed = &chosen.row->changed;
        inputs.sides[side].object = org_.model.catalogs()[side].find(chosen.row->record.id.object);
        records[side] = &chosen.row->record;
        plan.records[side] = chosen.row->record.id;
        plan.stamps[side] = chosen.row->record.modified;
    }
    if (auto added = add_memberships(plan, std::move(stored->lists), inputs); !added)
        return std::move(added).error();
    if (auto learnt = learn(); !learnt) return std::move(learnt).error();
    auto parted = thresholds(plan.entity.kind);
    if (!parted) return std::move(parted).error();
    const EntityFacts::Sources sources{org_.model, cache_,     paths_, rollups_,
                                       moment_,    &*lessons_, *parted};
    EntityFacts facts(sources, *document, records);
    inputs.documents = &org_.model.documents();
    inputs.document = document;
    inputs.catalogs = &org_.model.catalogs();
    inputs.facts = &facts;
    inputs.agreed = &plan.entity.agreed;
    inputs.stage = plan.entity.stage;
    plan.allowances = std::move(stored->allowances);
    for (const store::Allowance& allowance : plan.allowances)
        inputs.allowances.emplace(allowance.rule, allowance.flags);
    inputs.pins = pins_of(std::move(stored->pins));
    inputs.entity_key = entity_key(id);
    inputs.moment = moment_;
    if (auto gathered = actions_.gather(plan.entity, stored->edges, inputs); !gathered)
        return std::move(gathered).error();
    if (auto added = add_standing(plan, *stored, inputs, facts); !added)
        return std::move(added).error();
    auto rows = own_rows(plan, *stored, inputs, facts);
    if (!rows) return std::move(rows).error();
    plan.told = told_of_customer(plan.entity.kind, facts, sources);
    plan.decision = merge::decide(inputs);
    for (store::Told& row : told_of_deal(plan.entity.kind, facts, sources))
        plan.told.push_back(std::move(row));
    for (store::Told& row : plan.told) row.entity = id;
    merge::lower(plan.decision.next_change, rows->next);
    std::move(rows->warnings.begin(), rows->warnings.end(),
              std::back_inserter(plan.decision.warnings));
    if (plan.standing && !plan.standing->doubt.empty())
        plan.decision.warnings.push_back(plan.standing->doubt);
    plan.is_ready = inputs.sides.crm.ready && inputs.sides.marketing.ready;
    close_lapsed(plan, inputs, moment_);
    if (cache_.failure()) return *cache_.failure();
    judge_scope(plan, *document, now_);
    // What a side that is behind would change is decided later, whoever else is waited for.
    plan.waits_for_side = plan.decision.state == merge::State::Waiting;
    if (!plan.entity.ambiguous.empty()) hold_ambiguous(plan, inputs);
    actions_.note_queue(plan.decision);
    actions_.take(plan.decision, id);
    add_field_writes(plan);
    if (auto added = add_creates(plan); !added) return std::move(added).error();
    add_memberships_writes(plan);
    if (auto added = add_campaign_member(org_, cache_, links, plan); !added)
        return std::move(added).error();
    add_task_writes(plan, org_.model.documents());
    add_row_writes(plan, std::move(rows->wishes));
    add_deletion_write(plan);
    if (auto dropped = drop_put_aside(plan, std::move(stored->quarantine)); !dropped)
        return std::move(dropped).error();
    plan.moves = std::move(stored->moves);
    return plan;
}

/// Where the entity stands, from what happened to it; nothing where documents have no transitions.
Status Planner::add_standing(EntityPlan& plan, const store::EntityRows& rows, merge::Inputs& inputs,
                             merge::FactSource& facts) {
    const document::Lifecycle* lifecycle = org_.model.documents().lifecycle.get();
    if (lifecycle == nullptr) return Done{};
    const EntityKind kind = plan.entity.kind;
    const Record* record = inputs.sides.crm.record;
    const bool is_account = kind == EntityKind::Account && lifecycle->account && record != nullptr;
    const bool is_deal = kind == EntityKind::Opportunity && lifecycle->deals && record != nullptr &&
                         same_name(record->id.object, lifecycle->deals->deal);
    if (kind != EntityKind::Person && !is_account && !is_deal) return Done{};
    const bool is_ready = inputs.sides.crm.ready && inputs.sides.marketing.ready;
    if (!lifecycle_) lifecycle_.emplace(org_, cache_, paths_, rollups_, moment_);
    LifecycleReader& reader = *lifecycle_;
    auto standing = is_deal      ? Result<Standing>{reader.deal(*record)}
                    : is_account ? reader.account(*record, facts, is_ready)
                                 : reader.person({rows.links, rows.spans}, facts, is_ready);
    if (!standing) return std::move(standing).error();
    plan.standing = std::move(*standing);
    if (kind == EntityKind::Person && lifecycle->account) {
        auto accounts = reader.accounts_of(rows.links);
        if (!accounts) return std::move(accounts).error();
        plan.standing->accounts = std::move(*accounts);
    }
    inputs.standing = &*plan.standing;
    return Done{};
}

/// Rows of Duet's own that tell of the entity, where they differ from what they should be.
Result<OwnRows> Planner::own_rows(const EntityPlan& plan, const store::EntityRows& rows,
                                  const merge::Inputs& inputs, merge::FactSource& facts) {
    const Record* record = inputs.sides.crm.record;
    if (plan.entity.kind == EntityKind::Opportunity && record != nullptr)
        return influences_.wanted(*record, facts, *lessons_);
    // Where it cannot be told how the person moved, the rows stay.
    if (plan.entity.kind == EntityKind::Person && plan.standing && plan.standing->failure.empty())
        return event_rows_.wanted(plan.entity.id, rows, record, plan.standing->history.rows);
    return OwnRows{};
}

/// What is known of the person and each list that a rule owns.
Status Planner::add_memberships(EntityPlan& plan, std::vector<store::ListMember> rows,
                                merge::Inputs& inputs) {
    const auto& rules = org_.model.documents().lists;
    if (plan.entity.kind != EntityKind::Person) return Done{};
    plan.list_rows = std::move(rows);
    for (std::size_t rule = 0; rule < rules.size(); ++rule) {
        const auto& record = plan.records[rules[rule].side];
        const ListObjects& lists = org_.model.lists(rules[rule].side);
        if (!record || lists.list == nullptr || lists.membership == nullptr) continue;
        merge::Membership membership;
        membership.rule = rule;
        membership.person =
            plan.records.marketing ? plan.records.marketing->key : entity_key(plan.entity.id);
        if (auto found = find_membership(*record, rules[rule], membership); !found) return found;
        for (const store::ListMember& row : plan.list_rows) {
            if (row.list != rules[rule].list) continue;
            auto known = known_of(row);
            if (!known) return std::move(known).error();
            membership.known = *known;
        }
        inputs.memberships.push_back(std::move(membership));
    }
    return Done{};
}

/// Read to the end, and everything loaded that an entity of this kind depends on.
bool Planner::is_ready(EntityKind kind, Side side) const {
    if (!ready_[side]) return false;
    return std::none_of(loading_[side].begin(), loading_[side].end(), [&](const std::string& name) {
        const ObjectModel* object = org_.model.find(side, name);
        return object == nullptr || object->is_needed_by(kind);
    });
}

/// What a vendor refused is not sent again before its time, unless it is another write now, and a
/// frozen field is not written. Rows about what is planned no more are to be forgotten.
Status Planner::drop_put_aside(EntityPlan& plan, std::vector<store::Quarantined> rows) {
    for (store::Quarantined& row : rows) {
        if (row.code == kFrozenCode) {
            const SeenRow* seen = cache_.get(row.side, row.record);
            const Value* held = seen == nullptr ? nullptr : seen->record.fields.find(row.field);
            if (apply_frost(row, held, now_, plan) == Frost::Thaws)
                plan.moot.push_back(std::move(row));
            continue;
        }
        const auto found =
            std::find_if(plan.writes.begin(), plan.writes.end(), [&](const PlannedWrite& planned) {
                return planned.in_flight.side == row.side &&
                       slot_of(org_, row.side, planned.in_flight.write) == row.slot;
            });
        if (found == plan.writes.end()) {
            if (plan.decision.state != merge::State::Waiting) plan.moot.push_back(std::move(row));
            continue;
        }
        if (row.fingerprint != fingerprint_of(found->in_flight.write)) continue;
        auto hold = hold_on(org_, row, now_);
        if (!hold) return std::move(hold).error();
        if (*hold == Hold::Free) continue;
        const int step = found->step;
        plan.writes.erase(found);
        if (step > 0) {
            std::erase_if(plan.writes,
                          [&](const PlannedWrite& planned) { return planned.step > step; });
        }
        if (plan.writes.empty()) say_put_aside(row, plan.decision);
    }
    return Done{};
}

std::vector<std::int64_t> stamps_of(const EntityPlan& plan) {
    return {plan.stamps.crm.time_since_epoch().count(),
            plan.stamps.marketing.time_since_epoch().count()};
}

std::string describe(const PlannedWrite& planned, const SideNames& names) {
    static constexpr const char* kVerbs[] = {"create", "update", "delete"};
    const Write& write = planned.in_flight.write;
    std::string lines =
        fmt::format("{} {} {} {}", kVerbs[static_cast<int>(write.kind)],
                    names[planned.in_flight.side], write.id.object,
                    write.id.key.empty() ? write.key_field + "=" + write.key_value : write.id.key);
    if (!planned.list.empty()) lines += " (list \"" + planned.list + "\")";
    lines += "\n";
    const auto reasons = nlohmann::json::parse(planned.in_flight.reasons, nullptr, false);
    for (const auto& [field, after] : write.fields) {
        const Value& before = planned.in_flight.before.get(field);
        lines +=
            fmt::format("  {}: {} -> {}", field, is_blank(before) ? "(blank)" : display(before),
                        is_blank(after) ? "(blank)" : display(after));
        if (const auto reason = reasons.find(field); reason != reasons.end()) {
            lines +=
                fmt::format("  [{}: {}]", reason->value("rule", ""), reason->value("cause", ""));
        }
        lines += "\n";
    }
    if (const auto whole = reasons.find(""); whole != reasons.end()) {
        lines += fmt::format("  [{}: {}]\n", whole->value("rule", ""), whole->value("cause", ""));
    }
    return lines;
}

}  // namespace duet::sync
