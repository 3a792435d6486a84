#include "mappings/document/behaviour.h"

#include <utility>

#include "mappings/document/codes.h"
#include "mappings/document/figures.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

using Types = std::vector<FieldType>;

/// Stands for a rule that was reported, until loading fails for it.
struct Needed {
    std::optional<Rule> account;
    std::optional<Rule> created;
    std::optional<Rule> closed;
    std::optional<Rule> won;
    std::optional<Rule> value;

    [[nodiscard]] bool all() const { return account && created && closed && won && value; }
};

std::vector<Rule> read_types(const Node* list, const EntityScope& scope, const Context& context) {
    std::vector<Rule> types;
    if (list == nullptr) return types;
    for (const Node& item : list_items(*list, "types", context.findings)) {
        const Types texts{FieldType::Text, FieldType::Id};
        if (auto rule = compile_rule(item, scope, texts, context.findings))
            types.push_back(*std::move(rule));
    }
    return types;
}

}  // namespace

std::vector<const Rule*> rules_of(const BehaviourRule& behaviour) {
    std::vector<const Rule*> rules{&behaviour.account, &behaviour.created, &behaviour.closed,
                                   &behaviour.won, &behaviour.value};
    for (const Rule& type : behaviour.types) rules.push_back(&type);
    if (behaviour.lapsed) rules.push_back(&*behaviour.lapsed);
    if (behaviour.lapsed_on) rules.push_back(&*behaviour.lapsed_on);
    return rules;
}

std::shared_ptr<const BehaviourRule> read_behaviour(const Node& node, const Context& context) {
    if (context.find(EntityKind::Opportunity) == nullptr) {
        context.findings.add(node, kAbsent,
                             "behaviour is of deals, but no document has entity: opportunity");
        return nullptr;
    }
    const EntityScope scope(context, EntityKind::Opportunity,
                            {.stage = false, .attributions = false, .behaviour = false});
    MapReader map(node, "\"behaviour\"", context.findings);
    const auto rule = [&](const char* key, const Types& types) -> std::optional<Rule> {
        const Node* written = map.require(key);
        if (written == nullptr) return std::nullopt;
        return compile_rule(*written, scope, types, context.findings);
    };
    const Types moments{FieldType::Date, FieldType::DateTime};
    auto types = read_types(map.require("types"), scope, context);
    Needed needed{rule("account", {FieldType::Text, FieldType::Id}), rule("created", moments),
                  rule("closed", moments), rule("won", {FieldType::Boolean}),
                  rule("value", {FieldType::Number})};
    const Node* lapsed = map.find("lapsed");
    std::optional<Rule> sleeps;
    if (lapsed != nullptr) sleeps = compile_condition(*lapsed, scope, context.findings);
    const Node* lapsed_on = map.find("lapsed_on");
    std::optional<Rule> asleep_since;
    if (lapsed_on != nullptr) {
        asleep_since = compile_rule(*lapsed_on, scope, moments, context.findings);
        if (lapsed == nullptr)
            context.findings.add(*lapsed_on, kAbsent,
                                 "\"lapsed_on\" is the day of deals that lapsed, but no \"lapsed\" "
                                 "says which these are");
    }
    const behaviour::Settings defaults;
    const int weight =
        map.whole("prior_weight", 0, 1000).value_or(static_cast<int>(defaults.prior_weight));
    const int least =
        map.whole("least_deals", 1, 100'000).value_or(static_cast<int>(defaults.least_deals));
    const int refresh = map.whole("refresh_days", 1, 366).value_or(7);
    map.finish();
    if (!needed.all()) return nullptr;
    return std::make_shared<const BehaviourRule>(
        BehaviourRule{std::move(types),
                      *std::move(needed.account),
                      *std::move(needed.created),
                      *std::move(needed.closed),
                      *std::move(needed.won),
                      std::move(sleeps),
                      std::move(asleep_since),
                      *std::move(needed.value),
                      {static_cast<double>(weight), static_cast<std::size_t>(least)},
                      refresh,
                      node.place()});
}

}  // namespace duet::document
