#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/sandbox.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox::testing {

struct Reply {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    [[nodiscard]] nlohmann::json json() const;
    [[nodiscard]] int code() const;  // of an error body; 0: none
    [[nodiscard]] std::string header(const std::string& name) const;
};

using RequestHeaders = std::vector<std::pair<std::string, std::string>>;

/// One request over a socket of its own, as a foreign client would send it.
Reply send_http(std::uint16_t port, const std::string& method, const std::string& target,
                const std::string& body, const RequestHeaders& headers);

/// A sandbox with this folder's seed, its clock standing at 2018-01-02T09:00:00Z, and a client
/// that is signed in as the sync user.
class PardotServer {
public:
    explicit PardotServer(SandboxOptions options = standing_clock());
    static SandboxOptions standing_clock();

    Reply call(const std::string& method, const std::string& path, const std::string& body = "");
    Reply get(const std::string& path) { return call("GET", path); }
    Reply post(const std::string& path, const nlohmann::json& body) {
        return call("POST", path, body.dump());
    }
    Reply patch(const std::string& path, const nlohmann::json& body) {
        return call("PATCH", path, body.dump());
    }
    Reply raw(const std::string& method, const std::string& target, const std::string& body,
              const RequestHeaders& headers);
    /// Follows nextPageUrl to its end and gives all values, as ids.
    std::vector<int> ids(const std::string& path);

    void set(const std::string& name, const std::string& value);
    void advance(std::chrono::seconds by);
    [[nodiscard]] RequestHeaders headers() const;
    Sandbox& sandbox() { return sandbox_; }
    [[nodiscard]] const std::string& token() const { return token_; }

private:
    Sandbox sandbox_;
    std::string token_;
};

}  // namespace duet::sandbox::testing
