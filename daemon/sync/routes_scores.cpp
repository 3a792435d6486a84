#include "daemon/sync/routes_book.h"
#include "mappings/document/scoring.h"

namespace duet::sync {
namespace {

using document::EntityDocument;
using document::Rule;

/// Of one scoring.
class ScoreRoutes {
public:
    ScoreRoutes(RouteBook& book, const document::ScoringRule& scoring)
        : book_(book), scoring_(scoring) {}

    void add_all(Side side, const ObjectInfo& object) {
        for (const document::CriterionRule& criterion : scoring_.criteria) {
            book_.add_rule(side, object, criterion.when, {});
            if (criterion.unknown_when) book_.add_rule(side, object, *criterion.unknown_when, {});
        }
        const std::vector<Route> onward = accounts_of(side, object);
        for (const Route& route : onward) book_.add(side, object.name, route);
        for (const document::PointsRule& line : scoring_.points) {
            const ObjectInfo* child = catalogs()[side].find(line.object);
            const FieldInfo* up =
                child == nullptr || line.side != side ? nullptr : reference_to(*child, object.name);
            if (up == nullptr) continue;
            add_points(line, *child, {Hop{Hop::Kind::Up, object.name, up->name}});
            for (Route route : onward) {
                route.insert(route.begin(), Hop{Hop::Kind::Up, object.name, up->name});
                add_points(line, *child, route);
            }
        }
        const ObjectInfo* role = scoring_.role && side == Side::Crm
                                     ? catalogs().crm.find(scoring_.role->object)
                                     : nullptr;
        const FieldInfo* up = role == nullptr ? nullptr : reference_to(*role, object.name);
        if (up == nullptr) return;
        for (Route route : onward) {
            route.insert(route.begin(), Hop{Hop::Kind::Up, object.name, up->name});
            book_.add(side, role->name, route);
        }
    }

private:
    void add_points(const document::PointsRule& line, const ObjectInfo& child, const Route& route) {
        book_.add(line.side, child.name, route);
        for (const Rule* rule : document::rules_of(line))
            book_.add_child_rule(line.side, child, *rule, route);
    }

    /// From a person's record to the accounts that are scored.
    std::vector<Route> accounts_of(Side side, const ObjectInfo& object) {
        std::vector<Route> found;
        const EntityDocument* accounts = documents().find(EntityKind::Account);
        const EntityDocument* persons = documents().find(EntityKind::Person);
        if (!scoring_.of_accounts || accounts == nullptr || persons == nullptr) return found;
        if (scoring_.leads) add_leads_way(*scoring_.leads, side, object, found);
        for (const std::string& name : persons->objects.crm) {
            const ObjectInfo* person = catalogs().crm.find(name);
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
        const ObjectInfo* lead = catalogs().crm.find(leads.lead);
        if (lead == nullptr || (side == Side::Crm && lead != &object)) return;
        for (const std::string& name : documents().find(EntityKind::Account)->objects.crm) {
            const ObjectInfo* account = catalogs().crm.find(name);
            if (account == nullptr) continue;
            Route route = book_.way_by_domain(leads, *lead, leads.email, *account);
            if (side == Side::Marketing)
                route.insert(route.begin(), Hop{Hop::Kind::Link, lead->name, {}});
            found.push_back(std::move(route));
            book_.add(Side::Crm, account->name,
                      book_.way_by_domain(leads, *account, leads.website, *account));
        }
    }

    [[nodiscard]] const document::Documents& documents() const { return book_.documents(); }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const { return book_.catalogs(); }

    RouteBook& book_;
    const document::ScoringRule& scoring_;
};

}  // namespace

void add_score_routes(RouteBook& book, Side side, const ObjectInfo& object) {
    const auto& scoring = book.documents().scoring;
    if (scoring != nullptr) ScoreRoutes(book, *scoring).add_all(side, object);
}

}  // namespace duet::sync
