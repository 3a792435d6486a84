#include "connectors/http/url.h"

#include <algorithm>
#include <charconv>

#include "mappings/text.h"

namespace duet::http {
namespace {

constexpr std::uint16_t kHttpsPort = 443;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::size_t kHostLengthMax = 253;  // RFC 1035 section 2.3.4, as text

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_name(std::string_view host) {
    return !host.empty() && host.size() <= kHostLengthMax && host.front() != '.' &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_';
           });
}

bool is_ipv6_literal(std::string_view host) {
    if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_target(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c < '!' || c > '~' || c == '#') return false;
        if (c == '%' && (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))) {
            return false;
        }
    }
    return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

}  // namespace

std::string Url::origin() const {
    std::string text = (tls ? "https://" : "http://") + host;
    if (port != (tls ? kHttpsPort : kHttpPort)) text += ':' + std::to_string(port);
    return text;
}

std::string Url::bare_host() const {
    return host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

bool Url::is_loopback() const noexcept {
    return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

std::optional<Url> parse_url(std::string_view text) {
    Url url;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    const std::string scheme = lower_case(text.substr(0, scheme_end));
    if (scheme != "https" && scheme != "http") return std::nullopt;
    url.tls = scheme == "https";
    text.remove_prefix(scheme_end + 3);

    const auto authority = text.substr(0, text.find_first_of("/?#"));
    const auto target = text.substr(authority.size());
    if (!is_target(target)) return std::nullopt;
    url.target = target.empty() || target.front() != '/' ? "/" : "";
    url.target += target;
    if (url.target.find('?') == url.target.size() - 1) url.target.pop_back();

    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    url.host = lower_case(authority.substr(0, colon));
    if (!is_name(url.host) && !is_ipv6_literal(url.host)) return std::nullopt;
    url.port = url.tls ? kHttpsPort : kHttpPort;
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port) return std::nullopt;
        url.port = *port;
    }
    return url;
}

}  // namespace duet::http
