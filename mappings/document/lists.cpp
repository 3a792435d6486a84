#include "mappings/document/lists.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
bool has_persons(const Node& node, const char* what, const Context& context) {
    if (context.find(EntityKind::Person) != nullptr) return true;
    context.findings.add(
        node, kAbsent,
        fmt::format("{} are about persons, but no document has entity: person", what));
    return false;
}

void read_lists(const Node& node, const Context& context, std::vector<ListRule>& lists) {
    if (!has_persons(node, "lists", context)) return;
    const std::string list_key = context.names.marketing + "_list";
    const EntityScope scope(context, EntityKind::Person);
    for (const Node& item : list_items(node, "lists", context.findings)) {
        MapReader map(item, "a list", context.findings);
        const auto name = map.required_name(list_key);
        const Node* when = map.require("member_when");
        const Node* suppress = map.find("suppress_when");
        map.finish();
        auto member_when =
            when == nullptr ? std::nullopt : compile_condition(*when, scope, context.findings);
        auto suppress_when = suppress == nullptr
                                 ? std::nullopt
                                 : compile_condition(*suppress, scope, context.findings);
        if (!name) continue;
        const auto owner = std::find_if(lists.begin(), lists.end(),
                                        [&](const ListRule& list) { return list.list == *name; });
        if (owner != lists.end()) {
            context.findings.add(*map.find(list_key), kTwoWriters,
                                 fmt::format("the list \"{}\" already has a rule at {}", *name,
                                             at_line(owner->place)),
                                 "join both rules with OR(...)");
        }
        if (!member_when || (suppress != nullptr && !suppress_when)) continue;
        lists.push_back({*name, std::move(*member_when), std::move(suppress_when), item.place()});
    }
}

void read_integration_users(const Node& node, const Context& context,
                            PerSide<IntegrationUsers>& users) {
    MapReader map(node, "\"integration_users\"", context.findings);
    for (const Side side : kSides) {
        const Node* names = map.find(context.names[side]);
        if (names == nullptr) continue;
        users[side].field = modified_by_field(context.names[side]);
        users[side].users = text_list(*names, context.names[side], context.findings);
        if (!users[side].field.empty()) continue;
        context.findings.add(map.key_node(context.names[side]), kNotAllowed,
                             fmt::format("Duet does not know where {} keeps who changed a record",
                                         context.names[side]));
    }
    map.finish();
}

}  // namespace duet::document
