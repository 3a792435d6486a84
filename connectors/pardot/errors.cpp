#include "connectors/pardot/errors.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace duet::pardot {
namespace {

using enum ErrorKind;

// Sorted by code. The codes are those of the v5 error page (read 2026-08).
constexpr auto kMeanings = std::to_array<Meaning>({
    {3, Rejected, "there is no prospect with that id"},
    {4, Rejected, "the e-mail address is not valid"},
    {9, Rejected, "a prospect with that address exists"},
    {10, Rejected, "the user id is not valid"},
    {13, Broken, "a required parameter is missing"},
    {37, Rejected, "the Salesforce connector owns such records"},
    {38, Rejected, "the campaign id is not valid"},
    {46, Broken, "the user's role lacks the permission"},
    {49, Unauthenticated, "access is denied"},
    {53, Broken, "our network address is not allowed"},
    {54, Rejected, "another prospect uses the address"},
    {55, Rejected, "the list id is not valid"},
    {56, Rejected, "a value is no number"},
    {57, Rejected, "a value is no date"},
    {58, Rejected, "the prospect is on the list already"},
    {59, Rejected, "the CRM connector owns such records"},
    {62, Transient, "another change of the record is under way"},
    {65, Rejected, "the e-mail address has a wrong format"},
    {66, Transient, "too many calls at one time"},
    {67, Rejected, "the account holds as many as it may"},
    {76, Broken, "the API is switched off for the account"},
    {84, Transient, "Pardot failed inside", true},
    {85, Rejected, "the prospect was not saved"},
    {88, Broken, "the account needs another API version"},
    {89, Broken, "the account needs another API version"},
    {92, Rejected, "the record is not there"},
    {108, Rejected, "the asset is in use"},
    {109, Rejected, "the record is not there"},
    {122, RateLimited, "the daily API allowance is used up"},
    {125, Rejected, "both a user and a CRM owner are given"},
    {132, Rejected, "the prospect is in the recycle bin"},
    {151, Broken, "the content type is wrong"},
    {153, Rejected, "a property is missing"},
    {154, Rejected, "a property is not valid"},
    {180, Rejected, "a field cannot be written there"},
    {181, Broken, "a required header is missing"},
    {182, Broken, "the business unit id is malformed"},
    {183, Transient, "Pardot failed inside", true},
    {184, Unauthenticated, "the access token is not valid"},
    {192, Broken, "the object does not exist"},
    {193, Broken, "too many fields of related records"},
    {201, Broken, "the business unit is unknown or inactive, or this is the wrong host"},
    {202, Transient, "the query took too long", true},
    {209, Broken, "too many fields are filtered"},
    {210, Transient, "the page token has expired"},
    {211, Transient, "the page token is not valid"},
    {214, Transient, "the request took too long", true},
    {219, Rejected, "the record is deleted"},
    {224, Broken, "a field cannot be queried"},
});

const Meaning* find_meaning(int code) noexcept {
    const auto found =
        std::lower_bound(kMeanings.begin(), kMeanings.end(), code,
                         [](const Meaning& m, int wanted) { return m.code < wanted; });
    return found != kMeanings.end() && found->code == code ? &*found : nullptr;
}

std::optional<int> code_of(const http::Response& answer) {
    const auto body = nlohmann::json::parse(answer.body, nullptr, false);
    if (!body.is_object()) return std::nullopt;
    const auto code = body.find("code");
    if (code == body.end() || !code->is_number_integer()) return std::nullopt;
    return code->get<int>();
}

/// The allowance is new at midnight of the account's zone, which the API does not tell. Midnight
/// UTC is as good a guess as any; two hours at most keep a wrong guess cheap.
std::chrono::seconds pause_after_daily_limit(Instant now) {
    const auto midnight = std::chrono::floor<std::chrono::days>(now) + std::chrono::days{1};
    const auto left = std::chrono::ceil<std::chrono::seconds>(midnight - now);
    return std::clamp<std::chrono::seconds>(left, std::chrono::minutes{1}, std::chrono::hours{2});
}

/// An answer without an error body of Pardot's own: a gateway's.
Error gateway_error(const http::Response& answer, http::Effect effect) {
    const std::string status = std::to_string(answer.status);
    const bool refused_before = answer.status == 429 || answer.status == 503;
    if (answer.status >= 500 || answer.status == 429) {
        const bool in_doubt = effect == http::Effect::Write && !refused_before;
        return Error{in_doubt ? InDoubt : Transient,
                     "Pardot is not available (HTTP " + status + ").", "DUET-3116", status,
                     std::chrono::seconds{10}};
    }
    return Error{Broken,
                 "Pardot answered HTTP " + status + " where an answer was expected.",
                 "DUET-3115",
                 status,
                 {}};
}

}  // namespace

std::span<const Meaning> meanings() noexcept { return kMeanings; }

Error answer_error(const http::Response& answer, http::Effect effect, Instant now) {
    const auto code = code_of(answer);
    if (!code) return gateway_error(answer, effect);
    const Meaning* meaning = find_meaning(*code);
    Error error{
        meaning != nullptr ? meaning->kind : Rejected, {}, "DUET-3120", std::to_string(*code), {}};
    if (meaning == nullptr && answer.status >= 500) {
        error.kind = effect == http::Effect::Write ? InDoubt : Transient;
    }
    if (meaning != nullptr && meaning->maybe_done && effect == http::Effect::Write) {
        error.kind = InDoubt;
    }
    // A read has no record that could be put aside.
    if (effect == http::Effect::Read && error.kind == Rejected) error.kind = Broken;
    if (error.kind == RateLimited) {
        error.code = "DUET-3121";
        error.retry_after = pause_after_daily_limit(now);
    }
    if (*code == 66) error.retry_after = std::chrono::seconds{5};
    error.message = "Pardot refused the call (code " + error.remote_code + ")";
    if (meaning != nullptr) error.message += ": " + std::string(meaning->reason);
    error.message += '.';
    return error;
}

bool token_refused(const http::Response& answer) {
    return answer.status == 401 || (answer.status >= 400 && code_of(answer) == 184);
}

}  // namespace duet::pardot
