#include "daemon/sync/present.h"

#include <algorithm>
#include <utility>

#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using store::SeenRow;

bool is_gone(const std::optional<SeenRow>& row) {
    return !row || row->deleted || !row->survivor.key.empty();
}

Outcome may_go() { return {Fate::Later, ""}; }

Outcome changed(std::string why) { return {Fate::Changed, std::move(why)}; }

bool lets_in(const PlannedWrite& planned) {
    return planned.in_flight.reasons.find(merge::to_string(merge::Reason::ConsentAllowed)) !=
           std::string::npos;
}

/// Whether the write would turn a flag of the documents' consent rules from "out".
bool loosens_consent(const Org& org, const PlannedWrite& planned, const SeenRow& row) {
    const store::InFlight& flight = planned.in_flight;
    const ObjectModel* object = org.model.find(flight.side, flight.write.id.object);
    if (object == nullptr || object->entity == nullptr || lets_in(planned)) return false;
    for (const document::FieldRule& rule : object->entity->fields) {
        for (const document::ConsentField& flag : rule.consents[flight.side]) {
            const FieldInfo* field = object->info->find(flag.field.on(object->info->name));
            const Value* after = field == nullptr ? nullptr : flight.write.fields.find(field->name);
            if (after == nullptr) continue;
            const auto is_out = [&](const Value* held) {
                return merge::Flag{flight.side, field->name, flag.inverted, held}.is_out();
            };
            if (is_out(row.record.fields.find(field->name)) && !is_out(after)) return true;
        }
    }
    return false;
}

Outcome check_update(Org& org, PlannedWrite& planned, const std::optional<SeenRow>& row) {
    if (is_gone(row)) return changed("the record is gone");
    if (loosens_consent(org, planned, *row)) {
        return {Fate::Refused, "it would take back an opt-out, which only the person may"};
    }
    Write& write = planned.in_flight.write;
    Fields left;
    for (const auto& [field, after] : write.fields) {
        const Value* now = row->record.fields.find(field);
        if (now == nullptr) return changed(field + " is not read any more");
        if (merge::same(*now, after)) continue;
        if (!merge::same(*now, planned.in_flight.before.get(field)))
            return changed(field + " was changed since");
        left.set(field, after);
    }
    if (left.empty()) return {Fate::Already, "it is so already"};
    write.fields = std::move(left);
    return may_go();
}

Outcome check_delete(const Org& org, const PlannedWrite& planned,
                     const std::optional<SeenRow>& row) {
    if (is_gone(row)) return {Fate::Already, "it is gone already"};
    if (org.model.lists(planned.in_flight.side).is_left(row->record))
        return {Fate::Refused, "the person left the list, which stays known"};
    for (const auto& [field, before] : planned.in_flight.before) {
        if (!merge::same(row->record.fields.get(field), before))
            return changed(field + " was changed since");
    }
    return may_go();
}

/// Found by what it refers to, as memberships and rows of campaign influence are.
bool is_found_by_references(const PlannedWrite& planned) {
    return !planned.list.empty() || planned.step > 0;
}

/// A record that could be what the create would make; its key names several only where it is a
/// reference.
Result<Outcome> check_holder(Org& org, const PlannedWrite& planned, const ObjectModel& object,
                             const std::string& key) {
    const store::InFlight& flight = planned.in_flight;
    auto row = org.store.seen(org.name, flight.side, {object.info->name, key});
    if (!row) return std::move(row).error();
    if (!*row) return may_go();
    if (is_found_by_references(planned)) {
        const bool is_same_pair = std::all_of(
            object.references.begin(), object.references.end(), [&](const std::string& reference) {
                const Value* wanted = flight.write.fields.find(reference);
                return wanted == nullptr ||
                       merge::same(*wanted, (*row)->record.fields.get(reference));
            });
        if (!is_same_pair) return may_go();
        if (org.model.lists(flight.side).is_left((*row)->record))
            return Outcome{Fate::Refused, "the person left the list"};
    }
    if (is_gone(*row)) return may_go();
    auto owner = org.store.entity_of(org.name, flight.side, (*row)->record.id);
    if (!owner) return std::move(owner).error();
    if (*owner && **owner != flight.entity)
        return changed("its " + flight.write.key_field + " is held by a record of someone else");
    return Outcome{Fate::Already, "it is there already"};
}

Result<Outcome> check_create(Org& org, const PlannedWrite& planned) {
    const store::InFlight& flight = planned.in_flight;
    const ObjectModel* object = org.model.find(flight.side, flight.write.id.object);
    if (object == nullptr) return changed("the documents do not name the object any more");
    auto entity = org.store.entity(org.name, flight.entity);
    if (!entity) return std::move(entity).error();
    if (object->entity != nullptr && *entity && object->entity->entity == (*entity)->kind) {
        auto links = org.store.links(org.name, flight.entity);
        if (!links) return std::move(links).error();
        for (const store::Link& link : *links) {
            if (link.side != flight.side) continue;
            auto row = org.store.seen(org.name, link.side, link.id);
            if (!row) return std::move(row).error();
            if (!is_gone(*row)) return Outcome{Fate::Already, "it has a record there already"};
        }
    }
    auto holders = org.store.with_key(org.name, flight.side, object->info->name,
                                      flight.write.key_field, flight.write.key_value);
    if (!holders) return std::move(holders).error();
    auto members = !is_found_by_references(planned)
                       ? Result<std::vector<std::string>>{std::vector<std::string>{}}
                       : org.store.referring(org.name, flight.side, object->info->name,
                                             flight.write.key_field, flight.write.key_value);
    if (!members) return std::move(members).error();
    holders->insert(holders->end(), members->begin(), members->end());
    for (const std::string& key : *holders) {
        auto outcome = check_holder(org, planned, *object, key);
        if (!outcome) return outcome;
        if (outcome->fate != Fate::Later) return outcome;
    }
    return may_go();
}

}  // namespace

Result<Outcome> check_present(Org& org, PlannedWrite& planned) {
    const store::InFlight& flight = planned.in_flight;
    auto entity = org.store.entity(org.name, flight.entity);
    if (!entity) return std::move(entity).error();
    if (!*entity) return changed("what it is about is gone");
    auto unanswered = org.store.in_flight_of(org.name, flight.entity);
    if (!unanswered) return std::move(unanswered).error();
    if (!unanswered->empty()) {
        return Outcome{Fate::InDoubt, "a write of it is in doubt and must be looked at first"};
    }
    if (flight.write.kind == WriteKind::Create) return check_create(org, planned);
    auto row = org.store.seen(org.name, flight.side, flight.write.id);
    if (!row) return std::move(row).error();
    return flight.write.kind == WriteKind::Update ? check_update(org, planned, *row)
                                                  : check_delete(org, planned, *row);
}

}  // namespace duet::sync
