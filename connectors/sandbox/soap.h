#pragma once

#include <optional>
#include <string>
#include <vector>

#include "connectors/sandbox/salesforce_call.h"
#include "connectors/sandbox/xml.h"

namespace duet::sandbox {

/// One SOAP message: the operation's element of its body, and its headers.
struct SoapCall {
    SandboxState& state;
    const ApiRequest& request;
    std::vector<std::string> path;  // "services", "Soap", "u", "66.0", ...
    XmlElement operation;           // its name is the operation's
    std::string session_id;         // of SessionHeader
    bool all_or_none = false;       // of AllOrNoneHeader
    std::string user_id;            // whose session it is; "" for login
};

/// An envelope in the partner's or the enterprise's namespace, as the path says, with the usage
/// header once there is a session.
[[nodiscard]] ApiResponse soap_answer(const SoapCall& call, int status, const std::string& body);
/// HTTP 500 with "sf:CODE". `type`: "UnexpectedErrorFault", "LoginFault", ...
[[nodiscard]] ApiResponse soap_fault(const SoapCall& call, const std::string& code,
                                     const std::string& message,
                                     const std::string& type = "UnexpectedErrorFault");

// soap_login.cpp
[[nodiscard]] ApiResponse soap_login(const SoapCall& call);
[[nodiscard]] ApiResponse soap_user_info(const SoapCall& call);

/// merge, convertLead, undelete, delete, emptyRecycleBin (soap_records.cpp); nothing: none of
/// these.
[[nodiscard]] std::optional<ApiResponse> soap_records(const SoapCall& call);

}  // namespace duet::sandbox
