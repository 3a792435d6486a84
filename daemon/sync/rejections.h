#pragma once

#include <string>
#include <vector>

#include "connectors/connector.h"
#include "mappings/catalog.h"
#include "mappings/merge/decide.h"

namespace duet::sync {

/// Why a vendor, or a validation, would not take something as it is planned.
struct Rejection {
    std::string kind;     // "length", "picklist", "type", "required", "not writable", "validation"
    std::string field;    // empty: of the whole record
    std::string message;  // a sentence without the value
};

/// What the vendor can be foreseen to refuse of one write, by what it says of the object; fields in
/// order. Pure. `object` of nullptr: the side does not know it.
[[nodiscard]] std::vector<Rejection> foresee(const Write& write, const ObjectInfo* object);

/// What Duet's own validations hold back of one decision. Pure.
[[nodiscard]] std::vector<Rejection> foresee(const merge::Decision& decision);

}  // namespace duet::sync
