#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"

namespace duet::service {

using nlohmann::json;

Result<json> allow_back_in(sync::Org& org, std::string_view who, std::string_view field,
                           const sync::Permission& permission) {
    auto found = find_entities(org, who);
    if (!found) return std::move(found).error();
    if (found->empty()) return nobody_known();
    if (found->size() != 1) {
        return Error{ErrorKind::Rejected,
                     "That name means several; name the entity (duet-17).",
                     "DUET-6010",
                     "",
                     {}};
    }
    auto rule = sync::allow_back_in(org, found->front(), field, permission);
    if (!rule) return std::move(rule).error();
    return json{{"org", org.name},
                {"entity", fmt::format("duet-{}", found->front())},
                {"rule", *rule},
                {"by", permission.by},
                {"because", permission.because}};
}

}  // namespace duet::service
