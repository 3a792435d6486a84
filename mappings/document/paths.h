#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/catalog.h"

/// Field paths over a catalog: "Account.Owner.Email" goes through two parents.
namespace duet::document {

/// One field that a path reads on its way.
struct PathStep {
    const ObjectInfo* object = nullptr;
    const FieldInfo* field = nullptr;
};

/// Every field that `path` reads, starting at `object`: the reference fields it goes through and
/// the field at its end. A reference to several objects is followed to each that has the rest.
/// Empty when the path does not exist, or has more than five hops (Salesforce's own limit).
[[nodiscard]] std::vector<PathStep> walk_path(const Catalog& catalog, const ObjectInfo& object,
                                              std::string_view path);

/// The field at the end of `path`, or nullptr.
[[nodiscard]] const FieldInfo* find_path(const Catalog& catalog, const ObjectInfo& object,
                                         std::string_view path);

/// The objects that the relationship `name` of `object` leads to; empty: no such relationship.
[[nodiscard]] std::vector<const ObjectInfo*> parents(const Catalog& catalog,
                                                     const ObjectInfo& object,
                                                     std::string_view name);

/// The fields of `child` that point to `parent`.
[[nodiscard]] std::vector<const FieldInfo*> references_to(const ObjectInfo& child,
                                                          const ObjectInfo& parent);

/// The parents that a rollup's `via` names, seen from one object of its entity: the object
/// itself when `via` is empty or its name, else what that relationship leads to.
[[nodiscard]] std::vector<const ObjectInfo*> via_parents(const Catalog& catalog,
                                                         const ObjectInfo& object,
                                                         std::string_view via);

/// Where one hop of an attribution's `people` leads: the object `hop` when it refers to `from`
/// (its children), else what the parent relationship `hop` leads to. Empty: nowhere.
[[nodiscard]] std::vector<const ObjectInfo*> next_hop(const Catalog& catalog,
                                                      const ObjectInfo& from, std::string_view hop);

[[nodiscard]] std::vector<std::string> field_names(const ObjectInfo& object);
[[nodiscard]] std::vector<std::string> object_names(const Catalog& catalog);
/// Field names, and "Parent.field" for each relationship.
[[nodiscard]] std::vector<std::string> path_names(const Catalog& catalog, const ObjectInfo& object);

}  // namespace duet::document
