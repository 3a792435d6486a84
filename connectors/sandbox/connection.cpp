#include "connectors/sandbox/connection.h"

#include <chrono>
#include <memory>
#include <sstream>
#include <string>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "connectors/sandbox/gzip.h"

namespace duet::sandbox {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using std::chrono::seconds;

namespace {

constexpr std::size_t kHeadBytesMax = 16'384;
// What the parser itself takes, so that a slightly long head still gets its 414 or 431.
constexpr std::size_t kHeadBytesParsed = 65'536;
constexpr std::size_t kGzipFromBytes = 1'024;

using Parser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

std::string view(boost::string_view text) { return {text.data(), text.size()}; }

/// Line breaks in a header value would let data write headers of its own.
std::string one_line(std::string value) {
    std::erase_if(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return value;
}

/// One connection. Runs on its strand; the handler's answer is posted back to it.
template <class Stream>
class ConnectionOver final : public Connection,
                             public std::enable_shared_from_this<ConnectionOver<Stream>> {
public:
    template <class... Arguments>
    ConnectionOver(ConnectionHost& host, tcp::socket&& socket, Arguments&... arguments)
        : stream_(std::move(socket), arguments...), timer_(stream_.get_executor()), host_(host) {
        host_.add(this);
    }
    ~ConnectionOver() override { host_.remove(this); }

    void start() {
        asio::dispatch(stream_.get_executor(), [self = this->shared_from_this()] {
            self->lowest().expires_after(seconds(5));
            if constexpr (kTls) {
                self->stream_.async_handshake(asio::ssl::stream_base::server,
                                              [self](beast::error_code error) {
                                                  if (!error) self->read_head();
                                              });
            } else {
                self->read_head();
            }
        });
    }

    void close_when_idle() override {
        asio::post(stream_.get_executor(), [weak = this->weak_from_this()] {
            if (auto self = weak.lock(); self && !self->busy_) self->lowest().cancel();
        });
    }

private:
    static constexpr bool kTls = !std::is_same_v<Stream, beast::tcp_stream>;

    beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }

    void read_head() {
        if (host_.stopping && served_ > 0) return;
        busy_ = false;
        parser_.emplace();
        parser_->body_limit(host_.body_bytes_max);
        parser_->header_limit(kHeadBytesParsed);
        lowest().expires_after(served_ == 0 ? seconds(5) : seconds(30));
        http::async_read_header(
            stream_, buffer_, *parser_,
            [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                self->on_head(error);
            });
    }

    void on_head(beast::error_code error) {
        if (error == http::error::header_limit) return refuse(431);
        if (error &&
            error.category() == http::make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message) {
            return refuse(error == http::error::body_limit ? 413 : 400);
        }
        if (error) return;
        busy_ = true;
        const auto& head = parser_->get();
        std::size_t head_bytes = head.target().size();
        for (const auto& field : head) {
            head_bytes += field.name_string().size() + field.value().size() + 4;
        }
        if (head.target().size() > kHeadBytesMax) return refuse(414);
        if (head_bytes > kHeadBytesMax) return refuse(431);
        if (head.count(http::field::host) !=
                (head.version() >= 11 ? 1U : head.count(http::field::host)) ||
            head.target().empty() || head.target().front() != '/') {
            return refuse(400);
        }
        lowest().expires_after(seconds(60));
        if (beast::iequals(head[http::field::expect], "100-continue")) return say_continue();
        read_body();
    }

    void say_continue() {
        static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        asio::async_write(stream_, asio::buffer(kContinue),
                          [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                              if (!error) self->read_body();
                          });
    }

    void read_body() {
        http::async_read(stream_, buffer_, *parser_,
                         [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                             if (error == http::error::body_limit) return self->refuse(413);
                             if (error == beast::error::timeout || error == asio::error::eof ||
                                 error == http::error::partial_message) {
                                 return;
                             }
                             if (error) return self->refuse(400);
                             self->hand_over();
                         });
    }

    void hand_over() {
        auto request = std::make_shared<ApiRequest>();
        auto message = parser_->release();
        keep_alive_ = message.keep_alive();
        head_only_ = message.method() == http::verb::head;
        request->method = view(message.method_string());
        const std::string target = view(message.target());
        const std::size_t mark = target.find('?');
        request->path = target.substr(0, mark);
        if (mark != std::string::npos) request->query = target.substr(mark + 1);
        request->parameters = parse_form(request->query);
        for (const auto& field : message) {
            request->headers.emplace_back(view(field.name_string()), view(field.value()));
        }
        request->base_url = (kTls ? "https://" : "http://") + view(message[http::field::host]);
        takes_gzip_ =
            message[http::field::accept_encoding].find("gzip") != boost::string_view::npos;
        if (beast::iequals(message[http::field::content_encoding], "gzip")) {
            auto plain = gunzip(message.body(), host_.body_bytes_max);
            if (!plain) return refuse(400);
            request->body = std::move(*plain);
        } else {
            request->body = std::move(message.body());
        }
        lowest().expires_never();
        asio::post(host_.worker, [self = this->shared_from_this(), request] {
            auto answer = std::make_shared<ApiResponse>(self->host_.answer(*request));
            if (answer->body.size() >= kGzipFromBytes && self->takes_gzip_) {
                answer->body = gzip(answer->body);
                answer->headers.emplace_back("Content-Encoding", "gzip");
            }
            asio::post(self->stream_.get_executor(), [self, answer] { self->wait(*answer); });
        });
    }

    void wait(ApiResponse& answer) {
        if (answer.delay.count() <= 0) return write(answer);
        timer_.expires_after(answer.delay);
        auto kept = std::make_shared<ApiResponse>(std::move(answer));
        timer_.async_wait([self = this->shared_from_this(), kept](beast::error_code error) {
            if (!error) self->write(*kept);
        });
    }

    void refuse(int status) {
        keep_alive_ = false;
        ApiResponse answer;
        answer.status = status;
        answer.content_type = "text/plain";
        answer.body = view(http::obsolete_reason(static_cast<http::status>(status))) + "\n";
        write(answer);
    }

    void write(ApiResponse& answer) {
        if (answer.hang) return wait_for_client();
        if (answer.drop && answer.cut_at.value_or(0) == 0) return close();
        response_.emplace();
        response_->version(11);
        response_->result(static_cast<unsigned>(answer.status));
        if (answer.status == 420) response_->reason("Enhance Your Calm");
        for (auto& [name, value] : answer.headers) response_->insert(name, one_line(value));
        if (!answer.content_type.empty() && !answer.body.empty()) {
            response_->set(http::field::content_type, answer.content_type);
        }
        response_->keep_alive(keep_alive_ && !host_.stopping);
        const bool bodiless = answer.status == 204 || answer.status == 304;
        if (bodiless) {
            response_->body().clear();
        } else {
            response_->content_length(answer.body.size());
            if (!head_only_) response_->body() = std::move(answer.body);
        }
        lowest().expires_after(seconds(60));
        if (answer.drop) return write_part(*answer.cut_at);
        http::async_write(stream_, *response_,
                          [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                              self->on_written(error);
                          });
    }

    void close() {
        beast::error_code ignored;
        lowest().socket().shutdown(tcp::socket::shutdown_both, ignored);
    }

    /// Until the client goes away or the server stops.
    void wait_for_client() {
        busy_ = false;
        lowest().expires_never();
        stream_.async_read_some(buffer_.prepare(1), [self = this->shared_from_this()](
                                                        beast::error_code, std::size_t) {});
    }

    /// The first bytes of the answer, then nothing.
    void write_part(std::size_t bytes) {
        std::ostringstream whole;
        whole << *response_;
        part_ = whole.str().substr(0, bytes);
        asio::async_write(
            stream_, asio::buffer(part_),
            [self = this->shared_from_this()](beast::error_code, std::size_t) { self->close(); });
    }

    void on_written(beast::error_code error) {
        ++served_;
        if (error) return;
        if (response_->keep_alive()) return read_head();
        if constexpr (kTls) {
            lowest().expires_after(seconds(2));
            stream_.async_shutdown([self = this->shared_from_this()](beast::error_code) {});
        } else {
            beast::error_code ignored;
            lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
        }
    }

    Stream stream_;
    asio::steady_timer timer_;
    ConnectionHost& host_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::optional<Response> response_;
    std::string part_;  // of an answer that is cut
    int served_ = 0;
    bool busy_ = false;
    bool keep_alive_ = true;
    bool head_only_ = false;
    bool takes_gzip_ = false;
};

}  // namespace

ApiResponse ConnectionHost::answer(const ApiRequest& request) const noexcept {
    try {
        return handler(request);
    } catch (const std::exception&) {
        ApiResponse failed;
        failed.status = 500;
        failed.body =
            R"([{"message":"An unexpected error occurred.","errorCode":"UNKNOWN_EXCEPTION"}])";
        return failed;
    }
}

void ConnectionHost::add(Connection* connection) {
    const std::scoped_lock lock(mutex);
    connections.insert(connection);
}

void ConnectionHost::remove(Connection* connection) {
    const std::scoped_lock lock(mutex);
    connections.erase(connection);
    if (connections.empty()) emptied.notify_all();
}

std::size_t ConnectionHost::count() {
    const std::scoped_lock lock(mutex);
    return connections.size();
}

void start_connection(ConnectionHost& host, tcp::socket&& socket, asio::ssl::context* tls) {
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (tls != nullptr) {
        using Secure = ConnectionOver<beast::ssl_stream<beast::tcp_stream>>;
        std::make_shared<Secure>(host, std::move(socket), *tls)->start();
    } else {
        std::make_shared<ConnectionOver<beast::tcp_stream>>(host, std::move(socket))->start();
    }
}

}  // namespace duet::sandbox
