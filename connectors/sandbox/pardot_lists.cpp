#include <algorithm>
#include <utility>

#include "connectors/sandbox/http_message.h"
#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_rules.h"
#include "connectors/sandbox/state.h"

namespace duet::sandbox {

namespace {

/// The list's isDynamic; refuses a list that is not there.
bool is_dynamic(PardotCall& call, std::int64_t list) {
    Statement found = call.state.database.prepare(
        "SELECT isDynamic FROM pardot_lists WHERE id = ?1 AND isDeleted = 0");
    found.bind(1, list);
    if (!found.step()) refuse(55);
    return found.integer(0) != 0;
}

}  // namespace

std::int64_t create_list(PardotCall& call, const PardotCollection& lists, PardotRow values) {
    if (text_of(values, "name").empty()) refuse(153, "name");
    return insert_pardot_row(call.state, lists, std::move(values), call.user);
}

void check_list_deletable(PardotCall& call, std::int64_t list) {
    if (!call.settings.members_keep_list) return;
    Statement member = call.state.database.prepare(
        "SELECT 1 FROM pardot_list_memberships WHERE listId = ?1 AND isDeleted = 0 LIMIT 1");
    member.bind(1, list);
    if (member.step()) refuse(108);
}

void check_list_writable(PardotCall& call, std::int64_t list) {
    if (is_dynamic(call, list)) refuse(call.settings.dynamic_list_code, "the list is dynamic");
}

std::int64_t create_membership(PardotCall& call, const PardotCollection& memberships,
                               PardotRow values) {
    const std::int64_t list = integer_of(values, "listId");
    const std::int64_t prospect = integer_of(values, "prospectId");
    if (list == 0) refuse(153, "listId");
    if (prospect == 0) refuse(153, "prospectId");
    check_list_writable(call, list);
    const auto person = find_pardot_row(call.state, *pardot_collection("prospects"), prospect);
    if (!person) refuse(3);
    if (true_in(*person, "isDeleted")) refuse(219);

    Statement row = call.state.database.prepare(
        "SELECT id, isDeleted FROM pardot_list_memberships WHERE listId = ?1 AND prospectId = ?2 "
        "ORDER BY isDeleted, id DESC");
    row.bind(1, list).bind(2, prospect);
    if (row.step()) {
        if (row.integer(1) == 0) refuse(58);
        if (call.settings.readd_revives) {
            const std::int64_t id = row.integer(0);
            values.emplace("optedOut", std::int64_t{0});
            values.insert_or_assign("isDeleted", std::int64_t{0});
            update_pardot_row(call.state, memberships, id, std::move(values), call.user);
            return id;
        }
    }
    return insert_pardot_row(call.state, memberships, std::move(values), call.user);
}

std::int64_t create_custom_field(PardotCall& call, const PardotCollection& fields,
                                 PardotRow values) {
    for (const char* name : {"name", "fieldId", "type"}) {
        if (text_of(values, name).empty()) refuse(153, name);
    }
    const std::string field = text_of(values, "fieldId");
    const bool plain = std::all_of(field.begin(), field.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_';
    });
    if (!plain) refuse(154, "fieldId");
    if (!is_custom_type(text_of(values, "type"))) refuse(154, "type");
    const PardotCollection prospects =
        with_custom_fields(call.state, *pardot_collection("prospects"));
    // SQLite's columns ignore case.
    for (const PardotField& other : prospects.fields) {
        if (equal_without_case(other.name, field + "__c")) refuse(245, "fieldId");
    }
    values.insert_or_assign("type", lower_case(text_of(values, "type")));
    const PardotKind kind =
        custom_kind(text_of(values, "type"), true_in(values, "isRecordMultipleResponses"));
    const std::int64_t id = insert_pardot_row(call.state, fields, std::move(values), call.user);
    call.state.database.exec("ALTER TABLE pardot_prospects ADD COLUMN \"" + field + "__c\" " +
                             (kind == PardotKind::Real ? "REAL" : "TEXT"));
    forget_pardot_copies(call.state);
    return id;
}

}  // namespace duet::sandbox
