#include "daemon/sync/routes_book.h"
#include "mappings/document/lifecycle.h"

namespace duet::sync {
namespace {

using document::EntityDocument;
using document::Rule;

/// Of one lifecycle.
class LifecycleRoutes {
public:
    LifecycleRoutes(RouteBook& book, const document::Lifecycle& lifecycle)
        : book_(book), lifecycle_(lifecycle) {}

    void add_person(Side side, const ObjectInfo& object) {
        for (const auto* sources : {&lifecycle_.events, &lifecycle_.spans}) {
            for (const document::LifecycleSource& source : *sources) {
                if (source.side == side) add_source(source, object);
            }
        }
        for (const auto& condition : lifecycle_.conditions) {
            book_.add_rule(side, object, condition.when, {});
            if (condition.since) book_.add_rule(side, object, *condition.since, {});
        }
        if (lifecycle_.deals && side == Side::Crm) add_deals(*lifecycle_.deals, object);
        if (lifecycle_.event_rows && side == Side::Crm)
            add_event_rows(*lifecycle_.event_rows, object);
    }

    /// What its people do comes by way of their own decisions.
    void add_account(Side side, const ObjectInfo& account) {
        if (!lifecycle_.account) return;
        for (const auto& [name, rule] : lifecycle_.account->dates)
            book_.add_rule(side, account, rule, {});
        if (const EntityDocument* persons = documents().find(EntityKind::Person)) {
            for (const std::string& name : persons->objects[side]) {
                const ObjectInfo* person = catalogs()[side].find(name);
                const FieldInfo* up =
                    person == nullptr ? nullptr : reference_to(*person, account.name);
                if (up != nullptr)
                    book_.add(side, person->name, {Hop{Hop::Kind::Up, account.name, up->name}});
            }
        }
        if (lifecycle_.account->leads && side == Side::Crm)
            add_leads(*lifecycle_.account->leads, account);
        for (const document::LifecycleSource& span : lifecycle_.spans) {
            if (span.name != lifecycle_.account->contract || span.side != side) continue;
            const ObjectInfo* child = catalogs()[side].find(span.object);
            const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, account.name);
            if (up == nullptr) continue;
            const Route route{Hop{Hop::Kind::Up, account.name, up->name}};
            book_.add(side, child->name, route);
            for (const Rule* rule : document::rules_of(span))
                book_.add_child_rule(side, *child, *rule, route);
        }
    }

    /// What a deal's outcome reads: itself, and what hangs on it.
    void add_outcome(const ObjectInfo& deal) {
        const document::DealSource& deals = *lifecycle_.deals;
        for (const Rule* rule : document::rules_of(deals))
            book_.add_child_rule(Side::Crm, deal, *rule, {});
        for (const document::DealChild* line : document::children_of(deals)) {
            const ObjectInfo* child = catalogs().crm.find(line->object);
            const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, deal.name);
            const bool is_own = child == &deal || up == nullptr;
            const Route route = is_own ? Route{} : Route{Hop{Hop::Kind::Up, deal.name, up->name}};
            if (child == nullptr || (is_own && child != &deal)) continue;
            if (!is_own) book_.add(Side::Crm, child->name, route);
            for (const Rule* rule : document::rules_of(*line))
                book_.add_child_rule(Side::Crm, *child, *rule, route);
        }
    }

private:
    /// Somebody else's hand on rows that tell of a person's moves.
    void add_event_rows(const document::EventRowsRule& rule, const ObjectInfo& person) {
        const ObjectInfo* rows = catalogs().crm.find(rule.object);
        const FieldInfo* up = rows == nullptr ? nullptr : reference_to(*rows, person.name);
        if (up != nullptr)
            book_.add(Side::Crm, rows->name, {Hop{Hop::Kind::Up, person.name, up->name}});
    }

    void add_leads(const document::LeadsByDomain& leads, const ObjectInfo& account) {
        book_.add(Side::Crm, account.name,
                  book_.way_by_domain(leads, account, leads.website, account));
        if (const ObjectInfo* lead = catalogs().crm.find(leads.lead))
            book_.add(Side::Crm, lead->name,
                      book_.way_by_domain(leads, *lead, leads.email, account));
    }

    void add_source(const document::LifecycleSource& source, const ObjectInfo& object) {
        if (source.via.empty() && same_name(source.object, object.name)) {
            for (const Rule* rule : document::rules_of(source))
                book_.add_child_rule(source.side, object, *rule, {});
            return;
        }
        const auto route = book_.add_rollup(document::join_of(source), object);
        const ObjectInfo* child = catalogs()[source.side].find(source.object);
        if (!route || child == nullptr) return;
        for (const Rule* rule : document::rules_of(source))
            book_.add_child_rule(source.side, *child, *rule, *route);
    }

    /// A deal leads to its people through what joins them, and what hangs on it leads to the deal.
    void add_deals(const document::DealSource& deals, const ObjectInfo& person) {
        const Catalog& catalog = catalogs().crm;
        const ObjectInfo* through = catalog.find(deals.through);
        const ObjectInfo* deal = catalog.find(deals.deal);
        if (through == nullptr || deal == nullptr) return;
        const FieldInfo* to_person = reference_to(*through, person.name);
        const FieldInfo* to_deal = reference_to(*through, deal->name);
        if (to_person == nullptr || to_deal == nullptr) return;
        const Hop up{Hop::Kind::Up, person.name, to_person->name};
        book_.add(Side::Crm, through->name, {up});
        book_.add_child_rule(Side::Crm, *through, *deals.joined, {up});
        const Route from_deal{Hop{Hop::Kind::Down, through->name, to_deal->name}, up};
        book_.add(Side::Crm, deal->name, from_deal);
        for (const Rule* rule : document::rules_of(deals))
            book_.add_child_rule(Side::Crm, *deal, *rule, from_deal);
        for (const document::DealChild* line : document::children_of(deals)) {
            const ObjectInfo* child = catalog.find(line->object);
            if (child == nullptr || child == deal) continue;
            const FieldInfo* to_parent = reference_to(*child, deal->name);
            if (to_parent == nullptr) continue;
            Route route = from_deal;
            route.insert(route.begin(), Hop{Hop::Kind::Up, deal->name, to_parent->name});
            book_.add(Side::Crm, child->name, route);
            for (const Rule* rule : document::rules_of(*line))
                book_.add_child_rule(Side::Crm, *child, *rule, route);
        }
    }

    [[nodiscard]] const document::Documents& documents() const { return book_.documents(); }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const { return book_.catalogs(); }

    RouteBook& book_;
    const document::Lifecycle& lifecycle_;
};

}  // namespace

void add_lifecycle_routes(RouteBook& book, Side side, const ObjectInfo& object) {
    const auto& lifecycle = book.documents().lifecycle;
    if (lifecycle != nullptr) LifecycleRoutes(book, *lifecycle).add_person(side, object);
}

void add_account_routes(RouteBook& book, Side side, const ObjectInfo& account) {
    const auto& lifecycle = book.documents().lifecycle;
    if (lifecycle != nullptr) LifecycleRoutes(book, *lifecycle).add_account(side, account);
}

void add_outcome_routes(RouteBook& book, const ObjectInfo& deal) {
    const auto& lifecycle = book.documents().lifecycle;
    if (lifecycle == nullptr || !lifecycle->deals) return;
    if (same_name(deal.name, lifecycle->deals->deal))
        LifecycleRoutes(book, *lifecycle).add_outcome(deal);
}

}  // namespace duet::sync
