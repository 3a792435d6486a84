#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/sync/attribute.h"
#include "mappings/timers/timer.h"

namespace duet::sync {

/// Whether a path behind "Timer." is of this timer: its name with one of the endings.
[[nodiscard]] bool is_of_timer(std::string_view name, const document::TimerRule& timer) noexcept;

/// Gathers what began and answered the response timers of one person, and asks mappings/timers how
/// they stand. Refers to the sources and records, which must outlive it.
class AnswerTimers {
public:
    AnswerTimers(const AttributionSources& sources, const PerSide<const Record*>& records)
        : sources_(sources), records_(records) {}

    /// Writes every fact of the timer to `into`, by the name behind "Timer."; or says why they
    /// cannot be known. Of several timers of the person the most urgent is told. `next` is lowered
    /// to when a fact may change by itself.
    [[nodiscard]] std::optional<std::string> read(const document::TimerRule& timer,
                                                  merge::FactSource& facts,
                                                  std::map<std::string, Value, std::less<>>& into,
                                                  std::optional<DateTime>& next) const;

    /// One event that wanted an answer, and how its timer stands.
    struct One {
        const document::TimerEvent* event = nullptr;
        DateTime start{};
        timers::Reading reading{};
    };
    /// Every one of the person's, or why they cannot be known.
    [[nodiscard]] std::variant<std::vector<One>, std::string> all(
        const document::TimerRule& timer, merge::FactSource& facts,
        std::optional<DateTime>& next) const;

private:
    struct Found {
        const document::TimerEvent* event = nullptr;
        DateTime time{};
    };
    [[nodiscard]] std::optional<std::string> gather(const std::vector<document::TimerEvent>& events,
                                                    std::vector<Found>& found,
                                                    std::optional<DateTime>& next) const;
    [[nodiscard]] std::optional<std::string> gather_one(const document::TimerEvent& event,
                                                        const std::string& object,
                                                        const std::string& key,
                                                        std::vector<Found>& found,
                                                        std::optional<DateTime>& next) const;

    AttributionSources sources_;
    PerSide<const Record*> records_;
};

}  // namespace duet::sync
