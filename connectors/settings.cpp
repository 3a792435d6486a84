#include "connectors/settings.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/http/url.h"
#include "mappings/catalog.h"

namespace duet {
namespace {

const nlohmann::json kNothing = nlohmann::json::object();

}  // namespace

Settings::Settings(const nlohmann::json& object, std::string where)
    : Settings(object, std::move(where), std::make_shared<std::vector<std::string>>()) {}

Settings::Settings(const nlohmann::json& object, std::string where,
                   std::shared_ptr<std::vector<std::string>> findings)
    : object_(&object), where_(std::move(where)), findings_(std::move(findings)) {
    if (!object_->is_object()) {
        findings_->push_back(where_ + " must be an object of settings");
        object_ = &kNothing;
    }
}

const nlohmann::json* Settings::value(std::string_view key) {
    known_.emplace(key);
    const auto found = object_->find(std::string(key));
    return found == object_->end() ? nullptr : &*found;
}

void Settings::wrong(std::string_view key, std::string_view what) {
    findings_->push_back(where_ + "." + std::string(key) + " " + std::string(what));
}

std::string Settings::text(std::string_view key, std::string_view fallback) {
    const nlohmann::json* found = value(key);
    if (found == nullptr) return std::string(fallback);
    if (!found->is_string()) {
        wrong(key, "must be a text");
        return std::string(fallback);
    }
    return found->get<std::string>();
}

std::string Settings::required(std::string_view key) {
    if (value(key) == nullptr) {
        wrong(key, "is missing");
        return {};
    }
    std::string found = text(key);
    if (found.empty() && value(key)->is_string()) wrong(key, "is empty");
    return found;
}

std::string Settings::one_of(std::string_view key, const std::vector<std::string>& words) {
    std::string found = required(key);
    if (found.empty() || std::find(words.begin(), words.end(), found) != words.end()) return found;
    std::string choices;
    for (const std::string& word : words) choices += (choices.empty() ? "" : ", ") + word;
    wrong(key, "must be one of " + choices);
    return {};
}

std::int64_t Settings::number(std::string_view key, std::int64_t fallback, std::int64_t least,
                              std::int64_t most) {
    const nlohmann::json* found = value(key);
    if (found == nullptr) return fallback;
    if (found->is_number_integer()) {
        const auto number = found->get<std::int64_t>();
        if (number >= least && number <= most) return number;
    }
    wrong(key,
          "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return fallback;
}

bool Settings::flag(std::string_view key, bool fallback) {
    const nlohmann::json* found = value(key);
    if (found == nullptr) return fallback;
    if (found->is_boolean()) return found->get<bool>();
    wrong(key, "must be true or false");
    return fallback;
}

std::vector<std::string> Settings::texts(std::string_view key) {
    const nlohmann::json* found = value(key);
    if (found == nullptr) return {};
    std::vector<std::string> list;
    const bool fits =
        found->is_array() && std::all_of(found->begin(), found->end(), [](auto& one) {
            return one.is_string() && !one.template get_ref<const std::string&>().empty();
        });
    if (!fits) {
        wrong(key, "must be a list of texts");
        return list;
    }
    for (const auto& one : *found) list.push_back(one.get<std::string>());
    return list;
}

std::string Settings::origin(std::string_view key, std::string_view fallback, bool must_be_there) {
    std::string url = must_be_there && fallback.empty() ? required(key) : text(key, fallback);
    if (url.empty()) return url;
    while (url.ends_with('/')) url.pop_back();
    const auto parsed = http::parse_url(url);
    if (!parsed || parsed->target != "/" || url.ends_with('?')) {
        wrong(key, "must be https://host or https://host:port, without a path");
    } else if (!parsed->tls && !parsed->is_loopback()) {
        wrong(key, "must begin with https://; http is for loopback addresses only");
    }
    return url;
}

Settings Settings::object(std::string_view key) {
    const nlohmann::json* found = value(key);
    if (found == nullptr) {
        wrong(key, "is missing");
        return {kNothing, where_ + "." + std::string(key), findings_};
    }
    return {*found, where_ + "." + std::string(key), findings_};
}

void Settings::end() {
    const std::vector<std::string> names(known_.begin(), known_.end());
    for (const auto& [key, ignored] : object_->items()) {
        if (known_.contains(key)) continue;
        const std::string near = nearest_name(key, names);
        wrong(key,
              near.empty() ? "is not a setting" : "is not a setting; did you mean " + near + "?");
    }
}

Status Settings::finish() {
    if (findings_->empty()) return Done{};
    std::string message = "Wrong settings: ";
    for (std::size_t i = 0; i < findings_->size(); ++i) {
        message += (i == 0 ? "" : "; ") + (*findings_)[i];
    }
    return Error{ErrorKind::Broken, message + ".", "DUET-3101", {}, {}};
}

http::OAuthSettings read_auth(Settings auth, std::string login_url) {
    http::OAuthSettings made;
    made.login_url = std::move(login_url);
    const std::string flow =
        auth.one_of("flow", {"jwt_bearer", "client_credentials", "refresh_token"});
    made.client_id = auth.required("client_id");
    made.audience = auth.text("audience");
    made.username = flow == "jwt_bearer" ? auth.required("username") : auth.text("username");
    made.key_file = flow == "jwt_bearer" ? auth.required("key_file") : auth.text("key_file");
    made.client_secret_file = flow == "client_credentials" ? auth.required("client_secret_file")
                                                           : auth.text("client_secret_file");
    made.refresh_token_file = flow == "refresh_token" ? auth.required("refresh_token_file")
                                                      : auth.text("refresh_token_file");
    if (flow == "jwt_bearer") made.flow = http::Flow::JwtBearer;
    if (flow == "client_credentials") made.flow = http::Flow::ClientCredentials;
    if (flow == "refresh_token") made.flow = http::Flow::RefreshToken;
    auth.end();
    return made;
}

}  // namespace duet
