#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/lifecycle/replay.h"
#include "mappings/lifecycle/statistics.h"

/// Figures over many people's histories: flow, stock, conversion, velocity, ageing.
namespace duet::lifecycle {

/// From `from` up to, but not including, `until`.
struct Period {
    DateTime from{};
    DateTime until{};
    [[nodiscard]] bool holds(DateTime at) const noexcept { return from <= at && at < until; }
};

/// People who entered a stage in a period. Passed-over stages are counted apart.
struct Flow {
    long entries = 0;
    long fresh = 0;      // in their first cycle
    long returning = 0;  // in a later one
    long bypassed = 0;
    long exits = 0;
};

/// Of those who entered a stage, how many came to the next one (or any above it).
struct Conversion {
    long entered = 0;
    long converted = 0;
    long open = 0;  // entered too lately to be judged, and left out of the rate
    std::optional<double> rate{};
};

/// Days from one stage to another.
struct Velocity {
    Summary summary{};
    std::vector<std::string> faults{};  // people who were in the later stage first: left out
};

/// From one stage to another.
struct Move {
    std::string from{};
    std::string to{};
    long count = 0;
    Summary days{};  // that people had been in `from`
};

/// Histories of many people by one model, which must outlive it. One thread.
class Funnel {
public:
    explicit Funnel(const Model& model, const Days& days = Days{}) : model_(model), days_(days) {}

    /// Takes a person's rows, in the order of the history.
    void add(std::string person, const std::vector<Row>& rows);

    [[nodiscard]] std::size_t people() const noexcept { return people_.size(); }
    [[nodiscard]] Flow flow(std::string_view stage, const Period& period) const;
    /// People in the stage just before `at`.
    [[nodiscard]] long stock(std::string_view stage, DateTime at) const;
    /// Of the entries in the period: who came to `next` within `horizon_days`, in the same cycle.
    /// Entries that are younger at `as_of` are open.
    [[nodiscard]] Conversion cohort(std::string_view stage, std::string_view next,
                                    const Period& period, int horizon_days, DateTime as_of) const;
    /// Entries into `next` over entries into `stage`, both within the period: another figure than a
    /// cohort's, which may exceed 1.
    [[nodiscard]] std::optional<double> period_conversion(std::string_view stage,
                                                          std::string_view next,
                                                          const Period& period) const;
    /// Over moves that were completed in the period, in one cycle, with neither stage skipped.
    [[nodiscard]] Velocity velocity(std::string_view stage, std::string_view next,
                                    const Period& period) const;
    /// Moves of the period, by the model's order of stages. Who passed over stages moved once.
    [[nodiscard]] std::vector<Move> moves(const Period& period) const;
    /// Days of stays in the stage that ended in the period.
    [[nodiscard]] Summary stays(std::string_view stage, const Period& period) const;
    /// Days that those still in the stage have been there.
    [[nodiscard]] Summary ageing(std::string_view stage, DateTime as_of) const;

private:
    struct Stay {
        int stage = kNone;
        DateTime at{};
        std::optional<DateTime> left{};
        int cycle = 1;
        bool skipped = false;
    };
    struct Person {
        std::string id;
        std::vector<Stay> stays;
    };

    const Model& model_;
    Days days_;
    std::vector<Person> people_;
};

}  // namespace duet::lifecycle
