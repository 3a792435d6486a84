#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "connectors/http/transport.h"
#include "tests/world/socket_server.h"

namespace duet::http {

[[nodiscard]] TransportSettings test_settings();
[[nodiscard]] std::unique_ptr<Transport> make_test_transport();

/// A repeatable GET, and a POST that must not be sent twice; deadline 5 s.
[[nodiscard]] Request get(std::string url);
[[nodiscard]] Request post(std::string url, std::string body);

/// Scripts: the same answer to every request on every connection; reading and never answering.
[[nodiscard]] world::SocketServer::Script answer_all(std::string answer);
[[nodiscard]] world::SocketServer::Script never_answer();

/// The one request that the server has read; fails the test when there are more or none.
[[nodiscard]] std::string only_request(const world::SocketServer& server);
/// The value of a header in a raw request, or empty. `lower_name` is in lower case.
[[nodiscard]] std::string header_of(std::string_view request, std::string_view lower_name);

/// A port of 127.0.0.1 on which nobody listens.
[[nodiscard]] std::uint16_t closed_port();

/// Polls until `condition` holds; fails the test after 5 s.
void wait_until(const std::function<bool()>& condition);

/// Peak resident memory of this process so far, in KiB.
[[nodiscard]] long peak_memory_kib();

/// How long `action` takes.
[[nodiscard]] std::chrono::milliseconds time_of(const std::function<void()>& action);

}  // namespace duet::http
