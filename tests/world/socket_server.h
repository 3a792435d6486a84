#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duet::world {

/// How a SocketServer speaks TLS.
struct ServerTls {
    std::string certificate_pem;
    std::string key_pem;
    /// Empty: what OpenSSL offers. "1.1": nothing newer, with the security level lowered so that
    /// OpenSSL agrees to it. "1.2": nothing newer.
    std::string newest_version;
    /// TLS 1.2 cipher list; empty: OpenSSL's.
    std::string ciphers;
};

/// A server on 127.0.0.1 whose every byte the test decides: a script runs for each accepted
/// connection, on a thread of its own, and speaks through a Session. When the script returns, the
/// connection is closed. It knows nothing of HTTP but where a request ends.
///
///     SocketServer server([](SocketServer::Session& session) {
///         while (!session.read_request().empty()) session.send(http_answer(200, "hello"));
///     });
///
/// The destructor closes everything and joins all threads. Scripts must not throw.
class SocketServer {
public:
    class Session {
    public:
        virtual ~Session() = default;
        /// Number of this connection, from 0, in the order of accepting.
        [[nodiscard]] virtual int index() const noexcept = 0;
        /// Header block and body (by Content-Length) of the next request; empty when the peer has
        /// closed first. The server keeps a copy for `requests()`.
        virtual std::string read_request() = 0;
        /// False when the peer is gone.
        virtual bool send(std::string_view bytes) = 0;
        /// Sleeps; false, and at once, when the server is being destroyed.
        virtual bool wait(std::chrono::milliseconds duration) = 0;
        /// Blocks until the peer closes or the server is destroyed; reads and drops what comes.
        virtual void wait_for_close() = 0;
        /// Closes with a reset (RST) in place of an orderly end.
        virtual void reset() = 0;
        /// After a CONNECT: carries bytes both ways to 127.0.0.1:`port` until one side ends.
        virtual void tunnel_to(std::uint16_t port) = 0;
    };
    using Script = std::function<void(Session&)>;

    explicit SocketServer(Script script, std::optional<ServerTls> tls = std::nullopt);
    ~SocketServer();
    SocketServer(const SocketServer&) = delete;
    SocketServer& operator=(const SocketServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// "http://127.0.0.1:PORT/target", or https with TLS.
    [[nodiscard]] std::string url(std::string_view target = "/",
                                  std::string_view host = "127.0.0.1") const;
    /// Connections accepted so far, those whose TLS handshake failed included.
    [[nodiscard]] int connections() const;
    /// Every request read so far, whole.
    [[nodiscard]] std::vector<std::string> requests() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// "HTTP/1.1 STATUS ..." with Content-Length, the given header lines and the body.
[[nodiscard]] std::string http_answer(
    int status, std::string_view body = {},
    const std::vector<std::pair<std::string, std::string>>& headers = {});

}  // namespace duet::world
