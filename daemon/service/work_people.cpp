#include "daemon/service/work_people.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/sync/actions.h"
#include "daemon/sync/facts.h"
#include "mappings/attribution/attribution.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using document::TimerEvent;
using store::EntityId;
using store::SeenRow;

constexpr std::size_t kPeopleAtOnce =
    1000;  // of what is asked for at once, and of what the cache keeps

Status add_persons(sync::Org& org, const std::vector<EntityId>& ids, std::set<EntityId>& people) {
    for (const EntityId id : ids) {
        if (people.contains(id)) continue;
        auto entity = org.store.entity(org.name, id);
        if (!entity) return std::move(entity).error();
        if (*entity && (*entity)->kind == EntityKind::Person) people.insert(id);
    }
    return Done{};
}

/// What the next cycle would decide first. Ends without effect.
Status add_undecided(sync::Org& org, std::set<EntityId>& people) {
    const auto transaction = org.store.begin();
    if (!transaction) return transaction.error();
    if (auto fired = org.store.fire_timers(org.name, org.clock.now()); !fired)
        return std::move(fired).error();
    EntityId after = 0;
    while (true) {
        auto ids = org.store.dirty(org.name, after, kPeopleAtOnce);
        if (!ids) return std::move(ids).error();
        if (ids->empty()) return Done{};
        if (auto added = add_persons(org, *ids, people); !added) return added;
        after = ids->back();
    }
}

/// Looks through the records that begin timers.
class Starts {
public:
    Starts(sync::Org& org, const formula::Moment& moment, const Span& span)
        : org_(org),
          moment_(moment),
          span_(span),
          cache_(org.store, org.name),
          paths_(org.model, cache_) {}

    Status look_through(const TimerEvent& event) {
        const ObjectInfo* object = org_.model.catalogs()[event.side].find(event.object);
        if (object == nullptr) return Done{};
        const std::vector<Parent> parents = parents_of(event, *object);
        if (parents.empty()) return Done{};
        // Rules that read the record alone are asked while it is at hand.
        const bool is_plain =
            reads_itself(event.time) && (!event.where || reads_itself(*event.where));
        std::vector<RecordId> later;
        std::set<RecordId> found;
        auto read =
            org_.store.each_seen(org_.name, event.side, object->name, [&](const SeenRow& row) {
                if (row.deleted) return true;
                if (!is_plain) {
                    later.push_back(row.record.id);
                } else if (counts(event, row.record)) {
                    note(row.record, parents, found);
                }
                return true;
            });
        if (!read) return read;
        for (std::size_t i = 0; i < later.size(); ++i) {
            if (i % kPeopleAtOnce == 0) cache_.forget();
            const SeenRow* row = cache_.get(event.side, later[i]);
            if (row != nullptr && counts(event, row->record)) note(row->record, parents, found);
        }
        if (cache_.failure()) return *cache_.failure();
        return add(event.side, found);
    }

    std::set<EntityId> people{};

private:
    /// A person's object, and the field that refers to it; empty: the record is the person's own.
    struct Parent {
        std::string object;
        std::string field;
    };

    std::vector<Parent> parents_of(const TimerEvent& event, const ObjectInfo& object) const {
        std::vector<Parent> parents;
        const document::EntityDocument* person = org_.model.documents().find(EntityKind::Person);
        if (person == nullptr) return parents;
        for (const std::string& name : person->objects[event.side]) {
            if (same_name(name, object.name)) {
                parents.push_back({object.name, ""});
            } else if (const FieldInfo* up = sync::reference_to(object, name)) {
                parents.push_back({name, up->name});
            }
        }
        return parents;
    }

    static bool reads_itself(const document::Rule& rule) {
        const auto& fields = rule.formula.fields();
        return std::none_of(fields.begin(), fields.end(), [](const std::string& path) {
            return path.find('.') != std::string::npos;
        });
    }

    /// What cannot be told counts: the report says why.
    bool counts(const TimerEvent& event, const Record& record) {
        sync::RecordFacts facts(paths_, event.side, record);
        std::optional<DateTime> ignored;
        if (event.where) {
            const auto asked = merge::ask(*event.where, facts, moment_, ignored);
            if (asked.failure) return true;
            if (!asked.yes) return false;
        }
        const auto time = merge::evaluate(event.time, facts, moment_, ignored);
        const auto* value = std::get_if<Value>(&time);
        if (value == nullptr) return true;
        const auto instant = attribution::instant_of(*value, moment_.zone_offset);
        return instant && span_.holds(*instant);
    }

    static void note(const Record& record, const std::vector<Parent>& parents,
                     std::set<RecordId>& found) {
        for (const Parent& parent : parents) {
            if (parent.field.empty()) {
                found.insert(record.id);
            } else if (const std::string* key = as_text(record.fields.get(parent.field));
                       key != nullptr && !key->empty()) {
                found.insert({parent.object, *key});
            }
        }
    }

    Status add(Side side, const std::set<RecordId>& records) {
        for (const RecordId& record : records) {
            auto entity = org_.store.entity_of(org_.name, side, record);
            if (!entity) return std::move(entity).error();
            if (*entity) people.insert(**entity);
        }
        return Done{};
    }

    sync::Org& org_;
    const formula::Moment& moment_;
    const Span& span_;
    sync::RecordCache cache_;
    sync::PathReader paths_;
};

}  // namespace

Result<std::set<EntityId>> maybe_in_queue(sync::Org& org) {
    auto members = org.store.pending_for(org.name, sync::kQueueEdge);
    if (!members) return std::move(members).error();
    std::set<EntityId> people(members->begin(), members->end());
    if (auto added = add_undecided(org, people); !added) return std::move(added).error();
    return people;
}

Result<std::set<EntityId>> wanted_answers(sync::Org& org, const formula::Moment& moment,
                                          const Span& span) {
    Starts starts(org, moment, span);
    for (const document::TimerRule& rule : org.model.documents().timers) {
        for (const TimerEvent& event : rule.starts) {
            if (auto looked = starts.look_through(event); !looked) return std::move(looked).error();
        }
    }
    return std::move(starts.people);
}

}  // namespace duet::service
