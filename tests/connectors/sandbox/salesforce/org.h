#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/http_message.h"
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
    /// A SOAP call of the partner API with this session; the answer's JSON is null.
    Answer soap(const std::string& operation, const std::string& headers = "");
    nlohmann::json row(const std::string& object, const std::string& id);
    nlohmann::json field(const std::string& object, const std::string& id, const std::string& name);
    std::string create(const std::string& object, const nlohmann::json& fields);  // its id
    void set_clock(const std::string& now);
    void sign_in();  // again, once the session's life is over

    std::unique_ptr<Sandbox> sandbox;
    std::unique_ptr<world::RawHttpClient> client;
    std::string token;
    std::string version = "60.0";
};

std::string encoded(const std::string& text);
/// The texts of the elements of that name in an answer, in order; "" for xsi:nil.
std::vector<std::string> elements(const Answer& answer, const std::string& name);
/// The first of them, or "".
std::string element(const Answer& answer, const std::string& name);

}  // namespace duet::sandbox::test
