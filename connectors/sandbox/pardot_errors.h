#pragma once

#include <string>
#include <string_view>

#include "connectors/sandbox/http_message.h"

namespace duet::sandbox {

/// A Pardot error on its way to the client. Thrown anywhere below handle_pardot, which catches
/// it, rolls back what the request wrote and answers: refusals come from deep inside and end
/// the request every time.
struct PardotRefusal {
    int code = 0;
    std::string detail{};  // ends the message: the name of the field, of the parameter
    Headers headers{};     // e.g. Pardot-Warning
};

[[noreturn]] void refuse(int code, std::string detail = {}, Headers headers = {});

/// The answer for a code: HTTP status and words from the one table in pardot_errors.cpp.
/// `{"code":181,"message":"A required header is missing: ..."}`
[[nodiscard]] ApiResponse pardot_error(const PardotRefusal& refusal);

/// The HTTP status that goes with a code; 0: the sandbox never sends that code.
[[nodiscard]] int pardot_status(int code) noexcept;

}  // namespace duet::sandbox
