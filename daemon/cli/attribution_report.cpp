#include "daemon/cli/attribution_report.h"

#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/attribution_names.h"
#include "daemon/cli/attribution_text.h"
#include "mappings/attribution/returns.h"

namespace duet::cli {
namespace {

using attribution::kNobody;
using nlohmann::json;

constexpr double kHundredth = 100;

using Names = std::map<std::string, std::string>;

json name_of(const Names& names, const std::string& campaign) {
    const auto found = names.find(campaign);
    return found == names.end() ? "" : found->second;
}

json positions_of(const std::vector<attribution::PlaceCredit>& places, bool has_probability) {
    json positions = json::array();
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& place = places[i];
        if (place.won_deals == 0 && place.pipeline == 0) continue;
        positions.push_back({{"position", i + 1},
                             {"revenue", figure(place.revenue)},
                             {"pipeline", figure(place.pipeline)},
                             {"expected", has_probability ? figure(place.expected) : json(nullptr)},
                             {"won_deals", figure(place.won_deals)}});
    }
    return positions;
}

json credits_of(const attribution::ModelReport& model, const Names& names, bool has_probability) {
    json campaigns = json::array();
    for (const auto& credit : model.campaigns) {
        campaigns.push_back(
            {{"campaign", credit.campaign},
             {"name", name_of(names, credit.campaign)},
             {"revenue", figure(credit.revenue)},
             {"pipeline", figure(credit.pipeline)},
             {"expected", has_probability ? figure(credit.expected) : json(nullptr)},
             {"won_deals", figure(credit.won_deals)}});
        if (!credit.places.empty())
            campaigns.back()["positions"] = positions_of(credit.places, has_probability);
    }
    return campaigns;
}

json returns_of_model(const attribution::OrgFacts& facts, const attribution::Report& report,
                      const attribution::ModelReport& model, const Names& names) {
    json list = json::array();
    for (const auto& one : attribution::returns_of(facts, report, model)) {
        json line{{"campaign", one.campaign},
                  {"name", name_of(names, one.campaign)},
                  {"cost", figure(one.cost)},
                  {"revenue", figure(one.revenue)},
                  {"pipeline", figure(one.pipeline)},
                  {"won_deals", figure(one.won_deals)},
                  {"roi", figure(one.roi)},
                  {"responses", one.responses},
                  {"mqls", one.mqls},
                  {"cost_per_mql", figure(one.cost_per_mql)},
                  {"cost_per_response", figure(one.cost_per_response)},
                  {"cost_per_won_deal", figure(one.cost_per_won_deal)},
                  {"pipeline_per_cost", figure(one.pipeline_per_cost)}};
        if (one.tree) {
            line["tree"] = {{"campaigns", one.tree->campaigns},
                            {"cost", figure(one.tree->cost)},
                            {"responses", one.tree->responses},
                            {"mqls", one.tree->mqls},
                            {"revenue", figure(one.tree->revenue)},
                            {"pipeline", figure(one.tree->pipeline)},
                            {"won_deals", figure(one.tree->won_deals)},
                            {"roi", figure(one.tree->roi)},
                            {"cost_per_response", figure(one.tree->cost_per_response)},
                            {"cost_per_mql", figure(one.tree->cost_per_mql)}};
        }
        list.push_back(std::move(line));
    }
    return list;
}

json influence_of(const attribution::ModelReport& model) {
    json rows = json::array();
    for (const auto& row : model.influence) {
        rows.push_back({{"opportunity", row.opportunity},
                        {"campaign", row.campaign},
                        {"contact", row.contact},
                        {"influence", figure(row.hundredths / kHundredth)}});
    }
    return rows;
}

json coverage_of(const attribution::Coverage& coverage) {
    json uncovered = json::array();
    for (const auto& one : coverage.uncovered) {
        const std::string why = one.why == attribution::Untouched::No
                                    ? "no_contact_role"
                                    : std::string(attribution::to_string(one.why));
        uncovered.push_back({{"opportunity", one.opportunity},
                             {"amount", figure(one.amount)},
                             {"won", one.is_won},
                             {"has_contact_role", one.has_contact_role},
                             {"touched", one.why == attribution::Untouched::No},
                             {"reason", why}});
    }
    return {
        {"deals", coverage.deals},
        {"won_deals", coverage.won_deals},
        {"won", figure(coverage.won_amount)},
        {"won_untouched_deals", coverage.won_untouched},
        {"won_untouched", figure(coverage.won_untouched_amount)},
        {"pipeline_deals", coverage.pipeline_deals},
        {"pipeline", figure(coverage.pipeline_amount)},
        {"pipeline_untouched_deals", coverage.pipeline_untouched},
        {"pipeline_untouched", figure(coverage.pipeline_untouched_amount)},
        {"without_contact_role", coverage.without_contact_role},
        {"without_campaign", coverage.without_campaign},
        {"with_campaign_share",
         figure(attribution::ratio(static_cast<double>(coverage.deals - coverage.without_campaign),
                                   static_cast<double>(coverage.deals)))},
        {"uncovered", std::move(uncovered)}};
}

json builtin_of(const attribution::Report& report, const Names& names) {
    json rows = json::array();
    for (const auto& row : report.builtin) {
        rows.push_back({{"opportunity", row.opportunity},
                        {"model", row.model},
                        {"campaign", row.campaign},
                        {"influence", figure(kHundredth * row.share)}});
    }
    json models = json::array();
    for (const auto& model : report.builtin_credit) {
        models.push_back({{"model", model.model},
                          {"campaigns", credits_of(model, names, report.has_probability)}});
    }
    return {{"rows", std::move(rows)}, {"models", std::move(models)}};
}

json settings_of(const attribution::ReportRequest& request) {
    const char* const kModes[] = {"contact_role", "account", "contact_role_else_account"};
    return {{"mode", kModes[static_cast<std::size_t>(request.touches.mode)]},
            {"window_days", request.touches.window_days},
            {"activity_types", request.touches.activity_types},
            {"include_nonresponders", request.touches.include_nonresponders},
            {"without_null", request.learning.without_null}};
}

/// Campaigns down, models across, each cell the credit of a view.
std::string matrix(const json& models, const std::string& view) {
    std::vector<std::string> header{"campaign"};
    std::vector<std::vector<std::string>> rows;
    std::map<std::string, std::size_t> row_of;
    for (const json& model : models) {
        header.push_back(model.at("model"));
        for (const json& credit : model.at("campaigns")) {
            const std::string id = credit.at("campaign");
            const auto [found, is_new] = row_of.emplace(id, rows.size());
            if (is_new) {
                const std::string name = credit.at("name");
                rows.push_back({name.empty() ? id : name});
            }
            auto& row = rows[found->second];
            row.resize(header.size() - 1, six(json(0.0)));  // of models that do not have it
            row.push_back(six(credit.at(view)));
        }
    }
    Grid grid(header);
    for (auto& row : rows) {
        row.resize(header.size(), six(json(0.0)));
        grid.add(std::move(row));
    }
    return grid.text();
}

/// Of a model that tells it: what campaigns have at each place of the deals' touches.
std::string places_text(const json& models, const std::string& view) {
    std::string out;
    for (const json& model : models) {
        Grid grid({"campaign", "position", view});
        bool any = false;
        for (const json& credit : model.at("campaigns")) {
            const std::string name = credit.at("name");
            for (const json& at : credit.value("positions", json::array())) {
                grid.add({name.empty() ? credit.at("campaign").get<std::string>() : name,
                          whole(at.at("position")), six(at.at(view))});
                any = true;
            }
        }
        if (any)
            out += fmt::format("\n{}, by the place among a deal's touches\n{}",
                               model.at("model").get<std::string>(), grid.text());
    }
    return out;
}

std::string coverage_text(const json& coverage, const std::string& currency) {
    std::string out = fmt::format(
        "\nCoverage\n  {} deals, {} won ({} {}); won without a touch: {} ({})\n"
        "  pipeline: {} deals ({}), without a touch: {} ({})\n  without a contact role: {}\n"
        "  without any campaign: {}; covered: {}\n",
        coverage.at("deals").get<std::size_t>(), coverage.at("won_deals").get<std::size_t>(),
        six(coverage.at("won")), currency, coverage.at("won_untouched_deals").get<std::size_t>(),
        six(coverage.at("won_untouched")), coverage.at("pipeline_deals").get<std::size_t>(),
        six(coverage.at("pipeline")), coverage.at("pipeline_untouched_deals").get<std::size_t>(),
        six(coverage.at("pipeline_untouched")),
        coverage.at("without_contact_role").get<std::size_t>(),
        coverage.at("without_campaign").get<std::size_t>(),
        percent(coverage.at("with_campaign_share")));
    Grid grid({"opportunity", "amount", "won", "reason"});
    for (const json& one : coverage.at("uncovered")) {
        grid.add({one.at("opportunity"), six(one.at("amount")), one.at("won") ? "yes" : "no",
                  one.at("reason")});
    }
    return out + grid.text();
}

Grid returns_grid(const json& models) {
    Grid grid({"campaign_id", "model", "actual_cost_corporate", "attributed_won_revenue_corporate",
               "roi"});
    for (const json& model : models) {
        for (const json& one : model.at("returns")) {
            grid.add({one.at("campaign"), model.at("model"), six(one.at("cost")),
                      six(one.at("revenue")), six(one.at("roi"))});
        }
    }
    return grid;
}

Grid influence_grid(const json& models) {
    Grid grid({"OpportunityId", "CampaignId", "ContactId", "model", "Influence"});
    for (const json& model : models) {
        for (const json& row : model.at("influence")) {
            grid.add({row.at("opportunity"), row.at("campaign"), row.at("contact"),
                      model.at("model"), fmt::format("{:.2f}", row.at("influence").get<double>())});
        }
    }
    return grid;
}

Grid builtin_grid(const json& rows) {
    Grid grid({"OpportunityId", "model", "CampaignId", "Influence"});
    for (const json& row : rows) {
        grid.add(
            {row.at("opportunity"), row.at("model"), row.at("campaign"), six(row.at("influence"))});
    }
    return grid;
}

Grid coverage_grid(const json& rows) {
    Grid grid({"OpportunityId", "amount_corporate", "IsWon", "has_contact_role", "reason"});
    const auto flag = [](const json& value) { return value.get<bool>() ? "true" : "false"; };
    for (const json& one : rows) {
        grid.add({one.at("opportunity"), six(one.at("amount")), flag(one.at("won")),
                  flag(one.at("has_contact_role")), one.at("reason")});
    }
    return grid;
}

Grid campaigns_grid(const json& models, const std::string& view) {
    const std::map<std::string, std::string> kColumns{
        {"revenue", "attributed_won_revenue_corporate"},
        {"pipeline", "attributed_pipeline_corporate"},
        {"expected", "attributed_expected_corporate"}};
    Grid grid({"campaign_id", "campaign_name", "model", kColumns.at(view)});
    for (const json& model : models) {
        for (const json& credit : model.at("campaigns")) {
            grid.add({credit.at("campaign"), credit.at("name"), model.at("model"),
                      six(credit.at(view))});
        }
    }
    return grid;
}

}  // namespace

json credit_org(const OrgFolder& org, const attribution::ReportRequest& request) {
    const auto report = attribution::report_on(org.facts, request);
    Names names;
    for (const auto& campaign : org.facts.campaigns) names[campaign.id] = campaign.name;
    json models = json::array();
    for (const auto& model : report.models) {
        models.push_back({{"model", model.model},
                          {"campaigns", credits_of(model, names, report.has_probability)},
                          {"returns", returns_of_model(org.facts, report, model, names)},
                          {"influence", influence_of(model)}});
    }
    auto warnings = org.warnings;
    warnings.insert(warnings.end(), report.warnings.begin(), report.warnings.end());
    json answer{{"as_of", format_instant(request.now)}, {"currency", org.currency},
                {"settings", settings_of(request)},     {"models", std::move(models)},
                {"builtin", builtin_of(report, names)}, {"coverage", coverage_of(report.coverage)},
                {"new_names", names_in(org, request)},  {"warnings", std::move(warnings)}};
    if (!report.notes.empty()) answer["notes"] = report.notes;
    return answer;
}

std::string org_as_text(const json& answer, const std::string& view) {
    const std::map<std::string, std::string> kTitles{
        {"revenue", "Won revenue"},
        {"pipeline", "Pipeline, touches until the opportunity was created"},
        {"expected", "Pipeline times probability"}};
    const std::string currency = answer.at("currency");
    std::string out =
        fmt::format("{} as of {}, {}\n", kTitles.at(view), answer.at("as_of").get<std::string>(),
                    currency.empty() ? "in the corporate currency" : "in " + currency);
    out += matrix(answer.at("models"), view);
    out += places_text(answer.at("models"), view);
    out += "\nThe same by the models that Pardot brings\n" +
           matrix(answer.at("builtin").at("models"), view);
    if (view == "revenue") out += "\nReturn on cost\n" + returns_grid(answer.at("models")).text();
    out += "\nCost, and campaigns with those below them\n" + trees_grid(answer.at("models")).text();
    out += "\n" + new_names_text(answer.at("new_names"));
    out += coverage_text(answer.at("coverage"), currency);
    for (const json& note : answer.value("notes", json::array()))
        out += "\nnote: " + note.get<std::string>() + "\n";
    for (const json& warning : answer.at("warnings"))
        out += "\nwarning: " + warning.get<std::string>() + "\n";
    return out;
}

Grid org_as_table(const json& answer, const std::string& view, const std::string& table) {
    const json& models = answer.at("models");
    if (table == "influence") return influence_grid(models);
    if (table == "builtin") return builtin_grid(answer.at("builtin").at("rows"));
    if (table == "roi") return returns_grid(models);
    if (table == "returns") return trees_grid(models);
    if (table == "new_names") return names_grid(answer.at("new_names"));
    if (table == "coverage") return coverage_grid(answer.at("coverage").at("uncovered"));
    return campaigns_grid(models, view);
}

}  // namespace duet::cli
