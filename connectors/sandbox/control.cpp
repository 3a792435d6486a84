#include "connectors/sandbox/control.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_people.h"
#include "connectors/sandbox/salesforce_setup.h"

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
        const auto seconds_of = [&body](const char* name, std::int64_t& into) {
            if (body.contains(name)) into = body.value(name, std::int64_t{0}) * 1000;
        };
        seconds_of("stamps_behind_seconds", state.stamps_behind_ms);
        seconds_of("salesforce_skew_seconds", state.salesforce_skew_ms);
        seconds_of("pardot_skew_seconds", state.pardot_skew_ms);
        if (body.contains("stamp_grain_seconds")) {
            const std::int64_t grain = body.value("stamp_grain_seconds", std::int64_t{1});
            if (grain < 1) return refused(400, "stamp_grain_seconds is 1 or more");
            state.stamp_grain_ms = grain * 1000;
        }
        if (body.contains("running")) state.clock.run(body.value("running", false));
    } else if (request.method != "GET") {
        return refused(405, "GET or POST");
    }
    return ok({{"now", state.clock.now_iso()},
               {"running", state.clock.running()},
               {"stamps_behind_seconds", state.stamps_behind_ms / 1000},
               {"stamp_grain_seconds", state.stamp_grain_ms / 1000},
               {"salesforce_skew_seconds", state.salesforce_skew_ms / 1000},
               {"pardot_skew_seconds", state.pardot_skew_ms / 1000}});
}

ApiResponse limits(SandboxState& state, const ApiRequest& request) {
    if (request.method == "POST") {
        const json body = json::parse(request.body, nullptr, false);
        if (!body.is_object()) return refused(400, "a JSON object is expected");
        state.salesforce_calls = body.value("salesforce_calls", state.salesforce_calls);
        state.pardot_calls = body.value("pardot_calls", state.pardot_calls);
        state.salesforce_daily_calls =
            body.value("salesforce_daily_calls", state.salesforce_daily_calls);
        state.pardot_daily_calls = body.value("pardot_daily_calls", state.pardot_daily_calls);
    }
    return ok({{"salesforce_calls", state.salesforce_calls},
               {"salesforce_daily_calls", state.salesforce_daily_calls},
               {"pardot_calls", state.pardot_calls},
               {"pardot_daily_calls", state.pardot_daily_calls}});
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

ApiResponse faults_api(Controls controls, const ApiRequest& request, const std::string& id) {
    Faults& faults = controls.faults;
    json body = json::object();
    if (request.method == "DELETE") {
        if (id.empty()) {
            faults.clear();
        } else if (!faults.remove(std::strtoll(id.c_str(), nullptr, 10))) {
            return refused(404, "no such fault");
        }
    } else if (request.method == "POST") {
        const json order = json::parse(request.body, nullptr, false);
        if (order.is_object() && order.contains("stale_seconds") && !controls.history.recording()) {
            return refused(400, "stale_seconds needs POST /sandbox/history first");
        }
        auto added = faults.add(order);
        if (auto* wrong = std::get_if<std::string>(&added)) return refused(400, *wrong);
        body["id"] = std::get<std::int64_t>(added);
    } else {
        body["faults"] = faults.list();
    }
    body["waiting"] = faults.waiting();
    return ok(body);
}

}  // namespace

ApiResponse handle_control(Controls controls, const ApiRequest& request) {
    SandboxState& state = controls.state;
    const auto segments = path_segments(request.path);
    const std::string what = segments.size() >= 2 ? segments[1] : "";
    const std::string which = segments.size() == 3 ? segments[2] : "";
    if (segments.size() > 3 ||
        (!which.empty() && what != "faults" && what != "pardot" && what != "salesforce")) {
        return refused(404, "not part of the sandbox's control API");
    }
    try {
        if (what == "health") return ok({{"status", "ok"}, {"now", state.clock.now_iso()}});
        if (what == "clock") return clock(state, request);
        if (what == "limits") return limits(state, request);
        if (what == "settings") return settings(state, request);
        if (what == "faults") return faults_api(controls, request, which);
        if (what == "history") {
            if (request.method != "POST") return refused(405, "POST");
            controls.history.start();
            return ok({{"recording", true}});
        }
        if (what == "salesforce") return salesforce_setup(state, request, which);
        if (what == "pardot") return pardot_person(state, request, which);
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
