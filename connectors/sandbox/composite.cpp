#include <nlohmann/json.hpp>

#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

constexpr std::size_t kSubrequestsMax = 25;

/// The request that a subrequest stands for, and its path below the version; nothing when the
/// URL is not of the data API.
bool fill_subrequest(ApiRequest& out, std::vector<std::string>& path, std::string& version,
                     const std::string& url) {
    const std::size_t mark = url.find('?');
    out.path = url.substr(0, mark);
    if (mark != std::string::npos) out.query = url.substr(mark + 1);
    out.parameters = parse_form(out.query);
    path = path_segments(out.path);
    if (path.size() > 2 && path[0] == "services" && path[1] == "data")
        path.erase(path.begin(), path.begin() + 2);
    if (path.empty() || path[0].size() < 4 || path[0][0] != 'v') return false;
    version = path[0].substr(1);
    path.erase(path.begin());
    return true;
}

json body_json(const std::string& text) {
    if (text.empty()) return nullptr;
    json body = json::parse(text, nullptr, false);
    return body.is_discarded() ? json(text) : body;
}

json header_json(const Headers& headers) {
    json out = json::object();
    for (const auto& [name, value] : headers) out[name] = value;
    return out;
}

json error_body(const char* code, const char* message) {
    return json::array({{{"errorCode", code}, {"message", message}}});
}

/// Looks "ref.field" or "ref[0].id" up in the answers so far; null when it is not there.
const json* referenced(const json& answers, const std::string& name) {
    const std::size_t end = name.find_first_of(".[");
    const auto found = answers.find(name.substr(0, end));
    if (found == answers.end()) return nullptr;
    const json* at = &*found;
    std::size_t i = end;
    while (i != std::string::npos && i < name.size()) {
        const std::size_t next = name.find_first_of(".[", i + 1);
        std::string part = name.substr(i + 1, next == std::string::npos ? next : next - i - 1);
        if (name[i] == '[') {
            const std::size_t index = static_cast<std::size_t>(std::atoll(part.c_str()));
            if (!at->is_array() || index >= at->size()) return nullptr;
            at = &(*at)[index];
        } else {
            if (!at->is_object() || !at->contains(part)) return nullptr;
            at = &(*at)[part];
        }
        i = next;
    }
    return at;
}

/// Replaces every @{...}; false when one does not resolve.
bool resolve(std::string& text, const json& answers) {
    std::size_t at = 0;
    while ((at = text.find("@{", at)) != std::string::npos) {
        const std::size_t end = text.find('}', at);
        if (end == std::string::npos) return false;
        const json* value = referenced(answers, text.substr(at + 2, end - at - 2));
        if (value == nullptr || value->is_structured()) return false;
        const std::string put = value->is_string() ? value->get<std::string>() : value->dump();
        text.replace(at, end - at + 1, put);
        at += put.size();
    }
    return true;
}

bool resolve_all(json& value, const json& answers) {
    if (value.is_string()) {
        std::string text = value.get<std::string>();
        if (text.find("@{") == std::string::npos) return true;
        if (!resolve(text, answers)) return false;
        value = text;
        return true;
    }
    if (!value.is_structured()) return true;
    for (auto& member : value) {
        if (!resolve_all(member, answers)) return false;
    }
    return true;
}

ApiResponse run_one(Call& call, ApiRequest& request, const std::string& url) {
    std::vector<std::string> path;
    std::string version;
    if (!fill_subrequest(request, path, version, url)) return refusal_answer(not_found());
    // No composite inside a composite, collections apart.
    if (!path.empty() && path[0] == "composite" && (path.size() < 2 || path[1] != "sobjects")) {
        return refusal_answer({"INVALID_INPUT", "Nested composite requests are not allowed"});
    }
    request.base_url = call.request.base_url;
    Call single{call.state, request, call.session, version, path};
    return route(single);
}

ApiResponse batch(Call& call, const json& body) {
    const json requests = body.value("batchRequests", json::array());
    if (requests.size() > kSubrequestsMax) {
        return refusal_answer({"INVALID_BATCH_SIZE", "Batch exceeds 25 subrequests"});
    }
    const bool halt = body.value("haltOnError", false);
    json results = json::array();
    bool failed = false;
    for (const json& one : requests) {
        if (failed && halt) {
            results.push_back(
                {{"statusCode", 412},
                 {"result", error_body("BATCH_PROCESSING_HALTED",
                                       "Batch processing was halted as requested by the client")}});
            continue;
        }
        ApiRequest request;
        request.method = one.value("method", "GET");
        if (one.contains("richInput")) request.body = one["richInput"].dump();
        const ApiResponse answer = run_one(call, request, one.value("url", ""));
        ++call.state.salesforce_calls;
        failed = failed || answer.status >= 400;
        results.push_back({{"statusCode", answer.status}, {"result", body_json(answer.body)}});
    }
    return json_answer({{"hasErrors", failed}, {"results", results}});
}

json composite_result(const std::string& reference, int status, json body, json headers) {
    return {{"body", std::move(body)},
            {"httpHeaders", std::move(headers)},
            {"httpStatusCode", status},
            {"referenceId", reference}};
}

ApiResponse composite(Call& call, const json& body) {
    const json requests = body.value("compositeRequest", json::array());
    if (requests.empty() || requests.size() > kSubrequestsMax) {
        return refusal_answer({"INVALID_INPUT", "1 to 25 subrequests are allowed"});
    }
    Transaction whole(call.state.database);
    json answers = json::object();
    json results = json::array();
    bool failed = false;
    for (json one : requests) {
        const std::string reference = one.value("referenceId", "");
        if (!resolve_all(one["url"], answers) ||
            (one.contains("body") && !resolve_all(one["body"], answers))) {
            failed = true;
            results.push_back(composite_result(
                reference, 400,
                error_body("PROCESSING_HALTED", "Invalid reference specified. No value was found"),
                json::object()));
            continue;
        }
        ApiRequest request;
        request.method = one.value("method", "GET");
        if (one.contains("body")) request.body = one["body"].dump();
        const json headers = one.value("httpHeaders", json::object());
        for (const auto& [name, value] : headers.items()) {
            request.headers.emplace_back(
                name, value.is_string() ? value.get<std::string>() : value.dump());
        }
        const ApiResponse answer = run_one(call, request, one.value("url", ""));
        failed = failed || answer.status >= 400;
        const json answered = body_json(answer.body);
        if (answer.status < 400) answers[reference] = answered;
        results.push_back(
            composite_result(reference, answer.status, answered, header_json(answer.headers)));
    }
    if (failed && body.value("allOrNone", false)) {
        whole.rollback();
        for (json& result : results) {
            if (result["httpStatusCode"].get<int>() >= 400) continue;
            result = composite_result(
                result["referenceId"], 400,
                error_body("PROCESSING_HALTED",
                           "The transaction was rolled back since another operation in the same "
                           "transaction failed."),
                json::object());
        }
    } else {
        whole.commit();
    }
    return json_answer({{"compositeResponse", results}});
}

}  // namespace

ApiResponse handle_composite(Call& call) {
    if (call.path.size() > 2) return refusal_answer(not_found());
    const bool is_batch = call.path.size() == 2 && call.path[1] == "batch";
    if (call.path.size() == 2 && !is_batch) return refusal_answer(not_found());
    if (call.request.method != "POST") return method_not_allowed(call.request, "POST");
    const json body = json::parse(call.request.body, nullptr, false);
    const Refusal malformed{"JSON_PARSER_ERROR",
                            "The HTTP entity body is required to be a JSON object"};
    if (!body.is_object()) return refusal_answer(malformed);
    try {
        return is_batch ? batch(call, body) : composite(call, body);
    } catch (const json::exception&) {
        return refusal_answer(malformed);
    }
}

}  // namespace duet::sandbox
