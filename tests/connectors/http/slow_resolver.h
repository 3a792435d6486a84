#pragma once

#include <chrono>
#include <string>

namespace duet::http {

/// While it lives, looking `host` up takes `delay` and then fails, for the whole process, the
/// libraries in it included: the test program's own getaddrinfo stands in front of libc's. One at
/// a time. After it has gone, look-ups under way finish their delay.
class SlowResolver {
public:
    SlowResolver(std::string host, std::chrono::milliseconds delay);
    ~SlowResolver();
    SlowResolver(const SlowResolver&) = delete;
    SlowResolver& operator=(const SlowResolver&) = delete;

    /// How often the host was looked up.
    [[nodiscard]] int lookups() const;
};

}  // namespace duet::http
