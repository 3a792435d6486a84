#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace duet::attribution {

/// What became of the journeys that took one path.
struct Outcome {
    double conversions = 0;  // how many converted
    double value = 0;        // what those were worth together
    double nulls = 0;        // how many did not convert
};

/// Journeys as rows of (path, outcome): the channels touched, in order. Rows may repeat a path;
/// their sums are meant. About 4 bytes a touch and 32 a row.
class Journeys {
public:
    /// The number of a channel, a new one for a new name.
    std::uint32_t channel(std::string_view name);
    /// Adds a row. An empty path is kept as journeys without a touch.
    void add(std::span<const std::uint32_t> steps, const Outcome& outcome);

    [[nodiscard]] const std::vector<std::string>& channels() const noexcept { return names_; }
    [[nodiscard]] std::size_t size() const noexcept { return outcomes_.size(); }
    [[nodiscard]] std::span<const std::uint32_t> steps(std::size_t row) const noexcept {
        return std::span(steps_).subspan(begins_[row], begins_[row + 1] - begins_[row]);
    }
    [[nodiscard]] const Outcome& outcome(std::size_t row) const noexcept { return outcomes_[row]; }
    /// Of all rows, also those without a touch.
    [[nodiscard]] const Outcome& total() const noexcept { return total_; }
    /// Of the rows without a touch: nobody's credit.
    [[nodiscard]] const Outcome& untouched() const noexcept { return untouched_; }
    [[nodiscard]] std::size_t touches() const noexcept { return steps_.size(); }

    /// Forgets the journeys that did not convert.
    void drop_nulls();

private:
    struct NameHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };

    std::unordered_map<std::string, std::uint32_t, NameHash, std::equal_to<>> numbers_;
    std::vector<std::string> names_;
    std::vector<std::uint32_t> steps_;
    std::vector<std::size_t> begins_{0};
    std::vector<Outcome> outcomes_;
    Outcome total_;
    Outcome untouched_;
};

/// What each channel is credited with.
struct Credits {
    std::vector<double> conversions;  // by channel
    std::vector<double> value;
};

}  // namespace duet::attribution
