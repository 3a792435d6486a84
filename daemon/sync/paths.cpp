#include "daemon/sync/model.h"

namespace duet::sync {

std::optional<Path> resolve_path(const Catalog& catalog, const ObjectInfo& object,
                                 std::string_view path) {
    Path resolved;
    const ObjectInfo* at = &object;
    while (true) {
        const auto dot = path.find('.');
        const std::string_view part = path.substr(0, dot);
        if (dot == std::string_view::npos) {
            const FieldInfo* field = at->find(part);
            if (field == nullptr) return std::nullopt;
            resolved.field = field->name;
            return resolved;
        }
        const FieldInfo* reference = nullptr;
        for (const FieldInfo& candidate : at->fields) {
            if (!candidate.relationship.empty() && same_name(candidate.relationship, part)) {
                reference = &candidate;
            }
        }
        if (reference == nullptr) return std::nullopt;
        Path::Step step{reference->name, {}};
        const ObjectInfo* next = nullptr;
        for (const std::string& target : reference->references) {
            const ObjectInfo* found = catalog.find(target);
            if (found == nullptr) continue;
            if (next == nullptr) next = found;
            step.objects.push_back(found->name);
        }
        if (next == nullptr) return std::nullopt;
        resolved.steps.push_back(std::move(step));
        at = next;
        path.remove_prefix(dot + 1);
    }
}

const FieldInfo* reference_to(const ObjectInfo& child, std::string_view target) noexcept {
    const FieldInfo* found = nullptr;
    for (const FieldInfo& field : child.fields) {
        for (const std::string& object : field.references) {
            if (!same_name(object, target)) continue;
            // A task's AccountId says more of its account than WhatId, which may name a deal.
            if (field.references.size() == 1) return &field;
            if (found == nullptr) found = &field;
        }
    }
    return found;
}

std::optional<RollupJoin> join_of(const Catalog& catalog, const document::Rollup& rollup,
                                  const ObjectInfo& own) {
    const ObjectInfo* child = catalog.find(rollup.of);
    if (child == nullptr) return std::nullopt;
    if (rollup.via.empty() || same_name(rollup.via, own.name)) {
        const FieldInfo* reference = reference_to(*child, own.name);
        if (reference == nullptr) return std::nullopt;
        return RollupJoin{reference->name, {}, own.name};
    }
    for (const FieldInfo& field : own.fields) {
        if (field.relationship.empty() || !same_name(field.relationship, rollup.via)) continue;
        for (const std::string& parent : field.references) {
            if (const FieldInfo* reference = reference_to(*child, parent)) {
                return RollupJoin{reference->name, field.name, parent};
            }
        }
    }
    return std::nullopt;
}

}  // namespace duet::sync
