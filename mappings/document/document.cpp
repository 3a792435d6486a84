#include "mappings/document/document.h"

namespace duet::document {

std::string_view FieldRef::on(std::string_view object) const noexcept {
    for (const auto& [name, own_path] : by_object) {
        if (same_name(name, object)) return own_path;
    }
    return path;
}

std::vector<const FieldRef*> FieldRule::refs(Side side) const {
    if (consents[side].empty()) return {&fields[side]};
    std::vector<const FieldRef*> all;
    for (const ConsentField& flag : consents[side]) all.push_back(&flag.field);
    return all;
}

const EntityDocument* Documents::find(EntityKind entity) const noexcept {
    for (const EntityDocument& candidate : entities) {
        if (candidate.entity == entity) return &candidate;
    }
    return nullptr;
}

}  // namespace duet::document
