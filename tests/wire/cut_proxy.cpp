#include "tests/wire/cut_proxy.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace duet::wire {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kChunkBytes = 96;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::chrono::microseconds kPoll{100};

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// A socket that closes with the object.
class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {
        const int on = 1;
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Appends at most `bytes_max` bytes; false at the end.
    bool receive(std::string& into, std::size_t bytes_max) const {
        char buffer[16 * 1024];
        const ssize_t got = ::recv(descriptor_, buffer, std::min(sizeof buffer, bytes_max), 0);
        if (got <= 0) return false;
        into.append(buffer, static_cast<std::size_t>(got));
        return true;
    }

private:
    int descriptor_;
};

std::string lower(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return made;
}

/// The whole length of the message that begins with `header`, which ends in an empty line.
std::size_t whole_bytes(std::string_view header) {
    const std::string name = "\r\ncontent-length:";
    const auto at = lower(header).find(name);
    if (at == std::string::npos) return header.size();
    const std::string number(header.substr(at + name.size(), 20));
    return header.size() + std::strtoull(number.c_str(), nullptr, 10);
}

/// Reads one message, or as much of it as `bytes_max` allows; false when it ends before that.
bool receive_message(const Socket& from, std::string& message, std::size_t bytes_max) {
    std::size_t whole = kNoLimit;
    for (;;) {
        if (const auto end = message.find(kHeaderEnd); end != std::string::npos) {
            whole = whole_bytes(std::string_view(message).substr(0, end + kHeaderEnd.size()));
        }
        if (message.size() >= std::min(whole, bytes_max)) return true;
        if (!from.receive(message, std::min(whole, bytes_max) - message.size())) return false;
    }
}

/// The same answer with its body in chunks.
std::string in_chunks(std::string_view answer) {
    const auto end = answer.find(kHeaderEnd);
    std::string_view body = answer.substr(end + kHeaderEnd.size());
    if (body.empty()) return std::string(answer);
    std::string header(answer.substr(0, end));
    const auto at = lower(header).find("\r\ncontent-length:");
    header.erase(at, header.find("\r\n", at + 2) - at);
    std::string made = header + "\r\nTransfer-Encoding: chunked" + std::string(kHeaderEnd);
    while (!body.empty()) {
        const std::string_view piece = body.substr(0, kChunkBytes);
        char size[20];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        made.append(size).append(piece).append("\r\n");
        body.remove_prefix(piece.size());
    }
    return made + "0\r\n\r\n";
}

/// Whether the other end's kernel has not yet heard that the connection is closed: on a busy
/// machine that takes its time, and until then a client may still send.
bool awaits_acknowledgement(int descriptor) {
    tcp_info info{};
    socklen_t size = sizeof info;
    return ::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
           info.tcpi_state == TCP_FIN_WAIT1;
}

}  // namespace

struct CutProxy::Parts {
    explicit Parts(std::uint16_t given_server) : server_port(given_server) {}

    const std::uint16_t server_port;
    std::uint16_t port = 0;
    int listener = -1;
    mutable std::mutex mutex;
    bool ending = false;                             // guarded by mutex
    Framing framing{};                               // guarded by mutex
    int exchanges = 0;                               // guarded by mutex
    int connections = 0;                             // guarded by mutex
    int cut_at = 0;                                  // guarded by mutex
    Cut cut;                                         // guarded by mutex
    bool has_cut = false;                            // guarded by mutex
    std::vector<Passed> passed;                      // guarded by mutex
    std::set<int> open;                              // guarded by mutex; sockets of either side
    std::map<std::thread::id, std::thread> workers;  // guarded by mutex
    std::vector<std::thread::id> finished;           // guarded by mutex; workers to be joined
    std::thread acceptor;

    void accept_loop();
    void serve(int descriptor);
    bool carry(const Socket& client, const Socket& server);

    void enter(int descriptor) {
        const std::lock_guard lock(mutex);
        open.insert(descriptor);
        if (ending) ::shutdown(descriptor, SHUT_RDWR);
    }
    /// Joins the workers that have ended: their stacks would stay. The mutex is held.
    void reap() {
        for (const std::thread::id id : std::exchange(finished, {})) {
            workers.extract(id).mapped().join();
        }
    }
    void leave(int descriptor) {
        const std::lock_guard lock(mutex);
        open.erase(descriptor);
    }
    /// Whether the exchange that begins now is the one to cut, and where.
    std::optional<Cut> begin() {
        const std::lock_guard lock(mutex);
        if (++exchanges != cut_at) return std::nullopt;
        has_cut = true;
        return cut;
    }
};

/// One exchange. False: the connection is to end.
bool CutProxy::Parts::carry(const Socket& client, const Socket& server) {
    // The exchange begins with its first byte: until then the connection only waits.
    char byte = 0;
    if (::recv(client.get(), &byte, 1, MSG_PEEK) <= 0) return false;
    const std::optional<Cut> cut_here = begin();
    const bool cuts_request = cut_here && cut_here->in == Cut::In::Request;
    Passed now;
    const bool came =
        receive_message(client, now.request, cuts_request ? cut_here->after_bytes : kNoLimit);
    if (!came) return false;
    const auto header_end = now.request.find(kHeaderEnd);
    const bool is_whole =
        header_end != std::string::npos &&
        now.request.size() == whole_bytes(std::string_view(now.request).substr(0, header_end + 4));
    if (!server.send(now.request) || (cuts_request && !is_whole)) return false;
    if (!receive_message(server, now.answer, kNoLimit) || cuts_request) return false;
    {
        const std::lock_guard lock(mutex);
        if (framing == Framing::Chunks) now.answer = in_chunks(now.answer);
        if (!cut_here) passed.push_back(now);
    }
    if (!cut_here) return client.send(now.answer);
    client.send(std::string_view(now.answer).substr(0, cut_here->after_bytes));
    return false;
}

void CutProxy::Parts::serve(int descriptor) {
    {
        const Socket client(descriptor);
        const Socket server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address = loopback(server_port);
        enter(client.get());
        enter(server.get());
        if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0) {
            while (carry(client, server)) {
            }
        }
        leave(server.get());
        leave(client.get());
    }
    const std::lock_guard lock(mutex);
    finished.push_back(std::this_thread::get_id());
}

void CutProxy::Parts::accept_loop() {
    for (;;) {
        const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (descriptor < 0) return;
        const std::lock_guard lock(mutex);
        if (ending) {
            ::close(descriptor);
            return;
        }
        ++connections;
        reap();
        std::thread worker([this, descriptor] { serve(descriptor); });
        const std::thread::id id = worker.get_id();
        workers.emplace(id, std::move(worker));
    }
}

CutProxy::CutProxy(std::uint16_t server_port) : parts_(std::make_unique<Parts>(server_port)) {
    parts_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(parts_->listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(parts_->listener, 64) != 0 ||
        ::getsockname(parts_->listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    parts_->port = ntohs(address.sin_port);
    parts_->acceptor = std::thread([this] { parts_->accept_loop(); });
}

CutProxy::~CutProxy() {
    ::shutdown(parts_->listener, SHUT_RDWR);  // wakes the accept
    std::map<std::thread::id, std::thread> workers;
    {
        const std::lock_guard lock(parts_->mutex);
        parts_->ending = true;
        for (const int descriptor : parts_->open) ::shutdown(descriptor, SHUT_RDWR);
    }
    parts_->acceptor.join();
    ::close(parts_->listener);
    {
        const std::lock_guard lock(parts_->mutex);
        workers.swap(parts_->workers);
    }
    for (auto& [id, worker] : workers) worker.join();
}

std::string CutProxy::url() const { return "http://127.0.0.1:" + std::to_string(parts_->port); }

void CutProxy::cuts(int n, Cut cut) {
    const std::lock_guard lock(parts_->mutex);
    parts_->cut_at = parts_->exchanges + n;
    parts_->cut = cut;
    parts_->has_cut = false;
}

bool CutProxy::has_cut() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->has_cut;
}

void CutProxy::frames(Framing framing) {
    const std::lock_guard lock(parts_->mutex);
    parts_->framing = framing;
}

void CutProxy::closes_kept_connections() {
    const std::lock_guard lock(parts_->mutex);
    for (const int descriptor : parts_->open) ::shutdown(descriptor, SHUT_RDWR);
    for (const int descriptor : parts_->open) {
        while (awaits_acknowledgement(descriptor)) std::this_thread::sleep_for(kPoll);
    }
}

int CutProxy::exchanges() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->exchanges;
}

int CutProxy::connections() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->connections;
}

std::vector<Passed> CutProxy::take_passed() {
    const std::lock_guard lock(parts_->mutex);
    return std::exchange(parts_->passed, {});
}

std::vector<std::size_t> frame_edges(std::string_view message) {
    std::set<std::size_t> edges{0, 1, message.size()};
    const auto both_sides = [&](std::size_t at) {
        for (const std::size_t edge : {at - 1, at, at + 1}) {
            if (edge <= message.size()) edges.insert(edge);
        }
    };
    both_sides(message.size());
    both_sides(message.find("\r\n") + 2);
    const auto header_end = message.find(kHeaderEnd);
    if (header_end == std::string_view::npos) return {edges.begin(), edges.end()};
    std::size_t at = header_end + kHeaderEnd.size();
    both_sides(at);
    const bool chunked =
        lower(message.substr(0, at)).find("transfer-encoding: chunked") != std::string::npos;
    while (chunked && at < message.size()) {
        const std::size_t size =
            std::strtoull(std::string(message.substr(at, 20)).c_str(), nullptr, 16);
        const std::size_t data = message.find("\r\n", at) + 2;
        both_sides(data);
        both_sides(data + size);
        both_sides(data + size + 2);
        at = data + size + 2;
    }
    return {edges.begin(), edges.end()};
}

}  // namespace duet::wire
