#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sync/routes.h"
#include "mappings/document/leads_by_domain.h"

namespace duet::sync {

/// Collects routes, each once, for `find_routes`. `onward`: the way from an object's record to the
/// entity. Refers to its sources.
class RouteBook {
public:
    RouteBook(const document::Documents& documents, const PerSide<Catalog>& catalogs,
              const PerSide<ListObjects>& lists)
        : documents_(documents), catalogs_(catalogs), lists_(lists) {}

    [[nodiscard]] const document::Documents& documents() const noexcept { return documents_; }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const noexcept { return catalogs_; }
    [[nodiscard]] const PerSide<ListObjects>& lists() const noexcept { return lists_; }
    [[nodiscard]] std::vector<FoundRoute> take() { return std::move(found_); }

    /// From a record of this object; each route once.
    void add(Side side, std::string_view object, Route route);
    /// Parents along `path` from `object`, whose own way to the entity is `onward`.
    void add_path(Side side, const ObjectInfo& object, std::string_view path, const Route& onward);
    /// A rule of an entity, as far as its paths are of this side.
    void add_rule(Side own_side, const ObjectInfo& object, const document::Rule& rule,
                  const Route& onward);
    /// A rule over a child record: its bare names are the child's own.
    void add_child_rule(Side side, const ObjectInfo& child, const document::Rule& rule,
                        const Route& onward);
    /// Paths as rules of an entity spell them.
    void add_rule_paths(Side own_side, const ObjectInfo& object,
                        const std::vector<std::string>& paths);
    /// The way from a child to the entity; nothing when the object has no such children.
    std::optional<Route> add_rollup(const document::Rollup& rollup, const ObjectInfo& own);
    /// By its domain a lead leads to the accounts that have it; so does another account, as one
    /// more makes it nobody's.
    [[nodiscard]] Route way_by_domain(const document::LeadsByDomain& leads, const ObjectInfo& from,
                                      const std::string& field, const ObjectInfo& account) const;

private:
    const document::Documents& documents_;
    const PerSide<Catalog>& catalogs_;
    const PerSide<ListObjects>& lists_;
    std::vector<FoundRoute> found_;
};

/// Whatever can change where a person stands. `object`: the person's, on that side.
void add_lifecycle_routes(RouteBook& book, Side side, const ObjectInfo& object);
/// The same of an account, and of what a deal came to.
void add_account_routes(RouteBook& book, Side side, const ObjectInfo& account);
void add_outcome_routes(RouteBook& book, const ObjectInfo& deal);
/// What a person did leads to the person, and from there to the account.
void add_score_routes(RouteBook& book, Side side, const ObjectInfo& object);

/// Whatever can change what rules of a campaign or a person read of attributions. `own`: the
/// entity's object on that side.
void add_attribution_fact_routes(RouteBook& book, const document::EntityDocument& entity, Side side,
                                 const ObjectInfo& own);
/// Whatever can change the touches of an opportunity's people, their milestones, or the rows of
/// campaign influence that follow from them. `opportunity`: the CRM's object.
void add_attribution_routes(RouteBook& book, const document::Attribution& attribution,
                            const ObjectInfo& opportunity);

}  // namespace duet::sync
