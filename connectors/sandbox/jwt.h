#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duet::sandbox {

/// A JWT bearer assertion, taken apart.
struct Assertion {
    std::string signed_part;  // header.payload
    std::string signature;    // bytes
    std::string algorithm;
    std::string issuer, subject, audience, id;
    double expires_seconds = -1;  // -1: missing or unreadable; milliseconds are brought to seconds
};

/// Nothing when `text` is not three base64url parts of JSON.
[[nodiscard]] std::optional<Assertion> read_assertion(std::string_view text);

/// RS256 against a certificate or public key in PEM.
[[nodiscard]] bool signature_holds(const Assertion& assertion, const std::string& pem);

[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);  // either alphabet
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);

}  // namespace duet::sandbox
