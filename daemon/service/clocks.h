#pragma once

#include <atomic>

#include "mappings/seams.h"

namespace duet::service {

/// The machine's clock.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::now();
    }
};

/// A rehearsal's clock: business time stands still until it is set; deadlines run on.
class FixedClock final : public Clock {
public:
    explicit FixedClock(Instant now) : now_(now) {}
    void set(Instant now) { now_.store(now); }
    [[nodiscard]] Instant now() const override { return now_.load(); }
    [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
        return std::chrono::steady_clock::now();
    }

private:
    std::atomic<Instant> now_;
};

/// Jitter and the like, from the operating system's entropy. Not for keys.
class SystemRandom final : public Random {
public:
    SystemRandom();
    [[nodiscard]] std::uint64_t next() override;

private:
    std::uint64_t state_;
};

}  // namespace duet::service
