#include "tests/world/sandbox_transport.h"

#include <string>
#include <utility>

#include "connectors/http/errors.h"
#include "connectors/http/url.h"
#include "connectors/sandbox/state.h"

namespace duet::world {
namespace {

sandbox::ApiRequest request_of(const http::Request& request, const http::Url& url) {
    sandbox::ApiRequest made;
    made.method = request.method;
    const std::size_t mark = url.target.find('?');
    made.path = url.target.substr(0, mark);
    if (mark != std::string::npos) made.query = url.target.substr(mark + 1);
    made.parameters = sandbox::parse_form(made.query);
    made.headers = request.headers;
    made.body = request.body;
    made.base_url = url.origin();
    return made;
}

/// A collections read and a new query job travel as POST and change nothing.
bool only_asks(const sandbox::ApiRequest& request) {
    if (request.method == "GET") return true;
    if (request.path.ends_with("/oauth2/token")) return true;
    return request.method == "POST" &&
           (request.path.ends_with("/jobs/query") ||
            request.path.find("/composite/sobjects/") != std::string::npos);
}

http::Response response_of(sandbox::ApiResponse&& answer) {
    http::Response response;
    response.status = answer.status;
    response.headers = std::move(answer.headers);
    if (!answer.content_type.empty() && !answer.body.empty()) {
        response.headers.emplace_back("Content-Type", answer.content_type);
    }
    if (answer.status != 204 && answer.status != 304) response.body = std::move(answer.body);
    return response;
}

}  // namespace

void SandboxTransport::breaks(std::int64_t n, Break how) {
    break_at_ = n == 0 ? 0 : exchanges_ + n;
    break_how_ = how;
    broke_ = false;
}

Result<http::Response> SandboxTransport::send(const http::Request& request, std::stop_token stop) {
    const auto url = http::parse_url(request.url);
    if (!url) return http::bad_request("its URL is not one that Duet takes");
    const std::string where = request.method + " " + url->origin();
    if (stop.stop_requested()) return http::no_time_left(where, "stopped before sending");
    const sandbox::ApiRequest asked = request_of(request, *url);
    ++exchanges_;
    if (!only_asks(asked)) ++writes_;
    const bool breaks_now = exchanges_ == break_at_;
    if (breaks_now) broke_ = true;
    if (breaks_now && break_how_ == Break::NotSent) {
        return http::not_sent(where, "Failed to connect to any resolved endpoint");
    }
    if (breaks_now && break_how_ == Break::RequestLost) {
        return http::in_doubt(where, "Failed to read HTTP status line");
    }
    apis_.with_state([this](sandbox::SandboxState& state) {
        using std::chrono::milliseconds;
        const auto now = std::chrono::duration_cast<milliseconds>(clock_.now().time_since_epoch());
        state.clock.set(now.count());
    });
    sandbox::ApiResponse answer = apis_.handle(asked);
    const bool is_lost =
        breaks_now || answer.drop || answer.hang || answer.delay > request.deadline;
    if (is_lost) return http::in_doubt(where, "Failed to read HTTP status line");
    if (answer.body.size() > request.max_answer_bytes) {
        return http::answer_too_large(where, "the body is larger than allowed");
    }
    return response_of(std::move(answer));
}

}  // namespace duet::world
