#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/leads_by_domain.h"
#include "mappings/document/load.h"
#include "mappings/document/paths.h"

namespace duet::document {

/// Gathers (side, object) -> fields, in the catalogs' spelling, for `needs`. Refers to both.
class NeedsBook {
public:
    NeedsBook(const Documents& documents, const PerSide<Catalog>& catalogs)
        : documents_(documents), catalogs_(catalogs) {}

    [[nodiscard]] const Documents& documents() const noexcept { return documents_; }
    [[nodiscard]] const PerSide<Catalog>& catalogs() const noexcept { return catalogs_; }
    [[nodiscard]] std::vector<Need> take() const;

    void add(const Need& need);
    void add_step(Side side, const PathStep& step);
    /// Every field on the way of a path, of its objects; of a blank one the object alone. What is
    /// not in the catalogs is passed over: loading with these catalogs has reported it.
    void add_path(Side side, std::string_view object, std::string_view path);
    /// A rule of an entity: its names are those of `EntityScope`.
    void add_rule(const Rule& rule, const EntityDocument& entity);
    void add_rule_path(const std::string& path, const EntityDocument& entity);
    /// A rule of one object: its names are those of `ObjectScope`.
    void add_object_rule(const Rule& rule, Side side, const std::string& object);
    /// The child's fields that refer to `parent`.
    void add_references(Side side, const std::string& child, const ObjectInfo& parent);
    /// The child's fields that refer to any of the entity's objects.
    void add_references_to(Side side, const std::string& child, const EntityDocument& entity);
    /// The own reference field behind a relationship: "Account" -> Contact.AccountId.
    void add_relationship(Side side, const ObjectInfo& own, std::string_view name);
    /// What a rollup reads, and what ties its children to the entity.
    void add_rollup(const Rollup& rollup, const EntityDocument& entity);
    /// What Duet put on a campaign is known by its key, and is nothing that the person did.
    void add_member_key(Side side, const std::string& object);
    /// Members of a campaign hang on each of the person's objects.
    void add_campaign_members(const EntityDocument& person);
    /// The fields by which people are found from their account.
    void add_people_of_accounts(const EntityDocument& person);
    /// What leads and accounts are known to belong together by.
    void add_leads(const LeadsByDomain& leads);
    /// Static and dated rates, where the org has them.
    void add_currencies();

private:
    const Documents& documents_;
    const PerSide<Catalog>& catalogs_;
    std::map<std::pair<Side, std::string>, std::set<std::string>> needed_;
};

/// What attributions and the money of reports read.
void add_attribution_needs(NeedsBook& book);
/// What figures read: the queue, scores, how sellers behave, shares, customers.
void add_figure_needs(NeedsBook& book);

}  // namespace duet::document
