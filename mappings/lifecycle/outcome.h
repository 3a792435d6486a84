#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mappings/lifecycle/days.h"
#include "mappings/lifecycle/rules.h"
#include "mappings/value.h"

/// Won, lost, lapsed or open: what became of a deal.
namespace duet::lifecycle {

/// What is known of a deal. Lists in any order.
struct Deal {
    struct StageChange {
        DateTime at{};
        std::string stage{};  // that it went to
    };
    struct Planned {
        DateTime made{};
        DateTime start{};
    };
    DateTime created{};
    std::string stage{};  // that it began in
    std::vector<StageChange> stage_changes{};
    std::vector<DateTime> activities{};  // completed sales activities; none of Duet's own
    std::vector<Planned> planned{};      // meetings; once begun they count as activities
    std::optional<Date> close_date{};
    bool won = false;
    std::optional<DateTime> closed_at{};  // nothing: nobody closed it
};

enum class Outcome : std::uint8_t { Open, Won, Lost, Lapsed };
[[nodiscard]] const char* to_string(Outcome outcome) noexcept;  // "open", "won", ...

/// A time in which a deal counted as lapsed.
struct Lapse {
    DateTime from{};
    std::optional<DateTime> until{};  // a stage change, an activity, a planned meeting, its close
    std::string reason{};             // the first of the rules that held at `from`
    bool operator==(const Lapse&) const = default;
};

/// Days that won deals were in a stage, the median of each stage by its name.
using StageMedians = std::map<std::string, double, std::less<>>;

/// All lapses of a deal, by time. What happened after `as_of` is not known; lapses that begin later
/// are those to come if nothing happens. What ends a lapse starts the clock of `in_stage_over`
/// anew, or an overdue deal would lapse again the moment somebody cared for it.
[[nodiscard]] std::vector<Lapse> lapses_of(const Deal& deal, const std::vector<LapseRule>& rules,
                                           const StageMedians& medians, DateTime as_of,
                                           const Days& days = Days{});

struct OutcomeAt {
    Outcome outcome = Outcome::Open;
    std::string lapse_reason{};             // the first rule that holds at `as_of`
    std::vector<std::string> reasons{};     // all rules that hold
    std::optional<DateTime> lapsed_at{};    // start of the first day on which a rule held
    std::optional<DateTime> next_change{};  // with no new data
};

[[nodiscard]] OutcomeAt outcome_of(const Deal& deal, const std::vector<LapseRule>& rules,
                                   const StageMedians& medians, DateTime as_of,
                                   const Days& days = Days{});

/// Deals that ended in each way, counted or by what they are worth, and the rates; rates of nothing
/// are absent.
struct OutcomeCounts {
    double won = 0;
    double lost = 0;
    double lapsed = 0;

    /// won / (won + lost).
    [[nodiscard]] std::optional<double> win_rate() const noexcept;
    /// Shares of all three: won, lost, lapsed.
    [[nodiscard]] std::optional<double> three_way(Outcome outcome) const noexcept;
};

}  // namespace duet::lifecycle
