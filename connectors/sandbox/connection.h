#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <unordered_set>

// Boost 1.74's asio headers miss these.
#include <optional>
#include <utility>
// Boost comes after them.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "connectors/sandbox/http_message.h"

namespace duet::sandbox {

/// One connection of the server. Keeps itself alive while something is under way on it.
class Connection {
public:
    virtual ~Connection() = default;
    /// Ends the connection unless a request is in work. Any thread.
    virtual void close_when_idle() = 0;
};

/// What the connections of one server share; it outlives them.
struct ConnectionHost {
    std::function<ApiResponse(const ApiRequest&)> handler;
    std::size_t body_bytes_max = 0;
    boost::asio::thread_pool worker{1};  // calls `handler`, one request at a time
    std::atomic<bool> stopping{false};
    std::mutex mutex;
    std::condition_variable emptied;              // told when the last connection has gone
    std::unordered_set<Connection*> connections;  // guarded by mutex

    /// The handler's answer; what it throws becomes a 500.
    ApiResponse answer(const ApiRequest& request) const noexcept;
    void add(Connection* connection);
    void remove(Connection* connection);
    [[nodiscard]] std::size_t count();
};

/// Speaks HTTP/1.1 on an accepted connection until it ends. With `tls`, a handshake comes first.
void start_connection(ConnectionHost& host, boost::asio::ip::tcp::socket&& socket,
                      boost::asio::ssl::context* tls);

}  // namespace duet::sandbox
