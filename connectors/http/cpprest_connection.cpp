#include "connectors/http/cpprest_connection.h"

#include <atomic>
#include <mutex>
#include <utility>

#include <cpprest/containerstream.h>
#include <cpprest/http_client.h>
#include <cpprest/producerconsumerstream.h>
#include <pplx/threadpool.h>
#include <sys/socket.h>

#include "connectors/http/call.h"
#include "connectors/http/errors.h"
#include "connectors/http/request_rules.h"

namespace duet::http {
namespace {

namespace rest = web::http;
using Socket = boost::asio::ip::tcp::socket;
using TlsStream = boost::asio::ssl::stream<Socket&>;
using Body = concurrency::streams::container_buffer<std::vector<std::uint8_t>>;

// The library guards a socket only while it starts a step: a close from another thread in the midst
// of one crashes the process (seen with 2.10.18: a cancelled TLS answer, one in ten under load).
// On a single thread nothing can be in the midst of anything.
constexpr std::size_t kPoolThreads = 1;
constexpr int kInterimStatusMax = 199;
constexpr std::size_t kHeaderBytesMax = 64 * 1024;
// Per step of the library. Longer than Salesforce lets a query run (120 s); ours is the deadline.
constexpr std::chrono::seconds kStepTimeout{150};
// It takes microseconds; a connection that is not back by then is dropped.
constexpr std::chrono::milliseconds kReleaseTimeMax{100};
// gzip makes an answer that cannot be packed slightly longer.
constexpr std::uint64_t kPackingBytesMax = 1024;

/// Thrown through the library, which hands it back as the failure of the request.
struct StaleConnection final : std::exception {
    const char* what() const noexcept override { return "the kept connection is closed"; }
};
struct Abandoned final : std::exception {
    const char* what() const noexcept override { return "abandoned before the body was sent"; }
};
struct PastLimit final : std::exception {
    const char* what() const noexcept override {
        return "the body, as sent, is larger than allowed or of a length that cannot be";
    }
};

/// Between the callbacks, which are set once for a client, and the call that it carries.
class Line {
public:
    void set(std::shared_ptr<Call> call) {
        const std::lock_guard lock(mutex_);
        call_ = std::move(call);
    }
    std::shared_ptr<Call> call() const {
        const std::lock_guard lock(mutex_);
        return call_;
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<Call> call_;  // guarded by mutex_
};

/// Hands what TLS says to the call of the moment.
class LineObserver final : public TlsObserver {
public:
    explicit LineObserver(std::shared_ptr<Line> line) : line_(std::move(line)) {}
    void certificate_refused(std::string reason) override {
        if (const auto call = line_->call()) call->certificate_refused(std::move(reason));
    }
    void bytes_arriving(std::size_t count) override {
        if (const auto call = line_->call()) call->bytes_arriving(count);
    }

private:
    std::shared_ptr<Line> line_;
};

/// True when a kept connection has something to read, its end included: nobody asked for it.
bool has_spoken_out_of_turn(Socket& socket) {
    if (!socket.is_open()) return false;
    char byte = 0;
    return recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 ||
           (errno != EAGAIN && errno != EWOULDBLOCK);
}

/// Runs before each attempt on a thread of the pool, with the connection that it will use.
void check_before_attempt(Call& call, rest::client::native_handle handle, bool is_tls,
                          bool has_proxy) {
    call.attempt_starts();
    // Behind a proxy the handle is now a socket, now a TLS stream, and nothing tells which.
    if (is_tls && has_proxy) return;
    if (!is_tls) {
        if (has_spoken_out_of_turn(*static_cast<Socket*>(handle))) throw StaleConnection();
        return;
    }
    auto& stream = *static_cast<TlsStream*>(handle);
    const bool holds_more = SSL_has_pending(stream.native_handle()) == 1;
    if (holds_more || has_spoken_out_of_turn(stream.next_layer())) throw StaleConnection();
}

rest::client::http_client_config config_of(const ConnectionSettings& settings,
                                           const std::shared_ptr<Line>& line) {
    rest::client::http_client_config config;
    config.set_max_redirects(0);
    config.set_timeout(kStepTimeout);
    if (!settings.proxy.empty()) config.set_proxy(web::web_proxy(web::uri(settings.proxy)));
    const bool has_proxy = !settings.proxy.empty();
    config.set_nativehandle_options(
        [line, is_tls = settings.origin.tls, has_proxy](rest::client::native_handle handle) {
            if (const auto call = line->call()) {
                check_before_attempt(*call, handle, is_tls, has_proxy);
            }
        });
    config.set_ssl_context_callback([line, origin = settings.origin,
                                     trust = settings.trust](boost::asio::ssl::context& tls) {
        harden(tls.native_handle(), origin, trust->current(), std::make_shared<LineObserver>(line));
    });
    return config;
}

concurrency::streams::istream body_stream(const Request& request) {
    if (request.repeatable) return concurrency::streams::bytestream::open_istream(request.body);
    // A stream that cannot be rewound is what keeps the library from sending the request again
    // when a kept connection breaks. That holds for an empty body, too.
    concurrency::streams::producer_consumer_buffer<std::uint8_t> buffer;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(request.body.data());
    if (!request.body.empty()) buffer.putn_nocopy(bytes, request.body.size()).wait();
    buffer.close(std::ios_base::out).wait();
    return buffer.create_istream();
}

rest::http_request message_of(const Request& request, const std::string& target,
                              const std::string& user_agent) {
    rest::http_request message(request.method);
    message.set_request_uri(web::uri(target));
    for (const auto& [name, value] : request.headers) message.headers().add(name, value);
    message.headers().add("Accept-Encoding", "gzip");
    if (!message.headers().has("User-Agent")) message.headers().add("User-Agent", user_agent);
    if (request.repeatable && request.body.empty()) return message;
    const bool has_type = message.headers().has("Content-Type");
    message.set_body(body_stream(request), request.body.size());
    if (!has_type) message.headers().remove("Content-Type");
    return message;
}

/// Lives as long as the library holds the request.
class Lease {
public:
    explicit Lease(std::shared_ptr<Call> call) : call_(std::move(call)) {}
    ~Lease() { call_->release(); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

private:
    std::shared_ptr<Call> call_;
};

/// Watches both directions; an exception here ends the request.
void watch_progress(rest::http_request& message, const std::shared_ptr<Call>& call) {
    message.set_progress_handler(
        [call, lease = std::make_shared<Lease>(call)](rest::message_direction::direction direction,
                                                      utility::size64_t bytes) {
            if (direction == rest::message_direction::upload) {
                if (!call->may_send_body()) throw Abandoned();
            } else if (!call->may_store_body(bytes)) {
                throw PastLimit();
            }
        });
}

Call::End end_of(const std::exception_ptr& failure) {
    using Ending = Call::Ending;
    try {
        std::rethrow_exception(failure);
    } catch (const StaleConnection& stale) {
        return {Ending::Stale, stale.what()};
    } catch (const PastLimit& limit) {
        return {Ending::TooLarge, limit.what()};
    } catch (const rest::http_exception& error) {
        return {Ending::Failed, error.what(),
                static_cast<unsigned long>(static_cast<unsigned>(error.error_code().value()))};
    } catch (const std::exception& error) {
        return {Ending::Failed, error.what()};
    } catch (...) {
        return {Ending::Failed, "an exception of unknown type"};
    }
}

/// What arrives, filled on the library's threads and read once the call has ended as Answered.
struct Arrival {
    Response response;
    Body body;
};

void take_headers(const rest::http_response& answer, Arrival& arrival, Call& call) {
    arrival.response.status = answer.status_code();
    if (arrival.response.status <= kInterimStatusMax) {
        call.end({Call::Ending::Interim, "an interim answer came in place of the final one"});
        return;
    }
    std::size_t header_bytes = 0;
    for (const auto& [name, value] : answer.headers()) {
        header_bytes += name.size() + value.size();
        arrival.response.headers.emplace_back(name, value);
    }
    if (header_bytes > kHeaderBytesMax) {
        call.end({Call::Ending::TooLarge, "more than 64 KiB of headers"});
    }
    // A HEAD answer names a length that never comes; the progress handler covers the rest.
}

/// Starts the request. Every branch ends in `call->end`, and no task's failure goes unseen: the
/// library ends the process for that.
void start(rest::client::http_client& client, rest::http_request message,
           const pplx::cancellation_token& token, const std::shared_ptr<Call>& call,
           const std::shared_ptr<Arrival>& arrival) {
    client.request(std::move(message), token)
        .then([call, arrival](pplx::task<rest::http_response> headers) {
            try {
                const rest::http_response answer = headers.get();
                take_headers(answer, *arrival, *call);
                answer.content_ready().then([call](pplx::task<rest::http_response> body) {
                    try {
                        body.get();
                        call->end({Call::Ending::Answered, {}});
                    } catch (...) {
                        call->end(end_of(std::current_exception()));
                    }
                });
            } catch (...) {
                call->end(end_of(std::current_exception()));
            }
        });
}

}  // namespace

struct CpprestConnection::Parts {
    std::string where;  // the origin, for messages
    std::string user_agent;
    bool tls = false;
    std::shared_ptr<Line> line = std::make_shared<Line>();
    std::unique_ptr<rest::client::http_client> client;
};

CpprestConnection::CpprestConnection(const ConnectionSettings& settings)
    : parts_(std::make_unique<Parts>()) {
    parts_->where = settings.origin.origin();
    parts_->user_agent = settings.user_agent;
    parts_->tls = settings.origin.tls;
    parts_->client = std::make_unique<rest::client::http_client>(web::uri(parts_->where),
                                                                 config_of(settings, parts_->line));
}

CpprestConnection::~CpprestConnection() = default;

namespace {

/// Closes the socket on the thread that does all else with it.
void cancel_on_pool(pplx::cancellation_token_source cancel) {
    crossplat::threadpool::shared_instance().service().post([cancel] { cancel.cancel(); });
}

/// The table from endings to Errors.
Error error_of(const Call::End& end, Call& call, const std::string& where, bool is_tls) {
    using Ending = Call::Ending;
    const bool only_once = call.attempts() <= 1;
    switch (end.ending) {
        case Ending::Answered:
            break;
        case Ending::Stale:
            return not_sent(where, end.reason);
        case Ending::Interim:
            return in_doubt(where, end.reason);
        case Ending::TooLarge:
            return answer_too_large(where, end.reason);
        case Ending::OutOfTime:
        case Ending::Stopped:
            return call.abandon() ? no_time_left(where, end.reason) : in_doubt(where, end.reason);
        case Ending::Failed: {
            const std::string refusal = call.refusal();
            const bool unsent = only_once && reach_of(end.reason) == Reach::NotSent;
            if (unsent && !refusal.empty()) return tls_refused(where, refusal);
            if (unsent && is_tls && end.reason.starts_with("Error in SSL handshake")) {
                return tls_refused(where, tls_reason(end.error_number));
            }
            return unsent ? not_sent(where, end.reason) : in_doubt(where, end.reason);
        }
    }
    return in_doubt(where, end.reason);
}

}  // namespace

CallOutcome CpprestConnection::call(const Request& request, const std::string& target,
                                    std::chrono::steady_clock::time_point deadline,
                                    std::stop_token stop) {
    const std::string where = request.method + " " + parts_->where;
    auto call =
        std::make_shared<Call>(!request.body.empty(), request.max_answer_bytes + kPackingBytesMax);
    const auto arrival = std::make_shared<Arrival>();
    pplx::cancellation_token_source cancel;
    parts_->line->set(call);
    try {
        rest::http_request message = message_of(request, target, parts_->user_agent);
        message.set_response_stream(arrival->body.create_ostream());
        watch_progress(message, call);
        start(*parts_->client, std::move(message), cancel.get_token(), call, arrival);
    } catch (const std::exception& error) {
        // Only the making of the message throws: the library keeps what comes later in its tasks.
        return {bad_request(error.what())};
    }
    const Call::End end = call->wait(deadline, stop);
    if (end.ending == Call::Ending::Answered) {
        const auto& bytes = arrival->body.collection();
        arrival->response.body.assign(bytes.begin(), bytes.end());
        return {std::move(arrival->response), false, call->wait_for_release(kReleaseTimeMax)};
    }
    Error error = error_of(end, *call, where, parts_->tls);
    cancel_on_pool(std::move(cancel));
    return {std::move(error), end.ending == Call::Ending::Stale, false};
}

void start_cpprest_threads() {
    static std::once_flag once;
    std::call_once(once, [] { crossplat::threadpool::initialize_with_threads(kPoolThreads); });
}

}  // namespace duet::http
