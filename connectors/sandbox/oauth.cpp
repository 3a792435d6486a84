#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/jwt.h"
#include "connectors/sandbox/salesforce_call.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

/// Form body, multipart body and query: clients use all three.
Form form_of(const ApiRequest& request) {
    Form form;
    const std::string_view type = request.header("Content-Type");
    if (type.starts_with("multipart/form-data")) {
        form = parse_multipart(type, request.body);
    } else {
        form = parse_form(request.body);
    }
    form.insert(form.end(), request.parameters.begin(), request.parameters.end());
    return form;
}

std::string get(const Form& form, std::string_view name) {
    for (const auto& [key, value] : form) {
        if (key == name) return value;
    }
    return {};
}

ApiResponse oauth_error(const char* error, const char* description) {
    return json_answer({{"error", error}, {"error_description", description}}, 400);
}

struct Client {
    const ConnectedApp* app = nullptr;
    bool secret_given = false;
    bool secret_right = false;
};

/// By Basic header or by the form.
Client client_of(const SandboxState& state, const ApiRequest& request, const Form& form) {
    std::string id = get(form, "client_id");
    std::string secret = get(form, "client_secret");
    const std::string_view header = request.header("Authorization");
    if (header.starts_with("Basic ")) {
        const std::string pair = from_base64(header.substr(6)).value_or("");
        id = url_decode(pair.substr(0, pair.find(':')), false);
        secret = pair.find(':') == std::string::npos ? "" : pair.substr(pair.find(':') + 1);
    }
    Client client;
    for (const ConnectedApp& app : state.options.apps) {
        if (app.client_id == id) client.app = &app;
    }
    client.secret_given = !secret.empty();
    client.secret_right = client.app != nullptr && secret == client.app->client_secret;
    return client;
}

/// Id of the active user of that name ("" names the first), or "".
std::string user_id_of(SandboxState& state, const std::string& username) {
    auto user = state.database.prepare(
        "SELECT Id FROM User WHERE IsActive=1 AND (?1='' OR Username=?1 COLLATE NOCASE)"
        " ORDER BY Id LIMIT 1");
    user.bind(1, username);
    return std::string(user.step() ? user.text(0) : std::string_view{});
}

ApiResponse token_answer(SandboxState& state, const ApiRequest& request, const ConnectedApp& app,
                         const std::string& user, bool with_refresh) {
    const Session session = state.open_session(user, app.client_id);
    const std::string base = base_url(state, request);
    const std::string id = base + "/id/" + state.setting("organization_id") + "/" + user;
    const std::string issued = std::to_string(state.clock.now_ms());
    json body = {{"access_token", session.token},
                 {"signature", base64(hmac_sha256(app.client_secret, id + issued))},
                 {"scope", session.scope},
                 {"instance_url", base},
                 {"id", id},
                 {"token_type", "Bearer"},
                 {"issued_at", issued}};
    if (with_refresh) body["refresh_token"] = state.open_refresh_token(user, app.client_id);
    return json_answer(body);
}

std::string without_slash(std::string url) {
    while (!url.empty() && url.back() == '/') url.pop_back();
    return url;
}

bool audience_fits(const SandboxState& state, const ApiRequest& request,
                   const std::string& audience) {
    const std::string wanted = without_slash(audience);
    const std::string own = base_url(state, request);
    return wanted == "https://login.salesforce.com" || wanted == "https://test.salesforce.com" ||
           wanted == own || wanted == request.base_url;
}

ApiResponse jwt_grant(SandboxState& state, const ApiRequest& request, const Form& form) {
    const auto assertion = read_assertion(get(form, "assertion"));
    if (!assertion) return oauth_error("invalid_grant", "invalid assertion");
    const ConnectedApp* app = nullptr;
    for (const ConnectedApp& candidate : state.options.apps) {
        if (candidate.client_id == assertion->issuer) app = &candidate;
    }
    if (app == nullptr) return oauth_error("invalid_client_id", "client identifier invalid");
    if (!signature_holds(*assertion, app->certificate_pem)) {
        return oauth_error("invalid_grant", "invalid assertion");
    }
    if (!audience_fits(state, request, assertion->audience)) {
        return oauth_error("invalid_grant", "audience is invalid");
    }
    // A client's clock is the machine's: the sandbox's own may stand in another year.
    const double now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const double ahead = assertion->expires_seconds - now;
    const auto life_max = static_cast<double>(state.options.jwt_life_max.count());
    const double sandbox_ahead =
        assertion->expires_seconds - static_cast<double>(state.clock.now_ms()) / 1000;
    if (assertion->expires_seconds < 0 || (ahead <= 0 && sandbox_ahead <= 0) ||
        (life_max > 0 && ahead > life_max)) {
        return oauth_error("invalid_grant", "invalid assertion");
    }
    auto& used = state.salesforce->assertions_used;
    if (state.options.jwt_replay_refused && !assertion->id.empty() &&
        !used.insert(assertion->id).second) {
        return oauth_error("invalid_grant", "invalid assertion");
    }
    const std::string user = user_id_of(state, url_decode(assertion->subject, false));
    if (user.empty() || assertion->subject.empty()) {
        return oauth_error("invalid_grant", "user hasn't approved this consumer");
    }
    return token_answer(state, request, *app, user, false);
}

ApiResponse refresh_grant(SandboxState& state, const ApiRequest& request, const Form& form,
                          const Client& client) {
    if (client.secret_given && !client.secret_right) {
        return oauth_error("invalid_client", "invalid client credentials");
    }
    auto row = state.database.prepare(
        "SELECT user_id FROM sandbox_token WHERE token=?1 AND client_id=?2 AND refresh=1");
    row.bind(1, get(form, "refresh_token")).bind(2, client.app->client_id);
    if (!row.step()) return oauth_error("invalid_grant", "expired access/refresh token");
    return token_answer(state, request, *client.app, std::string(row.text(0)), false);
}

ApiResponse token(SandboxState& state, const ApiRequest& request) {
    const Form form = form_of(request);
    const std::string grant = get(form, "grant_type");
    if (grant == "urn:ietf:params:oauth:grant-type:jwt-bearer")
        return jwt_grant(state, request, form);
    const bool known =
        grant == "client_credentials" || grant == "refresh_token" || grant == "password";
    if (!known) return oauth_error("unsupported_grant_type", "grant type not supported");
    const Client client = client_of(state, request, form);
    if (client.app == nullptr) return oauth_error("invalid_client_id", "client identifier invalid");
    if (grant == "refresh_token") return refresh_grant(state, request, form, client);
    if (!client.secret_right) return oauth_error("invalid_client", "invalid client credentials");
    if (grant == "client_credentials") {
        const std::string user = user_id_of(state, client.app->run_as);
        if (user.empty()) return oauth_error("invalid_grant", "no client credentials user enabled");
        return token_answer(state, request, *client.app, user, false);
    }
    const std::string name = get(form, "username");
    const std::string user = name.empty() ? "" : user_id_of(state, name);
    // A security token may hang on the password.
    if (user.empty() || !get(form, "password").starts_with(state.options.password)) {
        return oauth_error("invalid_grant", "authentication failure");
    }
    return token_answer(state, request, *client.app, user, true);
}

ApiResponse revoke(SandboxState& state, const ApiRequest& request) {
    auto drop = state.database.prepare("DELETE FROM sandbox_token WHERE token=?1");
    drop.bind(1, get(form_of(request), "token"));
    if (drop.run() == 0)
        return oauth_error("unsupported_token_type", "this token type is not supported");
    return empty_answer(200);
}

ApiResponse introspect(SandboxState& state, const ApiRequest& request) {
    const Form form = form_of(request);
    const Client client = client_of(state, request, form);
    if (!client.secret_right) {
        return json_answer(
            {{"error", "invalid_client"}, {"error_description", "invalid client credentials"}},
            401);
    }
    auto row = state.database.prepare(
        "SELECT t.user_id, t.scope, t.expires_ms, u.Username FROM sandbox_token t"
        " JOIN User u ON u.Id=t.user_id WHERE t.token=?1 AND t.refresh=0 AND t.expires_ms>?2");
    row.bind(1, get(form, "token")).bind(2, state.clock.now_ms());
    if (!row.step()) return json_answer({{"active", false}});
    const std::int64_t expires = row.integer(2) / 1000;
    const std::int64_t issued = expires - state.options.token_life.count();
    return json_answer(
        {{"active", true},
         {"scope", std::string(row.text(1))},
         {"client_id", client.app->client_id},
         {"username", std::string(row.text(3))},
         {"sub", base_url(state, request) + "/id/" + state.setting("organization_id") + "/" +
                     std::string(row.text(0))},
         {"token_type", "access_token"},
         {"exp", expires},
         {"iat", issued},
         {"nbf", issued}});
}

}  // namespace

ApiResponse handle_oauth(SandboxState& state, const ApiRequest& request,
                         const std::vector<std::string>& path) {
    const std::string what = path.size() == 3 ? path[2] : "";
    if (what == "token") {
        return request.method == "POST" ? token(state, request)
                                        : oauth_error("invalid_request", "must use HTTP POST");
    }
    if (what == "revoke") return revoke(state, request);
    if (what == "introspect") return introspect(state, request);
    if (what != "userinfo") return refusal_answer(not_found());
    const auto session = state.session(request.header("Authorization"));
    if (session) return handle_userinfo(state, request, *session);
    ApiResponse refused = text_answer("Bad_OAuth_Token", 403);
    refused.content_type = "text/plain";
    return refused;
}

}  // namespace duet::sandbox
