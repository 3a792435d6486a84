#include <algorithm>
#include <cmath>

#include "connectors/sandbox/salesforce_dml.h"
#include "connectors/sandbox/salesforce_influence.h"

namespace duet::sandbox {

namespace {

/// A row that a model wants for a deal.
struct Wanted {
    std::string campaign;
    SqlValue contact;
    SqlValue member;
    double influence = 0;
};

struct Response {
    std::string campaign, contact, member, created, modified;
};

/// Memberships of the deal's people in active campaigns, the earliest first.
std::vector<Response> responses_of(SandboxState& state, const std::string& deal) {
    auto rows = state.database.prepare(
        "SELECT DISTINCT m.CampaignId, m.ContactId, m.Id, m.CreatedDate, m.LastModifiedDate FROM"
        " OpportunityContactRole r JOIN CampaignMember m ON m.ContactId=r.ContactId JOIN Campaign c"
        " ON c.Id=m.CampaignId WHERE r.OpportunityId=?1 AND r.IsDeleted=0 AND m.IsDeleted=0 AND"
        " c.IsDeleted=0 AND c.IsActive=1 ORDER BY m.CreatedDate, m.Id");
    rows.bind(1, deal);
    std::vector<Response> found;
    while (rows.step()) {
        const auto text = [&rows](int column) { return std::string(rows.text(column)); };
        found.push_back({text(0), text(1), text(2), text(3), text(4)});
    }
    return found;
}

Wanted all_to(const Response& one) { return {one.campaign, one.contact, one.member, 100}; }

std::vector<Wanted> evenly(const std::vector<Response>& responses, int decimals) {
    std::vector<Wanted> wanted;
    for (const Response& one : responses) {
        const auto same = [&one](const Wanted& other) { return other.campaign == one.campaign; };
        if (std::none_of(wanted.begin(), wanted.end(), same)) wanted.push_back(all_to(one));
    }
    const double step = std::pow(10.0, decimals);
    for (Wanted& one : wanted) {
        one.influence = std::round(100.0 / static_cast<double>(wanted.size()) * step) / step;
    }
    return wanted;
}

std::vector<Wanted> wanted_by(SandboxState& state, const Row& deal, const std::string& type) {
    if (type == "PrimaryCampaignSource") {
        if (deal.is_null("CampaignId")) return {};
        return {{deal.text("CampaignId"), {}, {}, 100}};
    }
    const auto responses = responses_of(state, deal.text("Id"));
    if (responses.empty()) return {};
    if (type == "FirstTouch") return {all_to(responses.front())};
    if (type == "LastTouch") {
        return {all_to(*std::max_element(
            responses.begin(), responses.end(),
            [](const Response& a, const Response& b) { return a.modified < b.modified; }))};
    }
    return evenly(responses, state.options.influence_decimals);
}

void bin(SandboxState& state, const Row& before, const std::string& stamp) {
    Row row = before;
    row.set_truth("IsDeleted", true);
    stamp_changed(row, stamp, row.text("LastModifiedById"));
    update_row(state, before, row);
    note_in_bin(state, row, row.text("Id"));
}

std::vector<Row> rows_of(SandboxState& state, const std::string& model, const std::string& deal) {
    auto found = state.database.prepare(
        "SELECT Id FROM CampaignInfluence WHERE IsDeleted=0 AND ModelId=?1 AND (?2='' OR"
        " OpportunityId=?2) ORDER BY Id");
    found.bind(1, model).bind(2, deal);
    std::vector<std::string> ids;
    while (found.step()) ids.emplace_back(found.text(0));
    std::vector<Row> rows;
    for (const std::string& id : ids) {
        rows.push_back(*load_row(state, table_of(state, "CampaignInfluence"), id));
    }
    return rows;
}

/// What is there and not wanted goes, whoever put it there; what is wanted and not there comes.
void replace_rows(SandboxState& state, const Row& deal, const std::string& model,
                  std::vector<Wanted> wanted) {
    for (const Row& row : rows_of(state, model, deal.text("Id"))) {
        const auto same = std::find_if(wanted.begin(), wanted.end(), [&row](const Wanted& one) {
            return one.campaign == row.text("CampaignId") &&
                   one.contact == row.value("ContactId") &&
                   one.influence == row.number("Influence");
        });
        if (same != wanted.end()) {
            wanted.erase(same);
        } else {
            bin(state, row, state.write_stamp());
        }
    }
    for (const Wanted& one : wanted) {
        Row row = companion(state, "CampaignInfluence", deal);
        row.set("OpportunityId", deal.value("Id"));
        row.set("CampaignId", one.campaign);
        row.set("ContactId", one.contact);
        row.set("ModelId", model);
        row.set("CampaignMemberId", one.member);
        row.set("Influence", one.influence);
        row.set("CurrencyIsoCode", deal.value("CurrencyIsoCode"));
        insert_row(state, row);
    }
}

void recalculate(SandboxState& state, const Row& deal, const Row& model) {
    const std::string type = model.text("ModelType");
    // The three of Pardot make no more rows once a deal is closed, and leave what is there.
    if (type != "PrimaryCampaignSource" && deal.truth("IsClosed")) return;
    replace_rows(state, deal, model.text("Id"), wanted_by(state, deal, type));
}

std::vector<Row> active_built_ins(SandboxState& state) {
    auto found = state.database.prepare(
        "SELECT Id FROM CampaignInfluenceModel WHERE IsActive=1 AND IsDeleted=0 AND"
        " ModelType<>'Custom'");
    std::vector<std::string> ids;
    while (found.step()) ids.emplace_back(found.text(0));
    std::vector<Row> models;
    for (const std::string& id : ids) {
        models.push_back(*load_row(state, table_of(state, "CampaignInfluenceModel"), id));
    }
    return models;
}

}  // namespace

void recalculate_models(SandboxState& state, const std::string& deal_id, bool primary_too) {
    const auto deal = load_row(state, table_of(state, "Opportunity"), deal_id);
    if (!deal || deal->truth("IsDeleted")) return;
    for (const Row& model : active_built_ins(state)) {
        if (!primary_too && model.text("ModelType") == "PrimaryCampaignSource") continue;
        recalculate(state, *deal, model);
    }
}

void drop_model_rows(SandboxState& state, const std::string& model_id) {
    for (const Row& row : rows_of(state, model_id, "")) bin(state, row, state.write_stamp());
}

void fill_model(SandboxState& state, const std::string& model_id) {
    const auto model = load_row(state, table_of(state, "CampaignInfluenceModel"), model_id);
    if (!model || !model->truth("IsActive") || model->text("ModelType") == "Custom") return;
    const bool primary = model->text("ModelType") == "PrimaryCampaignSource";
    std::vector<std::string> deals;
    {
        auto found = state.database.prepare(
            primary ? "SELECT Id FROM Opportunity WHERE IsDeleted=0 AND CampaignId IS NOT NULL"
                    : "SELECT Id FROM Opportunity WHERE IsDeleted=0 AND IsClosed=0");
        while (found.step()) deals.emplace_back(found.text(0));
    }
    for (const std::string& deal : deals) {
        recalculate(state, *load_row(state, table_of(state, "Opportunity"), deal), *model);
    }
}

void add_stock_models(SandboxState& state) {
    if (!has_influence(state)) return;
    auto user = state.database.prepare("SELECT Id FROM User ORDER BY Id LIMIT 1");
    const std::string by(user.step() ? user.text(0) : std::string_view{});
    const bool has_default =
        state.database.prepare("SELECT 1 FROM CampaignInfluenceModel WHERE IsDefaultModel=1")
            .step();
    for (const BuiltInModel& one : kBuiltInModels) {
        auto known = state.database.prepare(
            "SELECT 1 FROM CampaignInfluenceModel WHERE DeveloperName=?1 COLLATE NOCASE");
        known.bind(1, one.name);
        if (known.step()) continue;
        Row row(table_of(state, "CampaignInfluenceModel"));
        row.set("Id", mint_id(state, row.table().object()));
        row.set("DeveloperName", one.name);
        row.set("MasterLabel", one.label);
        row.set("ModelType", one.type);
        row.set_truth("IsActive", one.active);
        row.set_truth("IsDefaultModel", one.active && !has_default);
        row.set_truth("IsModelLocked", true);
        row.set_truth("IsDeleted", false);
        apply_defaults(row, by);
        for (const char* stamp : {"CreatedDate", "LastModifiedDate", "SystemModstamp"}) {
            row.set(stamp, state.clock.now_iso());
        }
        for (const char* who : {"CreatedById", "LastModifiedById"}) row.set(who, text_or_null(by));
        insert_row(state, row);
    }
}

}  // namespace duet::sandbox
