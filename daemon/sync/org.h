#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
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
    std::size_t writes_at_once = 20'000;       // held in memory, some 2 KB each
    std::chrono::seconds stale_after{120};     // a record read longer ago is read again first
    std::chrono::seconds retry_first{60};      // before the second try of what was not taken now
    std::chrono::seconds refused_first{3600};  // the same of what was refused as it is
    std::chrono::seconds retry_longest{86400};
    std::chrono::seconds cause_longest{3600};  // what one cause holds is looked at that often
    std::size_t tries_per_cause = 20;  // of one cycle: few find out for all whether it is gone
    std::chrono::seconds compare_every{7 * 86400};   // from full compare to full compare; 0: none
    std::chrono::seconds compare_within{3 * 86400};  // how long one takes, evenly
    double compare_share = 0.05;  // of the daily API limit that comparing may use
    int ping_pong_times = 6;  // own writes of a field between the same two values; 0: never frozen
    std::chrono::seconds ping_pong_within{3600};
    std::chrono::seconds first_load_slice{120};  // of a cycle and side, for objects not loaded yet
    std::chrono::days keep_audit{730};           // audit and decisions; 0: for ever
    std::chrono::days keep_cycles{90};           // 0: for ever
    int doubt_lookups = 2;                       // before a create in doubt counts as not done
};

/// What a person is shown while a cycle works: each page that was read, then every few hundred
/// decisions and each batch of writes.
struct Progress {
    enum class Work : std::uint8_t { Reading, Deciding, Sending };
    std::string system;    // "salesforce"; empty while deciding
    std::string object{};  // while reading
    std::size_t rows = 0;  // read of this object in this cycle, decided in this pass, or sent of it
    bool backfill = false;
    bool done = false;
    Work work = Work::Reading;
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
    PerSide<std::optional<std::chrono::duration<double>>> pace{};  // a call of late (pace.h)
    PerSide<bool> reads_paused{};                                  // people stopped its reading
    bool catching_up = false;  // after a restore: whatever is read counts as compared

    [[nodiscard]] const std::string& system(Side side) const {
        return model.documents().names[side];
    }
};

/// True when the side's calls of today have reached the share that Duet may use, by a figure of the
/// last 15 minutes: an older one is asked for anew by the next call, whatever it was.
[[nodiscard]] bool is_over_budget(const Org& org, Side side);

}  // namespace duet::sync
