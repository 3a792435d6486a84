#include <utility>

#include "mappings/document/codes.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

void read_substages(MapReader& map, const std::vector<std::string>& dates, const Context& context,
                    lifecycle::AccountRules& rules) {
    const Node* list = map.find("substages");
    if (list == nullptr) return;
    for (const Node& item : list_items(*list, "substages", context.findings)) {
        MapReader line(item, "a sub-stage", context.findings);
        lifecycle::SubstageRule rule;
        rule.name = line.required_name("name").value_or("");
        rule.since = known_name(line, "since", "date", dates, context);
        rule.months = line.whole("months", -1200, 1200).value_or(0);
        rule.days = line.whole("days", -3650, 3650).value_or(0);
        rule.last_days = line.whole("last_days", 0, 3650);
        rule.unless = known_name(line, "unless", "date", dates, context);
        line.finish();
        if (!rule.name.empty()) rules.substages.push_back(std::move(rule));
    }
}

std::vector<std::string> read_dates(MapReader& map, const Context& context, AccountSource& source) {
    std::vector<std::string> names;
    const Node* node = map.find("dates");
    if (node == nullptr) return names;
    static const std::vector<FieldType> kMoments{FieldType::Date, FieldType::DateTime};
    const EntityScope scope(context, EntityKind::Account, {.stage = false});
    MapReader dates(*node, "\"dates\"", context.findings);
    for (const Node& key : node->keys) {
        const Node* formula = dates.find(key.text);
        if (formula == nullptr) continue;
        names.push_back(key.text);
        if (auto rule = compile_rule(*formula, scope, kMoments, context.findings))
            source.dates.emplace(key.text, std::move(*rule));
    }
    return names;
}

void read_role(MapReader& map, const Context& context, AccountSource& source) {
    const Node* node = map.find("role");
    if (node == nullptr) return;
    MapReader inner(*node, "\"role\"", context.findings);
    const auto object = inner.required_text("object");
    if (object) {
        source.role_object = known_object(*inner.find("object"), Side::Crm, *object, context);
        static const std::vector<FieldType> kText{FieldType::Text};
        if (const Node* role = inner.require("role"))
            source.role = compile_rule(*role, ObjectScope(context, Side::Crm, source.role_object),
                                       kText, context.findings);
    }
    inner.finish();
}

}  // namespace

void read_account(MapReader& map, const LifecycleNames& names, const Context& context,
                  Lifecycle& lifecycle, lifecycle::LifecycleRules& all) {
    const Node* node = map.find("account");
    if (node == nullptr) return;
    if (context.find(EntityKind::Account) == nullptr) {
        context.findings.add(map.key_node("account"), kAbsent,
                             "accounts have stages, but no document has entity: account");
        return;
    }
    MapReader inner(*node, "\"account\"", context.findings);
    AccountSource source;
    lifecycle::AccountRules& rules = all.account;
    if (inner.require("customer") != nullptr)
        rules.customer = known_name(inner, "customer", "stage", names.stages, context);
    source.contract = known_name(inner, "contract", "span", names.spans, context);
    rules.customer_months = inner.whole("customer_months", 1, 1200).value_or(24);
    rules.left_out = known_names(inner, "left_out", "stage", names.stages, context);
    rules.counted = known_names(inner, "counted", "stage", names.stages, context);
    source.engaged_by = known_name(inner, "engaged_by", "event", names.events, context);
    rules.engaged_days = inner.whole("engaged_days", 1, 3650).value_or(30);
    read_role(inner, context, source);
    if (const Node* roles = inner.find("required_roles"))
        rules.required_roles = text_list(*roles, "required_roles", context.findings);
    const std::vector<std::string> dates = read_dates(inner, context, source);
    source.won = known_name(inner, "won", "date", dates, context);
    read_substages(inner, dates, context, rules);
    source.leads = read_leads_by_domain(inner, context);
    inner.finish();
    lifecycle.account = std::move(source);
}

}  // namespace duet::document
