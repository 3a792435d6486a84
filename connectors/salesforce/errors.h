#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/http/oauth.h"
#include "mappings/result.h"

namespace duet::salesforce {

/// What one code of Salesforce means to us.
struct Meaning {
    std::string_view code;
    ErrorKind kind;
    std::string_view reason;  // for a person, the middle of a sentence
    bool quote = false;       // the vendor's text names fields or rules only, never a value
};

/// Every code with a meaning of its own, sorted by code. Others: Rejected for a row, and for a
/// whole answer by its HTTP status.
[[nodiscard]] std::span<const Meaning> meanings() noexcept;

/// The error of one row, from `statusCode`, `message` and `fields` of a collections answer.
[[nodiscard]] Error row_error(std::string_view code, std::string_view message,
                              const std::vector<std::string>& fields);

/// The error of a whole answer whose status is not 2xx.
[[nodiscard]] Error answer_error(const http::Response& answer, http::Effect effect);

/// The answer says that the session is over.
[[nodiscard]] bool session_refused(const http::Response& answer);

}  // namespace duet::salesforce
