#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/transport.h"

namespace duet::world {

/// A Transport that answers from a script and opens no socket.
///
///     FakeTransport transport;
///     transport.on("POST", "https://login.test/services/oauth2/token").replies(200, R"({...})");
///     transport.on("GET", "https://org.test/query").fails(ErrorKind::InDoubt).replies(200, page);
///
/// A request goes to the rule of its method with the longest matching URL prefix and takes the
/// next answer of that rule's queue; when the queue is empty, the rule's `always` answer. With
/// neither, the request is unexpected: it gets Broken and is counted. Thread-safe, but set rules
/// before the threads start. Limits (deadline, max_answer_bytes) and a stop are honoured as far as
/// a script can: an answer over the cap is Broken, a stop that was asked before is Transient.
class FakeTransport final : public http::Transport {
public:
    using Handler = std::function<Result<http::Response>(const http::Request&)>;

    /// What one method and URL prefix answers. Calls chain; order is the order of the answers.
    class Rule {
    public:
        Rule& replies(int status, std::string body = {}, http::Headers headers = {});
        Rule& fails(Error error);
        /// An Error of `kind` with the message "scripted fault" and the code "DUET-3001".
        Rule& fails(ErrorKind kind);
        Rule& then(Handler handler);
        /// Used whenever the queue is empty, any number of times.
        Rule& always(Handler handler);
        Rule& always_replies(int status, std::string body = {}, http::Headers headers = {});

    private:
        friend class FakeTransport;
        std::string method_;
        std::string url_prefix_;
        std::deque<Handler> queue_;
        std::optional<Handler> always_;
    };

    /// The rule of that method and prefix: made at the first call, the same one after that.
    /// The reference stays good as long as the transport lives.
    Rule& on(std::string_view method, std::string_view url_prefix);

    Result<http::Response> send(const http::Request& request, std::stop_token stop) override;

    /// Every request so far, unexpected ones included, in the order of arrival.
    [[nodiscard]] std::vector<http::Request> requests() const;
    /// "METHOD url" of each request that no rule answered. A test ends by expecting none.
    [[nodiscard]] std::vector<std::string> unexpected() const;
    /// Scripted answers that nobody fetched. A test ends by expecting zero.
    [[nodiscard]] std::size_t unused() const;

private:
    Rule* match(const http::Request& request);  // mutex_ is held

    mutable std::mutex mutex_;
    std::deque<Rule> rules_;               // guarded by mutex_; a deque keeps references good
    std::vector<http::Request> requests_;  // guarded by mutex_
    std::vector<std::string> unexpected_;  // guarded by mutex_
};

/// The first header of that name in a request; names compare without case.
[[nodiscard]] std::optional<std::string> find_header(const http::Headers& headers,
                                                     std::string_view name);

}  // namespace duet::world
