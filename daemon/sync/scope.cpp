#include "daemon/sync/scope.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace duet::sync {
namespace {

std::string day_of(Instant time) {
    return format_instant(std::chrono::floor<std::chrono::milliseconds>(time)).substr(0, 10);
}

void forget_agreed(merge::Agreed& agreed, const document::EntityDocument& document) {
    std::erase_if(agreed, [&](const auto& item) {
        return std::none_of(document.fields.begin(), document.fields.end(), [&](const auto& rule) {
            return rule.name == item.first && rule.consent != document::Consent::None;
        });
    });
}

}  // namespace

void judge_scope(EntityPlan& plan, const document::EntityDocument& document, Instant now) {
    merge::Decision& decision = plan.decision;
    if (!decision.in_scope) return;  // its rule failed: nothing changes
    if (*decision.in_scope) {
        plan.out_since = Instant{};
        plan.parted = false;
        return;
    }
    if (plan.out_since == Instant{}) plan.out_since = now;
    const Instant ends = plan.out_since + std::chrono::days{document.scope_grace_days};
    const bool is_over = now >= ends;
    if (is_over) {
        plan.parted = true;
        forget_agreed(decision.agreed, document);
        decision.reason += "; unlinked since it left on " + day_of(plan.out_since);
        return;
    }
    decision.reason += "; its records are unlinked on " + day_of(ends);
    const DateTime due = std::chrono::ceil<std::chrono::milliseconds>(ends);
    if (!decision.next_change || due < *decision.next_change) decision.next_change = due;
}

Status save_scope(Org& org, const EntityPlan& plan) {
    if (plan.parted == plan.entity.parted) return Done{};
    // Whoever waits for one of its records may have it now, or has it no more.
    auto links = org.store.links(org.name, plan.entity.id);
    if (!links) return std::move(links).error();
    for (const store::Link& link : *links) {
        auto waiting = org.store.reviews_naming(org.name, link);
        if (!waiting) return std::move(waiting).error();
        waiting->push_back(link);
        for (const store::Link& record : *waiting) {
            auto queued = org.store.add_changed(org.name, {0, record.side, record.id, 0, {}});
            if (!queued) return queued;
        }
    }
    return Done{};
}

}  // namespace duet::sync
