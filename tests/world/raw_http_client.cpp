#include "tests/world/raw_http_client.h"

// Boost 1.74's asio headers miss these.
#include <optional>
#include <utility>
// Boost comes after them.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace duet::world {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

struct RawHttpClient::Parts {
    asio::io_context io;
    tcp::endpoint where;
    std::optional<beast::tcp_stream> stream;
    beast::flat_buffer buffer;

    void connect() {
        if (stream) return;
        stream.emplace(io);
        buffer.clear();
        stream->connect(where);
    }
};

std::string RawResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (beast::iequals(beast::string_view(key.data(), key.size()),
                           beast::string_view(name.data(), name.size()))) {
            return value;
        }
    }
    return {};
}

RawHttpClient::RawHttpClient(std::uint16_t port) : parts_(std::make_unique<Parts>()) {
    parts_->where = {asio::ip::address_v4::loopback(), port};
}

RawHttpClient::~RawHttpClient() = default;

RawResponse RawHttpClient::send(const std::string& method, const std::string& target,
                                const Headers& headers, const std::string& body) {
    parts_->connect();
    http::request<http::string_body> request;
    request.method_string(method);
    request.target(target);
    request.version(11);
    request.set(http::field::host, "127.0.0.1:" + std::to_string(parts_->where.port()));
    for (const auto& [name, value] : headers) request.insert(name, value);
    request.body() = body;
    request.prepare_payload();

    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 30U);
    if (method == "HEAD") parser.skip(true);
    beast::error_code error;
    http::write(*parts_->stream, request, error);
    if (!error) http::read(*parts_->stream, parts_->buffer, parser, error);
    RawResponse out;
    if (error) {
        parts_->stream.reset();
        return out;
    }
    const auto& answer = parser.get();
    out.status = static_cast<int>(answer.result_int());
    out.body = answer.body();
    for (const auto& field : answer) {
        out.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    if (!answer.keep_alive()) parts_->stream.reset();
    return out;
}

std::string RawHttpClient::exchange(const std::string& bytes) {
    beast::tcp_stream stream(parts_->io);
    stream.connect(parts_->where);
    beast::error_code error;
    asio::write(stream.socket(), asio::buffer(bytes), error);
    std::string out;
    std::array<char, 4096> chunk{};
    for (bool open = true; open;) {
        stream.expires_after(std::chrono::seconds(2));
        std::size_t size = 0;
        stream.async_read_some(asio::buffer(chunk), [&](beast::error_code code, std::size_t count) {
            open = !code;
            size = count;
        });
        parts_->io.restart();
        parts_->io.run();
        out.append(chunk.data(), size);
    }
    return out;
}

}  // namespace duet::world
