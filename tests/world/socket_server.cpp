#include "tests/world/socket_server.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <stop_token>
#include <thread>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <sys/socket.h>

namespace duet::world {
namespace {

namespace asio = boost::asio;
using Socket = asio::ip::tcp::socket;
using TlsStream = asio::ssl::stream<Socket&>;

asio::ssl::context context_of(const ServerTls& tls) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate_chain(asio::buffer(tls.certificate_pem));
    context.use_private_key(asio::buffer(tls.key_pem), asio::ssl::context::pem);
    if (tls.newest_version == "1.1") {
        SSL_CTX_set_security_level(context.native_handle(), 0);
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_1_VERSION);
        SSL_CTX_set_cipher_list(context.native_handle(), "ALL:@SECLEVEL=0");
    } else if (tls.newest_version == "1.2") {
        SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_2_VERSION);
    }
    if (!tls.ciphers.empty()) {
        SSL_CTX_set_cipher_list(context.native_handle(), tls.ciphers.c_str());
    }
    return context;
}

std::size_t content_length(std::string_view header_block) {
    std::string lower(header_block);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::string name = "\r\ncontent-length:";
    const auto at = lower.find(name);
    return at == std::string::npos ? 0
                                   : std::strtoull(lower.c_str() + at + name.size(), nullptr, 10);
}

void pump(Socket& from, Socket& to) {
    char buffer[16 * 1024];
    boost::system::error_code error;
    while (!error) {
        const std::size_t got = from.read_some(asio::buffer(buffer), error);
        if (got > 0) asio::write(to, asio::buffer(buffer, got), error);
    }
    // Ends the other direction, too, whose thread sits in a read.
    ::shutdown(from.native_handle(), SHUT_RDWR);
    ::shutdown(to.native_handle(), SHUT_RDWR);
}

}  // namespace

struct SocketServer::Parts {
    class Conversation;

    Parts(Script given, std::optional<ServerTls> given_tls)
        : script(std::move(given)), acceptor(service, {asio::ip::address_v4::loopback(), 0}) {
        if (given_tls) tls = std::make_unique<asio::ssl::context>(context_of(*given_tls));
        port = acceptor.local_endpoint().port();
    }

    void accept_loop();
    void serve(int index, const std::shared_ptr<Socket>& socket);

    Script script;
    asio::io_context service;
    asio::ip::tcp::acceptor acceptor;
    std::unique_ptr<asio::ssl::context> tls;
    std::uint16_t port = 0;
    std::stop_source stop;
    mutable std::mutex mutex;
    std::condition_variable_any changed;
    int accepted = 0;                            // guarded by mutex
    std::vector<std::string> requests;           // guarded by mutex
    std::vector<std::shared_ptr<Socket>> peers;  // guarded by mutex
    std::vector<std::jthread> workers;           // guarded by mutex
    std::jthread acceptor_thread;
};

class SocketServer::Parts::Conversation final : public Session {
public:
    Conversation(Parts& parts, int index, Socket& socket)
        : parts_(parts), index_(index), socket_(socket) {}

    bool shake_hands() {
        if (parts_.tls == nullptr) return true;
        stream_ = std::make_unique<TlsStream>(socket_, *parts_.tls);
        boost::system::error_code error;
        stream_->handshake(TlsStream::server, error);
        return !error;
    }

    int index() const noexcept override { return index_; }

    std::string read_request() override {
        while (held_.find("\r\n\r\n") == std::string::npos) {
            if (!read_more()) return {};
        }
        const std::size_t header_bytes = held_.find("\r\n\r\n") + 4;
        const std::size_t whole = header_bytes + content_length(held_.substr(0, header_bytes));
        while (held_.size() < whole) {
            if (!read_more()) return {};
        }
        std::string request = held_.substr(0, whole);
        held_.erase(0, whole);
        const std::lock_guard lock(parts_.mutex);
        parts_.requests.push_back(request);
        return request;
    }

    bool send(std::string_view bytes) override {
        boost::system::error_code error;
        const auto buffer = asio::buffer(bytes.data(), bytes.size());
        if (stream_ != nullptr) {
            asio::write(*stream_, buffer, error);
        } else {
            asio::write(socket_, buffer, error);
        }
        return !error;
    }

    bool wait(std::chrono::milliseconds duration) override {
        std::unique_lock lock(parts_.mutex);
        parts_.changed.wait_for(lock, parts_.stop.get_token(), duration, [] { return false; });
        return !parts_.stop.stop_requested();
    }

    void wait_for_close() override {
        while (read_more()) held_.clear();
    }

    void reset() override {
        boost::system::error_code error;
        socket_.set_option(asio::socket_base::linger(true, 0), error);
        const std::lock_guard lock(parts_.mutex);
        socket_.close(error);
    }

    void tunnel_to(std::uint16_t port) override {
        Socket far(parts_.service);
        boost::system::error_code error;
        far.connect({asio::ip::address_v4::loopback(), port}, error);
        if (error) return;
        const std::jthread back([&] { pump(far, socket_); });
        pump(socket_, far);
    }

private:
    bool read_more() {
        char buffer[16 * 1024];
        boost::system::error_code error;
        const std::size_t got = stream_ != nullptr ? stream_->read_some(asio::buffer(buffer), error)
                                                   : socket_.read_some(asio::buffer(buffer), error);
        held_.append(buffer, got);
        return !error;
    }

    Parts& parts_;
    const int index_;
    Socket& socket_;
    std::unique_ptr<TlsStream> stream_;
    std::string held_;  // read, but not yet taken
};

void SocketServer::Parts::serve(int index, const std::shared_ptr<Socket>& socket) {
    {
        Conversation conversation(*this, index, *socket);
        if (conversation.shake_hands()) script(conversation);
    }
    boost::system::error_code error;
    const std::lock_guard lock(mutex);
    socket->shutdown(Socket::shutdown_both, error);
    socket->close(error);
}

void SocketServer::Parts::accept_loop() {
    while (!stop.stop_requested()) {
        const auto socket = std::make_shared<Socket>(service);
        boost::system::error_code error;
        acceptor.accept(*socket, error);
        if (error) return;
        const std::lock_guard lock(mutex);
        if (stop.stop_requested()) return;
        peers.push_back(socket);
        workers.emplace_back([this, index = accepted, socket] { serve(index, socket); });
        ++accepted;
    }
}

SocketServer::SocketServer(Script script, std::optional<ServerTls> tls)
    : parts_(std::make_unique<Parts>(std::move(script), std::move(tls))) {
    parts_->acceptor_thread = std::jthread([this] { parts_->accept_loop(); });
}

SocketServer::~SocketServer() {
    parts_->stop.request_stop();
    ::shutdown(parts_->acceptor.native_handle(), SHUT_RDWR);  // wakes the accept
    parts_->acceptor_thread.join();
    std::vector<std::jthread> workers;
    {
        const std::lock_guard lock(parts_->mutex);
        for (const auto& peer : parts_->peers) {
            if (peer->is_open()) ::shutdown(peer->native_handle(), SHUT_RDWR);
        }
        workers.swap(parts_->workers);
    }
    workers.clear();  // joins
}

std::uint16_t SocketServer::port() const noexcept { return parts_->port; }

std::string SocketServer::url(std::string_view target, std::string_view host) const {
    std::string text = parts_->tls != nullptr ? "https://" : "http://";
    return text.append(host).append(":" + std::to_string(parts_->port)).append(target);
}

int SocketServer::connections() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->accepted;
}

std::vector<std::string> SocketServer::requests() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->requests;
}

std::string http_answer(int status, std::string_view body,
                        const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " X\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text.append(body);
}

}  // namespace duet::world
