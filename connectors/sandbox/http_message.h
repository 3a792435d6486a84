#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/text.h"

namespace duet::sandbox {

/// Names compare without case, order is kept, names may repeat.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// One request, its body complete and already unpacked.
struct ApiRequest {
    std::string method;  // "GET"
    std::string path;   // as sent, percent-escapes kept, without the query: "/api/v5/objects/lists"
    std::string query;  // raw, without '?'
    std::vector<std::pair<std::string, std::string>> parameters;  // of the query, decoded, in order
    Headers headers;
    std::string body;
    std::string base_url;  // "http://127.0.0.1:8080", by the Host the client asked for; no slash

    /// First header of that name (without case), or "".
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
    [[nodiscard]] bool has_header(std::string_view name) const noexcept;
    /// First query parameter of exactly that name.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
};

struct ApiResponse {
    int status = 200;
    std::string body{};
    /// Empty: no Content-Type is sent.
    std::string content_type = "application/json;charset=UTF-8";
    Headers headers{};
    std::chrono::milliseconds delay{};    // the server waits this long before it answers
    bool drop = false;                    // the server closes the connection instead of answering
    std::optional<std::size_t> cut_at{};  // with `drop`: after that many bytes of the answer
    bool hang = false;                    // the server never answers and keeps the connection
};

/// Percent-decodes; '+' becomes a blank where `plus_is_blank` (queries and forms). A broken
/// escape is kept as it stands.
[[nodiscard]] std::string url_decode(std::string_view text, bool plus_is_blank);
[[nodiscard]] std::string url_encode(std::string_view text);

/// "a=1&b=2" as decoded pairs, in order.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_form(std::string_view text);

/// Path segments, percent-decoded, empty ones (doubled and trailing slashes) left out.
[[nodiscard]] std::vector<std::string> path_segments(std::string_view path);

/// The body of a multipart/form-data message as name and content of each part.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_multipart(
    std::string_view content_type, std::string_view body);

[[nodiscard]] bool equal_without_case(std::string_view left, std::string_view right) noexcept;

}  // namespace duet::sandbox
