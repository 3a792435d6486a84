#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/lists.h"
#include "mappings/document/paths.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<FieldType>& moment_types() {
    static const std::vector<FieldType> types{FieldType::Date, FieldType::DateTime};
    return types;
}

const std::vector<FieldType>& id_types() {
    static const std::vector<FieldType> types{FieldType::Id, FieldType::Text};
    return types;
}

std::vector<std::string> split_hops(const std::string& path) {
    std::vector<std::string> hops;
    std::size_t from = 0;
    while (from <= path.size()) {
        const std::size_t dot = std::min(path.find('.', from), path.size());
        hops.push_back(path.substr(from, dot - from));
        from = dot + 1;
    }
    return hops;
}

/// With the orgs: each hop is a child object, or a parent relationship, of the one before.
void check_people(const Node& node, const std::vector<std::string>& hops, const Context& context) {
    const EntityOutline* opportunity = context.find(EntityKind::Opportunity);
    if (context.catalogs == nullptr || opportunity->objects.crm.empty()) return;
    const Catalog& catalog = context.catalogs->crm;
    std::vector<const ObjectInfo*> at{context.object(Side::Crm, opportunity->objects.crm.front())};
    for (const std::string& hop : hops) {
        if (at.empty() || at.front() == nullptr) return;
        std::vector<const ObjectInfo*> next = next_hop(catalog, *at.front(), hop);
        if (next.empty()) {
            context.findings.add(
                node, kUnknownName,
                fmt::format("\"{}\" is neither a child of {} nor a parent relationship of it", hop,
                            at.front()->name),
                did_you_mean(hop, object_names(catalog)));
            return;
        }
        at = std::move(next);
    }
}

std::optional<Touch> read_touch(const Node& item, const Context& context) {
    MapReader map(item, "a touch", context.findings);
    const Node* object_node = map.require("object");
    const auto object =
        object_node == nullptr ? std::nullopt : read_object(*object_node, "object", context);
    const Node* where_node = map.find("where");
    const Node* time_node = map.require("time");
    const Node* campaign_node = map.require("campaign");
    map.finish();
    if (!object) return std::nullopt;
    const ObjectScope scope(context, object->side, object->object);
    std::optional<Rule> where;
    std::optional<Rule> time;
    std::optional<Rule> campaign;
    if (where_node != nullptr) where = compile_condition(*where_node, scope, context.findings);
    if (time_node != nullptr) {
        time = compile_rule(*time_node, scope, moment_types(), context.findings);
    }
    if (campaign_node != nullptr) {
        campaign = compile_rule(*campaign_node, scope, id_types(), context.findings);
    }
    if (!time || !campaign || (where_node != nullptr && !where)) return std::nullopt;
    return Touch{object->side,     object->object,       std::move(where),
                 std::move(*time), std::move(*campaign), item.place()};
}

std::vector<Touch> read_touches(MapReader& map, const Context& context) {
    std::vector<Touch> touches;
    const Node* node = map.require("touches");
    if (node == nullptr) return touches;
    for (const Node& item : list_items(*node, "touches", context.findings)) {
        if (auto touch = read_touch(item, context)) touches.push_back(std::move(*touch));
    }
    return touches;
}

/// The model's word and the numbers that belong to it.
std::optional<attribution::ModelKind> read_model(MapReader& map, const Context& context) {
    using namespace attribution;
    enum class Name : std::uint8_t { First, Last, Linear, Decay, U };
    const auto half_life = map.whole("half_life_days", 1, 3660);
    const auto first = map.whole("first_percent", 0, 100);
    const auto last = map.whole("last_percent", 0, 100);
    if (map.require("model") == nullptr) return std::nullopt;
    const auto name = map.choice<Name>("model", {{"first", Name::First},
                                                 {"last", Name::Last},
                                                 {"linear", Name::Linear},
                                                 {"decay", Name::Decay},
                                                 {"u", Name::U}});
    if (!name) return std::nullopt;
    const auto refuse = [&](std::string_view key, std::string_view owner) {
        if (&map.key_node(key) == &map.node()) return;
        context.findings.add(map.key_node(key), kContradiction,
                             fmt::format("\"{}\" belongs to the model {}", key, owner));
    };
    if (*name != Name::Decay) refuse("half_life_days", "decay");
    if (*name != Name::U) {
        refuse("first_percent", "u");
        refuse("last_percent", "u");
    }
    if (*name == Name::First) return First{};
    if (*name == Name::Last) return Last{};
    if (*name == Name::Linear) return Linear{};
    const ModelSettings settings;
    if (*name == Name::Decay)
        return Decay{half_life ? static_cast<double>(*half_life) : settings.half_lives.front()};
    constexpr double kPercent = 100;
    PositionShares shares = settings.u;
    if (first) shares.first = *first / kPercent;
    if (last) shares.last = *last / kPercent;
    // Counted in percent, so that 70 and 30 are not above the whole by a rounding.
    const long sum = std::lround(kPercent * (shares.first + shares.last));
    if (sum > std::lround(kPercent) || sum == 0) {
        context.findings.add(
            map.key_node(first ? "first_percent" : "last_percent"), kContradiction,
            fmt::format("the first and the last touch come to {} percent, not to 1 to 100", sum));
    }
    return PositionBased{shares};
}

std::optional<Attribution> read_attribution(const Node& item, const Context& context) {
    MapReader map(item, "an attribution", context.findings);
    const EntityScope scope(context, EntityKind::Opportunity, {.attributions = false});
    const auto name = map.required_name("name");
    const auto model = read_model(map, context);
    std::optional<Rule> when;
    const Node* when_node = map.find("when");
    if (when_node != nullptr) when = compile_condition(*when_node, scope, context.findings);
    std::vector<std::string> hops;
    if (const auto people = map.required_text("people")) {
        hops = split_hops(*people);
        check_people(*map.find("people"), hops, context);
    }
    const auto window = map.whole("window_days", 1, 3660);
    std::optional<Rule> from;
    std::optional<Rule> until;
    if (const Node* node = map.require("from")) {
        from = compile_rule(*node, scope, moment_types(), context.findings);
    }
    if (const Node* node = map.require("until")) {
        until = compile_rule(*node, scope, moment_types(), context.findings);
    }
    auto touches = read_touches(map, context);
    map.finish();
    if (!name || !model || !from || !until || (when_node != nullptr && !when)) return std::nullopt;
    return Attribution{*name,
                       *model,
                       std::move(when),
                       std::move(hops),
                       window.value_or(365),
                       std::move(*from),
                       std::move(*until),
                       std::move(touches),
                       item.place()};
}

}  // namespace

std::vector<Attribution> read_attributions(const Node& node, const Context& context) {
    std::vector<Attribution> attributions;
    if (context.find(EntityKind::Opportunity) == nullptr) {
        context.findings.add(
            node, kAbsent,
            "attribution is about opportunities, but no document has entity: opportunity");
        return attributions;
    }
    for (const Node& item : list_items(node, "attribution", context.findings)) {
        auto attribution = read_attribution(item, context);
        if (!attribution) continue;
        for (const Attribution& earlier : attributions) {
            if (!same_name(earlier.name, attribution->name)) continue;
            context.findings.add(attribution->place, 1, kDefinedTwice,
                                 fmt::format("the attribution \"{}\" is defined twice, first at {}",
                                             attribution->name, at_line(earlier.place)));
        }
        attributions.push_back(std::move(*attribution));
    }
    return attributions;
}

}  // namespace duet::document
