#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/store/store.h"

namespace duet::sync {

/// Opt-outs always pass the brake, but an unusual number of them may come from a field that is read
/// the wrong way round.
inline constexpr const char* kManyOptOutsCode = "DUET-5041";
/// Opt-outs wait because people paused what they go to.
inline constexpr const char* kPausedOptOutsCode = "DUET-5042";

/// Something that a person must know and that stops nothing: logged when it is raised, shown by
/// `duet status` and by the metrics until it is over.
struct Alarm {
    std::string code;
    std::int64_t count = 0;
    std::int64_t limit = 0;
    store::CycleId cycle = 0;  // of the newest
    Instant since{};
};

/// The sentence for people, from the table of messages, with the numbers.
[[nodiscard]] std::string sentence(const Alarm& alarm);

/// Those of an org, by code; kept in its fact "alarms".
Result<std::vector<Alarm>> load_alarms(store::Store& store, std::string_view org);
/// Adds the alarm, or brings the one with its code up to date: `since` stays as it was.
Status raise_alarm(store::Store& store, std::string_view org, Alarm alarm);
/// How many were cleared: 0 or 1.
Result<std::int64_t> clear_alarm(store::Store& store, std::string_view org, std::string_view code);

}  // namespace duet::sync
