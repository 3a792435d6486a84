#include "connectors/http/request_rules.h"

#include <algorithm>
#include <array>

#include "mappings/text.h"

namespace duet::http {
namespace {

// What the transport sets itself, or must never be sent.
constexpr auto kOurHeaders = std::to_array<std::string_view>({
    "host",               // changes the name that the certificate is checked against
    "expect",             // asks for an interim answer, which cpprest takes for the final one
    "connection",         // always "Keep-Alive"
    "content-length",     // of the body given
    "transfer-encoding",  // bodies go with their length
    "accept-encoding",    // gzip, unpacked under a cap
    "upgrade",            // an answer of 101 is no answer
    "trailer",            // there are none
    "te",                 // there are none
});

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        const char l = lower_case(c);
        return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

}  // namespace

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower_case(x) == lower_case(y); });
}

std::optional<std::string> find_fault(const Request& request) {
    if (!is_token(request.method)) return "the method is no HTTP token";
    if (request.method == "CONNECT") return "CONNECT is for proxies only";
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name)) return "a header name is no HTTP token";
        if (!is_field_value(value)) return "the header " + name + " holds a control character";
        const auto is_same = [&name = name](std::string_view ours) {
            return equal_without_case(name, ours);
        };
        if (std::any_of(kOurHeaders.begin(), kOurHeaders.end(), is_same)) {
            return "the header " + name + " is the transport's to set";
        }
    }
    return std::nullopt;
}

std::optional<std::string> find_fault(const Url& url) {
    if (url.host.front() == '[')
        return "the HTTP library cannot reach IPv6 literals, name the host";
    if (url.tls || url.is_loopback()) return std::nullopt;
    return "plain http is for 127.0.0.1, [::1] and localhost only";
}

bool bypasses_proxy(std::string_view host, const std::vector<std::string>& no_proxy) {
    return std::any_of(no_proxy.begin(), no_proxy.end(), [host](std::string_view entry) {
        if (entry == "*" || equal_without_case(host, entry)) return true;
        if (entry.starts_with('.')) entry.remove_prefix(1);
        if (entry.empty() || host.size() <= entry.size()) return false;
        const auto domain = host.substr(host.size() - entry.size());
        return host[host.size() - entry.size() - 1] == '.' && equal_without_case(domain, entry);
    });
}

}  // namespace duet::http
