#include "connectors/http/oauth.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/http/url.h"

namespace duet::http {
namespace {

// Salesforce wants a short life, about 3 to 5 minutes (REST guide, read 2026-08).
constexpr std::chrono::seconds kAssertionLife{180};
constexpr std::size_t kTokenAnswerBytesMax = 64u << 10;

Error refused_sign_in(std::string message, std::string remote = {}) {
    return Error{
        ErrorKind::Unauthenticated, std::move(message), "DUET-3103", std::move(remote), {}};
}

void add(std::string& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form += '&';
    form += name;
    form += '=';
    std::string encoded = encode_query_value(value);
    form += encoded;
    wipe(encoded);
}

/// Whether the text repeats a secret of the form that was sent. Short values are no secrets.
bool repeats_secret(std::string_view text, std::string_view form) {
    constexpr std::size_t kShortestSecret = 8;
    const std::string encoded = encode_query_value(text);
    while (!form.empty()) {
        const std::string_view pair = form.substr(0, form.find('&'));
        const std::string_view value = pair.substr(pair.find('=') + 1);
        if (value.size() >= kShortestSecret && !pair.starts_with("grant_type=") &&
            !pair.starts_with("client_id=") && encoded.find(value) != std::string::npos) {
            return true;
        }
        form.remove_prefix(std::min(form.size(), pair.size() + 1));
    }
    return false;
}

/// The vendor's `error` word and text, a fixed phrase; left out when it repeats what we sent.
Error classify_refusal(const Response& answer, std::string_view form) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    const auto text = [&body](const char* key) {
        return body.is_object() && body.contains(key) && body[key].is_string()
                   ? body[key].get<std::string>()
                   : std::string{};
    };
    const std::string word = text("error");
    if (answer.status >= 500 || answer.status == 429 || word == "rate_limit_exceeded") {
        return Error{ErrorKind::Transient, "The sign-in service is not available just now.",
                     "DUET-3116", word, std::chrono::seconds{30}};
    }
    std::string description = text("error_description");
    if (repeats_secret(description, form)) description = "the reason repeats a secret";
    return refused_sign_in("The sign-in was refused (HTTP " + std::to_string(answer.status) +
                               (word.empty() ? "" : ", " + word) +
                               (description.empty() ? "" : ": " + description) + ").",
                           word);
}

Result<std::shared_ptr<const Token>> parse_token(const Response& answer, std::string& rotated) {
    auto body = nlohmann::json::parse(answer.body, nullptr, false);
    if (!body.is_object() || !body.contains("access_token") || !body["access_token"].is_string()) {
        return refused_sign_in("The sign-in answer holds no access token.");
    }
    auto token = std::make_shared<Token>();
    token->access = Secret(std::move(body["access_token"].get_ref<std::string&>()));
    if (body.contains("instance_url") && body["instance_url"].is_string()) {
        token->instance_url = body["instance_url"].get<std::string>();
        while (token->instance_url.ends_with('/')) token->instance_url.pop_back();
    }
    if (body.contains("refresh_token") && body["refresh_token"].is_string()) {
        rotated = std::move(body["refresh_token"].get_ref<std::string&>());
    }
    return std::shared_ptr<const Token>(std::move(token));
}

}  // namespace

std::optional<std::string> host_of(std::string_view text) {
    const auto url = parse_url(text);
    if (!url) return std::nullopt;
    const std::string origin = url->origin();
    return origin.substr(origin.find("://") + 3);
}

OAuth::OAuth(OAuthSettings settings, Transport& transport, const Clock& clock)
    : settings_(std::move(settings)), transport_(transport), clock_(clock) {}

Result<std::shared_ptr<const Token>> OAuth::token(std::stop_token stop) {
    {
        std::unique_lock lock(mutex_);
        signed_in_.wait(lock, stop, [this] { return !signing_in_; });
        if (signing_in_) {
            return Error{ErrorKind::Transient, "Stopped while signing in.", "DUET-3116", {}, {}};
        }
        if (token_) return token_;
        signing_in_ = true;
    }
    auto made = sign_in(stop);
    {
        const std::lock_guard lock(mutex_);
        signing_in_ = false;
        if (made) token_ = *made;
    }
    signed_in_.notify_all();
    return made;
}

void OAuth::reject(const std::shared_ptr<const Token>& token) {
    const std::lock_guard lock(mutex_);
    if (token_ == token) token_.reset();
}

Result<std::string> OAuth::assertion() const {
    auto key = read_secret_file(settings_.key_file);
    if (!key) return std::move(key).error();
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
    const nlohmann::json claims{
        {"iss", settings_.client_id},
        {"sub", settings_.username},
        {"aud", settings_.audience.empty() ? settings_.login_url : settings_.audience},
        {"exp", (now + kAssertionLife).time_since_epoch().count()}};
    return sign_jwt(*key, claims.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<std::string> OAuth::form() const {
    std::string form;
    switch (settings_.flow) {
        case Flow::JwtBearer: {
            auto jwt = assertion();
            if (!jwt) return jwt;
            add(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            add(form, "assertion", *jwt);
            return form;
        }
        case Flow::ClientCredentials:
            add(form, "grant_type", "client_credentials");
            break;
        case Flow::RefreshToken: {
            auto token = read_secret_file(settings_.refresh_token_file);
            if (!token) return std::move(token).error();
            add(form, "grant_type", "refresh_token");
            add(form, "refresh_token", token->reveal());
            break;
        }
    }
    add(form, "client_id", settings_.client_id);
    if (!settings_.client_secret_file.empty()) {
        auto secret = read_secret_file(settings_.client_secret_file);
        if (!secret) return std::move(secret).error();
        add(form, "client_secret", secret->reveal());
    }
    return form;
}

Status OAuth::keep_rotated(std::string&& refresh_token) const {
    if (settings_.flow != Flow::RefreshToken || refresh_token.empty()) return Done{};
    return replace_secret_file(settings_.refresh_token_file, Secret(std::move(refresh_token)));
}

Result<std::shared_ptr<const Token>> OAuth::sign_in(std::stop_token stop) {
    auto body = form();
    if (!body) return std::move(body).error();
    Request request;
    request.method = "POST";
    request.url = settings_.login_url + "/services/oauth2/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Accept", "application/json"}};
    request.body = std::move(*body);
    // A refresh token that rotates dies with its first use: a second sending would be refused.
    request.repeatable = settings_.flow != Flow::RefreshToken;
    request.deadline = std::chrono::seconds{30};
    request.max_answer_bytes = kTokenAnswerBytesMax;
    auto answer = transport_.send(request, stop);
    std::optional<Error> refusal;
    if (answer && answer->status != 200) refusal = classify_refusal(*answer, request.body);
    wipe(request.body);
    if (!answer) {
        Error error = std::move(answer).error();
        // An unused token does no harm: asking again is always right.
        if (error.kind == ErrorKind::InDoubt) error.kind = ErrorKind::Transient;
        return error;
    }
    if (refusal) return *std::move(refusal);
    std::string rotated;
    auto token = parse_token(*answer, rotated);
    wipe(answer->body);
    if (!token) return token;
    // The old refresh token is dead already: keep the new one before anything can be lost.
    if (auto kept = keep_rotated(std::move(rotated)); !kept) return std::move(kept).error();
    return token;
}

Result<Response> Session::send(Request request, Effect effect, std::stop_token stop) {
    const std::size_t plain_headers = request.headers.size();
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto token = oauth_.token(stop);
        if (!token) return std::move(token).error();
        request.headers.resize(plain_headers);
        request.headers.emplace_back("Authorization",
                                     "Bearer " + std::string((*token)->access.reveal()));
        ++calls_made_;
        auto answer = transport_.send(request, stop);
        wipe(request.headers.back().second);
        if (!answer) {
            Error error = std::move(answer).error();
            if (effect == Effect::Read && error.kind == ErrorKind::InDoubt) {
                error.kind = ErrorKind::Transient;
            }
            return error;
        }
        if (!refused_(*answer)) return answer;
        oauth_.reject(*token);
    }
    return Error{ErrorKind::Unauthenticated,
                 "The vendor refused a fresh access token; sign-in settings or the user's "
                 "permissions changed.",
                 "DUET-3104",
                 "401",
                 {}};
}

}  // namespace duet::http
