#include "connectors/missing.h"

#include <utility>
#include <vector>

namespace duet {

void Missing::note(std::string what) { all_ += (all_.empty() ? "" : "; ") + std::move(what); }

void Missing::object(std::string_view name) { note("object " + std::string(name)); }

void Missing::field(const ObjectInfo& object, std::string_view name) {
    std::vector<std::string> names;
    for (const FieldInfo& field : object.fields) names.push_back(field.name);
    const std::string near = nearest_name(name, names);
    note("field " + object.name + "." + std::string(name) +
         (near.empty() ? "" : " (did you mean " + near + "?)"));
}

void Missing::field(const ObjectInfo& object, std::string_view name, std::string_view why) {
    note("field " + object.name + "." + std::string(name) + " (" + std::string(why) + ")");
}

Status Missing::status(std::string_view where) const {
    if (all_.empty()) return Done{};
    return Error{ErrorKind::Broken, std::string(where) + ": " + all_ + ".", "DUET-3114", {}, {}};
}

}  // namespace duet
