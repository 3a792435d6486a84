#include <array>
#include <ctime>
#include <utility>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_call.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_output.h"
#include "connectors/sandbox/pardot_rules.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

using nlohmann::ordered_json;

namespace {

/// "Tue, 02 Jan 2018 09:00:00 GMT" (RFC 7231).
std::string http_date(std::string_view stored) {
    const std::time_t seconds = ms_from_iso(stored) / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    return {text.data(),
            std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::optional<std::int64_t> http_date_seconds(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (!end || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

std::int64_t create_in(PardotCall& call, const PardotCollection& collection, PardotRow values) {
    if (collection.name == "prospects") return create_prospect(call, collection, std::move(values));
    if (collection.name == "lists") return create_list(call, collection, std::move(values));
    if (collection.name == "custom-fields") {
        return create_custom_field(call, collection, std::move(values));
    }
    return create_membership(call, collection, std::move(values));
}

[[noreturn]] void refuse_missing(bool binned) {
    Headers headers;
    if (binned) headers.emplace_back("Pardot-Warning", "201;Record In Recycle Bin");
    refuse(109, {}, std::move(headers));
}

}  // namespace

ApiResponse json_response(int status, const ordered_json& body) {
    ApiResponse response;
    response.status = status;
    response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    response.content_type = "application/json; charset=utf-8";
    return response;
}

ordered_json shown_record(PardotCall& call, const PardotCollection& collection, std::int64_t id,
                          const std::string& fields) {
    const PardotSelection selection =
        parse_selection(call.state, call.settings, collection, split_names(fields), false);
    const auto row = find_pardot_row(call.state, collection, id);
    return project(call.state, call.settings, selection, *row, PardotCopy::Primary);
}

std::string record_url(const PardotCall& call, const PardotCollection& collection, std::int64_t id,
                       const std::string& fields) {
    return call.base_url + "/api/v5/objects/" + collection.name + "/" + std::to_string(id) +
           "?fields=" + url_encode(fields);
}

PardotRow need_row(PardotCall& call, const PardotCollection& collection, std::int64_t id,
                   bool binned_too) {
    auto row = find_pardot_row(call.state, collection, id);
    if (!row) refuse_missing(false);
    if (true_in(*row, "isDeleted") && !binned_too) refuse_missing(true);
    return std::move(*row);
}

ApiResponse read_pardot(PardotCall& call, const PardotCollection& collection, std::int64_t id) {
    bool binned_too = false;
    for (const auto& [name, value] : call.request.parameters) {
        if (name == "fields") continue;
        if (name != "deleted" || !collection.has_bin()) refuse(10000, name);
        if (value != "true" && value != "false") refuse(50, name);
        binned_too = value == "true";
    }
    const auto fields = split_names(call.request.parameter("fields").value_or(""));
    if (fields.empty()) refuse(13, "fields");
    const PardotSelection selection =
        parse_selection(call.state, call.settings, collection, fields, false);
    const auto row = find_pardot_row(call.state, collection, id, call.copy);
    if (!row) refuse_missing(false);
    if (true_in(*row, "isDeleted") && !binned_too) refuse_missing(true);

    const std::string changed = text_of(*row, "updatedAt");
    const auto since = http_date_seconds(std::string{call.request.header("If-Modified-Since")});
    ApiResponse response;
    if (since && ms_from_iso(changed) / 1000 <= *since) {
        response.status = 304;
        response.content_type.clear();
        return response;
    }
    response = json_response(200, project(call.state, call.settings, selection, *row, call.copy));
    response.headers.emplace_back("Last-Modified", http_date(changed));
    return response;
}

ApiResponse create_pardot(PardotCall& call, const PardotCollection& collection) {
    if (!collection.creates) refuse(60);
    const std::string fields = call.request.parameter("fields").value_or("id");
    PardotRow values = parse_properties(call, collection, body_object(call.request), true);
    const std::int64_t id = create_in(call, collection, std::move(values));
    // A new custom field is a field of prospects, not of its own row: `collection` still fits.
    ApiResponse response = json_response(201, shown_record(call, collection, id, fields));
    response.headers.emplace_back("Location", record_url(call, collection, id, fields));
    return response;
}

ApiResponse patch_pardot(PardotCall& call, const PardotCollection& collection, std::int64_t id) {
    if (!collection.updates) refuse(60);
    const PardotRow current = need_row(call, collection, id, true);
    if (true_in(current, "isDeleted")) refuse(219);
    PardotRow values = parse_properties(call, collection, body_object(call.request), false);
    if (collection.name == "prospects") {
        update_prospect(call, collection, current, std::move(values));
    } else {
        if (values.find("name") != values.end() && text_of(values, "name").empty()) {
            refuse(154, "name");
        }
        update_pardot_row(call.state, collection, id, std::move(values), call.user);
    }
    const std::string fields = call.request.parameter("fields").value_or("");
    if (!fields.empty()) return json_response(200, shown_record(call, collection, id, fields));
    ApiResponse response;
    response.status = 204;
    response.content_type.clear();
    return response;
}

ApiResponse delete_pardot(PardotCall& call, const PardotCollection& collection, std::int64_t id) {
    if (!collection.deletes) refuse(60);
    const PardotRow current = need_row(call, collection, id);
    if (collection.name == "lists") check_list_deletable(call, id);
    if (collection.name == "list-memberships") {
        check_list_writable(call, integer_of(current, "listId"));
    }
    // Deletes never cascade: memberships of a binned prospect stay as they are.
    update_pardot_row(call.state, collection, id, {{"isDeleted", std::int64_t{1}}}, call.user);
    ApiResponse response;
    response.status = 204;
    response.content_type.clear();
    return response;
}

}  // namespace duet::sandbox
