#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace duet::sandbox {

/// The sandbox's own time: stands still, or runs at the pace of the machine from a set start.
/// Not safe for threads: used under the sandbox's lock.
class SandboxClock {
public:
    /// `start_ms`: milliseconds since 1970, UTC.
    SandboxClock(std::int64_t start_ms, bool running);

    [[nodiscard]] std::int64_t now_ms() const;
    [[nodiscard]] std::string now_iso() const;   // "2018-01-02T03:04:05.000Z", milliseconds kept
    [[nodiscard]] std::string now_date() const;  // "2018-01-02"
    [[nodiscard]] bool running() const noexcept { return running_; }

    void set(std::int64_t now_ms);
    void advance(std::chrono::milliseconds by) { set(now_ms() + by.count()); }
    void run(bool running);
    /// From now on everybody is told a time that is `by_ms` ahead; below 0: behind.
    void skew(std::int64_t by_ms) noexcept { skew_ms_ = by_ms; }

private:
    std::int64_t base_ms_;
    std::chrono::steady_clock::time_point since_;
    bool running_;
    std::int64_t skew_ms_ = 0;
};

/// "2018-01-02T03:04:05.000Z" and back; texts with any offset are read. Nothing: -1.
[[nodiscard]] std::string iso_from_ms(std::int64_t ms);
[[nodiscard]] std::int64_t ms_from_iso(std::string_view text);

}  // namespace duet::sandbox
