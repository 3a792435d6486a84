#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "connectors/http/tls.h"
#include "connectors/http/transport.h"
#include "connectors/http/url.h"

namespace duet::http {

/// What a connection is made for.
struct ConnectionSettings {
    Url origin;         // the target is not looked at
    std::string proxy;  // "http://host:port"; empty: none
    std::string user_agent;
    std::shared_ptr<TrustStore> trust;
};

/// What one call came to.
struct CallOutcome {
    Result<Response> result;  // the body still packed
    /// True: nothing was sent, because the kept connection had been closed or had spoken out of
    /// turn. The same call may be made on a new connection.
    bool is_stale = false;
    /// True: the connection may carry another call. False: drop it, its state is not known.
    bool is_reusable = false;
};

/// One cpprest client that carries at most one call at a time, so that a connection that is
/// dropped after an error takes no other call with it, and one that answers out of turn cannot
/// answer another call. The only file that touches cpprest, together with its .cpp.
/// Not thread-safe. Destroying it never waits; an abandoned call ends by itself on the threads of
/// the library.
class CpprestConnection {
public:
    /// Opens nothing yet. Throws std::exception when the library refuses the settings.
    explicit CpprestConnection(const ConnectionSettings& settings);
    ~CpprestConnection();
    CpprestConnection(const CpprestConnection&) = delete;
    CpprestConnection& operator=(const CpprestConnection&) = delete;

    /// Sends and waits for the whole answer, at most until `deadline` or a stop, whatever the
    /// library does. `target` is the URL's path and query. Never throws.
    CallOutcome call(const Request& request, const std::string& target,
                     std::chrono::steady_clock::time_point deadline, std::stop_token stop);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Starts the library's pool with 4 threads, once in the process. More are slower, fewer than 2
/// may hang (measured, see README.md). Throws std::runtime_error when another part of the process
/// has started the pool before with another size.
void start_cpprest_threads();

}  // namespace duet::http
