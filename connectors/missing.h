#pragma once

#include <string>
#include <string_view>

#include "mappings/catalog.h"
#include "mappings/result.h"

namespace duet {

/// What a check of a system did not find there, for one message with all of it.
class Missing {
public:
    void object(std::string_view name);
    /// With the nearest name that the object has, where one is near.
    void field(const ObjectInfo& object, std::string_view name);
    /// A field that is there and is of no use, with the reason.
    void field(const ObjectInfo& object, std::string_view name, std::string_view why);
    /// Done, or Broken DUET-3114: `where` and what is missing.
    [[nodiscard]] Status status(std::string_view where) const;

private:
    void note(std::string what);
    std::string all_;
};

}  // namespace duet
