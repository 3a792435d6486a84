#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mappings/value.h"

/// What customers of a kind did, and what is to be expected of the next one.
namespace duet::behaviour {

/// The kind of a deal: its parts in order, the first that stands longest ("SMB", "Retail").
using Type = std::vector<std::string>;

/// A deal that came to an end.
struct Deal {
    Type type;
    std::string account;
    Date created{};
    Date closed{};
    bool won = false;  // else lost, or lapsed
    double value = 0;
};

struct Settings {
    double prior_weight = 10;      // deals that the rate of all counts for
    std::size_t least_deals = 20;  // of fewer the kind is given up part by part
};

/// What a kind is expected to do; nothing where none of it was won.
struct Prediction {
    Type type;              // of which it is: as many parts as had deals enough
    std::size_t deals = 0;  // of that kind
    double win_probability = 0;
    std::optional<double> expected_acv{};  // median of the won
    std::optional<double> cycle_days{};    // median from created to won
    std::optional<double> gap_days{};      // median between two wins of one account
};

/// (won + weight * prior) / (deals + weight).
[[nodiscard]] double win_probability(double won, double deals, double prior,
                                     double weight) noexcept;

/// `last` and so many days; a half is rounded up.
[[nodiscard]] Date next_purchase(Date last, double gap_days) noexcept;

/// All deals of the past, parted into kinds. Immutable.
class Table {
public:
    Table(std::span<const Deal> deals, const Settings& settings);

    /// Of the longest part of the type that has deals enough; of all deals when none has. A gap
    /// between two wins counts for the kind of the later one.
    [[nodiscard]] Prediction of(const Type& type) const;
    /// Won of all deals; 0 when there is none.
    [[nodiscard]] double prior() const noexcept { return prior_; }

private:
    struct Kind {
        double won = 0;
        double deals = 0;
        std::vector<double> values;
        std::vector<double> cycles;
        std::vector<double> gaps;
        // Of the three, worked out once: each deal asks.
        std::optional<double> median_value{};
        std::optional<double> median_cycle{};
        std::optional<double> median_gap{};
    };
    void add(const Deal& deal, const std::optional<Date>& won_before);

    Settings settings_;
    double prior_ = 0;
    std::map<Type, Kind> kinds_;
};

/// A deal whose probability was told before it ended.
struct Scored {
    double probability = 0;
    bool won = false;
    Date told{};
    Date closed{};
};

/// One tenth of probability: what was told and what came.
struct Band {
    std::size_t deals = 0;
    std::optional<double> told{};      // mean
    std::optional<double> observed{};  // share that was won
};

struct Calibration {
    std::vector<Band> bands;        // ten, the lowest first
    std::optional<double> brier{};  // mean square of what was told less what came
    std::size_t left_out = 0;       // ended before, or on the day that, it was told
};

[[nodiscard]] Calibration calibrate(std::span<const Scored> deals);

}  // namespace duet::behaviour
