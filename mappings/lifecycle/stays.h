#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "mappings/lifecycle/outcome.h"

namespace duet::lifecycle {

/// The median of the stage that the deal is in at `at`, in days with one decimal; blank: none is
/// known.
[[nodiscard]] Value stage_median(const Deal& deal, const StageMedians& medians, DateTime at);

/// How long deals stayed in each stage, from what is known of closed ones.
class StageStays {
public:
    /// Stays of which both ends are known: from a change to the next one to another stage, or to
    /// the deal's end. One that begins where the deal ends is none.
    void add(const Deal& deal);

    /// In days, fractions included; of stages with at least `fewest` stays.
    [[nodiscard]] StageMedians medians(std::size_t fewest) const;

private:
    std::map<std::string, std::vector<double>, std::less<>> days_;
};

}  // namespace duet::lifecycle
