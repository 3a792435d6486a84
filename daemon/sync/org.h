#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "connectors/connector.h"
#include "daemon/store/store.h"
#include "daemon/sync/model.h"
#include "mappings/seams.h"
#include "mappings/side.h"

namespace duet::sync {

/// A kind of write is held when one plan has more of it than both `count` and `share` of the live
/// records of the side allow.
struct BrakeLimit {
    std::int64_t count = 0;
    double share = 0;  // 0 to 1
};

/// The kinds the brake knows, as configuration and `duet plan` spell them. "unsubscribe" is an
/// opt-out by a rule; "opt_out", one by a person, always passes: too many of it are an alarm.
inline constexpr const char* kBrakeKinds[] = {"blank",   "create", "delete",  "leave_list",
                                              "opt_out", "reown",  "restage", "unsubscribe"};

struct CycleSettings {
    std::size_t page_size = 2000;  // rows asked for per page
    double reserve_share = 0.2;    // of the daily API limit that Duet leaves to others
    std::map<std::string, BrakeLimit> brake{
        {"blank", {50, 0.01}},       {"create", {1000, 0.25}},    {"delete", {100, 0.02}},
        {"leave_list", {500, 0.25}}, {"opt_out", {50, 0.01}},     {"reown", {200, 0.05}},
        {"restage", {500, 0.25}},    {"unsubscribe", {50, 0.01}},
    };
    std::chrono::seconds stale_after{120};  // a record read longer ago is read again first
    std::chrono::seconds retry_first{60};   // before the second try of a refused write
    std::chrono::seconds retry_longest{86400};
    std::chrono::days keep_audit{730};  // audit and decisions; 0: for ever
    std::chrono::days keep_cycles{90};  // 0: for ever
    int doubt_lookups = 2;              // before a create in doubt counts as not done
};

/// What a person is shown while a long read runs.
struct Progress {
    std::string system;  // "salesforce"
    std::string object;
    std::size_t rows = 0;  // of this object in this cycle
    bool backfill = false;
    bool done = false;
};

/// One configured pair with everything a cycle works with. All references outlive the cycle.
struct Org {
    std::string name;
    CycleSettings settings;
    const Model& model;
    PerSide<Connector*> connectors;
    store::Store& store;
    const Clock& clock;
    Random& random;
    std::function<void(const Progress&)> on_progress{};            // may be empty
    PerSide<std::chrono::steady_clock::time_point> observed_at{};  // when each side was read last
    PerSide<bool> reads_paused{};                                  // people stopped its reading

    [[nodiscard]] const std::string& system(Side side) const {
        return model.documents().names[side];
    }
};

/// True when the side's calls of today have reached the share that Duet may use, by a figure of the
/// last 15 minutes: an older one is asked for anew by the next call, whatever it was.
[[nodiscard]] bool is_over_budget(const Org& org, Side side);

}  // namespace duet::sync
