#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "connectors/http/tls.h"
#include "connectors/http/transport.h"

namespace duet::http {

/// What is known of one call while the library works on it: shared by the thread that waits and
/// by the library's callbacks, which may come long after the wait has ended.
///
/// 1. The first ending wins; a later one changes nothing.
/// 2. After `abandon()` has said that the body cannot leave, `may_send_body()` is false.
/// Thread-safe.
class Call final : public TlsObserver {
public:
    enum class Ending {
        Answered,   // the whole answer is here
        Failed,     // the library gave up; `reason` is its text
        Stale,      // the kept connection was found dead before anything was sent
        Interim,    // a 1xx answer came, which the library takes for the final one
        TooLarge,   // the answer passes a limit; `reason` says which
        OutOfTime,  // the deadline came first
        Stopped,    // the stop came first
    };
    struct End {
        Ending ending{};
        std::string reason;
        unsigned long error_number = 0;  // OpenSSL's or the system's, as the library gave it
    };

    /// `wire_bytes_max`: of the packed body.
    Call(bool has_body, std::uint64_t wire_bytes_max);

    // For the library's callbacks.
    void end(End end);
    /// A (new) attempt starts: the library may make a second one by itself.
    void attempt_starts() noexcept { attempts_.fetch_add(1); }
    /// Asked before the first byte of the body leaves.
    [[nodiscard]] bool may_send_body() noexcept;
    /// Asked after each piece of the body, before it is stored, with the sum so far. False when
    /// that passes the limit or has shrunk: the library takes a chunk of "-1" bytes at its word
    /// and would then read far beyond its buffer.
    [[nodiscard]] bool may_store_body(std::uint64_t body_bytes) noexcept;
    /// The library has dropped the request.
    void release();
    void certificate_refused(std::string reason) override;
    void bytes_arriving(std::size_t count) override;

    // For the thread that waits.
    /// Returns when the call has ended, in any way.
    End wait(std::chrono::steady_clock::time_point deadline, std::stop_token stop);
    /// True: the request has not left whole and will not.
    [[nodiscard]] bool abandon() noexcept;
    /// Waits until the library holds nothing of the call any more, which is after it has put the
    /// connection back: before that, the next call would open a second one. False: not in time.
    [[nodiscard]] bool wait_for_release(std::chrono::milliseconds duration_max);
    [[nodiscard]] int attempts() const noexcept { return attempts_.load(); }
    /// Why the certificate was refused; empty when it was not.
    [[nodiscard]] std::string refusal() const;

private:
    enum class Gate { Waiting, Passed, Shut };

    const bool has_body_;
    const std::uint64_t wire_bytes_max_;
    std::atomic<Gate> gate_{Gate::Waiting};
    std::atomic<int> attempts_{0};
    std::atomic<std::uint64_t> arrived_bytes_{0};
    std::atomic<std::uint64_t> body_bytes_{0};
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<End> end_;  // guarded by mutex_
    bool released_ = false;   // guarded by mutex_
    std::string refusal_;     // guarded by mutex_
};

}  // namespace duet::http
