#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "connectors/sandbox/options.h"

namespace duet::sandbox {

class Apis;

/// Both vendors' APIs over one SQLite file at the host root of one port.
///
/// Socket work runs on two threads of its own, requests one after the other on a third. Throws
/// std::runtime_error from the constructor when the file, the seed, the certificate or the port
/// is not usable.
class Sandbox {
public:
    explicit Sandbox(const SandboxOptions& options);
    ~Sandbox();  // stops, letting requests in work finish
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    [[nodiscard]] std::string url() const;  // "http://127.0.0.1:40123"
    void stop();

    /// What answers behind the port. Any thread.
    [[nodiscard]] Apis& apis() noexcept;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Runs until `stop`; calls `ready` with the bound port first. 0, or 1 with the reason on stderr.
int run_sandbox(const SandboxOptions& options, std::stop_token stop,
                const std::function<void(const Sandbox&)>& ready = {});

}  // namespace duet::sandbox
