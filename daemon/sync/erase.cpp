#include "daemon/sync/erase.h"

#include <algorithm>
#include <array>
#include <utility>

#include "daemon/store/keys.h"

namespace duet::sync {
namespace {

using store::EntityId;
using store::Link;
using store::name_of_id;
using store::name_of_key;
using store::SeenRow;

constexpr const char* kScrubDue = "scrub_due";

bool is_person(const ObjectModel* object) {
    return object != nullptr && object->entity != nullptr &&
           object->entity->entity == EntityKind::Person;
}

/// What a person's record is recognised by: its id, and the values that it is matched by.
std::vector<std::string> names_of(const ObjectModel& object, const Record& record) {
    std::vector<std::string> names{name_of_id(object.side, object.info->name, record.id.key)};
    for (const std::string& field : object.keys) {
        const std::string value = store::normalise_key(record.fields.get(field));
        if (!value.empty()) names.push_back("key:" + value);
    }
    return names;
}

/// Of a reference field: the people's objects that it may name.
std::vector<std::string> people_named_by(const Org& org, const ObjectModel& object,
                                         const std::string& field) {
    std::vector<std::string> found;
    const FieldInfo* info = object.info->find(field);
    if (info == nullptr) return found;
    for (const std::string& target : info->references) {
        const ObjectModel* there = org.model.find(object.side, target);
        if (is_person(there)) found.push_back(there->info->name);
    }
    return found;
}

/// Whether the object's records are left out with the people they are of, such as memberships.
bool hangs_on_people(const Org& org, const ObjectModel& object) {
    return object.entity == nullptr &&
           std::any_of(object.references.begin(), object.references.end(),
                       [&](const std::string& field) {
                           return !people_named_by(org, object, field).empty();
                       });
}

/// The removal of everything about some people, inside one transaction.
class Eraser {
public:
    explicit Eraser(Org& org) : org_(org) {}

    Status erase(EntityId id) {
        auto links = org_.store.links(org_.name, id);
        if (!links) return std::move(links).error();
        std::vector<Link> records = std::move(*links);
        const std::vector<Link> own = records;
        for (const Link& link : own) {
            if (auto taken = take(link, records); !taken) return taken;
        }
        auto removed = org_.store.sweep(org_.name, id, records, texts_);
        if (!removed) return std::move(removed).error();
        for (const auto& [table, rows] : *removed) receipt.removed[table] += rows;
        receipt.removed["seen"] += static_cast<std::int64_t>(records.size());
        ++receipt.removed["entities"];
        return org_.store.remove_entity(org_.name, id);
    }

    store::Erasure receipt;
    std::vector<std::string> names;

private:
    /// A record of the person, and what hangs on it.
    Status take(const Link& link, std::vector<Link>& records) {
        const ObjectModel* object = org_.model.find(link.side, link.id.object);
        auto row = org_.store.seen(org_.name, link.side, link.id);
        if (!row) return std::move(row).error();
        names.push_back(name_of_id(link.side, link.id.object, link.id.key));
        // The other side may name a CRM record by its id.
        if (link.side == Side::Crm) names.push_back(name_of_key(link.id.key));
        if (*row && object != nullptr) {
            for (std::string& name : names_of(*object, (*row)->record))
                names.push_back(std::move(name));
            for (const std::string& field : object->keys) {
                const std::string* value = as_text((*row)->record.fields.get(field));
                if (value != nullptr && value->find('@') != std::string::npos)
                    texts_.push_back(*value);
            }
        }
        if (auto done = take_children(link, records); !done) return done;
        if (auto done = reopen(link); !done) return done;
        return org_.store.remove_seen(org_.name, link.side, link.id);
    }

    /// Whose match hung on this record is matched anew.
    Status reopen(const Link& link) {
        auto named = org_.store.reviews_naming(org_.name, link);
        if (!named) return std::move(named).error();
        auto chosen = org_.store.choices_for(org_.name, link);
        if (!chosen) return std::move(chosen).error();
        for (const store::Choice& choice : *chosen) {
            if (auto gone = org_.store.remove_choice(org_.name, choice.record); !gone) return gone;
            named->push_back(choice.record);
        }
        for (const Link& record : *named) {
            if (auto gone = org_.store.remove_review(org_.name, record); !gone) return gone;
            auto queued = org_.store.add_changed(org_.name, {0, record.side, record.id, 0, {}});
            if (!queued) return queued;
        }
        return Done{};
    }

    Status take_children(const Link& link, std::vector<Link>& records) {
        for (const ObjectModel& object : org_.model.objects()) {
            if (object.side != link.side) continue;
            for (const std::string& field : object.references) {
                auto keys = org_.store.referring(org_.name, link.side, object.info->name, field,
                                                 link.id.key);
                if (!keys) return std::move(keys).error();
                for (const std::string& key : *keys) {
                    const RecordId child{object.info->name, key};
                    auto done = object.entity == nullptr
                                    ? org_.store.remove_seen(org_.name, link.side, child)
                                    : blank(object, child, field);
                    if (!done) return done;
                    if (object.entity == nullptr) records.push_back({link.side, child});
                }
            }
        }
        return Done{};
    }

    Status blank(const ObjectModel& object, const RecordId& id, const std::string& field) {
        auto row = org_.store.seen(org_.name, object.side, id);
        if (!row) return std::move(row).error();
        if (!*row) return Done{};
        (*row)->record.fields.set(field, Value{});
        return org_.store.put_seen(org_.name, **row, object.references, object.keys);
    }

    Org& org_;
    std::vector<std::string> texts_;
};

Status check_idle(const Org& org, std::span<const EntityId> entities) {
    for (const EntityId id : entities) {
        auto flights = org.store.in_flight_of(org.name, id);
        if (!flights) return std::move(flights).error();
        if (flights->empty()) continue;
        return Error{ErrorKind::Rejected,
                     "A write about this person is in doubt; try again after the next cycle.",
                     "DUET-5032",
                     "",
                     {}};
    }
    return Done{};
}

}  // namespace

Result<Erased> erase(Org& org, std::span<const EntityId> entities, std::string_view also,
                     const std::string& by) {
    if (auto idle = check_idle(org, entities); !idle) return std::move(idle).error();
    Erased erased;
    Eraser eraser(org);
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    for (const EntityId id : entities) {
        if (auto done = eraser.erase(id); !done) return std::move(done).error();
    }
    if (also.find('@') != std::string_view::npos) eraser.names.push_back(name_of_key(also));
    std::sort(eraser.names.begin(), eraser.names.end());
    eraser.names.erase(std::unique(eraser.names.begin(), eraser.names.end()), eraser.names.end());
    erased.receipt = std::move(eraser.receipt);
    erased.receipt.at = org.clock.now();
    erased.receipt.by = by;
    auto receipt = org.store.add_erasure(org.name, erased.receipt);
    if (!receipt) return std::move(receipt).error();
    erased.receipt.receipt = *receipt;
    erased.names = static_cast<std::int64_t>(eraser.names.size());
    if (auto kept = org.store.add_tombstones(org.name, eraser.names, *receipt); !kept)
        return std::move(kept).error();
    // Until the file was written anew, what was removed may still be read from it.
    if (auto set = org.store.set_fact(org.name, kScrubDue, "1"); !set)
        return std::move(set).error();
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    if (auto scrubbed = org.store.scrub(); !scrubbed) {
        erased.unscrubbed = scrubbed.error().message;
    } else if (auto set = org.store.set_fact(org.name, kScrubDue, ""); !set) {
        erased.unscrubbed = set.error().message;
    }
    return erased;
}

Result<std::int64_t> readmit(Org& org, std::string_view who) {
    std::vector<std::string> names{name_of_key(who)};
    for (const ObjectModel& object : org.model.objects()) {
        if (is_person(&object)) names.push_back(name_of_id(object.side, object.info->name, who));
    }
    auto transaction = org.store.begin();
    if (!transaction) return std::move(transaction).error();
    auto gone = org.store.remove_tombstones(org.name, names);
    if (!gone || *gone == 0) return gone;
    // Their records were passed over: read anew, lest one be made that is there already.
    for (const ObjectModel& object : org.model.objects()) {
        auto reset = is_person(&object) || hangs_on_people(org, object)
                         ? org.store.set_object_state(org.name, object.side, object.info->name, {})
                         : Status{Done{}};
        if (!reset) return std::move(reset).error();
    }
    if (auto done = transaction->commit(); !done) return std::move(done).error();
    return gone;
}

Result<char> is_erased(const Org& org, std::string_view who) {
    std::vector<std::string> names{name_of_key(who)};
    for (const ObjectModel& object : org.model.objects()) {
        if (is_person(&object)) names.push_back(name_of_id(object.side, object.info->name, who));
    }
    auto anybody = org.store.tombstones(org.name);
    if (!anybody) return std::move(anybody).error();
    if (*anybody == 0) return char{0};
    auto erased = org.store.are_erased(org.name, names);
    if (!erased) return std::move(erased).error();
    return static_cast<char>(std::find(erased->begin(), erased->end(), 1) != erased->end());
}

Status Doorkeeper::open() {
    auto anybody = org_.store.tombstones(org_.name);
    if (!anybody) return std::move(anybody).error();
    anybody_ = *anybody > 0;
    return Done{};
}

Result<Doorkeeper::Verdict> Doorkeeper::judge(const Change& change, Change& instead) const {
    if (!anybody_) return Verdict::Pass;
    std::vector<std::string> names;
    std::vector<std::string> fields;  // that a name comes from, where it is a reference
    if (is_person(&object_)) names = names_of(object_, change.record);
    const std::size_t own = names.size();
    for (const std::string& field : object_.references) {
        const std::string* key = as_text(change.record.fields.get(field));
        if (key == nullptr) continue;
        for (const std::string& person : people_named_by(org_, object_, field)) {
            names.push_back(name_of_id(object_.side, person, *key));
            fields.push_back(field);
        }
    }
    auto erased = org_.store.are_erased(org_.name, names);
    if (!erased) return std::move(erased).error();
    Verdict verdict = Verdict::Pass;
    for (std::size_t i = 0; i < erased->size(); ++i) {
        if ((*erased)[i] == 0) continue;
        if (i < own || object_.entity == nullptr) return Verdict::Erased;
        if (verdict == Verdict::Pass) instead = change;
        verdict = Verdict::Blanked;
        instead.record.fields.set(fields[i - own], Value{});
    }
    return verdict;
}

}  // namespace duet::sync
