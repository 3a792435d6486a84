#pragma once

#include <chrono>
#include <cstdint>

#include "mappings/side.h"
#include "tests/simulation/script.h"
#include "tests/simulation/world.h"

namespace duet::simulation {

/// The faults of a script: orders them of the vendors and the store, and ends those that last for
/// some cycles.
class Trouble {
public:
    /// Both vendors' clocks are behind Duet's from now on.
    explicit Trouble(SimulatedOrg& org);

    /// `most_steps`: durable ones of the longest cycle so far.
    void arm(const Step& step, std::uint32_t most_steps);
    /// A cycle has ended.
    void outlast();
    void heal();

    [[nodiscard]] bool is_spent(Side side) const { return quota_cycles_[side] > 0; }
    [[nodiscard]] bool is_skewed() const { return skew_cycles_ > 0; }
    [[nodiscard]] bool is_slow() const { return slow_cycles_ > 0; }
    /// How long a call takes while it is slow.
    [[nodiscard]] std::chrono::seconds slow_call() const { return slow_call_; }
    /// Whether the event at hand and the next one have the same stamp.
    bool takes_same_stamp() { return same_stamp_ > 0 && same_stamp_-- > 0; }

private:
    void refuse(const Step& step, Side side);

    SimulatedOrg& org_;
    PerSide<int> quota_cycles_{};
    PerSide<int> down_cycles_{};
    PerSide<int> refuse_cycles_{};
    PerSide<std::chrono::seconds> skew_{};
    int skew_cycles_ = 0;
    int slow_cycles_ = 0;
    std::chrono::seconds slow_call_{20};
    int same_stamp_ = 0;
};

}  // namespace duet::simulation
