#include "connectors/sandbox/salesforce_api.h"

#include <array>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr int kOldestVersion = 41;
constexpr int kNewestVersion = 67;
constexpr int kSpring21 = 51;  // three releases a year from here

ApiResponse version_list() {
    static constexpr std::array kSeasons = {"Spring", "Summer", "Winter"};
    json list = json::array();
    for (int version = kOldestVersion; version <= kNewestVersion; ++version) {
        const int since = version - kSpring21 + 12;  // counted from Spring '17
        const int season = since % 3;
        const int year = 17 + since / 3 + (season == 2 ? 1 : 0);
        const std::string number = std::to_string(version) + ".0";
        list.push_back({{"label", std::string(kSeasons[static_cast<std::size_t>(season)]) + " '" +
                                      std::to_string(year)},
                        {"url", "/services/data/v" + number},
                        {"version", number}});
    }
    return json_answer(list);
}

/// The number in "v66.0"; 0 when it is not of that form.
int version_number(const std::string& text) {
    if (text.size() < 4 || text.size() > 5 || text[0] != 'v' ||
        text.substr(text.size() - 2) != ".0") {
        return 0;
    }
    const std::string digits = text.substr(1, text.size() - 3);
    return digits.find_first_not_of("0123456789") == std::string::npos ? std::stoi(digits) : 0;
}

/// Indents JSON text without reading it into a tree: key order and numbers stay as they are.
std::string pretty(std::string_view text) {
    std::string out;
    std::size_t depth = 0;
    bool quoted = false;
    const auto new_line = [&] { out += '\n' + std::string(depth * 2, ' '); };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            out += c;
            if (c == '\\' && i + 1 < text.size()) out += text[++i];
            if (c == '"') quoted = false;
            continue;
        }
        if (c == '{' || c == '[') {
            out += c;
            const char next = i + 1 < text.size() ? text[i + 1] : ' ';
            if (next == '}' || next == ']') {
                out += next;
                ++i;
                continue;
            }
            ++depth;
            new_line();
        } else if (c == '}' || c == ']') {
            --depth;
            new_line();
            out += c;
        } else {
            out += c == ':' ? " : " : std::string(1, c);
            if (c == ',') new_line();
            quoted = c == '"';
        }
    }
    return out;
}

ApiResponse unauthorised(const ApiRequest& request) {
    const std::string_view header = request.header("Authorization");
    if (!header.empty() && header.find(' ') == std::string_view::npos) {
        return refusal_answer({"INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", {}, 401});
    }
    return refusal_answer(session_expired());
}

ApiResponse data_api(SandboxState& state, const ApiRequest& request,
                     const std::vector<std::string>& segments) {
    const int version = version_number(segments[2]);
    if (version > 0 && version < kOldestVersion) {
        return refusal_answer(
            {"UNSUPPORTED_API_VERSION", "The version you called is retired", {}, 410});
    }
    if (version == 0 || version > kNewestVersion) return refusal_answer(not_found());
    const auto session = state.session(request.header("Authorization"));
    if (!session) return unauthorised(request);
    if (state.salesforce_calls >= state.salesforce_daily_calls) {
        return refusal_answer({"REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", {}, 403});
    }
    ++state.salesforce_calls;
    Call call{state, request, *session, std::to_string(version) + ".0",
              std::vector<std::string>(segments.begin() + 3, segments.end())};
    try {
        empty_expired_bin(state);
        Transaction step(state.database);
        ApiResponse answer = route(call);
        step.commit();
        return answer;
    } catch (const json::exception&) {
        // Only a body with a member of the wrong type gets here.
        return refusal_answer({"JSON_PARSER_ERROR", "A member of the body has the wrong type"});
    }
}

ApiResponse dispatch(SandboxState& state, const ApiRequest& request) {
    const auto segments = path_segments(request.path);
    if (segments[0] == "id") {
        auto session = state.session(request.header("Authorization"));
        if (!session)
            session = state.session("Bearer " + request.parameter("oauth_token").value_or(""));
        // The vendor's identity service answers 403 with a bare text.
        if (!session) {
            ApiResponse refused = text_answer("Bad_OAuth_Token", 403);
            refused.content_type = "text/plain";
            return refused;
        }
        return handle_identity(state, request, *session);
    }
    if (segments.size() < 2) return refusal_answer(not_found());
    if (segments[1] == "oauth2") return handle_oauth(state, request, segments);
    if (equal_without_case(segments[1], "Soap")) return handle_soap(state, request, segments);
    if (segments[1] != "data") return refusal_answer(not_found());
    if (segments.size() == 2) return version_list();
    return data_api(state, request, segments);
}

}  // namespace

bool is_read(const ApiRequest& request) {
    return request.method == "GET" || request.method == "HEAD";
}

ApiResponse text_answer(std::string json_text, int status) {
    ApiResponse answer;
    answer.status = status;
    answer.body = std::move(json_text);
    return answer;
}

ApiResponse json_answer(const json& body, int status) {
    return text_answer(body.dump(-1, ' ', false, json::error_handler_t::replace), status);
}

ApiResponse empty_answer(int status) { return text_answer({}, status); }

ApiResponse method_not_allowed(const ApiRequest& request, const std::string& allowed) {
    ApiResponse answer =
        refusal_answer({"METHOD_NOT_ALLOWED",
                        "HTTP Method '" + request.method + "' not allowed. Allowed are " + allowed,
                        {},
                        405});
    answer.headers.emplace_back("Allow", allowed);
    return answer;
}

json outcome_json(const Outcome& outcome, bool with_created) {
    json body;
    if (outcome.ok()) body["id"] = outcome.id;
    body["success"] = outcome.ok();
    body["errors"] = json::array();
    for (const Refusal& refusal : outcome.errors) {
        body["errors"].push_back(refusal_json(refusal, "statusCode"));
    }
    if (with_created && outcome.ok()) body["created"] = outcome.created;
    return body;
}

Refusal session_expired() { return {"INVALID_SESSION_ID", "Session expired or invalid", {}, 401}; }

ApiResponse route(Call& call) {
    const auto& path = call.path;
    const std::string first = path.empty() ? "" : path[0];
    if (first.empty() || first == "limits") return handle_discovery(call);
    if (first == "sobjects") {
        const bool about = path.size() <= 2 || (path.size() == 3 && path[2] == "describe");
        return about && is_read(call.request) ? handle_discovery(call) : handle_records(call);
    }
    if (first == "query" || equal_without_case(first, "queryAll")) return handle_query(call);
    if (first == "composite") {
        return path.size() > 1 && path[1] == "sobjects" ? handle_collections(call)
                                                        : handle_composite(call);
    }
    if (first == "jobs" && path.size() > 1 && path[1] == "query") return handle_bulk_query(call);
    if (first == "jobs" && path.size() > 1 && path[1] == "ingest") return handle_bulk_ingest(call);
    return refusal_answer(not_found());
}

void finish_salesforce(SandboxState& state, const ApiRequest& request, ApiResponse& answer) {
    if (!request.path.starts_with("/services/data/")) return;
    answer.headers.emplace_back("Sforce-Limit-Info",
                                "api-usage=" + std::to_string(state.salesforce_calls) + "/" +
                                    std::to_string(state.salesforce_daily_calls));
    const bool wanted = request.header("X-PrettyPrint") == "1";
    if (wanted && answer.content_type.starts_with("application/json"))
        answer.body = pretty(answer.body);
}

ApiResponse handle_salesforce(SandboxState& state, const ApiRequest& request) {
    ApiResponse answer = dispatch(state, request);
    finish_salesforce(state, request, answer);
    return answer;
}

}  // namespace duet::sandbox
