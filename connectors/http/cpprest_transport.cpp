#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stdexcept>

#include "connectors/http/cpprest_connection.h"
#include "connectors/http/errors.h"
#include "connectors/http/gzip.h"
#include "connectors/http/request_rules.h"
#include "connectors/http/transport.h"

namespace duet::http {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::hours kDeadlineMax{24};
constexpr int kInFlightMax = 64;  // each is a socket; vendors allow 25 or fewer

/// The connections to one origin: those that wait for work, and how many work.
class Origin {
public:
    Origin(ConnectionSettings settings, int in_flight_max)
        : settings_(std::move(settings)), in_flight_max_(in_flight_max) {}

    /// Waits for a turn. False: deadline or stop came first.
    bool enter(SteadyTime deadline, std::stop_token stop) {
        std::unique_lock lock(mutex_);
        const bool entered =
            freed_.wait_until(lock, stop, deadline, [this] { return in_flight_ < in_flight_max_; });
        if (entered) ++in_flight_;
        return entered;
    }

    void leave() {
        {
            const std::lock_guard lock(mutex_);
            --in_flight_;
        }
        freed_.notify_one();
    }

    /// The connection used last, or a new one.
    std::unique_ptr<CpprestConnection> take() {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                auto connection = std::move(idle_.back());
                idle_.pop_back();
                return connection;
            }
        }
        return std::make_unique<CpprestConnection>(settings_);
    }

    void keep(std::unique_ptr<CpprestConnection> connection) {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(connection));
    }

private:
    const ConnectionSettings settings_;
    const int in_flight_max_;
    std::mutex mutex_;
    std::condition_variable_any freed_;
    int in_flight_ = 0;                                     // guarded by mutex_
    std::vector<std::unique_ptr<CpprestConnection>> idle_;  // guarded by mutex_
};

class Turn {
public:
    explicit Turn(Origin& origin) : origin_(origin) {}
    ~Turn() { origin_.leave(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Origin& origin_;
};

/// Replaces a packed body by what it unpacks to.
Result<Response> unpack(Response response, const Request& request, const std::string& where) {
    const std::string* encoding = response.header("Content-Encoding");
    const bool is_plain = encoding == nullptr || encoding->empty() ||
                          equal_without_case(*encoding, "identity") || response.body.empty();
    if (!is_plain) {
        if (!equal_without_case(*encoding, "gzip") && !equal_without_case(*encoding, "x-gzip")) {
            return odd_encoding(where, *encoding);
        }
        std::string plain;
        switch (inflate_gzip(response.body, request.max_answer_bytes, plain)) {
            case Inflated::Whole:
                response.body = std::move(plain);
                break;
            case Inflated::TooLarge:
                return answer_too_large(where, "it unpacks to too much");
            case Inflated::Truncated:
                return in_doubt(where, "the packed answer is cut off");
            case Inflated::Corrupt:
                return in_doubt(where, "the packed answer is damaged");
        }
    }
    if (response.body.size() > request.max_answer_bytes) {
        return answer_too_large(where, "the body is larger than allowed");
    }
    return response;
}

class CpprestTransport final : public Transport {
public:
    explicit CpprestTransport(TransportSettings settings)
        : settings_(std::move(settings)), trust_(std::make_shared<TrustStore>(settings_.ca_file)) {
        static_cast<void>(trust_->current());  // read now, not within the first call's deadline
    }

    Result<Response> send(const Request& request, std::stop_token stop) override {
        const auto now = std::chrono::steady_clock::now();
        const auto url = parse_url(request.url);
        if (!url) return bad_request("its URL is not one that Duet takes");
        if (const auto fault = find_fault(*url)) return bad_request(*fault);
        if (const auto fault = find_fault(request)) return bad_request(*fault);
        const std::string where = request.method + " " + url->origin();
        const auto deadline =
            now + std::min<std::chrono::milliseconds>(
                      std::max(request.deadline, std::chrono::milliseconds{0}), kDeadlineMax);
        Origin& origin = origin_of(*url);
        if (stop.stop_requested()) return no_time_left(where, "stopped before sending");
        if (!origin.enter(deadline, stop)) {
            return no_time_left(where, stop.stop_requested() ? "stopped while waiting for a turn"
                                                             : "the deadline passed in the queue");
        }
        const Turn turn(origin);
        auto answer = send_in_turn(origin, request, url->target, where, deadline, stop);
        if (!answer) return answer;
        return unpack(*std::move(answer), request, where);
    }

private:
    Origin& origin_of(const Url& url) {
        const std::lock_guard lock(mutex_);
        auto& slot = origins_[url.origin()];
        if (slot == nullptr) {
            const bool direct = bypasses_proxy(url.bare_host(), settings_.no_proxy);
            slot = std::make_unique<Origin>(
                ConnectionSettings{url, direct ? std::string{} : settings_.proxy,
                                   settings_.user_agent, trust_},
                settings_.max_in_flight);
        }
        return *slot;
    }

    static Result<Response> send_in_turn(Origin& origin, const Request& request,
                                         const std::string& target, const std::string& where,
                                         SteadyTime deadline, const std::stop_token& stop) {
        // Each kept connection may turn out to be dead; a new one cannot.
        for (int i = 0; i <= kInFlightMax; ++i) {
            if (stop.stop_requested() || std::chrono::steady_clock::now() >= deadline) {
                return no_time_left(where, "the time was up before sending");
            }
            try {
                auto connection = origin.take();
                auto outcome = connection->call(request, target, deadline, stop);
                if (outcome.is_stale) continue;
                if (outcome.is_reusable) origin.keep(std::move(connection));
                return std::move(outcome.result);
            } catch (const std::exception& error) {
                return not_sent(where, error.what());
            }
        }
        return not_sent(where, "no connection stayed open");
    }

    const TransportSettings settings_;
    const std::shared_ptr<TrustStore> trust_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Origin>> origins_;  // guarded by mutex_
};

/// Throws when they cannot work; otherwise spells the proxy's port out, since the library would
/// take 8080 for a missing one.
TransportSettings checked(TransportSettings settings) {
    if (settings.max_in_flight < 1 || settings.max_in_flight > kInFlightMax) {
        throw std::invalid_argument("max_in_flight must be from 1 to 64");
    }
    Request probe;
    probe.headers.emplace_back("User-Agent", settings.user_agent);
    if (find_fault(probe)) throw std::invalid_argument("user_agent holds a control character");
    if (settings.proxy.empty()) return settings;
    const auto proxy = parse_url(settings.proxy);
    if (!proxy || proxy->tls || proxy->target != "/") {
        throw std::invalid_argument(
            "the proxy must read http://host:port, with no user, password or path");
    }
    settings.proxy = "http://" + proxy->host + ':' + std::to_string(proxy->port);
    return settings;
}

}  // namespace

std::unique_ptr<Transport> make_transport(const TransportSettings& settings) {
    auto checked_settings = checked(settings);
    prepare_openssl();
    start_cpprest_threads();
    return std::make_unique<CpprestTransport>(std::move(checked_settings));
}

}  // namespace duet::http
