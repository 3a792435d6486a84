#include "daemon/sync/routes.h"

#include <string_view>

#include "daemon/sync/routes_book.h"
#include "mappings/document/behaviour.h"
#include "mappings/document/conventions.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"

namespace duet::sync {
namespace {

using document::Attribution;
using document::EntityDocument;
using document::FieldRule;
using document::Rollup;
using document::Rule;

/// Goes through all documents.
class RouteCollector {
public:
    explicit RouteCollector(RouteBook& book) : book_(book) {}

    void collect() {
        for (const EntityDocument& entity : documents().entities) {
            for (const Side side : kSides) {
                for (const std::string& name : entity.objects[side]) {
                    if (const ObjectInfo* object = catalogs()[side].find(name))
                        add_entity(entity, side, *object);
                }
            }
        }
    }

private:
    void add_entity(const EntityDocument& entity, Side side, const ObjectInfo& object) {
        const Route direct;
        if (entity.scope) book_.add_rule(side, object, *entity.scope, direct);
        for (const FieldRule& rule : entity.fields) {
            const std::string_view path = rule.fields[side].on(object.name);
            if (!path.empty()) book_.add_path(side, object, path, direct);
            if (rule.value) book_.add_rule(side, object, *rule.value, direct);
        }
        for (const auto& create : entity.creates) book_.add_rule(side, object, create.when, direct);
        for (const auto& validation : entity.validations) {
            if (validation.side != side || !same_name(validation.object, object.name)) continue;
            book_.add_child_rule(side, object, validation.error_when, direct);
            for (const std::string& path : validation.message.fields())
                book_.add_path(side, object, path, direct);
        }
        for (const Rollup& rollup : entity.rollups) {
            if (rollup.side == side) (void)book_.add_rollup(rollup, object);
        }
        for (const auto& task : documents().tasks) {
            if (task.entity == entity.entity) add_task(task, side, object);
        }
        if (documents().behaviour != nullptr && side == Side::Crm)
            add_behaviour(*documents().behaviour, entity.entity, object);
        if (documents().rfm != nullptr && side == Side::Crm && documents().rfm->of == entity.entity)
            add_rfm(*documents().rfm, object);
        if (entity.entity == EntityKind::Person) add_person(side, object);
        add_attribution_fact_routes(book_, entity, side, object);
        if (entity.entity == EntityKind::Account) add_account_routes(book_, side, object);
        if (entity.entity == EntityKind::Opportunity) add_outcome_routes(book_, object);
        if (entity.entity == EntityKind::Opportunity && side == Side::Crm) {
            for (const Attribution& attribution : documents().attributions)
                add_attribution(attribution, object);
        }
    }

    /// What its rule reads, and the tasks themselves: a closed one may arm the rule again.
    void add_task(const document::TaskRule& task, Side side, const ObjectInfo& object) {
        book_.add_rule_paths(side, object, document::paths_of(task));
        const document::TaskWords* words = document::task_words(documents().names.crm);
        if (side != Side::Crm || words == nullptr) return;
        const bool is_person = task.entity == EntityKind::Person;
        book_.add(side, words->object,
                  {Hop{Hop::Kind::Up, object.name,
                       std::string(is_person ? words->person : words->about)}});
    }

    void add_person(Side side, const ObjectInfo& object) {
        const Route direct;
        for (const auto& routing : documents().routings)
            book_.add_rule_paths(side, object, document::paths_of(routing));
        for (const auto& stage : documents().stages)
            book_.add_rule(side, object, stage.when, direct);
        add_lifecycle_routes(book_, side, object);
        for (const auto& timer : documents().timers) add_timer(timer, side, object);
        if (documents().queue != nullptr) {
            for (const Rule* rule : document::rules_of(*documents().queue))
                book_.add_rule(side, object, *rule, direct);
        }
        add_score_routes(book_, side, object);
        for (const auto& list : documents().lists) {
            for (const Rule* rule : document::rules_of(list))
                book_.add_rule(side, object, *rule, direct);
        }
        const std::string member_field = book_.lists()[side].member_field_of(object.name);
        if (!member_field.empty()) {
            book_.add(side, book_.lists()[side].membership->name,
                      {Hop{Hop::Kind::Up, object.name, member_field}});
        }
    }

    /// A deal's own kind, and an account's wins; figures over all deals come by their own timer.
    void add_behaviour(const document::BehaviourRule& behaviour, EntityKind kind,
                       const ObjectInfo& object) {
        const EntityDocument* deals = documents().find(EntityKind::Opportunity);
        if (kind == EntityKind::Opportunity) {
            for (const Rule* rule : document::rules_of(behaviour))
                book_.add_rule(Side::Crm, object, *rule, {});
        }
        if (kind != EntityKind::Account || deals == nullptr) return;
        for (const std::string& name : deals->objects.crm) {
            const ObjectInfo* deal = catalogs().crm.find(name);
            const FieldInfo* up = deal == nullptr ? nullptr : reference_to(*deal, object.name);
            if (up == nullptr) continue;
            const Route route{Hop{Hop::Kind::Up, object.name, up->name}};
            book_.add(Side::Crm, deal->name, route);
            for (const Rule* rule : document::rules_of(behaviour))
                book_.add_rule(Side::Crm, *deal, *rule, route);
        }
    }

    /// A purchase leads to who bought.
    void add_rfm(const document::RfmRule& rfm, const ObjectInfo& customer) {
        for (const document::PurchaseRule& purchase : rfm.purchases) {
            const ObjectInfo* child = catalogs().crm.find(purchase.object);
            const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, customer.name);
            if (up == nullptr) continue;
            const Route route{Hop{Hop::Kind::Up, customer.name, up->name}};
            book_.add(Side::Crm, child->name, route);
            for (const Rule* rule : document::rules_of(purchase))
                book_.add_child_rule(Side::Crm, *child, *rule, route);
        }
    }

    void add_timer(const document::TimerRule& timer, Side side, const ObjectInfo& object) {
        if (timer.cancel_when) book_.add_rule(side, object, *timer.cancel_when, {});
        for (const auto* events : {&timer.starts, &timer.answers}) {
            for (const document::TimerEvent& event : *events) {
                const ObjectInfo* child = catalogs()[side].find(event.object);
                if (event.side != side || child == nullptr) continue;
                if (child == &object) {
                    book_.add_child_rule(side, *child, event.time, {});
                    if (event.where) book_.add_child_rule(side, *child, *event.where, {});
                    continue;
                }
                const FieldInfo* up = reference_to(*child, object.name);
                if (up == nullptr) continue;
                const Route route{Hop{Hop::Kind::Up, object.name, up->name}};
                book_.add(side, child->name, route);
                book_.add_child_rule(side, *child, event.time, route);
                if (event.where) book_.add_child_rule(side, *child, *event.where, route);
            }
        }
    }

    void add_attribution(const Attribution& attribution, const ObjectInfo& opportunity) {
        for (const auto* rule :
             {&attribution.from, &attribution.until, &attribution.when, &attribution.keep_when}) {
            if (*rule) book_.add_rule(Side::Crm, opportunity, **rule, {});
        }
        add_attribution_routes(book_, attribution, opportunity);
    }

    [[nodiscard]] const document::Documents& documents() const { return book_.documents(); }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const { return book_.catalogs(); }

    RouteBook& book_;
};

}  // namespace

std::vector<FoundRoute> find_routes(const document::Documents& documents,
                                    const PerSide<Catalog>& catalogs,
                                    const PerSide<ListObjects>& lists) {
    RouteBook book(documents, catalogs, lists);
    RouteCollector(book).collect();
    return book.take();
}

}  // namespace duet::sync
