#include "connectors/salesforce/errors.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace duet::salesforce {
namespace {

using enum ErrorKind;

// Sorted by code. Kinds follow the REST guide's list of status codes (read 2026-08).
constexpr auto kMeanings = std::to_array<Meaning>({
    {"ALL_OR_NONE_OPERATION_ROLLED_BACK", Transient, "another record of the call failed"},
    {"API_CURRENTLY_DISABLED", Broken, "the API is switched off for the org"},
    {"API_DISABLED_FOR_ORG", Broken, "the user may not use the API"},
    {"BATCH_PROCESSING_HALTED", Transient, "another record of the call failed"},
    {"CANNOT_EXECUTE_FLOW_TRIGGER", Rejected, "a flow of the org failed on it"},
    {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", Rejected, "a trigger of the org failed on it"},
    {"CANNOT_UPDATE_CONVERTED_LEAD", Rejected, "the lead is converted and cannot change"},
    {"DELETE_FAILED", Rejected, "other records depend on it"},
    {"DUPLICATES_DETECTED", Rejected, "a duplicate rule of the org stopped it"},
    {"DUPLICATE_EXTERNAL_ID", Rejected, "several records hold its external id"},
    {"DUPLICATE_VALUE", Rejected, "another record holds its unique value"},
    {"ENTITY_IS_DELETED", Rejected, "the record is deleted"},
    {"ENTITY_IS_LOCKED", Transient, "an approval process locks the record"},
    {"FIELD_CUSTOM_VALIDATION_EXCEPTION", Rejected, "a validation rule of the org refused it",
     true},
    {"FIELD_FILTER_VALIDATION_EXCEPTION", Rejected, "a lookup filter refused it"},
    {"FIELD_INTEGRITY_EXCEPTION", Rejected, "its fields do not fit each other"},
    {"INACTIVE_OWNER_OR_USER", Rejected, "its owner is not an active user"},
    {"INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", Transient, "the org is read-only"},
    {"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", Rejected,
     "the user may not use a record that it points to"},
    {"INSUFFICIENT_ACCESS_OR_READONLY", Rejected, "the user may not change the record"},
    {"INTERNAL_ERROR", Transient, "Salesforce failed inside"},
    {"INVALID_CROSS_REFERENCE_KEY", Rejected, "a record that it points to is gone or hidden"},
    {"INVALID_EMAIL_ADDRESS", Rejected, "an e-mail address is not valid"},
    {"INVALID_FIELD", Rejected, "a field does not exist or is hidden from the user"},
    {"INVALID_FIELD_FOR_INSERT_UPDATE", Rejected, "a field cannot be written by the user", true},
    {"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", Rejected, "a value is not in its pick-list"},
    {"INVALID_QUERY_LOCATOR", Transient, "the place in a query has expired"},
    {"INVALID_SESSION_ID", Unauthenticated, "the session is over"},
    {"INVALID_TYPE", Rejected, "the object does not exist or is hidden from the user"},
    {"INVALID_TYPE_ON_FIELD_IN_RECORD", Rejected, "a value has the wrong type"},
    {"JSON_PARSER_ERROR", Rejected, "a value has the wrong type"},
    {"LICENSE_LIMIT_EXCEEDED", Transient, "an allocation of the org is used up"},
    {"LIMIT_EXCEEDED", Transient, "an allocation of the org is used up"},
    {"MALFORMED_ID", Rejected, "an id is malformed"},
    {"MIXED_DML_OPERATION", Rejected, "setup and other records were changed together"},
    {"NOT_FOUND", Rejected, "the object, field or resource does not exist"},
    {"NUMBER_OUTSIDE_VALID_RANGE", Rejected, "a number is too large"},
    {"PLATFORM_EVENT_PUBLISHING_UNAVAILABLE", Transient, "an event service is down"},
    {"PROCESSING_HALTED", Transient, "another record of the call failed"},
    {"QUERY_TIMEOUT", Transient, "the query ran too long"},
    {"QUERY_TOO_COMPLICATED", Broken, "the query is too complicated"},
    {"REQUEST_LIMIT_EXCEEDED", RateLimited, "the API allowance of the org is used up"},
    {"REQUEST_RUNNING_TOO_LONG", Transient, "the request ran too long"},
    {"REQUIRED_FIELD_MISSING", Rejected, "required fields are missing", true},
    {"SELF_REFERENCE_FROM_TRIGGER", Rejected, "a trigger of the org changes its own record"},
    {"SERVER_UNAVAILABLE", Transient, "Salesforce is not available"},
    {"STORAGE_LIMIT_EXCEEDED", Transient, "the org's storage is full"},
    {"STRING_TOO_LONG", Rejected, "a text is too long"},
    {"TOO_MANY_APEX_REQUESTS", Transient, "the org is busy"},
    {"TRANSFER_REQUIRES_READ", Rejected, "the new owner may not read the object"},
    {"TXN_SECURITY_METERING_ERROR", Transient, "the org's security policies are overloaded"},
    {"TXN_SECURITY_NO_ACCESS", Rejected, "a security policy of the org blocked it"},
    {"UNABLE_TO_LOCK_ROW", Transient, "another change locks the record"},
    {"UNKNOWN_EXCEPTION", Transient, "Salesforce failed inside"},
});

const Meaning* find_meaning(std::string_view code) noexcept {
    const auto found =
        std::lower_bound(kMeanings.begin(), kMeanings.end(), code,
                         [](const Meaning& m, std::string_view wanted) { return m.code < wanted; });
    return found != kMeanings.end() && found->code == code ? &*found : nullptr;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// How long to leave the system or the record alone; figures by the retry table of our README.
std::optional<std::chrono::seconds> pause_for(std::string_view code, std::string_view message) {
    using std::chrono::seconds;
    if (code == "REQUEST_LIMIT_EXCEEDED") {
        // Of calls at one time: free again soon. Of the day: a rolling window, probed slowly.
        return contains(message, "Concurrent") ? seconds{15} : seconds{900};
    }
    if (code == "UNABLE_TO_LOCK_ROW") return seconds{2};
    if (code == "ENTITY_IS_LOCKED" || code == "STORAGE_LIMIT_EXCEEDED" ||
        code == "LIMIT_EXCEEDED" || code == "LICENSE_LIMIT_EXCEEDED" ||
        code == "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE") {
        return seconds{900};
    }
    return std::nullopt;
}

/// "No such column 'X' on ...": the useful part of a message whose rest quotes the query.
std::string_view missing_column(std::string_view message) {
    const auto at = message.find("No such column '");
    if (at == std::string_view::npos) return {};
    const auto end = message.find('\'', at + 16);
    return end == std::string_view::npos ? std::string_view{} : message.substr(at, end + 1 - at);
}

struct Fault {
    std::string code;
    std::string message;
};

/// The first fault of an error body; both members empty when the body is none.
Fault first_fault(const http::Response& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    const auto& fault = body.is_array() && !body.empty() ? body.front() : body;
    if (!fault.is_object()) return {};
    const auto text = [&fault](const char* key) {
        const auto found = fault.find(key);
        return found != fault.end() && found->is_string() ? found->get<std::string>()
                                                          : std::string{};
    };
    return {text("errorCode"), text("message")};
}

Error busy(const http::Response& answer, http::Effect effect) {
    // Without an error body of Salesforce's own the answer is a gateway's: behind it a write may
    // have been done. 420, 429 and 503 refuse before anything is done.
    const bool refused_before = answer.status == 420 || answer.status == 429 ||
                                answer.status == 503 || answer.status == 406;
    const bool in_doubt = effect == http::Effect::Write && !refused_before;
    return Error{in_doubt ? InDoubt : Transient,
                 "Salesforce is not available (HTTP " + std::to_string(answer.status) + ").",
                 "DUET-3116", std::to_string(answer.status), std::chrono::seconds{5}};
}

}  // namespace

std::span<const Meaning> meanings() noexcept { return kMeanings; }

Error row_error(std::string_view code, std::string_view message,
                const std::vector<std::string>& fields) {
    const Meaning* meaning = find_meaning(code);
    Error error{meaning != nullptr ? meaning->kind : Rejected,
                {},
                "DUET-3110",
                std::string(code),
                pause_for(code, message)};
    // The org's own code failed because of a lock: the lock goes, the code stays.
    if (error.kind == Rejected && contains(message, "UNABLE_TO_LOCK_ROW")) error.kind = Transient;
    error.message = "Salesforce refused the record: ";
    error.message += meaning != nullptr ? meaning->reason : "it gave the code " + std::string(code);
    if (meaning != nullptr && meaning->quote && !message.empty()) {
        error.message += " (" + std::string(message) + ")";
    } else if (const auto column = missing_column(message); !column.empty()) {
        error.message += " (" + std::string(column) + ")";
    }
    std::string names;
    for (const std::string& field : fields) names += (names.empty() ? "" : ", ") + field;
    if (!names.empty()) error.message += "; fields: " + names;
    error.message += '.';
    return error;
}

Error answer_error(const http::Response& answer, http::Effect effect) {
    const Fault fault = first_fault(answer);
    if (fault.code.empty()) {
        if (answer.status >= 500 || answer.status == 420 || answer.status == 429 ||
            answer.status == 406) {
            return busy(answer, effect);
        }
        return Error{Broken,
                     "Salesforce answered HTTP " + std::to_string(answer.status) +
                         " where an answer was expected.",
                     "DUET-3115",
                     std::to_string(answer.status),
                     {}};
    }
    const Meaning* meaning = find_meaning(fault.code);
    Error error{Rejected, {}, "DUET-3110", fault.code, pause_for(fault.code, fault.message)};
    if (meaning != nullptr) {
        error.kind = meaning->kind;
    } else if (answer.status >= 500) {
        error.kind = Transient;
    }
    // A read has no record that could be put aside.
    if (effect == http::Effect::Read && error.kind == Rejected) error.kind = Broken;
    if (error.kind == RateLimited) error.code = "DUET-3111";
    error.message = "Salesforce refused the call: ";
    error.message += meaning != nullptr ? meaning->reason : "it gave the code " + fault.code;
    const auto column = missing_column(fault.message);
    if (!column.empty()) error.message += " (" + std::string(column) + ")";
    error.message += '.';
    return error;
}

bool session_refused(const http::Response& answer) {
    if (answer.status == 401) return true;
    return answer.status == 403 && contains(answer.body, "\"INVALID_SESSION_ID\"");
}

}  // namespace duet::salesforce
