#pragma once

#include <string>
#include <string_view>

#include "mappings/result.h"

namespace duet::http {

/// How far a request came that has no complete answer.
enum class Reach {
    NotSent,  // the server cannot have executed it
    Unknown,  // sent, or perhaps sent
};

/// Reads the text of a cpprest error. Only texts that cpprestsdk 2.10.18 uses before the last
/// byte of the request header has left are NotSent; every other text, known or not, is Unknown.
/// The caller turns NotSent into Unknown when the library has tried more than once.
[[nodiscard]] Reach reach_of(std::string_view library_text) noexcept;

/// The Errors of this folder, each with its code of mappings/messages.h. `where` is method and
/// origin ("GET https://a.example"); neither it nor `reason` may carry a path or a value.
[[nodiscard]] Error not_sent(std::string_view where, std::string_view reason);        // 3001
[[nodiscard]] Error in_doubt(std::string_view where, std::string_view reason);        // 3002
[[nodiscard]] Error tls_refused(std::string_view where, std::string_view reason);     // 3003
[[nodiscard]] Error answer_too_large(std::string_view where, std::string_view what);  // 3004
[[nodiscard]] Error no_time_left(std::string_view where, std::string_view reason);    // 3005
[[nodiscard]] Error bad_request(std::string_view reason);                             // 3006
[[nodiscard]] Error odd_encoding(std::string_view where, std::string_view encoding);  // 3007

}  // namespace duet::http
