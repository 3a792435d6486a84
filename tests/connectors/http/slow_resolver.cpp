#include "tests/connectors/http/slow_resolver.h"

#include <mutex>
#include <thread>

#include <dlfcn.h>
#include <netdb.h>

namespace duet::http {
namespace {

struct Rule {
    std::mutex mutex;
    std::string host;                    // guarded by mutex; empty: no rule
    std::chrono::milliseconds delay{0};  // guarded by mutex
    int lookups = 0;                     // guarded by mutex
};

Rule& rule() {
    static auto* const kRule = new Rule;  // outlives the library's threads
    return *kRule;
}

}  // namespace

SlowResolver::SlowResolver(std::string host, std::chrono::milliseconds delay) {
    const std::lock_guard lock(rule().mutex);
    rule().host = std::move(host);
    rule().delay = delay;
    rule().lookups = 0;
}

SlowResolver::~SlowResolver() {
    const std::lock_guard lock(rule().mutex);
    rule().host.clear();
}

int SlowResolver::lookups() const {
    const std::lock_guard lock(rule().mutex);
    return rule().lookups;
}

/// The delay for this host, or less than zero.
static std::chrono::milliseconds delay_of(const char* node) {
    const std::lock_guard lock(rule().mutex);
    if (node == nullptr || rule().host.empty() || rule().host != node) {
        return std::chrono::milliseconds{-1};
    }
    ++rule().lookups;
    return rule().delay;
}

}  // namespace duet::http

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto kReal = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    const auto delay = duet::http::delay_of(node);
    if (delay < std::chrono::milliseconds{0}) return kReal(node, service, hints, found);
    std::this_thread::sleep_for(delay);
    return EAI_AGAIN;
}
