#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/faults.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/salesforce_values.h"
#include "connectors/sandbox/xml.h"

namespace duet::sandbox {

namespace {

struct VendorError {
    const char* code;
    int status;
    const char* words;
};

// REST guide's status codes and recorded answers, read 2026-08. The words of codes that only an
// org's own settings fill are examples.
constexpr VendorError kErrors[] = {
    {"API_CURRENTLY_DISABLED", 403, "API is currently disabled"},
    {"API_DISABLED_FOR_ORG", 403, "The REST API is not enabled for this Organization."},
    {"CANNOT_EXECUTE_FLOW_TRIGGER", 400,
     "We can't save this record because the \"Check\" process failed."},
    {"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400,
     "OnChange: execution of AfterUpdate caused by: System.NullPointerException"},
    {"DUPLICATES_DETECTED", 400, "Use one of these records?"},
    {"DUPLICATE_VALUE", 400, "duplicate value found: <unknown> duplicates value on record"},
    {"ENTITY_IS_DELETED", 404, "entity is deleted"},
    {"ENTITY_IS_LOCKED", 400, "the entity is locked for editing"},
    {"FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, "The record fails a validation rule."},
    {"INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", 400,
     "Updates can't be made during maintenance."},
    {"INSUFFICIENT_ACCESS_OR_READONLY", 400, "insufficient access rights on object id"},
    {"INTERNAL_ERROR", 500, "An internal error occurred"},
    {"INVALID_QUERY_LOCATOR", 400, "invalid query locator"},
    {"INVALID_SESSION_ID", 401, "Session expired or invalid"},
    {"PLATFORM_EVENT_PUBLISHING_UNAVAILABLE", 503, "Event publishing is unavailable"},
    {"QUERY_TIMEOUT", 400, "Your query request was running for too long."},
    {"QUERY_TOO_COMPLICATED", 400, "Query is either selecting too many fields or is too complex."},
    {"REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded."},
    {"REQUEST_RUNNING_TOO_LONG", 400, "Your request was running for too long, and was stopped."},
    {"SERVER_UNAVAILABLE", 503, "The server is currently unavailable"},
    {"STORAGE_LIMIT_EXCEEDED", 403, "storage limit exceeded"},
    {"TOO_MANY_APEX_REQUESTS", 503, "Too many Apex requests"},
    {"TXN_SECURITY_METERING_ERROR", 400, "Transaction security is overloaded"},
    {"UNABLE_TO_LOCK_ROW", 400, "unable to obtain exclusive access to this record"},
    {"UNKNOWN_EXCEPTION", 500, "An unexpected error occurred. Please include this ErrorId"},
};
constexpr const char* kConcurrent = "CONCURRENT_REQUESTS";

const VendorError* find_error(const std::string& code) {
    const auto found = std::find_if(std::begin(kErrors), std::end(kErrors),
                                    [&code](const VendorError& one) { return code == one.code; });
    return found == std::end(kErrors) ? nullptr : found;
}

ApiResponse in_soap(const VendorError& error, const std::string& words) {
    ApiResponse answer;
    answer.status = 500;
    answer.content_type = "text/xml; charset=utf-8";
    const std::string code = error.code;
    answer.body =
        R"(<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope)"
        R"( xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
        R"( xmlns:sf="urn:fault.partner.soap.sforce.com"><soapenv:Body><soapenv:Fault><faultcode>sf:)" +
        code + "</faultcode><faultstring>" + code + ": " + xml_text(words) +
        "</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>";
    return answer;
}

ApiResponse in_salesforce(const ApiRequest& request, const VendorError& error,
                          const std::string& words) {
    if (request.path.starts_with("/services/Soap")) return in_soap(error, words);
    return refusal_answer({error.code, words, {}, error.status});
}

/// What stands between client and vendor answers with a page, not with JSON.
ApiResponse of_gateway(int status) {
    ApiResponse answer;
    answer.status = status;
    answer.content_type = "text/html";
    answer.body = "<html><head><title>" + std::to_string(status) +
                  "</title></head><body><h1>The request cannot be served</h1></body></html>";
    return answer;
}

}  // namespace

std::string words_of(const std::string& code) {
    const VendorError* found = find_error(code);
    return found == nullptr ? std::string{} : found->words;
}

std::optional<ApiResponse> vendor_error(const ApiRequest& request, const std::string& error) {
    const bool pardot = request.path.starts_with("/api");
    int number = 0;
    const auto read = std::from_chars(error.data(), error.data() + error.size(), number);
    if (read.ec == std::errc{} && read.ptr == error.data() + error.size()) {
        // Pardot's codes and HTTP's have none in common but 200 to 202, and those are no errors.
        if (pardot_status(number) != 0) return pardot_error({number, {}, {}});
        if (number >= 400 && number <= 599) return of_gateway(number);
        return std::nullopt;
    }
    if (pardot) return std::nullopt;
    if (error == kConcurrent) {
        return in_salesforce(request, *find_error("REQUEST_LIMIT_EXCEEDED"),
                             "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
    }
    const VendorError* found = find_error(error);
    if (found == nullptr) return std::nullopt;
    return in_salesforce(request, *found, found->words);
}

}  // namespace duet::sandbox
