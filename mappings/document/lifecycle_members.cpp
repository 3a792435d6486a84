#include "mappings/document/lists.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/rules.h"

namespace duet::document {

void read_campaign_member(MapReader& map, const LifecycleNames& names, const Context& context,
                          Lifecycle& lifecycle, lifecycle::LifecycleRules& rules) {
    const Node* node = map.find("campaign_member");
    if (node == nullptr) return;
    MapReader line(*node, "\"campaign_member\"", context.findings);
    CampaignMemberRule rule;
    if (line.require("at") != nullptr)
        rule.stage = known_name(line, "at", "stage", names.stages, context);
    if (line.find("status") != nullptr) rule.status = line.required_name("status").value_or("");
    rules.touched_days = line.whole("window_days", 1, 3660).value_or(rules.touched_days);
    rule.cap_per_cycle = line.whole("cap_per_cycle", 1, 100'000).value_or(rule.cap_per_cycle);
    line.finish();
    check_campaign_members(*node, context);
    if (rule.stage.empty()) return;
    rules.touched_at = rule.stage;
    lifecycle.campaign_member = std::move(rule);
}

}  // namespace duet::document
