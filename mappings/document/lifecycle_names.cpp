#include <algorithm>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/rules.h"
#include "mappings/lifecycle/values.h"

namespace duet::document {
namespace {

const Node* item(const Node& map, std::string_view key) {
    for (std::size_t i = 0; i < map.keys.size() && i < map.items.size(); ++i) {
        if (map.keys[i].text == key) return &map.items[i];
    }
    return nullptr;
}

/// The `name` of each line of a list; quietly: readers report.
void add_names(const Node& lifecycle, std::string_view list, std::vector<std::string>& names) {
    const Node* lines = item(lifecycle, list);
    if (lines == nullptr || lines->kind != Node::Kind::List) return;
    for (const Node& line : lines->items) {
        const Node* name = item(line, "name");
        if (name == nullptr || name->text.empty()) continue;
        if (std::find(names.begin(), names.end(), name->text) == names.end())
            names.push_back(name->text);
    }
}

}  // namespace

LifecycleNames names_of_lifecycle(const Node& node) {
    LifecycleNames names;
    add_names(node, "stages", names.stages);
    add_names(node, "events", names.events);
    add_names(node, "spans", names.spans);
    add_names(node, "conditions", names.spans);
    if (item(node, "deals") != nullptr) {
        for (const char* event :
             {"deal_opened", "deal_moved", "deal_won", "deal_lost", "deal_lapsed", "deal_reopened"})
            names.events.emplace_back(event);
        names.spans.emplace_back("open_deal");
    }
    // What begins and what comes by time alone are events, too.
    names.events.insert(names.events.end(), names.spans.begin(), names.spans.end());
    add_names(node, "timers", names.events);
    add_names(node, "counts", names.counts);
    names.has_ways = item(node, "transitions") != nullptr;
    return names;
}

void know_lifecycle(const Node& node, Context& context) {
    const LifecycleNames names = names_of_lifecycle(node);
    if (!names.has_ways) return;
    for (const auto& [name, type] :
         lifecycle::person_names(names.stages, names.events, names.counts))
        context.duet_names.push_back({EntityKind::Person, name, type});
    if (item(node, "deals") != nullptr) {
        for (const auto& [name, type] : lifecycle::deal_names())
            context.duet_names.push_back({EntityKind::Opportunity, name, type});
    }
    if (item(node, "account") == nullptr) return;
    for (const auto& [name, type] : lifecycle::account_names(names.stages))
        context.duet_names.push_back({EntityKind::Account, name, type});
}

void check_name(const Node& node, std::string_view what, const std::string& name,
                const std::vector<std::string>& known, const Context& context) {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    context.findings.add(node, kUnknownName, fmt::format("there is no {} \"{}\"", what, name),
                         did_you_mean(name, known));
}

std::vector<std::string> known_names(MapReader& map, std::string_view key, std::string_view what,
                                     const std::vector<std::string>& known,
                                     const Context& context) {
    const Node* node = map.find(key);
    if (node == nullptr) return {};
    std::vector<std::string> names = text_list(*node, key, context.findings);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool is_list = node->kind == Node::Kind::List && i < node->items.size();
        check_name(is_list ? node->items[i] : *node, what, names[i], known, context);
    }
    return names;
}

std::string known_name(MapReader& map, std::string_view key, std::string_view what,
                       const std::vector<std::string>& known, const Context& context) {
    const auto name = map.text(key);
    if (!name) return {};
    check_name(*map.find(key), what, *name, known, context);
    return *name;
}

}  // namespace duet::document
