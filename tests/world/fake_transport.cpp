#include "tests/world/fake_transport.h"

#include <utility>

namespace duet::world {
namespace {

FakeTransport::Handler answer_with(int status, std::string body, http::Headers headers) {
    http::Response response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    return [response = std::move(response)](const http::Request&) -> Result<http::Response> {
        return response;
    };
}

Error error_of(ErrorKind kind, std::string message, std::string code) {
    Error error;
    error.kind = kind;
    error.message = std::move(message);
    error.code = std::move(code);
    return error;
}

}  // namespace

FakeTransport::Rule& FakeTransport::Rule::replies(int status, std::string body,
                                                  http::Headers headers) {
    return then(answer_with(status, std::move(body), std::move(headers)));
}

FakeTransport::Rule& FakeTransport::Rule::fails(Error error) {
    return then([error = std::move(error)](const http::Request&) -> Result<http::Response> {
        return error;
    });
}

FakeTransport::Rule& FakeTransport::Rule::fails(ErrorKind kind) {
    return fails(error_of(kind, "scripted fault", "DUET-3001"));
}

FakeTransport::Rule& FakeTransport::Rule::then(Handler handler) {
    queue_.push_back(std::move(handler));
    return *this;
}

FakeTransport::Rule& FakeTransport::Rule::always(Handler handler) {
    always_ = std::move(handler);
    return *this;
}

FakeTransport::Rule& FakeTransport::Rule::always_replies(int status, std::string body,
                                                         http::Headers headers) {
    return always(answer_with(status, std::move(body), std::move(headers)));
}

FakeTransport::Rule& FakeTransport::on(std::string_view method, std::string_view url_prefix) {
    const std::lock_guard lock(mutex_);
    for (Rule& rule : rules_) {
        if (rule.method_ == method && rule.url_prefix_ == url_prefix) return rule;
    }
    Rule& made = rules_.emplace_back();
    made.method_ = method;
    made.url_prefix_ = url_prefix;
    return made;
}

FakeTransport::Rule* FakeTransport::match(const http::Request& request) {
    Rule* best = nullptr;
    for (Rule& rule : rules_) {
        const bool able = !rule.queue_.empty() || rule.always_;
        if (!able || rule.method_ != request.method || !request.url.starts_with(rule.url_prefix_)) {
            continue;
        }
        if (best == nullptr || rule.url_prefix_.size() > best->url_prefix_.size()) best = &rule;
    }
    return best;
}

Result<http::Response> FakeTransport::send(const http::Request& request, std::stop_token stop) {
    Handler handler;
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        if (stop.stop_requested()) {
            return error_of(ErrorKind::Transient, "stopped before sending", "DUET-3005");
        }
        Rule* rule = match(request);
        if (rule == nullptr) {
            unexpected_.push_back(request.method + " " + request.url);
            return error_of(ErrorKind::Broken, "no scripted answer for " + unexpected_.back(),
                            "DUET-3001");
        }
        if (rule->queue_.empty()) {
            handler = *rule->always_;
        } else {
            handler = std::move(rule->queue_.front());
            rule->queue_.pop_front();
        }
    }
    auto answer = handler(request);  // not under the lock: a handler may look at requests()
    if (answer && answer->body.size() > request.max_answer_bytes) {
        return error_of(ErrorKind::Broken, "the answer is larger than allowed", "DUET-3004");
    }
    return answer;
}

std::vector<http::Request> FakeTransport::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

std::vector<std::string> FakeTransport::unexpected() const {
    const std::lock_guard lock(mutex_);
    return unexpected_;
}

std::size_t FakeTransport::unused() const {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const Rule& rule : rules_) count += rule.queue_.size();
    return count;
}

std::optional<std::string> find_header(const http::Headers& headers, std::string_view name) {
    const http::Response response{.status = 0, .headers = headers, .body = {}};
    const std::string* found = response.header(name);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

}  // namespace duet::world
