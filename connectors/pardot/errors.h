#pragma once

#include <span>
#include <string_view>

#include "connectors/http/oauth.h"
#include "mappings/result.h"
#include "mappings/seams.h"

namespace duet::pardot {

/// What one code of Pardot means to us.
struct Meaning {
    int code;
    ErrorKind kind;
    std::string_view reason;  // for a person, the middle of a sentence
    bool maybe_done = false;  // a write that met it may have been done all the same
};

/// Every code with a meaning of its own, sorted by code. Others: Rejected for a write, Broken for
/// a read.
[[nodiscard]] std::span<const Meaning> meanings() noexcept;

/// The error of an answer whose status is not 2xx. `now` is for the pause until the daily
/// allowance is new.
[[nodiscard]] Error answer_error(const http::Response& answer, http::Effect effect, Instant now);

/// The answer says that the token is not valid.
[[nodiscard]] bool token_refused(const http::Response& answer);

}  // namespace duet::pardot
