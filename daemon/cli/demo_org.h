#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <sys/types.h>

#include "connectors/http/transport.h"
#include "mappings/result.h"

namespace duet::cli {

/// A child process of the demo; stopped with SIGTERM (and SIGKILL after 10 s) when destroyed.
class Child {
public:
    /// Starts `program` (a path) with arguments; its output goes to `log_path`.
    static Result<std::unique_ptr<Child>> start(const std::string& program,
                                                const std::vector<std::string>& arguments,
                                                const std::string& log_path);
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    /// Whether it still runs.
    [[nodiscard]] bool runs();

private:
    explicit Child(pid_t pid) noexcept : pid_(pid) {}
    pid_t pid_;
    bool ended_ = false;
};

/// Both vendors' own APIs, as any client would use them: what the demo's people do.
class VendorApi {
public:
    VendorApi(std::string url, http::Transport& transport)
        : url_(std::move(url)), transport_(transport) {}

    /// Also done anew, once, when the token has expired (days pass quickly in a demo).
    Status sign_in(const std::string& client_id, const std::string& client_secret);
    /// The parsed answer of a 2xx; anything else is an Error with the vendor's own words.
    Result<nlohmann::json> call(const std::string& method, const std::string& path,
                                const std::string& body);
    /// First row of a SOQL query, or null.
    Result<nlohmann::json> first_row(const std::string& soql);
    Result<nlohmann::json> query(const std::string& soql);
    /// Sets the sandbox's clock.
    Status set_clock(const std::string& now);

private:
    Result<http::Response> send(const std::string& method, const std::string& path,
                                const std::string& body);

    std::string url_;
    http::Transport& transport_;
    std::string client_id_;
    std::string client_secret_;
    std::string token_;
};

/// The demo's processes in one folder: a sandbox with the seed and `duetd` against it.
class DemoOrg {
public:
    static Result<std::unique_ptr<DemoOrg>> start(const std::string& folder,
                                                  const std::string& seed_folder);

    [[nodiscard]] VendorApi& vendors() noexcept { return *vendors_; }
    [[nodiscard]] const std::string& config_path() const noexcept { return config_path_; }
    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    /// Asks the daemon over its socket.
    Result<nlohmann::json> ask(const std::string& command, const nlohmann::json& body);
    /// Sandbox and daemon both still run; else why not, with the tail of the log.
    Status check_alive();

private:
    DemoOrg() = default;
    Status start_sandbox(const std::string& folder, const std::string& seed_folder);
    Status write_configuration(const std::string& folder);

    std::string folder_;
    std::string config_path_;
    std::string socket_path_;
    std::string url_;
    std::unique_ptr<http::Transport> transport_;
    std::unique_ptr<VendorApi> vendors_;
    std::unique_ptr<Child> sandbox_;
    std::unique_ptr<Child> daemon_;  // after the sandbox, so that it stops first
};

inline constexpr const char* kDemoStart = "2018-01-02T09:00:00Z";  // in the data's own time
inline constexpr const char* kDemoClientId = "duet-demo";

/// What ships, beside the sources or under share/duet: "demo/seed", "demo/documents" or "presets".
[[nodiscard]] std::string shipped(const std::string& what);

}  // namespace duet::cli
