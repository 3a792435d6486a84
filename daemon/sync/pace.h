#pragma once

#include <chrono>
#include <cstdint>

#include "daemon/sync/org.h"

namespace duet::sync {

/// Times the calls of a side: when it ends, `org.pace` says how long each call took that was made
/// since it began, the work on the answers included; where none was made it stays as it is.
class Paced {
public:
    Paced(Org& org, Side side);
    Paced(const Paced&) = delete;
    Paced& operator=(const Paced&) = delete;
    ~Paced();

private:
    Org& org_;
    Side side_;
    std::chrono::steady_clock::time_point began_;
    std::int64_t calls_;
};

/// How many calls of the side, one after the other, end within that time at the pace of the last
/// ones; `most` at most, and 1 when no pace is known or one call takes longer.
[[nodiscard]] std::size_t calls_within(const Org& org, Side side,
                                       std::chrono::duration<double> time, std::size_t most);

}  // namespace duet::sync
