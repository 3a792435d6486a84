#pragma once

#include <cstdint>
#include <stop_token>

#include "connectors/http/transport.h"
#include "connectors/sandbox/apis.h"
#include "mappings/seams.h"

namespace duet::world {

/// How an exchange ends without an answer.
enum class Break : std::uint8_t {
    NotSent,      // no connection came about: the vendor saw nothing, and that is known
    RequestLost,  // the vendor saw nothing, and nobody can tell
    AnswerLost,   // the vendor did it, and nobody can tell
};

/// A Transport on the sandbox's own handlers, in the caller's thread: no socket, no wait. Each
/// request meets the vendors at the time of `clock`. An answer that the sandbox drops, cuts or
/// never gives is in doubt, as it is over a real connection; a delay beyond the request's deadline
/// too, others pass in no time. Any origin will do. One thread.
class SandboxTransport final : public http::Transport {
public:
    /// Both must outlive it.
    SandboxTransport(sandbox::Apis& apis, const Clock& clock) : apis_(apis), clock_(clock) {}

    Result<http::Response> send(const http::Request& request, std::stop_token stop) override;

    /// The exchange number `n` from now, counted from 1, ends like that; 0: none does.
    void breaks(std::int64_t n, Break how);
    /// Whether the exchange that was to break has come.
    [[nodiscard]] bool broke() const noexcept { return broke_; }
    /// Exchanges so far, sign-ins and broken ones included.
    [[nodiscard]] std::int64_t exchanges() const noexcept { return exchanges_; }
    /// Those of them that may change something: all but GET and the POSTs that only ask.
    [[nodiscard]] std::int64_t writes() const noexcept { return writes_; }

private:
    sandbox::Apis& apis_;
    const Clock& clock_;
    std::int64_t exchanges_ = 0;
    std::int64_t writes_ = 0;
    std::int64_t break_at_ = 0;
    Break break_how_ = Break::NotSent;
    bool broke_ = false;
};

}  // namespace duet::world
