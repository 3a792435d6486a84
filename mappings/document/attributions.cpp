#include <cmath>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
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

std::vector<Touch> read_touches(const Node* node, const Context& context) {
    std::vector<Touch> touches;
    if (node == nullptr) return touches;
    for (const Node& item : list_items(*node, "touches", context.findings)) {
        if (auto touch = read_touch(item, context)) touches.push_back(std::move(*touch));
    }
    return touches;
}

std::optional<attribution::ModelKind> read_decay(std::optional<int> half_life) {
    const attribution::ModelSettings settings;
    return attribution::Decay{half_life ? static_cast<double>(*half_life)
                                        : settings.half_lives.front()};
}

std::optional<std::string> model_word(MapReader& map) {
    std::vector<Word<std::string>> words;
    for (const std::string& word : attribution_models()) words.emplace_back(word, word);
    return map.choice<std::string>("model", words);
}

/// The model's word and the numbers that belong to it.
std::optional<attribution::ModelKind> read_model(MapReader& map, const Context& context) {
    const attribution::ModelSettings settings;
    const auto half_life = map.whole("half_life_days", 1, 3660);
    const auto first = map.whole("first_percent", 0, 100);
    const auto last = map.whole("last_percent", 0, 100);
    if (map.require("model") == nullptr) return std::nullopt;
    const auto name = model_word(map);
    if (!name) return std::nullopt;
    const auto refuse = [&](std::string_view key, std::string_view owner) {
        if (&map.key_node(key) == &map.node()) return;
        context.findings.add(map.key_node(key), kContradiction,
                             fmt::format("\"{}\" belongs to the model {}", key, owner));
    };
    if (*name != "decay") refuse("half_life_days", "decay");
    if (*name != "u") {
        refuse("first_percent", "u");
        refuse("last_percent", "u");
    }
    if (*name != "custom") refuse("weights", "custom");
    if (*name == "decay") return read_decay(half_life);
    if (*name != "u") {
        const auto parsed = attribution::parse_model(*name, settings);
        return std::get<attribution::Model>(parsed).kind;
    }
    constexpr double kPercent = 100;
    attribution::PositionShares shares = settings.u;
    if (first) shares.first = *first / kPercent;
    if (last) shares.last = *last / kPercent;
    // Counted in percent, so that 70 and 30 are not above the whole by a rounding.
    const long sum = std::lround(kPercent * (shares.first + shares.last));
    if (sum > std::lround(kPercent) || sum == 0) {
        context.findings.add(
            map.key_node(first ? "first_percent" : "last_percent"), kContradiction,
            fmt::format("the first and the last touch come to {} percent, not to 1 to 100", sum));
    }
    return attribution::PositionBased{shares};
}

using Numbers = std::map<std::string, double, std::less<>>;

Numbers read_numbers(MapReader& map, const char* key, const Context& context) {
    Numbers numbers;
    const Node* node = map.find(key);
    if (node == nullptr) return numbers;
    for (std::size_t i = 0; i < node->keys.size() && i < node->items.size(); ++i) {
        const std::string& name = node->keys[i].text;
        const auto number = whole_number(node->items[i], name, 0, 1000, context.findings);
        if (number) numbers[name] = *number;
    }
    return numbers;
}

attribution::Importance read_weights(const Node& node, const Context& context) {
    MapReader map(node, "\"weights\"", context.findings);
    attribution::Importance importance;
    importance.of_campaign_type = read_numbers(map, "campaign_type", context);
    importance.of_role = read_numbers(map, "role", context);
    importance.of_position = read_numbers(map, "position", context);
    const auto is_place = [](const std::string& name) {
        const bool is_number = name.find_first_not_of("0123456789") == std::string::npos;
        return name == "first" || name == "last" || name == "middle" ||
               (is_number && name.front() != '0');
    };
    for (const auto& [name, number] : importance.of_position) {
        if (is_place(name)) continue;
        context.findings.add(*map.find("position"), kUnknownName,
                             fmt::format("\"{}\" is no place among touches", name),
                             "first, last, middle, or a number from 1");
    }
    map.finish();
    return importance;
}

/// What a rule about a person's own record may read.
ObjectScope person_scope(const Context& context) {
    const EntityOutline* person = context.find(EntityKind::Person);
    auto objects = person == nullptr ? default_objects(context.names.crm, EntityKind::Person)
                                     : person->objects.crm;
    return {context, Side::Crm, objects.empty() ? std::string{} : objects.front()};
}

/// Rules that an attribution may do without.
struct Extra {
    std::optional<Rule> qualified;
    std::optional<Rule> known;
    std::optional<Rule> keep_when;
    std::string influence_model;
    Place influence_place;
    std::optional<Rule> contract_value;
};

std::optional<Rule> moment_rule(const Node* node, const formula::Scope& scope,
                                const Context& context) {
    if (node == nullptr) return std::nullopt;
    return compile_rule(*node, scope, moment_types(), context.findings);
}

Extra read_extra(MapReader& map, const EntityScope& scope, const Context& context) {
    Extra extra;
    const ObjectScope person = person_scope(context);
    extra.qualified = moment_rule(map.find("qualified"), person, context);
    extra.known = moment_rule(map.find("known"), person, context);
    if (const Node* node = map.find("contract_value")) {
        static const std::vector<FieldType> kAmounts{FieldType::Currency, FieldType::Number};
        extra.contract_value = compile_rule(*node, scope, kAmounts, context.findings);
    }
    const Node* model = map.find("influence_model");
    if (const Node* node = map.find("keep_when")) {
        extra.keep_when = compile_condition(*node, scope, context.findings);
        if (model == nullptr) {
            context.findings.add(map.key_node("keep_when"), kContradiction,
                                 "\"keep_when\" is about the rows of an \"influence_model\"");
        }
    }
    if (model == nullptr) return extra;
    extra.influence_model = scalar_name(*model, "influence_model", context.findings).value_or("");
    extra.influence_place = model->place();
    if (influence_words(context.names.crm) == nullptr) {
        context.findings.add(*model, kContradiction,
                             fmt::format("{} has no campaign influence", context.names.crm));
    }
    return extra;
}

/// The campaign that people name themselves: the CRM keeps it, and its own rows of it.
void check_primary(MapReader& map, const Context& context) {
    if (money_words(context.names.crm) == nullptr) {
        context.findings.add(*map.find("model"), kContradiction,
                             fmt::format("Duet knows no field of a deal of {} that names its "
                                         "campaign",
                                         context.names.crm));
    }
    const Node& rows = map.key_node("influence_model");
    if (&rows == &map.node()) return;
    context.findings.add(rows, kContradiction, "\"influence_model\" belongs to models of touches");
}

std::optional<Attribution> read_attribution(const Node& item, const Context& context) {
    using attribution::PeopleMode;
    MapReader map(item, "an attribution", context.findings);
    const EntityScope scope(context, EntityKind::Opportunity, {.attributions = false});
    const auto name = map.required_name("name");
    const auto model = read_model(map, context);
    attribution::Importance importance;
    if (const Node* node = map.find("weights")) importance = read_weights(*node, context);
    const auto learn_days = map.whole("learn_days", 1, 366);
    const auto learn_percent = map.whole("learn_percent", 0, 100);
    std::optional<Rule> when;
    const Node* when_node = map.find("when");
    if (when_node != nullptr) when = compile_condition(*when_node, scope, context.findings);
    const bool is_primary = model && std::holds_alternative<attribution::Primary>(*model);
    if (is_primary) check_primary(map, context);
    // A model that asks no touches of deals may have them all the same, for persons' own.
    const auto needed = [&](const char* key) {
        return is_primary ? map.find(key) : map.require(key);
    };
    std::vector<std::string> hops;
    if (const auto people = is_primary ? map.text("people") : map.required_text("people")) {
        hops = split_hops(*people);
        check_people(*map.find("people"), hops, context);
    }
    const auto people_of = map.choice<PeopleMode>(
        "people_of", {{"role", PeopleMode::ContactRole},
                      {"account", PeopleMode::Account},
                      {"role_else_account", PeopleMode::ContactRoleElseAccount}});
    const auto window = map.whole("window_days", 1, 3660);
    const Node* from_node = needed("from");
    const Node* until_node = needed("until");
    auto from = moment_rule(from_node, scope, context);
    auto until = moment_rule(until_node, scope, context);
    auto touches = read_touches(needed("touches"), context);
    Extra extra = read_extra(map, scope, context);
    map.finish();
    if (!name || !model || (!is_primary && !(from && until))) return std::nullopt;
    if (when_node != nullptr && !when) return std::nullopt;
    return Attribution{*name,
                       *model,
                       model_word(map).value_or(""),
                       std::move(when),
                       std::move(hops),
                       people_of.value_or(PeopleMode::ContactRole),
                       window.value_or(365),
                       std::move(from),
                       std::move(until),
                       std::move(touches),
                       std::move(extra.qualified),
                       std::move(extra.known),
                       std::move(importance),
                       learn_days.value_or(1),
                       learn_percent.value_or(1),
                       std::move(extra.influence_model),
                       std::move(extra.keep_when),
                       item.place(),
                       std::move(extra.influence_place),
                       std::move(extra.contract_value)};
}

}  // namespace

const std::vector<std::string>& attribution_models() {
    static const std::vector<std::string> models{"first",
                                                 "last",
                                                 "linear",
                                                 "decay",
                                                 "u",
                                                 "u50",
                                                 "w",
                                                 "full",
                                                 "custom",
                                                 "primary",
                                                 "markov:1",
                                                 "markov:2",
                                                 "markov:3",
                                                 "markov:4",
                                                 "shapley",
                                                 "counterfactual",
                                                 "counterfactual:identity",
                                                 "counterfactual:exposure",
                                                 "counterfactual:first",
                                                 "counterfactual:frequency"};
    return models;
}

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
        for (const Attribution& earlier : attributions) {
            const std::string& model = attribution->influence_model;
            if (model.empty() || !same_name(earlier.influence_model, model)) continue;
            context.findings.add(
                attribution->influence_place, 1, kDefinedTwice,
                fmt::format("the rows of \"{}\" are already those of the attribution at {}", model,
                            at_line(earlier.place)),
                "one attribution keeps the rows of a model");
        }
        attributions.push_back(std::move(*attribution));
    }
    return attributions;
}

}  // namespace duet::document
