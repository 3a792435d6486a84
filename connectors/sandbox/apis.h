#pragma once

#include <functional>
#include <memory>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/options.h"

namespace duet::sandbox {

class SandboxState;

/// Both vendors' APIs and the control API over one SQLite file, without a port: what the server
/// asks, and what a test may ask in its own process.
///
/// Any thread; requests are answered one after the other. Throws std::runtime_error from the
/// constructor when the file or the seed is not usable. What a handler throws comes through.
class Apis {
public:
    explicit Apis(const SandboxOptions& options);
    ~Apis();
    Apis(const Apis&) = delete;
    Apis& operator=(const Apis&) = delete;

    /// The answer as the port would give it; `drop`, `cut_at`, `hang` and `delay` are the
    /// caller's to carry out.
    [[nodiscard]] ApiResponse handle(const ApiRequest& request);
    /// Runs `work` alone with the state, between requests.
    void with_state(const std::function<void(SandboxState&)>& work);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace duet::sandbox
