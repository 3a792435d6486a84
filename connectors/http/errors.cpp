#include "connectors/http/errors.h"

#include <algorithm>
#include <array>

namespace duet::http {
namespace {

// The beginnings of the texts. "Failed to write request headers" is here because the header block
// then never left whole, so that no server can have acted on it.
constexpr auto kNotSent = std::to_array<std::string_view>({
    "Error resolving address",
    "Failed to resolve address",
    "Failed to connect to any resolved endpoint",
    "Error resolving proxy address",
    "Failed to connect to any resolved proxy endpoint",
    "Failed to send connect request to proxy",
    "Failed to read HTTP status line from proxy",
    "Invalid HTTP status line during proxy connection",
    "Expected a 200 response from proxy",
    "Error in SSL handshake",
    "Failed to write request headers",
    "The method string is invalid",
});

Error make(ErrorKind kind, const char* code, std::string_view where, std::string_view what,
           std::string_view reason) {
    Error error;
    error.kind = kind;
    error.code = code;
    error.message = std::string(where);
    error.message.append(what).append(reason);
    return error;
}

}  // namespace

Reach reach_of(std::string_view library_text) noexcept {
    const bool known = std::any_of(kNotSent.begin(), kNotSent.end(), [&](std::string_view text) {
        return library_text.starts_with(text);
    });
    return known ? Reach::NotSent : Reach::Unknown;
}

Error not_sent(std::string_view where, std::string_view reason) {
    return make(ErrorKind::Transient, "DUET-3001", where, " was not sent: ", reason);
}

Error in_doubt(std::string_view where, std::string_view reason) {
    return make(ErrorKind::InDoubt, "DUET-3002", where, " was sent, but got no answer: ", reason);
}

Error tls_refused(std::string_view where, std::string_view reason) {
    return make(ErrorKind::Transient, "DUET-3003", where,
                " was not sent, no safe connection: ", reason);
}

Error answer_too_large(std::string_view where, std::string_view what) {
    return make(ErrorKind::Broken, "DUET-3004", where, " got too large an answer: ", what);
}

Error no_time_left(std::string_view where, std::string_view reason) {
    return make(ErrorKind::Transient, "DUET-3005", where, " was not sent: ", reason);
}

Error bad_request(std::string_view reason) {
    return make(ErrorKind::Broken, "DUET-3006", "The request cannot be sent: ", reason, "");
}

Error odd_encoding(std::string_view where, std::string_view encoding) {
    return make(ErrorKind::Broken, "DUET-3007", where,
                " got an answer in an encoding that nobody asked for: ", encoding);
}

}  // namespace duet::http
