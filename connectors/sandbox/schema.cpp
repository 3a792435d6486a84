#include "connectors/sandbox/schema.h"

#include "mappings/catalog.h"

namespace duet::sandbox {

const Field* Object::find(std::string_view field) const noexcept {
    for (const Field& candidate : fields) {
        if (same_name(candidate.name, field)) return &candidate;
    }
    return nullptr;
}

const Field* Object::relationship(std::string_view path) const noexcept {
    for (const Field& candidate : fields) {
        if (!candidate.relationship_name.empty() && same_name(candidate.relationship_name, path)) {
            return &candidate;
        }
    }
    return nullptr;
}

const Object* Schema::find(std::string_view object) const noexcept {
    for (const Object& candidate : objects) {
        if (same_name(candidate.name, object)) return &candidate;
    }
    return nullptr;
}

}  // namespace duet::sandbox
