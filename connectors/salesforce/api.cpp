#include "connectors/salesforce/api.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/salesforce/errors.h"

namespace duet::salesforce {
namespace {

constexpr std::chrono::seconds kReadDeadline{120};   // SOQL may run for 120 s
constexpr std::chrono::seconds kWriteDeadline{180};  // 200 rows with the org's own triggers
constexpr std::chrono::seconds kCsvDeadline{600};
constexpr std::size_t kCsvBytesMax = 512u << 20;

std::optional<std::int64_t> take_number(std::string_view& text) {
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

}  // namespace

Api::Api(const Config& config, http::Transport& transport, const Clock& clock)
    : config_(config),
      clock_(clock),
      oauth_(config.auth, transport, clock),
      session_(oauth_, transport, &session_refused),
      data_path_("/services/data/v" + config.api_version),
      origin_(config.instance_url) {}

Result<std::string> Api::origin(std::stop_token stop) {
    if (!origin_.empty()) return origin_;
    auto token = oauth_.token(stop);
    if (!token) return std::move(token).error();
    const std::string& told = (*token)->instance_url;
    if (told.empty()) return config_.login_url;
    const auto host = http::host_of(told);
    const bool trusted =
        host && (host == http::host_of(config_.login_url) ||
                 std::find(config_.allowed_hosts.begin(), config_.allowed_hosts.end(), *host) !=
                     config_.allowed_hosts.end());
    if (!trusted) {
        return Error{ErrorKind::Broken,
                     "The sign-in names the instance host " + host.value_or("(none)") +
                         ", which is neither the login host nor in allowed_hosts; no call was "
                         "sent there.",
                     "DUET-3105",
                     {},
                     {}};
    }
    origin_ = told;
    return origin_;
}

Result<std::size_t> Api::url_bytes(std::string_view path, std::stop_token stop) {
    auto base = origin(stop);
    if (!base) return std::move(base).error();
    return base->size() + data_path_.size() + path.size();
}

Result<http::Response> Api::send(http::Request request, std::string_view absolute_path,
                                 http::Effect effect, std::stop_token stop) {
    auto base = origin(stop);
    if (!base) return std::move(base).error();
    request.url = *base + std::string(absolute_path);
    request.headers.emplace_back("Sforce-Call-Options", "client=" + config_.client_name);
    if (effect == http::Effect::Write) {
        // Absent means TRUE: every synced lead would be handed to another owner.
        request.headers.emplace_back("Sforce-Auto-Assign", "FALSE");
    }
    if (!request.body.empty()) {
        request.headers.emplace_back("Content-Type", "application/json; charset=UTF-8");
    }
    auto answer = session_.send(std::move(request), effect, stop);
    if (!answer) return answer;
    note_allowance(*answer);
    if (answer->status < 200 || answer->status > 299) return answer_error(*answer, effect);
    return answer;
}

Result<http::Response> Api::get(std::string_view path, std::stop_token stop) {
    return get_given(data_path_ + std::string(path), stop);
}

Result<http::Response> Api::get_given(std::string_view absolute_path, std::stop_token stop) {
    http::Request request;
    request.headers = {{"Accept", "application/json"}};
    request.deadline = kReadDeadline;
    return send(std::move(request), absolute_path, http::Effect::Read, stop);
}

Result<http::Response> Api::get_csv(std::string_view path, std::stop_token stop) {
    http::Request request;
    request.headers = {{"Accept", "text/csv"}};
    request.deadline = kCsvDeadline;
    request.max_answer_bytes = kCsvBytesMax;
    return send(std::move(request), data_path_ + std::string(path), http::Effect::Read, stop);
}

Result<http::Response> Api::ask(std::string_view path, std::string body, std::stop_token stop) {
    http::Request request;
    request.method = "POST";
    request.headers = {{"Accept", "application/json"}};
    request.body = std::move(body);
    request.deadline = kReadDeadline;
    return send(std::move(request), data_path_ + std::string(path), http::Effect::Read, stop);
}

Result<http::Response> Api::write(std::string_view method, std::string_view path, std::string body,
                                  bool repeatable, std::stop_token stop) {
    http::Request request;
    request.method = method;
    request.headers = {{"Accept", "application/json"}};
    request.body = std::move(body);
    request.repeatable = repeatable;
    request.deadline = kWriteDeadline;
    return send(std::move(request), data_path_ + std::string(path), http::Effect::Write, stop);
}

void Api::note_allowance(const http::Response& answer) {
    const std::string* info = answer.header("Sforce-Limit-Info");
    if (info == nullptr) return;
    static constexpr std::string_view kUsage = "api-usage=";
    std::string_view text = *info;
    if (!text.starts_with(kUsage)) return;
    text.remove_prefix(kUsage.size());
    const auto used = take_number(text);
    if (!used || !text.starts_with('/')) return;
    text.remove_prefix(1);
    const auto limit = take_number(text);
    if (!limit) return;
    budget_.used_today = used;
    budget_.limit_per_day = limit;
    budget_.told_at = clock_.steady();
}

Budget Api::budget() const {
    Budget budget = budget_;
    budget.calls_made = session_.calls_made();
    return budget;
}

}  // namespace duet::salesforce
