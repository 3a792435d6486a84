#include "mappings/document/document.h"

namespace duet::document {

std::string_view FieldRef::on(std::string_view object) const noexcept {
    for (const auto& [name, own_path] : by_object) {
        if (same_name(name, object)) return own_path;
    }
    return path;
}

const EntityDocument* Documents::find(EntityKind entity) const noexcept {
    for (const EntityDocument& candidate : entities) {
        if (candidate.entity == entity) return &candidate;
    }
    return nullptr;
}

}  // namespace duet::document
