#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/connector.h"
#include "connectors/http/transport.h"
#include "connectors/sandbox/sandbox.h"
#include "tests/connectors/help/connector_help.h"

namespace duet::test {

/// The sandbox with the demo's seed at the time of `clock`, and connectors that talk to it over
/// real HTTP.
class Rehearsal {
public:
    /// `public_key_pem`: what JWT assertions are checked with; empty: they are refused.
    explicit Rehearsal(std::string public_key_pem = {});

    std::unique_ptr<Connector> connector(std::string_view kind, const nlohmann::json& more);
    /// POST below /sandbox; throws when the sandbox refuses.
    void control(std::string_view path, const nlohmann::json& body);
    void pass(std::chrono::seconds time);
    /// One operation of Salesforce's SOAP API, as a person's click would send it; the answer.
    std::string soap(const std::string& operation);

    StillClock clock;

private:
    sandbox::Sandbox sandbox_;
    std::unique_ptr<http::Transport> transport_;
    CountingRandom random_;
    SecretFile secret_{"duet-sandbox-secret"};
};

/// Everything that changed since `cursor`, by key; `cursor` is moved to the end.
struct Pulled {
    std::map<std::string, Change> by_key;  // the last word on each record
    std::size_t rows = 0;
    std::size_t pages = 0;
};
Pulled pull(Connector& connector, const Selection& what, Cursor& cursor, std::size_t limit = 2000);

}  // namespace duet::test
