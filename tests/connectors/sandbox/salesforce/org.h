#pragma once

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/sandbox.h"
#include "tests/world/raw_http_client.h"

namespace duet::sandbox::test {

/// An answer, with its JSON read (null where it is none).
struct Answer {
    int status = 0;
    nlohmann::json json;
    world::RawResponse raw;
    /// "errorCode" of the first error, or "".
    [[nodiscard]] std::string code() const;
    [[nodiscard]] std::string message() const;
};

/// A sandbox with a small seed at a fixed clock (2018-01-02T03:04:05Z), and a client that is logged
/// in with client credentials.
class Org {
public:
    explicit Org(SandboxOptions options = options_at_rest());
    static SandboxOptions options_at_rest();

    Answer call(const std::string& method, const std::string& path, const std::string& body = "",
                world::RawHttpClient::Headers headers = {});
    /// Below /services/data/v60.0.
    Answer get(const std::string& path, const world::RawHttpClient::Headers& headers = {});
    Answer post(const std::string& path, const nlohmann::json& body);
    Answer patch(const std::string& path, const nlohmann::json& body,
                 const world::RawHttpClient::Headers& headers = {});
    Answer remove(const std::string& path);
    Answer query(const std::string& soql);
    std::string create(const std::string& object, const nlohmann::json& fields);  // its id
    void set_clock(const std::string& now);

    std::unique_ptr<Sandbox> sandbox;
    std::unique_ptr<world::RawHttpClient> client;
    std::string token;
    std::string version = "60.0";
};

std::string encoded(const std::string& text);

}  // namespace duet::sandbox::test
