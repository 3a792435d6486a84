#include "daemon/sync/alarms.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

namespace duet::sync {
namespace {

using nlohmann::json;

constexpr const char* kFact = "alarms";

Status save(store::Store& store, std::string_view org, const std::vector<Alarm>& alarms) {
    auto rows = json::array();
    for (const Alarm& alarm : alarms) {
        rows.push_back({{"code", alarm.code},
                        {"count", alarm.count},
                        {"limit", alarm.limit},
                        {"cycle", alarm.cycle},
                        {"since", alarm.since.time_since_epoch().count()}});
    }
    return store.set_fact(org, kFact, alarms.empty() ? std::string{} : rows.dump());
}

}  // namespace

std::string sentence(const Alarm& alarm) {
    if (alarm.code == kPausedOptOutsCode) {
        return std::to_string(alarm.count) +
               " opt-outs wait because what they go to is paused: `duet resume` lets them travel.";
    }
    return std::to_string(alarm.count) + " opt-outs passed in cycle " +
           std::to_string(alarm.cycle) + ", and " + std::to_string(alarm.limit) +
           " are usual at most: is a field read the wrong way round? "
           "`duet brake release opt_out` says that they are meant.";
}

Result<std::vector<Alarm>> load_alarms(store::Store& store, std::string_view org) {
    auto fact = store.fact(org, kFact);
    if (!fact) return std::move(fact).error();
    std::vector<Alarm> alarms;
    if (fact->empty()) return alarms;
    try {
        for (const json& row : json::parse(*fact)) {
            Alarm alarm;
            alarm.code = row.at("code").get<std::string>();
            alarm.count = row.at("count").get<std::int64_t>();
            alarm.limit = row.at("limit").get<std::int64_t>();
            alarm.cycle = row.at("cycle").get<store::CycleId>();
            alarm.since = Instant{std::chrono::microseconds{row.at("since").get<std::int64_t>()}};
            alarms.push_back(std::move(alarm));
        }
    } catch (const json::exception&) {
        return Error{ErrorKind::Broken,
                     "The alarms cannot be read from the state file.",
                     "DUET-4010",
                     "",
                     {}};
    }
    return alarms;
}

Status raise_alarm(store::Store& store, std::string_view org, Alarm alarm) {
    auto alarms = load_alarms(store, org);
    if (!alarms) return std::move(alarms).error();
    const auto at =
        std::lower_bound(alarms->begin(), alarms->end(), alarm,
                         [](const Alarm& one, const Alarm& two) { return one.code < two.code; });
    if (at != alarms->end() && at->code == alarm.code) {
        alarm.since = at->since;
        *at = std::move(alarm);
    } else {
        alarms->insert(at, std::move(alarm));
    }
    return save(store, org, *alarms);
}

Result<std::int64_t> clear_alarm(store::Store& store, std::string_view org, std::string_view code) {
    auto alarms = load_alarms(store, org);
    if (!alarms) return std::move(alarms).error();
    const auto gone = static_cast<std::int64_t>(
        std::erase_if(*alarms, [&](const Alarm& alarm) { return alarm.code == code; }));
    if (gone > 0) {
        if (auto saved = save(store, org, *alarms); !saved) return std::move(saved).error();
    }
    return gone;
}

}  // namespace duet::sync
