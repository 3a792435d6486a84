#include "connectors/pardot/api.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "connectors/pardot/errors.h"
#include "mappings/catalog.h"

namespace duet::pardot {
namespace {

constexpr std::chrono::seconds kDeadline{120};

bool names_latin1(std::string_view content_type) {
    const auto at = content_type.find("charset=");
    if (at == std::string_view::npos) return false;
    std::string_view name = content_type.substr(at + 8);
    if (name.starts_with('"')) name.remove_prefix(1);
    return same_name(name.substr(0, 10), "iso-8859-1");
}

std::string utf8_from_latin1(std::string_view text) {
    std::string utf8;
    utf8.reserve(text.size() + text.size() / 8);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xc0 | byte >> 6);
            utf8 += static_cast<char>(0x80 | (byte & 0x3f));
        }
    }
    return utf8;
}

}  // namespace

Api::Api(const Config& config, http::Transport& transport, const Clock& clock)
    : config_(config),
      clock_(clock),
      oauth_(config.auth, transport, clock),
      session_(oauth_, transport, &token_refused) {}

Result<http::Response> Api::send(http::Request request, std::string_view path, http::Effect effect,
                                 std::stop_token stop) {
    request.url = config_.base_url + "/api/v5/objects" + std::string(path);
    request.deadline = kDeadline;
    request.headers = {{"Accept", "application/json"},
                       {"Pardot-Business-Unit-Id", config_.business_unit_id},
                       {"X-Return-Api-Usage", "1"}};
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    auto answer = session_.send(std::move(request), effect, stop);
    if (!answer) return answer;
    note_allowance(*answer);
    // Some answers are declared ISO-8859-1; read as UTF-8 they would lose every accent.
    const std::string* type = answer->header("Content-Type");
    if (type != nullptr && names_latin1(*type)) answer->body = utf8_from_latin1(answer->body);
    if (answer->status < 200 || answer->status > 299) {
        return answer_error(*answer, effect, clock_.now());
    }
    return answer;
}

Result<http::Response> Api::get(std::string_view path, std::stop_token stop) {
    return send({}, path, http::Effect::Read, stop);
}

Result<http::Response> Api::write(std::string_view method, std::string_view path, std::string body,
                                  bool repeatable, std::stop_token stop) {
    http::Request request;
    request.method = method;
    request.body = std::move(body);
    request.repeatable = repeatable;
    return send(std::move(request), path, http::Effect::Write, stop);
}

void Api::note_allowance(const http::Response& answer) {
    const std::string* usage = answer.header("x-api-usage");
    if (usage == nullptr) return;
    // "used/most": the exact layout is not documented, so only the two numbers are relied on.
    const auto slash = usage->find('/');
    const auto first = usage->find_first_of("0123456789");
    if (slash == std::string::npos || first > slash) return;
    const auto second = usage->find_first_of("0123456789", slash);
    if (second == std::string::npos) return;
    std::int64_t used = 0;
    std::int64_t most = 0;
    const char* end = usage->data() + usage->size();
    std::from_chars(usage->data() + first, end, used);
    std::from_chars(usage->data() + second, end, most);
    budget_.used_today = used;
    budget_.limit_per_day = most;
    budget_.told_at = clock_.steady();
}

Budget Api::budget() const {
    Budget budget = budget_;
    budget.calls_made = session_.calls_made();
    return budget;
}

}  // namespace duet::pardot
