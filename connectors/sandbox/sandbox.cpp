#include "connectors/sandbox/sandbox.h"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <stdexcept>

#include "connectors/sandbox/control.h"
#include "connectors/sandbox/pardot_api.h"
#include "connectors/sandbox/salesforce_api.h"
#include "connectors/sandbox/server.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

bool starts_with(std::string_view path, std::string_view root) {
    return path.substr(0, root.size()) == root &&
           (path.size() == root.size() || path[root.size()] == '/');
}

ApiResponse fault_answer(const Fault& fault) {
    ApiResponse answer;
    answer.status = fault.status;
    answer.body = fault.body;
    answer.content_type = fault.content_type;
    return answer;
}

}  // namespace

struct Sandbox::Parts {
    explicit Parts(const SandboxOptions& options) : state(options) {}

    std::mutex mutex;
    SandboxState state;  // guarded by mutex
    Faults faults;       // guarded by mutex
    std::unique_ptr<HttpServer> server;

    void prepare() {
        Transaction transaction(state.database);
        const bool fresh = state.setting("seeded").empty();
        const std::string& folder = state.options.seed_folder;
        const bool load = fresh && !folder.empty();
        prepare_salesforce(state, load ? folder + "/salesforce" : "");
        create_pardot_tables(state);
        if (load) seed_pardot(state, folder + "/pardot");
        if (fresh) state.set_setting("seeded", state.clock.now_iso());
        transaction.commit();
    }

    ApiResponse dispatch(const ApiRequest& request) {
        Transaction transaction(state.database);
        ApiResponse answer;
        if (starts_with(request.path, "/services") || starts_with(request.path, "/id")) {
            answer = handle_salesforce(state, request);
        } else if (starts_with(request.path, "/api")) {
            answer = handle_pardot(state, request);
        } else {
            answer.status = 404;
            answer.body =
                R"([{"errorCode":"NOT_FOUND","message":"The requested resource does not exist"}])";
        }
        transaction.commit();
        return answer;
    }
};

Sandbox::Sandbox(const SandboxOptions& options) : parts_(std::make_unique<Parts>(options)) {
    parts_->prepare();
    ServerOptions server;
    server.bind = options.bind;
    server.port = options.port;
    server.certificate_file = options.certificate_file;
    server.key_file = options.key_file;
    server.connections_max = options.connections_max;
    parts_->server = std::make_unique<HttpServer>(
        server, [this](const ApiRequest& request) { return handle(request); });
}

Sandbox::~Sandbox() { stop(); }

std::uint16_t Sandbox::port() const noexcept { return parts_->server->port(); }

std::string Sandbox::url() const {
    const SandboxOptions& options = parts_->state.options;
    const std::string scheme = options.certificate_file.empty() ? "http://" : "https://";
    return scheme + options.bind + ":" + std::to_string(port());
}

void Sandbox::stop() { parts_->server->stop(); }

ApiResponse Sandbox::handle(const ApiRequest& request) {
    const std::scoped_lock lock(parts_->mutex);
    if (starts_with(request.path, "/sandbox")) {
        Transaction transaction(parts_->state.database);
        ApiResponse answer = handle_control(parts_->state, parts_->faults, request);
        transaction.commit();
        return answer;
    }
    const auto fault = parts_->faults.due(request);
    ApiResponse answer;
    if (fault && fault->drop_before) {
        answer.drop = true;
    } else if (fault && fault->status != 0) {
        answer = fault_answer(*fault);
    } else {
        answer = parts_->dispatch(request);
        if (fault) answer.drop = fault->drop_after;
    }
    answer.delay = parts_->state.options.latency + (fault ? fault->delay : answer.delay);
    // A call that was refused for coming too often is not in work.
    if (answer.delay.count() > 0 && answer.status != 429 && starts_with(request.path, "/api")) {
        parts_->state.pardot_busy_until.push_back(std::chrono::steady_clock::now() + answer.delay);
    }
    return answer;
}

void Sandbox::with_state(const std::function<void(SandboxState&)>& work) {
    const std::scoped_lock lock(parts_->mutex);
    work(parts_->state);
}

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
