#include "daemon/sync/catch_up.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "daemon/store/maintenance.h"
#include "daemon/sync/compare.h"

namespace duet::sync {
namespace {

/// Since when the org catches up, as the fact says: "1" at first, then the moment of the first
/// cycle in microseconds.
Result<Instant> began(Org& org) {
    auto fact = org.store.fact(org.name, store::kRestoredFact);
    if (!fact) return std::move(fact).error();
    std::int64_t micros = 0;
    std::from_chars(fact->data(), fact->data() + fact->size(), micros);
    if (micros > 1) return Instant{std::chrono::microseconds{micros}};
    const Instant now = org.clock.now();
    auto set = org.store.set_fact(org.name, store::kRestoredFact,
                                  std::to_string(now.time_since_epoch().count()));
    if (!set) return std::move(set).error();
    return now;
}

}  // namespace

Result<CatchUp> find_catch_up(Org& org) {
    auto fact = org.store.fact(org.name, store::kRestoredFact);
    if (!fact) return std::move(fact).error();
    if (fact->empty()) return CatchUp{};
    auto since = began(org);
    if (!since) return std::move(since).error();
    return CatchUp{true, *since};
}

Status catch_up(Org& org, Instant since, store::CycleRow& counts, std::stop_token stop) {
    // What was written just before may not be told yet.
    const auto lag = std::max(org.connectors.crm->read_lag(), org.connectors.marketing->read_lag());
    if (org.clock.now() - since < lag) return Done{};
    for (const ObjectModel& object : org.model.objects()) {
        while (true) {
            auto comparison = org.store.comparison(org.name, object.side, object.info->name);
            if (!comparison) return std::move(comparison).error();
            if (comparison->phase != store::ComparePhase::Ask) break;
            comparison->began_at = since;
            auto asked = ask_for_untold(org, object, std::move(*comparison), counts, stop);
            if (!asked) return std::move(asked).error();
            if (*asked == Asked::Not) return Done{};
        }
    }
    return org.store.set_fact(org.name, store::kRestoredFact, "");
}

}  // namespace duet::sync
