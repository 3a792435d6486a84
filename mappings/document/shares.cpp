#include "mappings/document/shares.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/figures.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

std::optional<ShareRule> read_share(const Node& item, const Context& context) {
    MapReader map(item, "a share", context.findings);
    const auto name = map.required_name("name");
    const auto object = map.required_text("object");
    const Node* counted_node = map.require("counted_when");
    const Node* met_node = map.require("met_when");
    const Node* at_node = map.find("at");
    const Node* by_node = map.find("by");
    map.finish();
    if (!name || !object || counted_node == nullptr || met_node == nullptr) return std::nullopt;
    const std::string known = known_object(*map.find("object"), Side::Crm, *object, context);
    const ObjectScope scope(context, Side::Crm, known);
    auto counted = compile_condition(*counted_node, scope, context.findings);
    auto met = compile_condition(*met_node, scope, context.findings);
    std::optional<Rule> at;
    std::optional<Rule> by;
    if (at_node != nullptr)
        at =
            compile_rule(*at_node, scope, {FieldType::Date, FieldType::DateTime}, context.findings);
    if (by_node != nullptr)
        by = compile_rule(*by_node, scope, {FieldType::Text, FieldType::Id}, context.findings);
    if (!counted || !met) return std::nullopt;
    return ShareRule{*name,         known,         *std::move(counted), *std::move(met),
                     std::move(at), std::move(by), item.place()};
}

}  // namespace

std::vector<const Rule*> rules_of(const ShareRule& share) {
    std::vector<const Rule*> rules{&share.counted_when, &share.met_when};
    for (const auto* extra : {&share.at, &share.by}) {
        if (*extra) rules.push_back(&**extra);
    }
    return rules;
}

std::shared_ptr<const std::vector<ShareRule>> read_shares(const Node& node,
                                                          const Context& context) {
    std::vector<ShareRule> shares;
    for (const Node& item : list_items(node, "shares", context.findings)) {
        auto share = read_share(item, context);
        if (!share) continue;
        const auto earlier = std::find_if(shares.begin(), shares.end(), [&](const ShareRule& one) {
            return same_name(one.name, share->name);
        });
        if (earlier != shares.end()) {
            context.findings.add(share->place, 1, kDefinedTwice,
                                 fmt::format("the share \"{}\" is defined twice, first at {}",
                                             share->name, at_line(earlier->place)));
            continue;
        }
        shares.push_back(*std::move(share));
    }
    return std::make_shared<const std::vector<ShareRule>>(std::move(shares));
}

}  // namespace duet::document
