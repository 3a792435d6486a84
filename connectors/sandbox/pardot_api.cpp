#include "connectors/sandbox/pardot_api.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_call.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_output.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

using nlohmann::ordered_json;

namespace {

/// Who calls; 49 and 184, then the business unit's 181, 182 and 201.
Session check_headers(SandboxState& state, const ApiRequest& request) {
    if (!request.has_header("Authorization")) refuse(49);
    auto session = state.session(request.header("Authorization"));
    if (!session || (" " + session->scope + " ").find(" pardot_api ") == std::string::npos) {
        refuse(184);
    }
    if (!request.has_header("Pardot-Business-Unit-Id")) {
        refuse(181, "Pardot-Business-Unit-Id header not found on request.");
    }
    const std::string_view unit = request.header("Pardot-Business-Unit-Id");
    const bool plain = std::all_of(unit.begin(), unit.end(),
                                   [](unsigned char letter) { return std::isalnum(letter) != 0; });
    if ((unit.size() != 15 && unit.size() != 18) || !unit.starts_with("0Uv") || !plain) {
        refuse(182, "Pardot-Business-Unit-Id");
    }
    // 15 characters say it all; the last three only guard against a change of case.
    if (unit.substr(0, 15) != std::string_view{state.options.business_unit_id}.substr(0, 15)) {
        refuse(201);
    }
    return std::move(*session);
}

/// The daily count begins anew with the day. UTC stands for the account's zone.
void count_call(SandboxState& state) {
    const std::string today = state.clock.now_date();
    const std::string counted = state.setting("pardot.counted_day");
    if (counted != today) {
        if (!counted.empty()) state.pardot_calls = 0;
        state.set_setting("pardot.counted_day", today);
    }
    if (state.pardot_calls >= state.pardot_daily_calls) refuse(122);
    ++state.pardot_calls;
}

/// Requests are worked on one by one; what overlaps is the time that answers are held back.
void check_concurrency(SandboxState& state, std::int64_t calls_max) {
    const auto now = std::chrono::steady_clock::now();
    auto& busy = state.pardot_busy_until;
    busy.erase(std::remove_if(busy.begin(), busy.end(), [now](auto end) { return end <= now; }),
               busy.end());
    if (std::cmp_greater_equal(busy.size(), calls_max)) refuse(66);
}

std::optional<std::int64_t> acting_user(SandboxState& state, const Session& session) {
    Statement user = state.database.prepare("SELECT id FROM pardot_users WHERE salesforceId = ?1");
    user.bind(1, session.user_id);
    if (!user.step()) return std::nullopt;
    return user.integer(0);
}

std::int64_t record_number(const std::string& text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size() || id <= 0) refuse(16, text);
    return id;
}

ApiResponse read_account(PardotCall& call) {
    if (call.request.method != "GET") refuse(60);
    const auto fields = split_names(call.request.parameter("fields").value_or(""));
    if (fields.empty()) refuse(13, "fields");
    Statement admin = call.state.database.prepare(
        "SELECT MIN(id) FROM pardot_users WHERE role = 'Administrator'");
    admin.step();
    const ordered_json account{
        {"id", 271828},
        {"adminId", admin.is_null(0) ? ordered_json(nullptr) : ordered_json(admin.integer(0))},
        {"apiCallsUsed", call.state.pardot_calls},
        {"company", "Sandbox"},
        {"level", "Growth"},
        {"maximumDailyApiCalls", call.state.pardot_daily_calls},
        {"timezone", "UTC"},
        {"website", nullptr}};
    ordered_json body = ordered_json::object();
    for (const std::string& field : fields) {
        if (!account.contains(field)) refuse(call.settings.unknown_field_code, field);
        body[field] = account[field];
    }
    return json_response(200, body);
}

ApiResponse on_collection(PardotCall& call, const PardotCollection& collection) {
    if (call.request.method == "GET") return query_pardot(call, collection);
    if (call.request.method == "POST") return create_pardot(call, collection);
    refuse(60);
}

ApiResponse on_record(PardotCall& call, const PardotCollection& collection, std::int64_t id) {
    if (call.request.method == "GET") return read_pardot(call, collection, id);
    if (call.request.method == "PATCH") return patch_pardot(call, collection, id);
    if (call.request.method == "DELETE") return delete_pardot(call, collection, id);
    refuse(60);
}

ApiResponse route(PardotCall& call) {
    const std::vector<std::string> path = path_segments(call.request.path);
    if (path.size() < 4 || path[1] != "v5" || path[2] != "objects") refuse(198);
    if (path[3] == "account" && path.size() == 4) return read_account(call);
    const PardotCollection* known = pardot_collection(path[3]);
    if (!known) refuse(192, path[3]);
    const PardotCollection collection = with_custom_fields(call.state, *known);
    if (path.size() == 4) return on_collection(call, collection);
    if (path[4] == "do" && path.size() == 6) {
        if (collection.name != "prospects") refuse(205, path[5]);
        return act_on_prospects(call, collection, path[5]);
    }
    if (path.size() == 5) return on_record(call, collection, record_number(path[4]));
    if (path.size() == 7 && path[5] == "do") refuse(205, path[6]);
    refuse(198);
}

ApiResponse answer(SandboxState& state, const ApiRequest& request) {
    const Session session = check_headers(state, request);
    PardotCall call{state,
                    request,
                    pardot_settings(state),
                    acting_user(state, session),
                    PardotCopy::Primary,
                    state.options.public_url.empty() ? request.base_url : state.options.public_url};
    check_concurrency(state, call.settings.concurrent_calls_max);
    count_call(state);
    move_pardot_copies(state, call.settings.read_lag_seconds);
    if (call.settings.read_lag_seconds > 0 && request.method == "GET") {
        call.copy = PardotCopy::Lagging;
    }
    // A refusal leaves nothing behind of what the request had written by then.
    Transaction transaction(state.database);
    ApiResponse response = route(call);
    transaction.commit();
    return response;
}

}  // namespace

ApiResponse handle_pardot(SandboxState& state, const ApiRequest& request) {
    ApiResponse response;
    try {
        response = answer(state, request);
    } catch (const PardotRefusal& refusal) {
        response = pardot_error(refusal);
    }
    const std::string_view wants = request.header("X-Return-Api-Usage");
    if (wants == "1" || wants == "true") {
        response.headers.emplace_back("x-api-usage", std::to_string(state.pardot_calls) + "/" +
                                                         std::to_string(state.pardot_daily_calls));
    }
    return response;
}

}  // namespace duet::sandbox
