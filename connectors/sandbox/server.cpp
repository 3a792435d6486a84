#include "connectors/sandbox/server.h"

#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "connectors/sandbox/connection.h"
// Asio's timers and strands after it, which has what they miss.
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

namespace duet::sandbox {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using Failure = boost::system::error_code;

struct HttpServer::Parts {
    Parts(const ServerOptions& given, Handler use) : options(given), acceptor(io) {
        host.handler = std::move(use);
        host.body_bytes_max = options.body_bytes_max;
    }

    ServerOptions options;
    std::optional<asio::ssl::context> tls;
    ConnectionHost host;
    // After what connections use: they may live in the queues of `io` until it goes.
    asio::io_context io{2};
    tcp::acceptor acceptor;
    std::vector<std::thread> threads;
    std::uint16_t port = 0;

    void listen();
    void accept();
};

void HttpServer::Parts::listen() {
    if (!options.certificate_file.empty()) {
        tls.emplace(asio::ssl::context::tls_server);
        SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
        // No session is resumed, so none is offered: what is on the wire is then the same each
        // time.
        SSL_CTX_set_options(tls->native_handle(), SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(tls->native_handle(), 0);
        tls->use_certificate_chain_file(options.certificate_file);
        tls->use_private_key_file(options.key_file, asio::ssl::context::pem);
    }
    const tcp::endpoint where(asio::ip::make_address(options.bind), options.port);
    acceptor.open(where.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(where);
    acceptor.listen();
    port = acceptor.local_endpoint().port();
}

void HttpServer::Parts::accept() {
    acceptor.async_accept(asio::make_strand(io), [this](Failure error, tcp::socket socket) {
        if (host.stopping || error == asio::error::operation_aborted) return;
        if (!error && host.count() < static_cast<std::size_t>(options.connections_max)) {
            start_connection(host, std::move(socket), tls ? &*tls : nullptr);
        }
        if (!error) return accept();
        // Out of descriptors, most likely: accepting again at once would only spin.
        auto pause = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(50));
        pause->async_wait([this, pause](Failure) { accept(); });
    });
}

HttpServer::HttpServer(const ServerOptions& options, Handler handler)
    : parts_(std::make_unique<Parts>(options, std::move(handler))) {
    try {
        parts_->listen();
    } catch (const boost::system::system_error& error) {
        throw std::runtime_error("cannot listen on " + options.bind + ":" +
                                 std::to_string(options.port) + ": " + error.what());
    }
    parts_->accept();
    for (int i = 0; i < 2; ++i) parts_->threads.emplace_back([this] { parts_->io.run(); });
}

HttpServer::~HttpServer() { stop(); }

std::uint16_t HttpServer::port() const noexcept { return parts_->port; }

void HttpServer::stop() {
    ConnectionHost& host = parts_->host;
    if (host.stopping.exchange(true)) return;
    asio::post(parts_->io, [this] {
        Failure ignored;
        parts_->acceptor.close(ignored);
    });
    {
        std::unique_lock lock(host.mutex);
        for (Connection* connection : host.connections) connection->close_when_idle();
        host.emptied.wait_for(lock, std::chrono::seconds(5),
                              [&host] { return host.connections.empty(); });
    }
    host.worker.join();
    parts_->io.stop();
    for (auto& thread : parts_->threads) thread.join();
}

}  // namespace duet::sandbox
