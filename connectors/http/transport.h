#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/result.h"

namespace duet::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// One HTTP request. `url` is absolute: https, or http to a loopback literal only.
struct Request {
    std::string method = "GET";
    std::string url;  // already encoded; SOQL values by `encode_query_value`
    Headers headers;  // never Host, Expect or Connection
    std::string body;
    /// True: the server may execute it twice without harm (GET, PUT of the same bytes, DELETE by
    /// id, PATCH that sets values). False (a POST that creates): never sent a second time by any
    /// layer below, whatever happens to the connection.
    bool repeatable = true;
    /// For the whole call: name look-up, connect, handshake, sending, waiting, reading.
    std::chrono::milliseconds deadline{60'000};
    /// Of the answer after unpacking. Larger: an Error, nothing kept.
    std::size_t max_answer_bytes = 64u << 20;
};

/// The answer, whatever its status: 2xx to 5xx. Redirects are not followed; they are answers.
struct Response {
    int status = 0;
    Headers headers;
    std::string body;  // unpacked

    /// The first header of that name (names compare without case), or nullptr.
    [[nodiscard]] const std::string* header(std::string_view name) const noexcept;
};

/// Sends requests. An Error means that no complete answer came:
/// Transient = surely not sent; InDoubt = sent or perhaps sent; Broken = the request itself is
/// wrong (bad URL, plain http to a host that is not loopback), or the answer broke a limit.
/// Safe to call from several threads; at most `TransportSettings::max_in_flight` calls per origin
/// run at once, the others wait (their deadline runs).
class Transport {
public:
    virtual ~Transport() = default;
    virtual Result<Response> send(const Request& request, std::stop_token stop) = 0;
};

struct TransportSettings {
    std::string proxy;  // "http://proxy.example:3128"; empty: none. Environment is ignored
    std::vector<std::string> no_proxy;  // hosts reached directly
    std::string ca_file;                // an extra CA to trust, PEM; empty: the system's only
    int max_in_flight = 4;              // per origin
    std::string user_agent;             // "duet/0.1.0"
};

/// The real one, on cpprestsdk. Throws std::invalid_argument on settings that cannot work.
[[nodiscard]] std::unique_ptr<Transport> make_transport(const TransportSettings& settings);

/// Percent-encodes everything but unreserved characters: for one query value or path segment.
[[nodiscard]] std::string encode_query_value(std::string_view value);

}  // namespace duet::http
