#include "daemon/admin/server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace duet::admin {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Protocol = asio::local::stream_protocol;
using Stream = beast::basic_stream<Protocol>;

constexpr std::size_t kMaxBodyBytes = 4 * 1024 * 1024;   // documents to be tried travel whole
constexpr std::size_t kMaxPlanBytes = 64 * 1024 * 1024;  // a plan of some 100,000 writes
constexpr const char* kTakesPlans = "/v1/apply";
constexpr std::size_t kMaxConnections = 8;
constexpr std::chrono::seconds kIdleLimit{10};
constexpr std::chrono::seconds kLastWords{2};  // at the end, for answers on their way

/// Whether the process at the other end has our group beside its own; people are added so.
bool shares_our_group(int descriptor) {
    std::vector<gid_t> groups(1);
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) {
        if (errno != ERANGE) return false;
        groups.resize(size / sizeof(gid_t));  // the kernel said how many there are
        if (getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0)
            return false;
    }
    groups.resize(size / sizeof(gid_t));
    return std::find(groups.begin(), groups.end(), getegid()) != groups.end();
}

/// Its name, from the machine's user database.
std::string user_name(uid_t uid) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
    return found == nullptr ? std::string{} : std::string(found->pw_name);
}

Peer peer_of(int descriptor) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
    return {static_cast<std::int64_t>(peer.uid), user_name(peer.uid)};
}

/// Root, our own user, and whoever the socket's mode lets in by its group.
bool is_welcome(int descriptor) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == 0 || peer.uid == geteuid() || peer.gid == getegid() ||
           shares_our_group(descriptor);
}

http::response<http::string_body> respond(int status, std::string json) {
    http::response<http::string_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(status));
    response.set(http::field::content_type, "application/json");
    response.set(http::field::cache_control, "no-store");
    response.body() = std::move(json);
    response.keep_alive(false);
    response.prepare_payload();
    return response;
}

/// One connection. Its own context runs its handlers, in its own thread.
struct Connection {
    explicit Connection() = default;
    asio::io_context context{1};
    std::optional<Stream> stream;
    std::atomic<bool> is_waiting{true};  // for the client's question, not for our answer

    /// From any thread: ends the reading or writing that is under way.
    void end() {
        asio::post(context, [this] {
            if (stream) stream->close();
        });
    }
};

/// A request, an answer, the end.
void serve(Connection& connection, const PeerHandler& handler) {
    Stream& stream = *connection.stream;
    asio::io_context& context = connection.context;
    beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMaxPlanBytes);
    beast::error_code failure = asio::error::would_block;
    stream.expires_after(kIdleLimit);
    http::async_read_header(stream, buffer, parser, [&](beast::error_code code, std::size_t) {
        const bool takes_plans = !code && parser.get().target() == kTakesPlans;
        if (!code && !takes_plans) {
            parser.body_limit(kMaxBodyBytes);
            if (parser.content_length().value_or(0) > kMaxBodyBytes) code = http::error::body_limit;
        }
        failure = code;
        if (failure) return;
        http::async_read(stream, buffer, parser,
                         [&](beast::error_code ended, std::size_t) { failure = ended; });
    });
    context.run();
    connection.is_waiting = false;
    const bool is_too_large = failure == http::error::body_limit;
    if (failure && !is_too_large) return;

    http::response<http::string_body> response;
    const auto& request = parser.get();
    const std::string target(request.target());
    constexpr std::string_view kPrefix = "/v1/";
    if (!is_welcome(stream.socket().native_handle())) {
        response = respond(
            403, R"({"code":"DUET-6022","message":"This user may not talk to the daemon."})");
    } else if (is_too_large) {
        response =
            respond(413, R"({"code":"DUET-6025","message":"A request may hold at most 4 MiB."})");
    } else if (request.method() != http::verb::post || !target.starts_with(kPrefix)) {
        response = respond(404, R"({"code":"DUET-6023","message":"Ask with POST /v1/<command>."})");
    } else {
        Answer answer = handler(target.substr(kPrefix.size()), request.body(),
                                peer_of(stream.socket().native_handle()));
        response = respond(answer.status, std::move(answer.json));
    }
    context.restart();
    stream.expires_after(kIdleLimit);
    http::async_write(stream, response,
                      [&](beast::error_code code, std::size_t) { failure = code; });
    context.run();
}

class UnixServer final : public Server {
public:
    UnixServer(std::string path, PeerHandler handler)
        : path_(std::move(path)), handler_(std::move(handler)), acceptor_(context_) {}

    /// Who has asked gets the answer; who has not is not waited for.
    ~UnixServer() override {
        asio::post(context_, [this] { acceptor_.close(); });
        if (thread_.joinable()) thread_.join();
        const auto patience = std::chrono::steady_clock::now() + kLastWords;
        while (end_idle(std::chrono::steady_clock::now() > patience))
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
        ::unlink(path_.c_str());
    }

    Status open() {
        try {
            ::unlink(path_.c_str());
            acceptor_.open();
            const mode_t before = ::umask(0117);  // 0660 from the first instant on
            boost::system::error_code failure;
            acceptor_.bind(Protocol::endpoint(path_), failure);
            ::umask(before);
            if (failure) throw boost::system::system_error(failure);
            acceptor_.listen(kMaxConnections);
        } catch (const std::exception& problem) {
            return Error{ErrorKind::Broken,
                         "Cannot listen at " + path_ + ": " + problem.what(),
                         "DUET-6024",
                         "",
                         {}};
        }
        accept();
        thread_ = std::thread([this] { context_.run(); });
        return Done{};
    }

private:
    /// Ends the connections that wait for a question, or all of them. Whether any is left.
    bool end_idle(bool all) {
        const std::lock_guard lock(mutex_);
        for (const auto& connection : connections_) {
            if (all || connection->is_waiting) connection->end();
        }
        return !connections_.empty();
    }

    void accept() {
        auto own = std::make_shared<Connection>();
        acceptor_.async_accept(
            own->context, [this, own](boost::system::error_code failure, Protocol::socket socket) {
                if (failure == asio::error::operation_aborted || !acceptor_.is_open()) return;
                if (!failure && add(own)) {
                    own->stream.emplace(std::move(socket));
                    std::thread([this, own] {
                        serve(*own, handler_);
                        own->stream.reset();
                        const std::lock_guard lock(mutex_);
                        std::erase(connections_, own);
                    }).detach();
                }
                accept();
            });
    }

    bool add(const std::shared_ptr<Connection>& connection) {
        const std::lock_guard lock(mutex_);
        if (connections_.size() >= kMaxConnections) return false;
        connections_.push_back(connection);
        return true;
    }

    std::string path_;
    PeerHandler handler_;
    asio::io_context context_{1};
    Protocol::acceptor acceptor_;
    std::thread thread_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<Connection>> connections_;  // guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const std::string& path, Handler handler) {
    return listen(path, PeerHandler([handler = std::move(handler)](
                                        const std::string& command, const std::string& body,
                                        const Peer&) { return handler(command, body); }));
}

Result<std::unique_ptr<Server>> Server::listen(const std::string& path, PeerHandler handler) {
    auto server = std::make_unique<UnixServer>(path, std::move(handler));
    if (auto opened = server->open(); !opened) return std::move(opened).error();
    return std::unique_ptr<Server>(std::move(server));
}

}  // namespace duet::admin
