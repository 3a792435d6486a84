#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/http/oauth.h"
#include "mappings/result.h"

namespace duet {

/// Reads one JSON object of settings. Each question marks its key as known; `finish` then names
/// everything that was wrong, unknown keys included, in one message. Nothing is clamped or
/// guessed. The JSON must outlive this object.
class Settings {
public:
    /// `where` names the object in messages: "salesforce".
    Settings(const nlohmann::json& object, std::string where);

    /// A text; `fallback` when the key is absent.
    std::string text(std::string_view key, std::string_view fallback = {});
    /// A text that must be there and not be empty.
    std::string required(std::string_view key);
    /// One of `words`, which may not be absent.
    std::string one_of(std::string_view key, const std::vector<std::string>& words);
    std::int64_t number(std::string_view key, std::int64_t fallback, std::int64_t least,
                        std::int64_t most);
    bool flag(std::string_view key, bool fallback);
    std::vector<std::string> texts(std::string_view key);
    /// "https://host[:port]" without a path; http only to a loopback literal. Empty when absent
    /// and not `must_be_there`.
    std::string origin(std::string_view key, std::string_view fallback, bool must_be_there);
    /// The object below `key`, which shares the list of findings; an empty one when it is absent
    /// or of another type, which is then a finding.
    Settings object(std::string_view key);
    /// Adds a finding about `key`.
    void wrong(std::string_view key, std::string_view what);

    /// Reports unknown keys of this object. Call it once on each object, before `finish`.
    void end();
    /// Done, or one Broken DUET-3101 that names every finding.
    Status finish();

private:
    Settings(const nlohmann::json& object, std::string where,
             std::shared_ptr<std::vector<std::string>> findings);
    const nlohmann::json* value(std::string_view key);

    const nlohmann::json* object_;
    std::string where_;
    std::set<std::string, std::less<>> known_;
    std::shared_ptr<std::vector<std::string>> findings_;
};

/// The `auth` block, the same for every system that signs in at Salesforce: flow (jwt_bearer,
/// client_credentials, refresh_token), client_id, username, key_file, client_secret_file,
/// refresh_token_file, audience. `login_url` is read by the caller.
[[nodiscard]] http::OAuthSettings read_auth(Settings auth, std::string login_url);

}  // namespace duet
