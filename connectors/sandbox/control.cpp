#include "connectors/sandbox/control.h"

#include <nlohmann/json.hpp>

namespace duet::sandbox {

using nlohmann::json;

namespace {

ApiResponse refused(int status, const std::string& why) {
    ApiResponse answer;
    answer.status = status;
    answer.body = json{{"error", why}}.dump();
    return answer;
}

ApiResponse ok(const json& body) {
    ApiResponse answer;
    answer.body = body.dump();
    return answer;
}

ApiResponse clock(SandboxState& state, const ApiRequest& request) {
    if (request.method == "POST") {
        const json body = json::parse(request.body, nullptr, false);
        if (!body.is_object()) return refused(400, "a JSON object is expected");
        if (body.contains("now")) {
            const std::int64_t ms = ms_from_iso(body.value("now", std::string{}));
            if (ms < 0) return refused(400, "now is not an ISO 8601 instant");
            state.clock.set(ms);
        }
        if (body.contains("advance_seconds")) {
            state.clock.advance(
                std::chrono::seconds(body.value("advance_seconds", std::int64_t{0})));
        }
        if (body.contains("stamps_behind_seconds")) {
            state.stamps_behind_ms = body.value("stamps_behind_seconds", std::int64_t{0}) * 1000;
        }
        if (body.contains("running")) state.clock.run(body.value("running", false));
    } else if (request.method != "GET") {
        return refused(405, "GET or POST");
    }
    return ok({{"now", state.clock.now_iso()},
               {"running", state.clock.running()},
               {"stamps_behind_seconds", state.stamps_behind_ms / 1000}});
}

ApiResponse limits(SandboxState& state, const ApiRequest& request) {
    if (request.method == "POST") {
        const json body = json::parse(request.body, nullptr, false);
        if (!body.is_object()) return refused(400, "a JSON object is expected");
        state.salesforce_calls = body.value("salesforce_calls", state.salesforce_calls);
        state.pardot_calls = body.value("pardot_calls", state.pardot_calls);
    }
    return ok({{"salesforce_calls", state.salesforce_calls},
               {"salesforce_daily_calls", state.options.salesforce_daily_calls},
               {"pardot_calls", state.pardot_calls},
               {"pardot_daily_calls", state.options.pardot_daily_calls}});
}

ApiResponse settings(SandboxState& state, const ApiRequest& request) {
    if (request.method != "POST") return refused(405, "POST");
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return refused(400, "a JSON object is expected");
    for (const auto& [name, value] : body.items()) {
        // The sandbox keeps counters and marks of its own beside the settings.
        if (!name.starts_with("pardot.") && !name.starts_with("salesforce.")) {
            return refused(400, "no such setting: " + name);
        }
        state.set_setting(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    return ok(body);
}

ApiResponse faults_api(Faults& faults, const ApiRequest& request) {
    if (request.method == "DELETE") faults.waiting.clear();
    if (request.method == "POST") {
        const json body = json::parse(request.body, nullptr, false);
        if (!body.is_object()) return refused(400, "a JSON object is expected");
        Fault fault;
        fault.path = body.value("path", "");
        fault.method = body.value("method", "");
        fault.times = body.value("times", 1);
        fault.skip = body.value("skip", 0);
        fault.status = body.value("status", 0);
        fault.content_type = body.value("content_type", fault.content_type);
        fault.delay = std::chrono::milliseconds(body.value("delay_ms", 0));
        fault.drop_before = body.value("drop_before", false);
        fault.drop_after = body.value("drop_after", false);
        if (body.contains("body")) {
            fault.body =
                body["body"].is_string() ? body["body"].get<std::string>() : body["body"].dump();
        }
        faults.waiting.push_back(std::move(fault));
    }
    return ok({{"waiting", faults.waiting.size()}});
}

}  // namespace

std::optional<Fault> Faults::due(const ApiRequest& request) {
    for (auto fault = waiting.begin(); fault != waiting.end(); ++fault) {
        if (request.path.find(fault->path) == std::string::npos) continue;
        if (!fault->method.empty() && fault->method != request.method) continue;
        if (fault->skip > 0) {
            --fault->skip;
            continue;
        }
        Fault found = *fault;
        if (--fault->times <= 0) waiting.erase(fault);
        return found;
    }
    return std::nullopt;
}

ApiResponse handle_control(SandboxState& state, Faults& faults, const ApiRequest& request) {
    const auto segments = path_segments(request.path);
    const std::string what = segments.size() == 2 ? segments[1] : "";
    try {
        if (what == "health") return ok({{"status", "ok"}, {"now", state.clock.now_iso()}});
        if (what == "clock") return clock(state, request);
        if (what == "limits") return limits(state, request);
        if (what == "settings") return settings(state, request);
        if (what == "faults") return faults_api(faults, request);
        if (what == "expire-tokens") {
            if (request.method != "POST") return refused(405, "POST");
            state.expire_tokens();
            return ok({{"expired", true}});
        }
    } catch (const json::exception&) {
        return refused(400, "a member has the wrong type");
    }
    return refused(404, "not part of the sandbox's control API");
}

}  // namespace duet::sandbox
