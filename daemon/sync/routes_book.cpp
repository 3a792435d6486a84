#include "daemon/sync/routes_book.h"

#include <algorithm>

#include "daemon/sync/lead_accounts.h"
#include "mappings/document/scope.h"

namespace duet::sync {
namespace {

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

}  // namespace

void RouteBook::add(Side side, std::string_view object, Route route) {
    const ObjectInfo* info = catalogs_[side].find(object);
    if (info == nullptr) return;
    FoundRoute made{side, info->name, std::move(route)};
    const auto known = std::find_if(found_.begin(), found_.end(), [&](const FoundRoute& other) {
        return other.side == made.side && other.object == made.object && other.route == made.route;
    });
    if (known == found_.end()) found_.push_back(std::move(made));
}

void RouteBook::add_path(Side side, const ObjectInfo& object, std::string_view path,
                         const Route& onward) {
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

void RouteBook::add_rule(Side own_side, const ObjectInfo& object, const document::Rule& rule,
                         const Route& onward) {
    for (const std::string& path : rule.formula.fields()) {
        const auto split = sided(path);
        if (split && split->side == own_side) add_path(own_side, object, split->path, onward);
    }
}

void RouteBook::add_child_rule(Side side, const ObjectInfo& child, const document::Rule& rule,
                               const Route& onward) {
    for (const std::string& path : rule.formula.fields()) add_path(side, child, path, onward);
}

void RouteBook::add_rule_paths(Side own_side, const ObjectInfo& object,
                               const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        const auto split = sided(path);
        if (split && split->side == own_side) add_path(own_side, object, split->path, {});
    }
}

std::optional<Route> RouteBook::add_rollup(const document::Rollup& rollup, const ObjectInfo& own) {
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

Route RouteBook::way_by_domain(const document::LeadsByDomain& leads, const ObjectInfo& from,
                               const std::string& field, const ObjectInfo& account) const {
    return {Hop{Hop::Kind::Up, kDomainHop, domain_reference(from, field)},
            Hop{Hop::Kind::Down, account.name, domain_reference(account, leads.website)}};
}

}  // namespace duet::sync
