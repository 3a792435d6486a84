#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/transport.h"
#include "connectors/http/url.h"

namespace duet::http {

/// Why this request may not be sent, as a sentence; empty when it may. Looks at the method, the
/// headers and the limits: no line break can slip into the header block, and the headers that
/// steer the connection stay ours (a Host header would change the name that the certificate is
/// checked against, an Expect header would make the server send an interim answer).
[[nodiscard]] std::optional<std::string> find_fault(const Request& request);

/// Why this URL may not be used; empty when it may: plain http goes to loopback only, and
/// IPv6 literals are out of cpprest's reach (it hands "[::1]" to the resolver, brackets and all).
[[nodiscard]] std::optional<std::string> find_fault(const Url& url);

/// True when `host` is reached without the proxy: an entry equals it or is a domain above it
/// ("example.com" and ".example.com" cover "a.example.com"), or is "*".
[[nodiscard]] bool bypasses_proxy(std::string_view host, const std::vector<std::string>& no_proxy);

/// Equal without regard to ASCII case, as header names and tokens compare.
[[nodiscard]] bool equal_without_case(std::string_view a, std::string_view b) noexcept;

}  // namespace duet::http
