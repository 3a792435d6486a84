// What became of writes whose answer never came.
//
// A create is looked up by its key and by all else that names its entity. Nobody found, twice, no
// sooner than the side's read lag each time: it was not done. One record that is free: done, and
// linked. Several, or one that is somebody else's: it is not taken; they are stored as strangers
// are, and who is who is asked anew, so that the person goes to the review queue.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/sync/consent.h"
#include "daemon/sync/holders.h"
#include "daemon/sync/identity.h"
#include "daemon/sync/settle.h"
#include "daemon/sync/settle_done.h"
#include "daemon/sync/store_read.h"
#include "mappings/merge/convert.h"

namespace duet::sync {
namespace {

using store::InFlight;
using store::SeenRow;

/// What the vendor holds, compared with what was sent.
enum class Look : std::uint8_t {
    Done,
    NotDone,
    AskLater,
    Strangers,  // of a create: nobody can say that what was found is its entity's
};

/// What a look found.
struct Found {
    Told told{};                      // of Done
    std::vector<Change> strangers{};  // as they are now
    std::optional<Error> failure{};   // of the store, which is no answer of the side's
};

Error failed(Found& found, const Error& error) {
    found.failure = error;
    return error;
}

/// Whether a record that the key named can be what the create made. A membership is found by its
/// person; it is ours when it is of the same list too. Where the key names one record, whatever
/// else changed since it was made is no matter.
bool may_be_made_by(const Write& create, const ObjectModel& object, const Record& record) {
    const FieldInfo* key = object.info->find(create.key_field);
    if (key != nullptr && key->unique_key) return true;
    return std::all_of(
        object.references.begin(), object.references.end(), [&](const std::string& reference) {
            const Value* sent = create.fields.find(reference);
            return sent == nullptr || merge::same(*sent, record.fields.get(reference));
        });
}

/// Keys of records that the store knows to name the entity in another way than by the create's
/// key: by the CRM's id, by another field that records are matched by, or because the vendor named
/// them in its answer.
Result<std::set<std::string>> named_otherwise(const Org& org, const InFlight& create,
                                              const ObjectModel& object) {
    std::set<std::string> keys;
    if (!create.write.id.key.empty()) keys.insert(create.write.id.key);
    auto links = org.store.links(org.name, create.entity);
    if (!links) return std::move(links).error();
    const auto add = [&](const std::string& field, const std::string& value) -> Status {
        auto held = org.store.with_key(org.name, create.side, object.info->name,
                                       object.canonical(field), value);
        if (!held) return std::move(held).error();
        keys.insert(held->begin(), held->end());
        return Done{};
    };
    for (const document::MatchRule& rule : object.entity->match) {
        if (rule.kind == document::MatchRule::Kind::Equal) {
            const std::string& field =
                create.side == Side::Crm ? rule.crm_field : rule.marketing_fields.front();
            const std::string* sent = as_text(create.write.fields.get(object.canonical(field)));
            if (sent == nullptr || same_name(field, create.write.key_field)) continue;
            if (auto added = add(field, *sent); !added) return std::move(added).error();
        } else if (create.side == Side::Marketing) {
            for (const store::Link& link : *links) {
                if (link.side != Side::Crm) continue;
                for (const std::string& field : rule.marketing_fields) {
                    if (auto added = add(field, link.id.key); !added)
                        return std::move(added).error();
                }
            }
        }
    }
    return keys;
}

/// Whether the entity may have the record: nobody else has it, and the match rules give it to
/// nobody else.
Result<char> is_free(Org& org, const InFlight& create, const ObjectModel& object,
                     const Record& record) {
    auto owner = org.store.entity_of(org.name, create.side, record.id);
    if (!owner) return std::move(owner).error();
    if (*owner == create.entity) return char{1};
    Matcher matcher(org.store, org.name, org.model);
    auto free = matcher.is_free({create.side, record.id}, {});
    if (!free) return std::move(free).error();
    if (*free == Matcher::Is::No) return char{0};
    SeenRow row;
    row.side = create.side;
    row.record = record;
    auto match = matcher.find(object, row);
    if (!match) return std::move(match).error();
    if (!match->record) return static_cast<char>(match->doubt.empty());
    auto partner = org.store.entity_of(org.name, other(create.side), *match->record);
    if (!partner) return std::move(partner).error();
    return static_cast<char>(*partner == create.entity);
}

Result<Look> none_found(const Org& org, InFlight& write) {
    ++write.lookups;
    return write.lookups >= org.settings.doubt_lookups ? Look::NotDone : Look::AskLater;
}

Look is_done(const Record& record, Found& found) {
    found.told.written.id = record.id;
    found.told.written.stamp = record.modified;
    found.told.found = record;
    return Look::Done;
}

/// Of records that stand for the entity itself.
Result<Look> judge(Org& org, InFlight& write, const ObjectModel& object,
                   std::vector<Record> candidates, Found& found, std::stop_token stop) {
    auto others = named_otherwise(org, write, object);
    if (!others) return failed(found, others.error());
    std::vector<std::string> keys;
    for (const Record& record : candidates) others->erase(record.id.key);
    keys.assign(others->begin(), others->end());
    if (!keys.empty()) {
        auto read = org.connectors[write.side]->read(object.selection, keys, stop);
        if (!read) return std::move(read).error();
        for (Change& now : *read) {
            if (now.kind == ChangeKind::Upserted) candidates.push_back(std::move(now.record));
        }
    }
    if (candidates.empty()) return none_found(org, write);
    if (candidates.size() == 1) {
        auto free = is_free(org, write, object, candidates.front());
        if (!free) return failed(found, free.error());
        if (*free != 0) return is_done(candidates.front(), found);
    }
    keys.clear();
    for (const Record& record : candidates) keys.push_back(record.id.key);
    auto read = org.connectors[write.side]->read(object.selection, keys, stop);
    if (!read) return std::move(read).error();
    found.strangers = *std::move(read);
    return Look::Strangers;
}

Result<Look> look_for_create(Org& org, InFlight& write, Found& found, std::stop_token stop) {
    const ObjectModel* object = org.model.find(write.side, write.write.id.object);
    if (object == nullptr) return Look::NotDone;
    auto records = org.connectors[write.side]->find(object->selection, write.write.key_field,
                                                    write.write.key_value, stop);
    if (!records) return std::move(records).error();
    std::erase_if(*records, [&](const Record& record) {
        return !may_be_made_by(write.write, *object, record);
    });
    auto is_own = makes_entity(org, write);
    if (!is_own) return failed(found, is_own.error());
    if (*is_own != 0) return judge(org, write, *object, *std::move(records), found, stop);
    return records->empty() ? none_found(org, write) : is_done(records->front(), found);
}

/// What a record holds in the fields of an update.
enum class Held : std::uint8_t { AsSent, PartAsSent, Other };

/// A vendor does the whole of an update or nothing. So where one field changed to what was sent it
/// was done, and any other that is neither what it was nor what was sent was changed since.
Held what_holds(const InFlight& update, const Record& record) {
    bool is_whole = true;
    bool has_changed = false;
    for (const auto& [field, value] : update.write.fields) {
        const Value& now = record.fields.get(field);
        const Value& before = update.before.get(field);
        if (merge::same(value, now)) {
            has_changed = has_changed || !merge::same(value, before);
        } else if (merge::same(before, now)) {
            return Held::Other;
        } else {
            is_whole = false;
        }
    }
    if (is_whole) return Held::AsSent;
    return has_changed ? Held::PartAsSent : Held::Other;
}

Result<Look> look_at(Org& org, InFlight& write, Found& found, std::stop_token stop) {
    if (write.write.kind == WriteKind::Create) return look_for_create(org, write, found, stop);
    const ObjectModel* object = org.model.find(write.side, write.write.id.object);
    if (object == nullptr) return Look::NotDone;
    const std::string keys[] = {write.write.id.key};
    auto read = org.connectors[write.side]->read(object->selection, keys, stop);
    if (!read) return std::move(read).error();
    found.told.written.id = write.write.id;
    for (const Change& change : *read) {
        if (change.record.id.key != write.write.id.key) continue;
        if (change.kind == ChangeKind::Deleted) {
            return write.write.kind == WriteKind::Delete ? Look::Done : Look::NotDone;
        }
        if (write.write.kind == WriteKind::Delete) return Look::NotDone;
        const Held held = what_holds(write, change.record);
        if (held == Held::Other) return Look::NotDone;
        if (held == Held::AsSent) {
            found.told.written.stamp = change.record.modified;
        } else {
            found.told.found = change.record;
            found.told.is_changed_since = true;
        }
        return Look::Done;
    }
    return write.write.kind == WriteKind::Delete ? Look::Done : Look::NotDone;
}

/// The process or its store ended in the midst of the write, so nobody knows since when the side
/// may hold it: its reads show it, if at all, once they have caught up with now.
Status set_first_look(Org& org, InFlight& write) {
    write.look_after = org.clock.now() + org.connectors[write.side]->read_lag();
    return org.store.update_in_flight(org.name, write);
}

/// What was found is the entity's, though it may have been somebody's who stood alone.
Status take(Org& org, InFlight write, const Found& found) {
    Told told = found.told;
    if (write.write.kind == WriteKind::Create) {
        told.is_audited = !write.write.id.key.empty();
        write.write.id.key.clear();
        const bool is_as_sent = told.as_sent(write.write.fields) == write.write.fields;
        if (!is_as_sent) add_to_cause(write, "it may be " + std::string(kWasThere));
        const ObjectModel* object = org.model.find(write.side, write.write.id.object);
        auto owner = org.store.entity_of(org.name, write.side, told.written.id);
        if (!owner) return std::move(owner).error();
        if (*owner && *owner != write.entity && object != nullptr && object->entity != nullptr) {
            Identity identity(org.store, org.name, org.model, org.clock.now());
            auto taken =
                identity.take({write.side, told.written.id}, write.entity, *object->entity);
            if (!taken) return taken;
        }
    }
    return settle_done(org, write, told);
}

/// They are met as any stranger: by the match rules, or by a person's word.
Status meet_strangers(Org& org, const InFlight& write, const Found& found) {
    const ObjectModel* object = org.model.find(write.side, write.write.id.object);
    Identity identity(org.store, org.name, org.model, org.clock.now());
    // All of them before anybody is asked: one alone would seem to match.
    for (const Change& now : found.strangers) {
        if (auto stored = store_read(org, *object, now); !stored) return std::move(stored).error();
    }
    for (const Change& now : found.strangers) {
        auto entity = identity.settle(write.side, now.record.id);
        if (!entity) return std::move(entity).error();
        if (!*entity) continue;  // somebody who was erased
        if (now.record.id.key == write.write.id.key) {
            if (auto doubted = doubt_permission(org, write, **entity); !doubted) return doubted;
        }
        auto again = org.store.add_changed(org.name, {0, write.side, now.record.id, 0, {}});
        if (!again) return again;
    }
    auto links = org.store.links(org.name, write.entity);
    if (!links) return std::move(links).error();
    for (const store::Link& link : *links) {
        auto again = org.store.add_changed(org.name, {0, link.side, link.id, 0, {}});
        if (!again) return again;
    }
    return Done{};
}

/// `is_silent` becomes true when the side could not be asked.
Status resolve_one(Org& org, InFlight& write, bool& is_silent, std::stop_token stop) {
    Found found;
    auto look = look_at(org, write, found, stop);
    // A side that cannot be asked now is asked in a later cycle; nothing is planned meanwhile.
    if (!look) {
        if (found.failure) return *std::move(found.failure);
        is_silent = has_no_answer(look.error()) || concerns_whole_side(look.error());
        return Done{};
    }
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    if (*look == Look::AskLater) {
        write.look_after = org.clock.now() + org.connectors[write.side]->read_lag();
        if (auto kept = org.store.update_in_flight(org.name, write); !kept) return kept;
        return transaction->commit();
    }
    if (*look == Look::Done) {
        if (auto done = take(org, write, found); !done) return done;
        if (found.told.is_changed_since) {
            const ObjectModel* object = org.model.find(write.side, write.write.id.object);
            auto met = store_read(org, *object, {ChangeKind::Upserted, *found.told.found, {}});
            if (!met) return std::move(met).error();
        }
    } else {
        if (*look == Look::Strangers) {
            if (auto met = meet_strangers(org, write, found); !met) return met;
        }
        if (auto ended = end_allowances(org, write); !ended) return ended;
    }
    if (auto gone = org.store.remove_in_flight(org.name, write.id); !gone) return gone;
    if (auto marked =
            org.store.mark_dirty(org.name, write.entity, "a write in doubt was looked at");
        !marked) {
        return marked;
    }
    return transaction->commit();
}

}  // namespace

Status resolve_doubts(Org& org, std::stop_token stop) {
    auto writes = org.store.in_flight(org.name);
    if (!writes) return std::move(writes).error();
    PerSide<bool> silent{};
    for (InFlight& write : *writes) {
        if (stop.stop_requested()) return Done{};
        if (write.in_doubt && write.look_after == Instant{}) {
            if (auto set = set_first_look(org, write); !set) return set;
        }
        if (silent[write.side]) continue;
        if (!write.in_doubt || write.look_after > org.clock.now()) continue;
        if (is_over_budget(org, write.side) || org.reads_paused[write.side]) continue;
        if (auto done = resolve_one(org, write, silent[write.side], stop); !done) return done;
    }
    return Done{};
}

}  // namespace duet::sync
