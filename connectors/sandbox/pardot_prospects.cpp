#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_output.h"
#include "connectors/sandbox/pardot_rules.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

bool has(const PardotRow& values, std::string_view field) {
    return values.find(std::string{field}) != values.end();
}

/// Ids of the prospects with an address, the one of latest activity first.
std::vector<std::int64_t> with_address(PardotCall& call, const std::string& address, bool binned) {
    const bool by_update = call.settings.latest_by == "updatedAt";
    Statement rows = call.state.database.prepare(
        std::string{"SELECT id FROM pardot_prospects WHERE email = ?1 COLLATE NOCASE AND "
                    "isDeleted = ?2 ORDER BY "} +
        (by_update ? "" : "COALESCE(lastActivityAt, '') DESC, ") + "updatedAt DESC, id DESC");
    rows.bind(1, address).bind(2, std::int64_t{binned});
    std::vector<std::int64_t> ids;
    while (rows.step()) ids.push_back(rows.integer(0));
    return ids;
}

void assign_to(PardotCall& call, PardotRow& values, std::optional<std::int64_t> user,
               const std::string& crm_user) {
    if (!user) {
        for (const char* name : {"userId", "assignedToId", "salesforceOwnerId"}) {
            values.insert_or_assign(name, std::monostate{});
        }
        return;
    }
    values.insert_or_assign("userId", *user);
    values.insert_or_assign("assignedToId", *user);
    values.insert_or_assign("salesforceOwnerId", crm_user);
    if (!has(values, "firstAssignedAt")) {
        values.insert_or_assign("firstAssignedAt", stored_now(call.state));
    }
}

void settle_assignment(PardotCall& call, PardotRow& values) {
    const bool by_user = has(values, "userId"), by_owner = has(values, "salesforceOwnerId");
    if (by_user && by_owner) refuse(125);
    if (!by_user && !by_owner) return;
    const SqlValue wanted = values.at(by_user ? "userId" : "salesforceOwnerId");
    if (std::holds_alternative<std::monostate>(wanted)) return assign_to(call, values, {}, "");
    const std::string owner =
        by_owner ? crm_id(std::get<std::string>(wanted)).value_or("") : std::string{};
    Statement found = call.state.database.prepare(
        "SELECT id, COALESCE(salesforceId, '') FROM pardot_users WHERE isDeleted = 0 AND (id = ?1 "
        "OR (?2 <> '' AND salesforceId = ?2))");
    found.bind(1, by_user ? std::get<std::int64_t>(wanted) : -1).bind(2, owner);
    if (!found.step()) refuse(10);
    assign_to(call, values, found.integer(0), std::string{found.text(1)});
}

void settle_crm_id(PardotCall& call, PardotRow& values, std::int64_t self) {
    if (!has(values, "salesforceId")) return;
    values.insert_or_assign("salesforceContactId", std::monostate{});
    values.insert_or_assign("salesforceLeadId", std::monostate{});
    const auto* text = std::get_if<std::string>(&values.at("salesforceId"));
    if (!text) return;
    const auto id = crm_id(*text);
    if (!id) refuse(79, "salesforceId");
    const bool contact = id->starts_with("003"), lead = id->starts_with("00Q");
    if (!contact && !lead) refuse(80, "salesforceId");
    if (call.settings.unique_salesforce_id) {
        Statement other = call.state.database.prepare(
            "SELECT id FROM pardot_prospects WHERE salesforceId = ?1 AND isDeleted = 0 AND id <> "
            "?2");
        other.bind(1, *id).bind(2, self);
        if (other.step()) refuse(77, "salesforceId is held by another prospect");
    }
    values.insert_or_assign("salesforceId", *id);
    values.insert_or_assign(contact ? "salesforceContactId" : "salesforceLeadId", *id);
}

void settle_campaign(PardotCall& call, PardotRow& values, bool creating) {
    if (creating && !has(values, "campaignId")) {
        Statement oldest = call.state.database.prepare(
            "SELECT id FROM pardot_campaigns WHERE isDeleted = 0 ORDER BY createdAt, id LIMIT 1");
        if (oldest.step()) values.insert_or_assign("campaignId", oldest.integer(0));
        return;
    }
    if (!has(values, "campaignId")) return;
    Statement found = call.state.database.prepare(
        "SELECT id FROM pardot_campaigns WHERE id = ?1 AND isDeleted = 0");
    found.bind(1, values.at("campaignId"));
    if (!found.step()) refuse(38);
}

/// A person opts out, not a record: every prospect with the address follows.
void spread_opt_out(PardotCall& call, const PardotCollection& prospects, std::int64_t self) {
    const auto row = find_pardot_row(call.state, prospects, self);
    if (!call.settings.multiple_prospects || !true_in(*row, "optedOut")) return;
    for (const std::int64_t id : with_address(call, text_of(*row, "email"), false)) {
        if (id == self || true_in(*find_pardot_row(call.state, prospects, id), "optedOut")) {
            continue;
        }
        update_pardot_row(call.state, prospects, id, {{"optedOut", std::int64_t{1}}}, call.user);
    }
}

void check_free_address(PardotCall& call, const std::string& address, std::int64_t self, int code) {
    if (call.settings.multiple_prospects) return;
    for (const std::int64_t id : with_address(call, address, false)) {
        if (id != self) refuse(code);
    }
}

}  // namespace

std::int64_t create_prospect(PardotCall& call, const PardotCollection& prospects,
                             PardotRow values) {
    const std::string address = text_of(values, "email");
    if (address.empty()) refuse(153, "email");
    check_address(call, address);
    check_free_address(call, address, 0, 9);
    if (!call.settings.multiple_prospects) {
        // One address, one prospect: the one in the bin comes back.
        const auto binned = with_address(call, address, true);
        if (!binned.empty()) {
            values.insert_or_assign("isDeleted", std::int64_t{0});
            const auto current = find_pardot_row(call.state, prospects, binned.front());
            update_prospect(call, prospects, *current, std::move(values));
            return binned.front();
        }
    }
    settle_assignment(call, values);
    settle_crm_id(call, values, 0);
    settle_campaign(call, values, true);
    values.emplace("score", std::int64_t{0});
    const std::int64_t id = insert_pardot_row(call.state, prospects, std::move(values), call.user);
    spread_opt_out(call, prospects, id);
    return id;
}

void update_prospect(PardotCall& call, const PardotCollection& prospects, const PardotRow& current,
                     PardotRow values) {
    const std::int64_t id = integer_of(current, "id");
    if (has(values, "email")) {
        const std::string address = text_of(values, "email");
        check_address(call, address);
        check_free_address(call, address, id, 54);
    }
    settle_assignment(call, values);
    if (!text_of(current, "firstAssignedAt").empty()) values.erase("firstAssignedAt");
    settle_crm_id(call, values, id);
    settle_campaign(call, values, false);
    update_pardot_row(call.state, prospects, id, std::move(values), call.user);
    spread_opt_out(call, prospects, id);
}

namespace {

struct UpsertOrder {
    std::string match;  // the address looked for
    json prospect = json::object();
    std::string fields = "id";
    bool binned_too = false;
};

std::string names_in(const json& value, const std::string& argument) {
    if (value.is_string()) return value.get<std::string>();
    std::string names;
    if (!value.is_array()) refuse(206, argument);
    for (const json& name : value) {
        if (!name.is_string()) refuse(206, argument);
        names += (names.empty() ? "" : ",") + name.get<std::string>();
    }
    return names;
}

UpsertOrder upsert_order(const PardotCall& call) {
    UpsertOrder order;
    const json body = body_object(call.request);
    for (const auto& [name, value] : body.items()) {
        if (name == "matchEmail") {
            if (!value.is_string()) refuse(206, name);
            order.match = value.get<std::string>();
        } else if (name == "prospect") {
            if (!value.is_object()) refuse(206, name);
            order.prospect = value;
        } else if (name == "fields") {
            order.fields = names_in(value, name);
        } else if (name == "secondaryDeletedSearch") {
            if (!value.is_boolean()) refuse(206, name);
            order.binned_too = value.get<bool>();
        } else {
            refuse(208, name);
        }
    }
    if (order.match.empty()) {
        const json email = order.prospect.value("email", json{});
        if (!email.is_string() || email == "") refuse(207, "matchEmail");
        order.match = email.get<std::string>();
    }
    if (order.prospect.empty()) refuse(207, "prospect");
    return order;
}

ApiResponse upsert_latest(PardotCall& call, const PardotCollection& prospects) {
    UpsertOrder order = upsert_order(call);
    check_address(call, order.match);
    auto found = with_address(call, order.match, false);
    const bool from_bin = found.empty() && order.binned_too && call.settings.multiple_prospects;
    if (from_bin) found = with_address(call, order.match, true);
    const bool creating = found.empty();
    if (creating) order.prospect.emplace("email", order.match);
    PardotRow values = parse_properties(call, prospects, order.prospect, creating);
    std::int64_t id = 0;
    if (creating) {
        id = create_prospect(call, prospects, std::move(values));
    } else {
        id = found.front();
        if (from_bin) values.insert_or_assign("isDeleted", std::int64_t{0});
        update_prospect(call, prospects, *find_pardot_row(call.state, prospects, id),
                        std::move(values));
    }
    const std::string fields = call.request.parameter("fields").value_or(order.fields);
    ApiResponse response = json_response(creating ? 201 : call.settings.upsert_update_status,
                                         shown_record(call, prospects, id, fields));
    if (creating) {
        response.headers.emplace_back("Location", record_url(call, prospects, id, fields));
    }
    return response;
}

ApiResponse undelete(PardotCall& call, const PardotCollection& prospects) {
    std::string address, fields = "id";
    const json body = body_object(call.request);
    for (const auto& [name, value] : body.items()) {
        if (name == "email") {
            if (!value.is_string()) refuse(206, name);
            address = value.get<std::string>();
        } else if (name == "fields") {
            fields = names_in(value, name);
        } else {
            refuse(208, name);
        }
    }
    if (address.empty()) refuse(207, "email");
    const auto binned = with_address(call, address, true);
    if (binned.empty()) refuse(109);
    check_free_address(call, address, binned.front(), 9);
    update_pardot_row(call.state, prospects, binned.front(), {{"isDeleted", std::int64_t{0}}},
                      call.user);
    return json_response(200, shown_record(call, prospects, binned.front(),
                                           call.request.parameter("fields").value_or(fields)));
}

}  // namespace

ApiResponse act_on_prospects(PardotCall& call, const PardotCollection& prospects,
                             const std::string& action) {
    if (call.request.method != "POST") refuse(60);
    if (action == "upsertLatestByEmail") return upsert_latest(call, prospects);
    if (action == "undelete") return undelete(call, prospects);
    refuse(205, action);
}

void check_address(const PardotCall& call, std::string_view address) {
    const std::size_t at = address.find('@');
    const std::string_view domain =
        at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
    const bool odd = std::any_of(address.begin(), address.end(), [](unsigned char letter) {
        return letter <= ' ' || letter == 127 || letter == ',' || letter == '<' || letter == '>';
    });
    const std::size_t dot = domain.find('.');
    if (address.size() > 255 || at == 0 || domain.empty() || odd ||
        domain.find('@') != std::string_view::npos || dot == std::string_view::npos || dot == 0 ||
        domain.back() == '.' || domain.find("..") != std::string_view::npos) {
        refuse(call.settings.invalid_email_code);
    }
}

std::optional<std::string> crm_id(std::string_view text) {
    if (text.size() != 15 && text.size() != 18) return std::nullopt;
    if (!std::all_of(text.begin(), text.end(),
                     [](unsigned char letter) { return letter < 128 && std::isalnum(letter); })) {
        return std::nullopt;
    }
    std::string id{text.substr(0, 15)};
    for (std::size_t group = 0; group < 15; group += 5) {
        unsigned value = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            const char letter = id[group + i];
            if (letter >= 'A' && letter <= 'Z') value |= 1U << i;
        }
        id += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[value];
    }
    return id;
}

}  // namespace duet::sandbox
