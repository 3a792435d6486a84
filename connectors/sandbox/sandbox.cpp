#include "connectors/sandbox/sandbox.h"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <stdexcept>

#include "connectors/sandbox/apis.h"
#include "connectors/sandbox/server.h"

namespace duet::sandbox {

namespace {

ServerOptions server_options(const SandboxOptions& options) {
    ServerOptions server;
    server.bind = options.bind;
    server.port = options.port;
    server.certificate_file = options.certificate_file;
    server.key_file = options.key_file;
    server.connections_max = options.connections_max;
    return server;
}

}  // namespace

struct Sandbox::Parts {
    explicit Parts(const SandboxOptions& given)
        : options(given),
          apis(given),
          server(server_options(given),
                 [this](const ApiRequest& request) { return apis.handle(request); }) {}

    const SandboxOptions options;
    Apis apis;
    HttpServer server;
};

Sandbox::Sandbox(const SandboxOptions& options) : parts_(std::make_unique<Parts>(options)) {}

Sandbox::~Sandbox() { stop(); }

std::uint16_t Sandbox::port() const noexcept { return parts_->server.port(); }

std::string Sandbox::url() const {
    const std::string scheme = parts_->options.certificate_file.empty() ? "http://" : "https://";
    return scheme + parts_->options.bind + ":" + std::to_string(port());
}

void Sandbox::stop() { parts_->server.stop(); }

Apis& Sandbox::apis() noexcept { return parts_->apis; }

int run_sandbox(const SandboxOptions& options, std::stop_token stop,
                const std::function<void(const Sandbox&)>& ready) {
    try {
        Sandbox sandbox(options);
        if (ready) ready(sandbox);
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        stopped.wait(lock, stop, [&stop] { return stop.stop_requested(); });
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "sandbox: " << error.what() << '\n';
        return 1;
    }
}

}  // namespace duet::sandbox
