#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/secret.h"
#include "connectors/http/transport.h"
#include "mappings/result.h"
#include "mappings/seams.h"

namespace duet::http {

enum class Flow : std::uint8_t { JwtBearer, ClientCredentials, RefreshToken };

/// How to sign in to Salesforce; Pardot takes the same tokens. Secrets are file paths.
struct OAuthSettings {
    Flow flow = Flow::JwtBearer;
    std::string login_url;  // "https://login.salesforce.com", without a path
    std::string client_id;
    std::string username;            // JwtBearer: the integration user
    std::string key_file;            // JwtBearer: RSA private key, PEM
    std::string client_secret_file;  // ClientCredentials; RefreshToken unless a public client
    std::string refresh_token_file;  // RefreshToken; rewritten when the vendor rotates the token
    std::string audience;            // JwtBearer: empty means login_url
};

/// What a sign-in gave. It has no known end: the vendor tells by refusing it.
struct Token {
    Secret access;
    std::string instance_url;  // as answered, without a trailing slash; may be empty
};

/// Signs in, and keeps the token in memory. Safe to call from several threads: while one signs in
/// the others wait for its outcome, so a burst of refusals costs one sign-in.
class OAuth {
public:
    /// The references must outlive this object.
    OAuth(OAuthSettings settings, Transport& transport, const Clock& clock);

    /// The token in force; signs in when there is none. Unauthenticated: the vendor refused, with
    /// its `error` word as remote_code. Transient: it was not reached.
    Result<std::shared_ptr<const Token>> token(std::stop_token stop);

    /// Says that the vendor refused `token`: the next call of `token` signs in anew, unless
    /// another thread did so already.
    void reject(const std::shared_ptr<const Token>& token);

private:
    Result<std::shared_ptr<const Token>> sign_in(std::stop_token stop);
    Result<std::string> form() const;
    Result<std::string> assertion() const;
    Status keep_rotated(std::string&& refresh_token) const;

    const OAuthSettings settings_;
    Transport& transport_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable_any signed_in_;
    std::shared_ptr<const Token> token_;  // guarded by mutex_
    bool signing_in_ = false;             // guarded by mutex_
};

/// Whether a request may change something at the vendor: decides what an unknown outcome means.
enum class Effect : std::uint8_t { Read, Write };

/// Sends requests with the token of an OAuth. When the vendor refuses the token, one new sign-in
/// and one replay follow: a refused token surely did nothing, so writes are replayed too. A second
/// refusal is Unauthenticated. An unknown outcome of a read is Transient.
class Session {
public:
    /// `refused` tells an answer that means "this token is not valid".
    using Refused = bool (*)(const Response& answer);

    Session(OAuth& oauth, Transport& transport, Refused refused)
        : oauth_(oauth), transport_(transport), refused_(refused) {}

    Result<Response> send(Request request, Effect effect, std::stop_token stop);

    /// Requests sent so far, replays included, sign-ins not.
    [[nodiscard]] std::int64_t calls_made() const noexcept { return calls_made_; }

private:
    OAuth& oauth_;
    Transport& transport_;
    Refused refused_;
    std::int64_t calls_made_ = 0;
};

/// A signed RS256 JSON Web Token. `key_pem` is an RSA private key; `claims` a JSON object.
[[nodiscard]] Result<std::string> sign_jwt(const Secret& key_pem, std::string_view claims);

/// "login.salesforce.com", "127.0.0.1:8080": the host in lower case, and the port when it is not
/// the usual one; nothing when `url` is no http or https URL that requests may go to.
[[nodiscard]] std::optional<std::string> host_of(std::string_view url);

}  // namespace duet::http
