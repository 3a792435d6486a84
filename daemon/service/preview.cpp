#include "daemon/service/preview.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"

namespace duet::service {
namespace {

using nlohmann::json;

Error malformed(const char* what) {
    return {ErrorKind::Rejected,
            std::string("The request's ") + what + " is malformed.",
            "DUET-6006",
            "",
            {}};
}

}  // namespace

Result<std::vector<trial::Assumption>> read_sets(const json& body) {
    std::vector<trial::Assumption> sets;
    const auto found = body.find("set");
    if (found == body.end()) return sets;
    if (!found->is_object()) return malformed("\"set\"");
    for (const auto& [field, value] : found->items()) {
        if (!value.is_string()) return malformed("\"set\"");
        sets.push_back({field, value.get<std::string>()});
    }
    return sets;
}

Result<std::vector<document::Source>> read_sources(const json& body) {
    std::vector<document::Source> sources;
    const auto found = body.find("sources");
    if (found == body.end() || !found->is_array() || found->empty())
        return malformed("\"sources\"");
    for (const json& one : *found) {
        if (!one.is_object()) return malformed("\"sources\"");
        sources.push_back({one.value("file", ""), one.value("text", ""), one.value("part", false)});
    }
    return sources;
}

Result<json> preview(sync::Org& org, std::span<const store::EntityId> entities,
                     std::span<const trial::Assumption> assumptions) {
    if (entities.empty()) {
        return nobody_known();
    }
    json stories = json::array();
    for (const store::EntityId entity : entities) {
        auto story = trial::preview(org, entity, assumptions, {true, true});
        if (!story) return std::move(story).error();
        stories.push_back(std::move(*story));
    }
    return json{{"org", org.name},
                {"documents", org.model.documents().version},
                {"entities", std::move(stories)}};
}

}  // namespace duet::service
