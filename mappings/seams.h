#pragma once

#include <chrono>
#include <cstdint>

namespace duet {

/// Wall-clock time to the microsecond, UTC.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// Where time comes from. Nothing else in Duet reads a clock, so that a test or a demo can.
/// Implementations are safe to call from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    /// Business time: what TODAY() and stamps of ours are made from.
    [[nodiscard]] virtual Instant now() const = 0;
    /// For deadlines and durations only; unrelated to now().
    [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// Where randomness comes from (jitter, keys of ours). One thread at a time.
class Random {
public:
    virtual ~Random() = default;
    [[nodiscard]] virtual std::uint64_t next() = 0;
};

}  // namespace duet
