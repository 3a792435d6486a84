#include "daemon/admin/client.h"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace duet::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Protocol = asio::local::stream_protocol;

constexpr std::size_t kMaxAnswerBytes = 512u << 20u;  // a whole plan of a first load fits

}  // namespace

Result<Reply> call(const std::string& path, const std::string& command, const std::string& body,
                   std::chrono::seconds deadline) {
    asio::io_context context(1);
    beast::basic_stream<Protocol> stream(context);
    beast::error_code failure;
    // The path of a Unix socket is at most 107 bytes; a longer one throws.
    try {
        stream.socket().connect(Protocol::endpoint(path), failure);
    } catch (const std::exception& problem) {
        return Error{ErrorKind::Broken,
                     "The socket path cannot be used: " + path + ": " + problem.what(),
                     "DUET-6024",
                     "",
                     {}};
    }
    if (failure) {
        return Error{ErrorKind::Transient,
                     "No daemon listens at " + path + " (" + failure.message() + ").",
                     "DUET-6020",
                     "",
                     {}};
    }
    http::request<http::string_body> request(http::verb::post, "/v1/" + command, 11);
    request.set(http::field::host, "duet");
    request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();

    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxAnswerBytes);
    stream.expires_after(deadline);
    // A request that is refused half way is answered all the same, so a failed write is no end.
    http::async_write(stream, request, [&](beast::error_code, std::size_t) {
        http::async_read(stream, buffer, parser,
                         [&](beast::error_code read, std::size_t) { failure = read; });
    });
    context.run();
    if (failure) {
        return Error{ErrorKind::InDoubt,
                     "The daemon did not answer: " + failure.message() + ".",
                     "DUET-6021",
                     "",
                     {}};
    }
    return Reply{static_cast<int>(parser.get().result_int()), std::move(parser.get().body())};
}

}  // namespace duet::admin
