#include "connectors/http/call.h"

#include <utility>

namespace duet::http {
namespace {

// Beside the body: handshake with a long chain, header block, framing. Generous, since it only
// bounds memory; the exact limits are checked when the parts are here.
constexpr std::uint64_t kOverheadBytesMax = 1024 * 1024;

}  // namespace

Call::Call(bool has_body, std::uint64_t wire_bytes_max)
    : has_body_(has_body), wire_bytes_max_(wire_bytes_max) {}

void Call::end(End end) {
    {
        const std::lock_guard lock(mutex_);
        if (end_) return;
        end_ = std::move(end);
    }
    changed_.notify_all();
}

bool Call::may_send_body() noexcept {
    Gate expected = Gate::Waiting;
    return gate_.compare_exchange_strong(expected, Gate::Passed) || expected == Gate::Passed;
}

bool Call::may_store_body(std::uint64_t body_bytes) noexcept {
    return body_bytes >= body_bytes_.exchange(body_bytes) && body_bytes <= wire_bytes_max_;
}

void Call::certificate_refused(std::string reason) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(reason);
}

void Call::bytes_arriving(std::size_t count) {
    // The library buffers a whole chunk, or a whole header block, before it asks anybody.
    const std::uint64_t arrived = arrived_bytes_.fetch_add(count) + count;
    if (arrived > wire_bytes_max_ && arrived - wire_bytes_max_ > kOverheadBytesMax) {
        end({Ending::TooLarge, "more bytes arrived than the limit allows"});
    }
}

Call::End Call::wait(std::chrono::steady_clock::time_point deadline, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, deadline, [this] { return end_.has_value(); });
    if (!end_) {
        end_ = stop.stop_requested() ? End{Ending::Stopped, "stopped while waiting"}
                                     : End{Ending::OutOfTime, "the deadline passed"};
    }
    return *end_;
}

void Call::release() {
    {
        const std::lock_guard lock(mutex_);
        released_ = true;
    }
    changed_.notify_all();
}

bool Call::wait_for_release(std::chrono::milliseconds duration_max) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, duration_max, [this] { return released_; });
}

bool Call::abandon() noexcept {
    // Without a body the header block is the whole request, and nobody sees when it leaves.
    Gate expected = Gate::Waiting;
    return has_body_ &&
           (gate_.compare_exchange_strong(expected, Gate::Shut) || expected == Gate::Shut);
}

std::string Call::refusal() const {
    const std::lock_guard lock(mutex_);
    return refusal_;
}

}  // namespace duet::http
