#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "connectors/sandbox/http_message.h"

namespace duet::sandbox {

struct ServerOptions {
    std::string bind = "127.0.0.1";
    std::uint16_t port = 0;
    std::string certificate_file{};  // with key_file: TLS, and plain HTTP is not spoken
    std::string key_file{};
    int connections_max = 64;                  // more are closed at once
    std::size_t body_bytes_max = 110'000'000;  // a Bulk upload of 100 MB and some
    /// Request line and headers: 16,384 bytes, as the vendor (414 and 431 above).
};

/// An HTTP/1.1 server: keep-alive, chunked bodies, 100-continue, gzip both ways. 5 s for a
/// connection's first headers, 30 s between requests, 60 s for a body. A request with two
/// lengths, none or two Hosts, or broken framing gets 400 and the connection ends.
///
/// Two threads wait on sockets; `handler` is called on one worker thread, one request at a time.
/// What it throws becomes a 500.
class HttpServer {
public:
    using Handler = std::function<ApiResponse(const ApiRequest&)>;

    /// Binds and starts. Throws std::runtime_error when the address or certificate is unusable.
    HttpServer(const ServerOptions& options, Handler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// Takes no more connections, lets requests in work finish (5 s at most), then closes all.
    void stop();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace duet::sandbox
