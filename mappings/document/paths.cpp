#include "mappings/document/paths.h"

#include <algorithm>

namespace duet::document {
namespace {

constexpr int kMaxHops = 5;  // child-to-parent hops in SOQL; Salesforce SOQL reference, v59

std::vector<PathStep> walk(const Catalog& catalog, const ObjectInfo& object, std::string_view path,
                           int hops) {
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) {
        const FieldInfo* field = object.find(path);
        if (field == nullptr) return {};
        return {{&object, field}};
    }
    if (hops == kMaxHops) return {};
    std::vector<PathStep> steps;
    for (const FieldInfo& field : object.fields) {
        if (field.relationship.empty() || !same_name(field.relationship, path.substr(0, dot))) {
            continue;
        }
        for (const std::string& target : field.references) {
            const ObjectInfo* parent = catalog.find(target);
            if (parent == nullptr) continue;
            const auto rest = walk(catalog, *parent, path.substr(dot + 1), hops + 1);
            if (rest.empty()) continue;
            steps.push_back({&object, &field});
            steps.insert(steps.end(), rest.begin(), rest.end());
        }
    }
    return steps;
}

}  // namespace

std::vector<PathStep> walk_path(const Catalog& catalog, const ObjectInfo& object,
                                std::string_view path) {
    return walk(catalog, object, path, 0);
}

const FieldInfo* find_path(const Catalog& catalog, const ObjectInfo& object,
                           std::string_view path) {
    const auto steps = walk_path(catalog, object, path);
    return steps.empty() ? nullptr : steps.back().field;
}

std::vector<const ObjectInfo*> parents(const Catalog& catalog, const ObjectInfo& object,
                                       std::string_view name) {
    std::vector<const ObjectInfo*> found;
    for (const FieldInfo& field : object.fields) {
        if (field.relationship.empty() || !same_name(field.relationship, name)) continue;
        for (const std::string& target : field.references) {
            if (const ObjectInfo* parent = catalog.find(target)) found.push_back(parent);
        }
    }
    return found;
}

std::vector<const FieldInfo*> references_to(const ObjectInfo& child, const ObjectInfo& parent) {
    std::vector<const FieldInfo*> found;
    for (const FieldInfo& field : child.fields) {
        if (std::any_of(
                field.references.begin(), field.references.end(),
                [&](const std::string& target) { return same_name(target, parent.name); })) {
            found.push_back(&field);
        }
    }
    return found;
}

std::vector<const ObjectInfo*> via_parents(const Catalog& catalog, const ObjectInfo& object,
                                           std::string_view via) {
    if (via.empty() || same_name(via, object.name)) return {&object};
    return parents(catalog, object, via);
}

std::vector<const ObjectInfo*> next_hop(const Catalog& catalog, const ObjectInfo& from,
                                        std::string_view hop) {
    const ObjectInfo* child = catalog.find(hop);
    if (child != nullptr && !references_to(*child, from).empty()) return {child};
    return parents(catalog, from, hop);
}

std::vector<std::string> field_names(const ObjectInfo& object) {
    std::vector<std::string> names;
    for (const FieldInfo& field : object.fields) names.push_back(field.name);
    return names;
}

std::vector<std::string> object_names(const Catalog& catalog) {
    std::vector<std::string> names;
    for (const ObjectInfo& object : catalog.objects) names.push_back(object.name);
    return names;
}

std::vector<std::string> path_names(const Catalog& catalog, const ObjectInfo& object) {
    std::vector<std::string> names = field_names(object);
    for (const FieldInfo& field : object.fields) {
        if (field.relationship.empty()) continue;
        for (const ObjectInfo* parent : parents(catalog, object, field.relationship)) {
            for (const FieldInfo& theirs : parent->fields) {
                names.push_back(field.relationship + "." + theirs.name);
            }
        }
    }
    return names;
}

}  // namespace duet::document
