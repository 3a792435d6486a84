#include "daemon/sync/upkeep.h"

namespace duet::sync {
namespace {

constexpr std::size_t kForgottenPerStep = 500;
constexpr int kSteps = 8;  // a call: history of years goes over many cycles

Instant before(Instant now, std::chrono::days kept) {
    return kept.count() == 0 ? Instant{} : now - kept;
}

}  // namespace

Result<std::int64_t> keep_up(Org& org) {
    const Instant now = org.clock.now();
    const Instant audit_before = before(now, org.settings.keep_audit);
    const store::TrimBounds bounds{
        audit_before, before(now, org.settings.keep_cycles),
        std::chrono::floor<std::chrono::days>(audit_before).time_since_epoch().count()};
    std::int64_t removed = 0;
    for (int step = 0; step < kSteps; ++step) {
        auto trimmed = org.store.trim(org.name, bounds, kForgottenPerStep);
        if (!trimmed) return trimmed;
        removed += *trimmed;
        if (*trimmed == 0) break;
    }
    auto due = org.store.fact(org.name, "scrub_due");
    if (!due) return std::move(due).error();
    if (due->empty()) return removed;
    // Still no room? The next cycle tries once more; nothing else hangs on it.
    if (auto scrubbed = org.store.scrub(); !scrubbed) return removed;
    if (auto set = org.store.set_fact(org.name, "scrub_due", ""); !set)
        return std::move(set).error();
    return removed;
}

}  // namespace duet::sync
