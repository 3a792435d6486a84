#include "connectors/sandbox/pardot_people.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "connectors/sandbox/pardot_api.h"
#include "connectors/sandbox/pardot_call.h"
#include "connectors/sandbox/pardot_errors.h"

namespace duet::sandbox {

using nlohmann::json;

namespace {

// Who a prospect is in the CRM.
constexpr std::array kLinks{"salesforceId", "salesforceLeadId", "salesforceContactId"};

struct Ids {
    std::int64_t id = 0;
    std::int64_t other = 0;
};

std::vector<Ids> pairs_where(SandboxState& state, const std::string& sql, std::int64_t id) {
    std::vector<Ids> found;
    Statement rows = state.database.prepare(sql);
    rows.bind(1, id);
    while (rows.step()) found.push_back({rows.integer(0), rows.integer(1)});
    return found;
}

/// Memberships of the loser become the winner's; where both are members, the loser's goes and an
/// opt-out of it stays.
void move_memberships(SandboxState& state, std::int64_t loser, std::int64_t winner) {
    const PardotCollection& memberships = *pardot_collection("list-memberships");
    for (const Ids& member : pairs_where(
             state,
             "SELECT id, listId FROM pardot_list_memberships WHERE prospectId = ?1 AND isDeleted = "
             "0 ORDER BY id",
             loser)) {
        Statement held = state.database.prepare(
            "SELECT id FROM pardot_list_memberships WHERE prospectId = ?1 AND listId = ?2 AND "
            "isDeleted = 0");
        held.bind(1, winner).bind(2, member.other);
        if (!held.step()) {
            update_pardot_row(state, memberships, member.id, {{"prospectId", winner}}, {});
            continue;
        }
        const std::int64_t kept = held.integer(0);
        const auto row = find_pardot_row(state, memberships, member.id);
        if (true_in(*row, "optedOut")) {
            update_pardot_row(state, memberships, kept, {{"optedOut", std::int64_t{1}}}, {});
        }
        update_pardot_row(state, memberships, member.id, {{"isDeleted", std::int64_t{1}}}, {});
    }
}

bool is_blank(const SqlValue& value) {
    if (std::holds_alternative<std::monostate>(value)) return true;
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr && text->empty();
}

bool is_linked(const PardotRow& prospect) {
    return std::any_of(kLinks.begin(), kLinks.end(),
                       [&](const char* link) { return !is_blank(prospect.at(link)); });
}

/// Whether it says who the prospect is in the CRM, or of which account they are.
bool tells_link(const std::string& field) {
    return std::find(kLinks.begin(), kLinks.end(), field) != kLinks.end() ||
           field == "salesforceAccountId" || field == "salesforceUrl";
}

/// What the winner takes from a loser: values for its blanks, every refusal of mail or calls,
/// and the points, for the activities come along. A prospect is linked to one person of the CRM:
/// a winner that is linked takes nothing of the loser's link.
void take_from(const PardotCollection& prospects, const PardotRow& loser, PardotRow& winner,
               PardotRow& changes) {
    const auto set = [&](const std::string& name, const SqlValue& value) {
        winner.insert_or_assign(name, value);
        changes.insert_or_assign(name, value);
    };
    const bool keeps_link = is_linked(winner);
    for (const PardotField& field : prospects.fields) {
        if (!field.updateable && !field.name.starts_with("salesforce")) continue;
        if (keeps_link && tells_link(field.name)) continue;
        const SqlValue& theirs = loser.at(field.name);
        if (is_blank(theirs)) continue;
        if (is_blank(winner.at(field.name))) set(field.name, theirs);
    }
    for (const char* flag : {"optedOut", "isDoNotEmail", "isDoNotCall"}) {
        if (true_in(loser, flag) && !true_in(winner, flag)) set(flag, std::int64_t{1});
    }
    set("score", integer_of(winner, "score") + integer_of(loser, "score"));
    if (text_of(loser, "lastActivityAt") > text_of(winner, "lastActivityAt")) {
        set("lastActivityAt", text_of(loser, "lastActivityAt"));
    }
}

PardotRow live_prospect(PardotCall& call, const PardotCollection& prospects, std::int64_t id) {
    return need_row(call, prospects, id);
}

json merge(PardotCall& call, const PardotCollection& prospects, const json& order) {
    const std::int64_t winner_id = order.at("prospect").get<std::int64_t>();
    PardotRow winner = live_prospect(call, prospects, winner_id);
    PardotRow changes;
    std::set<std::int64_t> others;
    for (const json& id : order.at("others")) others.insert(id.get<std::int64_t>());
    others.erase(winner_id);
    if (others.empty()) refuse(207, "others");
    for (const std::int64_t id : others) {
        const PardotRow loser = live_prospect(call, prospects, id);
        take_from(prospects, loser, winner, changes);
        move_memberships(call.state, id, winner_id);
        call.state.database
            .prepare("UPDATE pardot_visitor_activities SET prospectId = ?1 WHERE prospectId = ?2")
            .bind(1, winner_id)
            .bind(2, id)
            .run();
        PardotRow binned{{"isDeleted", std::int64_t{1}}};
        for (const char* link : kLinks) {
            binned.insert_or_assign(link, std::monostate{});
        }
        update_pardot_row(call.state, prospects, id, std::move(binned), {});
    }
    for (auto& [name, value] :
         parse_properties(call, prospects, order.value("fields", json::object()), false)) {
        changes.insert_or_assign(name, value);
    }
    update_pardot_row(call.state, prospects, winner_id, std::move(changes), {});
    return {{"prospect", winner_id}, {"binned", others}};
}

json undelete(PardotCall& call, const PardotCollection& prospects, const json& order) {
    const std::int64_t id = order.at("prospect").get<std::int64_t>();
    const PardotRow row = need_row(call, prospects, id, true);
    if (!true_in(row, "isDeleted")) refuse(109);
    update_pardot_row(call.state, prospects, id, {{"isDeleted", std::int64_t{0}}}, {});
    return {{"prospect", id}};
}

json erase(PardotCall& call, const PardotCollection& prospects, const json& order) {
    std::vector<std::int64_t> ids;
    for (const json& one : order.at("prospects")) {
        ids.push_back(one.get<std::int64_t>());
        if (!true_in(need_row(call, prospects, ids.back(), true), "isDeleted")) refuse(108);
    }
    for (const std::int64_t id : ids) {
        for (const Ids& member : pairs_where(
                 call.state, "SELECT id, listId FROM pardot_list_memberships WHERE prospectId = ?1",
                 id)) {
            erase_pardot_row(call.state, *pardot_collection("list-memberships"), member.id);
        }
        for (const Ids& activity : pairs_where(
                 call.state, "SELECT id, type FROM pardot_visitor_activities WHERE prospectId = ?1",
                 id)) {
            erase_pardot_row(call.state, *pardot_collection("visitor-activities"), activity.id);
        }
        erase_pardot_row(call.state, prospects, id);
    }
    return {{"erased", ids.size()}};
}

json act(PardotCall& call, const std::string& action, const json& order) {
    const PardotCollection prospects =
        with_custom_fields(call.state, *pardot_collection("prospects"));
    if (action == "merge") return merge(call, prospects, order);
    if (action == "undelete") return undelete(call, prospects, order);
    if (action == "erase") return erase(call, prospects, order);
    if (action == "follow-crm") return {{"changed", follow_crm(call.state)}};
    refuse(205, action);
}

}  // namespace

ApiResponse pardot_person(SandboxState& state, const ApiRequest& request,
                          const std::string& action) {
    const json order = json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
    ApiResponse answer;
    if (request.method != "POST" || !order.is_object()) {
        answer.status = 400;
        answer.body = R"({"error":"POST with a JSON object is expected"})";
        return answer;
    }
    state.turn_to(SandboxState::Side::Pardot);
    PardotCall call{state, request, pardot_settings(state), {}, PardotCopy::Primary, {}};
    try {
        Transaction whole(state.database);
        answer.body = act(call, action, order).dump();
        whole.commit();
    } catch (const PardotRefusal& refusal) {
        answer = pardot_error(refusal);
    } catch (const json::exception&) {
        answer.status = 400;
        answer.body = R"({"error":"a member is missing or has the wrong type"})";
    }
    state.turn_to(SandboxState::Side::Salesforce);
    state.clock.skew(0);
    return answer;
}

}  // namespace duet::sandbox
