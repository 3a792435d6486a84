#include "connectors/sandbox/pardot_errors.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

namespace duet::sandbox {

namespace {

struct ErrorRow {
    int code;
    int status;
    std::string_view message;
};

// Every error that the Pardot side sends. Sorted by code. Clients match on the words of 1, 13,
// 49, 109, 122, 181 and 184; the rest is worded here.
constexpr ErrorRow kPardotErrors[] = {
    {3, 400, "Invalid prospect ID"},
    {4, 400, "Invalid prospect email address"},
    {9, 400, "A prospect with the specified email address already exists"},
    {10, 400, "Invalid user ID"},
    {13, 400, "One or more required parameters are missing"},
    {16, 400, "Invalid ID"},
    {19, 400, "Invalid orderBy field"},
    {20, 400, "Invalid orderBy direction"},
    {21, 400, "Invalid offset"},
    {23, 400, "Invalid limit"},
    {38, 400, "Invalid campaign ID"},
    {49, 401, "Access Denied"},
    {50, 400, "Invalid boolean value"},
    {51, 400, "Invalid parameter"},
    {54, 400, "This email address is already in use by another prospect"},
    {55, 400, "Invalid list ID"},
    {56, 400, "Value must be a number"},
    {57, 400, "Value must be a date"},
    {58, 400, "Prospect is already a member of the list"},
    {60, 405, "The HTTP method is not supported for this endpoint"},
    {65, 400, "Invalid email address format"},
    // 429 for 66 is what clients assume; no primary source says so.
    {66, 429, "You have exceeded your concurrent request limit"},
    {77, 400, "Invalid prospect fid"},
    {79, 400, "Invalid CRM fid"},
    {80, 400, "Invalid CRM type"},
    {83, 400, "No usable CRM connector"},
    {84, 500, "Unable to complete the request"},
    {108, 405, "The asset is in use and cannot be deleted"},
    {109, 404, "The requested record was not found."},
    {122, 429, "Daily API rate limit met"},
    {125, 400, "Only one of userId and salesforceOwnerId can be given"},
    {150, 400, "The request body is not valid JSON"},
    {151, 400, "The content type is not supported"},
    {152, 400, "The request body is empty"},
    {153, 400, "A required property is missing"},
    {154, 400, "The value of a property is invalid"},
    {180, 400, "The field is not writable"},
    {181, 400, "A required header is missing"},
    {182, 400, "The value of a header is invalid"},
    {183, 500, "An internal error occurred"},
    {184, 401, "access_token is invalid, unknown, or malformed"},
    {192, 404, "The requested object does not exist"},
    {193, 400, "Too many sub-fields requested"},
    {198, 404, "The requested endpoint does not exist"},
    {201, 400, "The business unit is unknown, inactive or served by another host"},
    {202, 503, "The minute limit was exceeded or the query timed out"},
    {205, 400, "The requested action does not exist"},
    {206, 400, "The value of an action argument is invalid"},
    {207, 400, "A required action argument is missing"},
    {208, 400, "The action argument is unknown"},
    {209, 400, "Too many filtered fields; the maximum is 3"},
    {210, 400, "The nextPageToken has expired"},
    {211, 400, "The nextPageToken is invalid"},
    {214, 504, "The request timed out"},
    {219, 400, "The record is deleted; undelete it first"},
    {224, 400, "The field cannot be queried"},
    {245, 400, "The name is already in use"},
    {10000, 400, "Input parameter validation error"},
};

const ErrorRow* row_of(int code) noexcept {
    const auto found = std::find_if(std::begin(kPardotErrors), std::end(kPardotErrors),
                                    [code](const ErrorRow& row) { return row.code == code; });
    return found == std::end(kPardotErrors) ? nullptr : found;
}

}  // namespace

void refuse(int code, std::string detail, Headers headers) {
    throw PardotRefusal{code, std::move(detail), std::move(headers)};
}

ApiResponse pardot_error(const PardotRefusal& refusal) {
    const ErrorRow* row = row_of(refusal.code);
    std::string message{row ? row->message : "Unspecified error"};
    if (!refusal.detail.empty()) message += ": " + refusal.detail;
    // What the client sent comes back in details, whatever bytes it holds.
    const nlohmann::ordered_json body{{"code", refusal.code}, {"message", message}};
    ApiResponse response;
    response.status = row ? row->status : 400;
    response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    response.content_type = "application/json; charset=utf-8";
    response.headers = refusal.headers;
    return response;
}

int pardot_status(int code) noexcept {
    const ErrorRow* row = row_of(code);
    return row ? row->status : 0;
}

}  // namespace duet::sandbox
