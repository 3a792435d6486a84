#include "daemon/sync/routes.h"

#include <algorithm>
#include <string_view>

#include "daemon/sync/lead_accounts.h"
#include "daemon/sync/routes_attribution.h"
#include "mappings/document/behaviour.h"
#include "mappings/document/conventions.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scope.h"
#include "mappings/document/scoring.h"

namespace duet::sync {
namespace {

using document::Attribution;
using document::Documents;
using document::EntityDocument;
using document::FieldRule;
using document::Rollup;
using document::Rule;

constexpr std::string_view kMarketingPrefix = "Prospect.";

/// A rule's path, split into the side it is on and the path there; nothing for Duet's own names.
struct SidedPath {
    Side side = Side::Crm;
    std::string path;
};

std::optional<SidedPath> sided(std::string_view path) {
    const auto has_prefix = [&](std::string_view prefix) {
        return path.size() > prefix.size() && same_name(path.substr(0, prefix.size()), prefix);
    };
    if (document::is_worked_out(document::split_path(path).head)) return std::nullopt;
    if (has_prefix(kMarketingPrefix)) {
        return SidedPath{Side::Marketing, std::string(path.substr(kMarketingPrefix.size()))};
    }
    return SidedPath{Side::Crm, std::string(path)};
}

/// Collects routes, each once.
class Collector {
public:
    Collector(const Documents& documents, const PerSide<Catalog>& catalogs,
              const PerSide<ListObjects>& lists)
        : documents_(documents), catalogs_(catalogs), lists_(lists) {}

    std::vector<FoundRoute> collect() {
        for (const EntityDocument& entity : documents_.entities) {
            for (const Side side : kSides) {
                for (const std::string& name : entity.objects[side]) {
                    if (const ObjectInfo* object = catalogs_[side].find(name))
                        add_entity(entity, side, *object);
                }
            }
        }
        return std::move(found_);
    }

private:
    void add(Side side, std::string_view object, Route route) {
        const ObjectInfo* info = catalogs_[side].find(object);
        if (info == nullptr) return;
        FoundRoute made{side, info->name, std::move(route)};
        const auto known = std::find_if(found_.begin(), found_.end(), [&](const FoundRoute& other) {
            return other.side == made.side && other.object == made.object &&
                   other.route == made.route;
        });
        if (known == found_.end()) found_.push_back(std::move(made));
    }

    /// Parents along `path` from `object`, whose own way to the entity is `onward`.
    void add_path(Side side, const ObjectInfo& object, std::string_view path, const Route& onward) {
        const auto resolved = resolve_path(catalogs_[side], object, path);
        if (!resolved) return;
        Route way = onward;
        std::string below = object.name;
        for (const Path::Step& step : resolved->steps) {
            way.insert(way.begin(), Hop{Hop::Kind::Down, below, step.field});
            for (const std::string& parent : step.objects) add(side, parent, way);
            below = step.objects.front();
        }
    }

    void add_rule(Side own_side, const ObjectInfo& object, const Rule& rule, const Route& onward) {
        for (const std::string& path : rule.formula.fields()) {
            const auto split = sided(path);
            if (split && split->side == own_side) add_path(own_side, object, split->path, onward);
        }
    }

    /// A rule over a child record: its bare names are the child's own.
    void add_child_rule(Side side, const ObjectInfo& child, const Rule& rule, const Route& onward) {
        for (const std::string& path : rule.formula.fields()) add_path(side, child, path, onward);
    }

    void add_entity(const EntityDocument& entity, Side side, const ObjectInfo& object) {
        const Route direct;
        if (entity.scope) add_rule(side, object, *entity.scope, direct);
        for (const FieldRule& rule : entity.fields) {
            const std::string_view path = rule.fields[side].on(object.name);
            if (!path.empty()) add_path(side, object, path, direct);
            if (rule.value) add_rule(side, object, *rule.value, direct);
        }
        for (const auto& create : entity.creates) add_rule(side, object, create.when, direct);
        for (const auto& validation : entity.validations) {
            if (validation.side != side || !same_name(validation.object, object.name)) continue;
            add_child_rule(side, object, validation.error_when, direct);
            for (const std::string& path : validation.message.fields())
                add_path(side, object, path, direct);
        }
        for (const Rollup& rollup : entity.rollups) {
            if (rollup.side == side) (void)add_rollup(rollup, object);
        }
        for (const auto& task : documents_.tasks) {
            if (task.entity == entity.entity) add_task(task, side, object);
        }
        if (documents_.behaviour != nullptr && side == Side::Crm)
            add_behaviour(*documents_.behaviour, entity.entity, object);
        if (documents_.rfm != nullptr && side == Side::Crm && documents_.rfm->of == entity.entity)
            add_rfm(*documents_.rfm, object);
        if (entity.entity == EntityKind::Person) add_person(side, object);
        find_attribution_fact_routes(entity, side, object, documents_, catalogs_, sink());
        if (entity.entity == EntityKind::Account && documents_.lifecycle != nullptr)
            add_account(*documents_.lifecycle, side, object);
        const document::Lifecycle* lifecycle = documents_.lifecycle.get();
        const bool has_outcome = entity.entity == EntityKind::Opportunity && lifecycle != nullptr &&
                                 lifecycle->deals && same_name(object.name, lifecycle->deals->deal);
        if (has_outcome) add_outcome(*lifecycle->deals, object);
        if (entity.entity == EntityKind::Opportunity && side == Side::Crm) {
            for (const Attribution& attribution : documents_.attributions)
                add_attribution(attribution, object);
        }
    }

    void add_rule_paths(Side own_side, const ObjectInfo& object,
                        const std::vector<std::string>& paths) {
        for (const std::string& path : paths) {
            const auto split = sided(path);
            if (split && split->side == own_side) add_path(own_side, object, split->path, {});
        }
    }

    /// What its rule reads, and the tasks themselves: a closed one may arm the rule again.
    void add_task(const document::TaskRule& task, Side side, const ObjectInfo& object) {
        add_rule_paths(side, object, document::paths_of(task));
        const document::TaskWords* words = document::task_words(documents_.names.crm);
        if (side != Side::Crm || words == nullptr) return;
        const bool is_person = task.entity == EntityKind::Person;
        add(side, words->object,
            {Hop{Hop::Kind::Up, object.name,
                 std::string(is_person ? words->person : words->about)}});
    }

    void add_person(Side side, const ObjectInfo& object) {
        const Route direct;
        for (const auto& routing : documents_.routings)
            add_rule_paths(side, object, document::paths_of(routing));
        for (const auto& stage : documents_.stages) add_rule(side, object, stage.when, direct);
        if (documents_.lifecycle != nullptr) add_lifecycle(*documents_.lifecycle, side, object);
        for (const auto& timer : documents_.timers) add_timer(timer, side, object);
        if (documents_.queue != nullptr) {
            for (const Rule* rule : document::rules_of(*documents_.queue))
                add_rule(side, object, *rule, direct);
        }
        if (documents_.scoring != nullptr) add_scores(*documents_.scoring, side, object);
        for (const auto& list : documents_.lists) {
            for (const Rule* rule : document::rules_of(list)) add_rule(side, object, *rule, direct);
        }
        const std::string member_field = lists_[side].member_field_of(object.name);
        if (!member_field.empty()) {
            add(side, lists_[side].membership->name,
                {Hop{Hop::Kind::Up, object.name, member_field}});
        }
    }

    /// A deal's own kind, and an account's wins; figures over all deals come by their own timer.
    void add_behaviour(const document::BehaviourRule& behaviour, EntityKind kind,
                       const ObjectInfo& object) {
        const EntityDocument* deals = documents_.find(EntityKind::Opportunity);
        if (kind == EntityKind::Opportunity) {
            for (const Rule* rule : document::rules_of(behaviour))
                add_rule(Side::Crm, object, *rule, {});
        }
        if (kind != EntityKind::Account || deals == nullptr) return;
        for (const std::string& name : deals->objects.crm) {
            const ObjectInfo* deal = catalogs_.crm.find(name);
            const FieldInfo* up = deal == nullptr ? nullptr : reference_to(*deal, object.name);
            if (up == nullptr) continue;
            const Route route{Hop{Hop::Kind::Up, object.name, up->name}};
            add(Side::Crm, deal->name, route);
            for (const Rule* rule : document::rules_of(behaviour))
                add_rule(Side::Crm, *deal, *rule, route);
        }
    }

    /// A purchase leads to who bought.
    void add_rfm(const document::RfmRule& rfm, const ObjectInfo& customer) {
        for (const document::PurchaseRule& purchase : rfm.purchases) {
            const ObjectInfo* child = catalogs_.crm.find(purchase.object);
            const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, customer.name);
            if (up == nullptr) continue;
            const Route route{Hop{Hop::Kind::Up, customer.name, up->name}};
            add(Side::Crm, child->name, route);
            for (const Rule* rule : document::rules_of(purchase))
                add_child_rule(Side::Crm, *child, *rule, route);
        }
    }

    /// What a person did leads to the person, and from there to the account.
    void add_scores(const document::ScoringRule& scoring, Side side, const ObjectInfo& object) {
        for (const document::CriterionRule& criterion : scoring.criteria) {
            add_rule(side, object, criterion.when, {});
            if (criterion.unknown_when) add_rule(side, object, *criterion.unknown_when, {});
        }
        const std::vector<Route> onward = accounts_of(scoring, side, object);
        for (const Route& route : onward) add(side, object.name, route);
        for (const document::PointsRule& line : scoring.points) {
            const ObjectInfo* child = catalogs_[side].find(line.object);
            const FieldInfo* up =
                child == nullptr || line.side != side ? nullptr : reference_to(*child, object.name);
            if (up == nullptr) continue;
            add_points(line, *child, {Hop{Hop::Kind::Up, object.name, up->name}});
            for (Route route : onward) {
                route.insert(route.begin(), Hop{Hop::Kind::Up, object.name, up->name});
                add_points(line, *child, route);
            }
        }
        const ObjectInfo* role =
            scoring.role && side == Side::Crm ? catalogs_.crm.find(scoring.role->object) : nullptr;
        const FieldInfo* up = role == nullptr ? nullptr : reference_to(*role, object.name);
        if (up == nullptr) return;
        for (Route route : onward) {
            route.insert(route.begin(), Hop{Hop::Kind::Up, object.name, up->name});
            add(side, role->name, route);
        }
    }

    void add_points(const document::PointsRule& line, const ObjectInfo& child, const Route& route) {
        add(line.side, child.name, route);
        for (const Rule* rule : document::rules_of(line))
            add_child_rule(line.side, child, *rule, route);
    }

    /// From a person's record to the accounts that are scored.
    std::vector<Route> accounts_of(const document::ScoringRule& scoring, Side side,
                                   const ObjectInfo& object) {
        std::vector<Route> found;
        const EntityDocument* accounts = documents_.find(EntityKind::Account);
        const EntityDocument* persons = documents_.find(EntityKind::Person);
        if (!scoring.of_accounts || accounts == nullptr || persons == nullptr) return found;
        if (scoring.leads) add_leads_way(*scoring.leads, side, object, found);
        for (const std::string& name : persons->objects.crm) {
            const ObjectInfo* person = catalogs_.crm.find(name);
            if (person == nullptr || (side == Side::Crm && person != &object)) continue;
            for (const std::string& account : accounts->objects.crm) {
                const FieldInfo* up = reference_to(*person, account);
                if (up == nullptr) continue;
                Route route{Hop{Hop::Kind::Up, account, up->name}};
                if (side == Side::Marketing)
                    route.insert(route.begin(), Hop{Hop::Kind::Link, person->name, {}});
                found.push_back(std::move(route));
            }
        }
        return found;
    }

    /// The same of people whom their domain joins to an account.
    void add_leads_way(const document::LeadsByDomain& leads, Side side, const ObjectInfo& object,
                       std::vector<Route>& found) {
        const ObjectInfo* lead = catalogs_.crm.find(leads.lead);
        if (lead == nullptr || (side == Side::Crm && lead != &object)) return;
        for (const std::string& name : documents_.find(EntityKind::Account)->objects.crm) {
            const ObjectInfo* account = catalogs_.crm.find(name);
            if (account == nullptr) continue;
            Route route = way_by_domain(leads, *lead, leads.email, *account);
            if (side == Side::Marketing)
                route.insert(route.begin(), Hop{Hop::Kind::Link, lead->name, {}});
            found.push_back(std::move(route));
            add(Side::Crm, account->name, way_by_domain(leads, *account, leads.website, *account));
        }
    }

    void add_timer(const document::TimerRule& timer, Side side, const ObjectInfo& object) {
        if (timer.cancel_when) add_rule(side, object, *timer.cancel_when, {});
        for (const auto* events : {&timer.starts, &timer.answers}) {
            for (const document::TimerEvent& event : *events) {
                const ObjectInfo* child = catalogs_[side].find(event.object);
                if (event.side != side || child == nullptr) continue;
                if (child == &object) {
                    add_child_rule(side, *child, event.time, {});
                    if (event.where) add_child_rule(side, *child, *event.where, {});
                    continue;
                }
                const FieldInfo* up = reference_to(*child, object.name);
                if (up == nullptr) continue;
                const Route route{Hop{Hop::Kind::Up, object.name, up->name}};
                add(side, child->name, route);
                add_child_rule(side, *child, event.time, route);
                if (event.where) add_child_rule(side, *child, *event.where, route);
            }
        }
    }

    void add_lifecycle(const document::Lifecycle& lifecycle, Side side, const ObjectInfo& object) {
        for (const auto* sources : {&lifecycle.events, &lifecycle.spans}) {
            for (const document::LifecycleSource& source : *sources) {
                if (source.side == side) add_source(source, object);
            }
        }
        for (const auto& condition : lifecycle.conditions) {
            add_rule(side, object, condition.when, {});
            if (condition.since) add_rule(side, object, *condition.since, {});
        }
        if (lifecycle.deals && side == Side::Crm) add_deals(*lifecycle.deals, object);
        if (lifecycle.event_rows && side == Side::Crm)
            add_event_rows(*lifecycle.event_rows, object);
    }

    /// Somebody else's hand on rows that tell of a person's moves.
    void add_event_rows(const document::EventRowsRule& rule, const ObjectInfo& person) {
        const ObjectInfo* rows = catalogs_.crm.find(rule.object);
        const FieldInfo* up = rows == nullptr ? nullptr : reference_to(*rows, person.name);
        if (up != nullptr) add(Side::Crm, rows->name, {Hop{Hop::Kind::Up, person.name, up->name}});
    }

    /// By its domain a lead leads to the accounts that have it; so does another account, as one
    /// more makes it nobody's.
    Route way_by_domain(const document::LeadsByDomain& leads, const ObjectInfo& from,
                        const std::string& field, const ObjectInfo& account) const {
        return {Hop{Hop::Kind::Up, kDomainHop, domain_reference(from, field)},
                Hop{Hop::Kind::Down, account.name, domain_reference(account, leads.website)}};
    }

    void add_leads(const document::LeadsByDomain& leads, const ObjectInfo& account) {
        add(Side::Crm, account.name, way_by_domain(leads, account, leads.website, account));
        if (const ObjectInfo* lead = catalogs_.crm.find(leads.lead))
            add(Side::Crm, lead->name, way_by_domain(leads, *lead, leads.email, account));
    }

    /// What its people do comes by way of their own decisions.
    void add_account(const document::Lifecycle& lifecycle, Side side, const ObjectInfo& account) {
        if (!lifecycle.account) return;
        for (const auto& [name, rule] : lifecycle.account->dates) add_rule(side, account, rule, {});
        if (const EntityDocument* persons = documents_.find(EntityKind::Person)) {
            for (const std::string& name : persons->objects[side]) {
                const ObjectInfo* person = catalogs_[side].find(name);
                const FieldInfo* up =
                    person == nullptr ? nullptr : reference_to(*person, account.name);
                if (up != nullptr)
                    add(side, person->name, {Hop{Hop::Kind::Up, account.name, up->name}});
            }
        }
        if (lifecycle.account->leads && side == Side::Crm)
            add_leads(*lifecycle.account->leads, account);
        for (const document::LifecycleSource& span : lifecycle.spans) {
            if (span.name != lifecycle.account->contract || span.side != side) continue;
            const ObjectInfo* child = catalogs_[side].find(span.object);
            const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, account.name);
            if (up == nullptr) continue;
            const Route route{Hop{Hop::Kind::Up, account.name, up->name}};
            add(side, child->name, route);
            for (const Rule* rule : document::rules_of(span))
                add_child_rule(side, *child, *rule, route);
        }
    }

    void add_source(const document::LifecycleSource& source, const ObjectInfo& object) {
        if (source.via.empty() && same_name(source.object, object.name)) {
            for (const Rule* rule : document::rules_of(source))
                add_child_rule(source.side, object, *rule, {});
            return;
        }
        const auto route = add_rollup(document::join_of(source), object);
        const ObjectInfo* child = catalogs_[source.side].find(source.object);
        if (!route || child == nullptr) return;
        for (const Rule* rule : document::rules_of(source))
            add_child_rule(source.side, *child, *rule, *route);
    }

    /// A deal leads to its people through what joins them, and what hangs on it leads to the deal.
    void add_deals(const document::DealSource& deals, const ObjectInfo& person) {
        const Catalog& catalog = catalogs_.crm;
        const ObjectInfo* through = catalog.find(deals.through);
        const ObjectInfo* deal = catalog.find(deals.deal);
        if (through == nullptr || deal == nullptr) return;
        const FieldInfo* to_person = reference_to(*through, person.name);
        const FieldInfo* to_deal = reference_to(*through, deal->name);
        if (to_person == nullptr || to_deal == nullptr) return;
        const Hop up{Hop::Kind::Up, person.name, to_person->name};
        add(Side::Crm, through->name, {up});
        add_child_rule(Side::Crm, *through, *deals.joined, {up});
        const Route from_deal{Hop{Hop::Kind::Down, through->name, to_deal->name}, up};
        add(Side::Crm, deal->name, from_deal);
        for (const Rule* rule : document::rules_of(deals))
            add_child_rule(Side::Crm, *deal, *rule, from_deal);
        for (const document::DealChild* line : document::children_of(deals)) {
            const ObjectInfo* child = catalog.find(line->object);
            if (child == nullptr || child == deal) continue;
            const FieldInfo* to_parent = reference_to(*child, deal->name);
            if (to_parent == nullptr) continue;
            Route route = from_deal;
            route.insert(route.begin(), Hop{Hop::Kind::Up, deal->name, to_parent->name});
            add(Side::Crm, child->name, route);
            for (const Rule* rule : document::rules_of(*line))
                add_child_rule(Side::Crm, *child, *rule, route);
        }
    }

    /// What a deal's outcome reads: itself, and what hangs on it.
    void add_outcome(const document::DealSource& deals, const ObjectInfo& deal) {
        for (const Rule* rule : document::rules_of(deals))
            add_child_rule(Side::Crm, deal, *rule, {});
        for (const document::DealChild* line : document::children_of(deals)) {
            const ObjectInfo* child = catalogs_.crm.find(line->object);
            const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, deal.name);
            const bool is_own = child == &deal || up == nullptr;
            const Route route = is_own ? Route{} : Route{Hop{Hop::Kind::Up, deal.name, up->name}};
            if (child == nullptr || (is_own && child != &deal)) continue;
            if (!is_own) add(Side::Crm, child->name, route);
            for (const Rule* rule : document::rules_of(*line))
                add_child_rule(Side::Crm, *child, *rule, route);
        }
    }

    /// The way from a child to the entity; nothing when the object has no such children.
    std::optional<Route> add_rollup(const Rollup& rollup, const ObjectInfo& own) {
        const Catalog& catalog = catalogs_[rollup.side];
        const auto join = join_of(catalog, rollup, own);
        const ObjectInfo* child = catalog.find(rollup.of);
        if (!join || child == nullptr) return std::nullopt;
        Route route;
        if (join->own_field.empty()) {
            route = {Hop{Hop::Kind::Up, own.name, join->child_field}};
        } else {
            route = {Hop{Hop::Kind::Up, join->parent_object, join->child_field},
                     Hop{Hop::Kind::Down, own.name, join->own_field}};
        }
        add(rollup.side, child->name, route);
        if (rollup.where) add_child_rule(rollup.side, *child, *rollup.where, route);
        for (const std::string& path : {rollup.field, rollup.order_by}) {
            if (!path.empty()) add_path(rollup.side, *child, path, route);
        }
        return route;
    }

    void add_attribution(const Attribution& attribution, const ObjectInfo& opportunity) {
        for (const auto* rule :
             {&attribution.from, &attribution.until, &attribution.when, &attribution.keep_when}) {
            if (*rule) add_rule(Side::Crm, opportunity, **rule, {});
        }
        find_attribution_routes(attribution, documents_, catalogs_, opportunity, sink());
    }

    RouteSink sink() {
        return {[this](Side side, std::string_view object, Route route) {
                    add(side, object, std::move(route));
                },
                [this](Side side, const ObjectInfo& object, const Rule& rule, const Route& onward) {
                    add_child_rule(side, object, rule, onward);
                }};
    }

    const Documents& documents_;
    const PerSide<Catalog>& catalogs_;
    const PerSide<ListObjects>& lists_;
    std::vector<FoundRoute> found_;
};

}  // namespace

std::vector<FoundRoute> find_routes(const Documents& documents, const PerSide<Catalog>& catalogs,
                                    const PerSide<ListObjects>& lists) {
    return Collector(documents, catalogs, lists).collect();
}

}  // namespace duet::sync
