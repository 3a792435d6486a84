#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mappings/value.h"

/// Recency, frequency, monetary value: how customers differ in when, how often and how much they
/// bought last. Money is in one currency, the caller's.
namespace duet::scoring {

/// A won deal, or what was paid back of one: a refund has an amount below 0. It is subtracted from
/// the customer's sum and is no purchase.
struct Purchase {
    std::string customer;
    Date day;
    double amount = 0;
};

struct Customer {
    std::string id;
    double recency_days = 0;  // from the last purchase
    double frequency = 0;     // number of purchases
    double monetary = 0;
};

/// What each customer bought until `as_of`, that day too, by id; whoever bought nothing in the
/// window is left out. `window_months`: back from `as_of`, by the calendar, and the day it comes to
/// does not count any more; nothing: all that ever was.
[[nodiscard]] std::vector<Customer> customers_of(std::span<const Purchase> purchases, Date as_of,
                                                 std::optional<int> window_months);

enum class Measure : std::uint8_t { Recency, Frequency, Monetary };
inline constexpr std::size_t kMeasures = 3;
template <class T>
using ByMeasure = std::array<T, kMeasures>;

/// Both ends count. A segment is of scores within all three.
struct ScoreRange {
    int low = 1;
    int high = 5;
};
struct Segment {
    std::string name;
    ByMeasure<ScoreRange> scores;
};
/// The usual ten, as the R package rfm has them; the first that fits is taken.
[[nodiscard]] std::vector<Segment> usual_segments();

struct RfmSettings {
    /// Shares of the customers that thresholds part, rising.
    std::vector<double> quantiles{0.2, 0.4, 0.6, 0.8};
    /// Thresholds of a measure, rising, in place of those that the customers themselves give.
    ByMeasure<std::optional<std::vector<double>>> fixed{};
    /// Fewer customers say nothing about each other: all have the middle score.
    std::size_t few_customers = 5;
    /// The R package's own rule: a score rises at threshold + 1, not above the threshold.
    bool rfm_compat = false;
    ByMeasure<double> weights{0.5, 0.3, 0.2};  // of the weighted score
    std::vector<Segment> segments = usual_segments();
    std::string other_segment = "Others";
};

struct RfmScore {
    std::string customer;
    ByMeasure<int> scores{};  // 1 to 1 + number of thresholds; the highest is the best
    int code = 0;             // 100 R + 10 F + M
    double weighted = 0;
    std::string segment;
};

struct RfmResult {
    ByMeasure<std::vector<double>> thresholds;  // as scores were given; empty: all the middle score
    std::vector<RfmScore> scores;               // one for each customer, in their order
};

/// Equal values always have equal scores. O(n log n).
[[nodiscard]] RfmResult rfm(std::span<const Customer> customers, const RfmSettings& settings);

/// The quantile that R calls type 7: linear between the values around position (n - 1) * share.
/// `sorted` is rising and not empty.
[[nodiscard]] double quantile(std::span<const double> sorted, double share);

/// How many went from one segment to another between two results; "" for customers that are in
/// one of them only. Rows and columns by name.
using Movements = std::map<std::string, std::map<std::string, std::size_t>>;
[[nodiscard]] Movements movements(std::span<const RfmScore> before,
                                  std::span<const RfmScore> after);

}  // namespace duet::scoring
