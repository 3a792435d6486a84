#include "mappings/document/hygiene.h"

#include <utility>

#include "mappings/document/codes.h"
#include "mappings/document/figures.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {

std::vector<const Rule*> rules_of(const HygieneRule& hygiene) {
    return {&hygiene.open_when, &hygiene.faulty_when, &hygiene.owner};
}

std::shared_ptr<const HygieneRule> read_hygiene(const Node& node, const Context& context) {
    if (context.find(EntityKind::Opportunity) == nullptr) {
        context.findings.add(node, kAbsent,
                             "hygiene is of deals, but no document has entity: opportunity");
        return nullptr;
    }
    const EntityScope scope(context, EntityKind::Opportunity,
                            {.stage = false, .attributions = false, .behaviour = false});
    MapReader map(node, "\"hygiene\"", context.findings);
    const auto rule = [&](const char* key,
                          const std::vector<FieldType>& types) -> std::optional<Rule> {
        const Node* written = map.require(key);
        if (written == nullptr) return std::nullopt;
        return compile_rule(*written, scope, types, context.findings);
    };
    auto open = rule("open_when", {FieldType::Boolean});
    auto faulty = rule("faulty_when", {FieldType::Boolean});
    auto owner = rule("owner", {FieldType::Text, FieldType::Id});
    map.finish();
    if (!open || !faulty || !owner) return nullptr;
    return std::make_shared<const HygieneRule>(
        HygieneRule{*std::move(open), *std::move(faulty), *std::move(owner), node.place()});
}

}  // namespace duet::document
