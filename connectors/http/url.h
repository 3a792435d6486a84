#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duet::http {

/// An absolute http or https URL, taken apart by our own rules: cpprest's helpers accept port
/// 99999 and call "127.evil.example" a loopback host.
struct Url {
    bool tls = false;
    std::string host;        // lower case; an IPv6 literal keeps its brackets
    std::uint16_t port = 0;  // never 0: 443 or 80 when the text names none
    std::string target;      // "/path?query", as given; "/" when the text has neither; a "?" with
                             // nothing behind it is dropped

    /// "https://login.example" or "http://127.0.0.1:8080": no default port, no path, no query,
    /// so that it may stand in messages and be the key of what is kept per server.
    [[nodiscard]] std::string origin() const;
    /// The host as certificates and resolvers spell it: an IPv6 literal loses its brackets.
    [[nodiscard]] std::string bare_host() const;
    /// True for 127.0.0.1, [::1] and localhost, by spelling alone. Only these may go without TLS.
    [[nodiscard]] bool is_loopback() const noexcept;
};

/// Empty when `text` is no such URL: another scheme, user:password@, a fragment, a space, a
/// control or non-ASCII character, a broken %XX, an odd host, or a port outside 1..65535.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

}  // namespace duet::http
