#include "daemon/cli/attribution_page.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/attribution_text.h"
#include "daemon/cli/page_file.h"
#include "daemon/report/money_tables.h"
#include "mappings/attribution/report.h"

namespace duet::cli {
namespace {

using nlohmann::json;
using report::Cell;
using report::Kind;
using report::Report;
using report::Table;

constexpr const char* kTitle = "Credit of campaigns";
constexpr const char* kNewNames =
    "Deals with companies that had won nothing before and with which nobody was dealing when the "
    "campaign touched them, by what they are worth in a year; a deal counts for every campaign "
    "that brought it. People who were qualified, and those of them for the first time.";
constexpr const char* kCosts =
    "Actual cost as the CRM holds it, and the people whom the campaign qualified. A campaign "
    "without a cost has no return, which is not a return of 0.";

/// A name for each campaign of some lines; of one name the second also shows its id.
class CampaignNames {
public:
    void add(const json& lines) {
        for (const json& line : lines) {
            const auto id = line["campaign"].get<std::string>();
            if (id == attribution::kNobody || names_.contains(id)) continue;
            const auto name = line["name"].get<std::string>();
            ++times_[name];
            names_[id] = name;
        }
    }
    [[nodiscard]] std::string of(const json& line) const {
        const auto id = line["campaign"].get<std::string>();
        if (id == attribution::kNobody) return std::string(report::kNoCampaign);
        const auto found = names_.find(id);
        if (found == names_.end() || found->second.empty()) return id;
        return times_.at(found->second) == 1 ? found->second : found->second + " " + id;
    }

private:
    std::map<std::string, std::string> names_;
    std::map<std::string, int> times_;
};

double number(const json& value) { return value.is_number() ? value.get<double>() : 0; }

std::string unit_of(const json& answer) {
    const auto code = answer["currency"].get<std::string>();
    return code.empty() ? "org currency" : code;
}

void add_figures(Report& page, const std::string& unit, double won, const Cell& covered,
                 const json& with_campaign) {
    page.figures = {
        {{"won", "Won", Kind::Money, unit}, won},
        {{"covered", "Won revenue touched by a campaign", Kind::Share, "share"}, covered},
        {{"with_campaign", "Deals with a campaign", Kind::Share, "share"},
         page_cell(with_campaign)}};
}

void add_new_names(Report& page, const std::string& unit, const json& told,
                   const CampaignNames& names) {
    Table table = report::new_names_table(unit, kNewNames);
    const auto add = [&](std::string name, const json& line) {
        table.rows.push_back({std::move(name), page_cell(line["deals"]), page_cell(line["value"]),
                              page_cell(line["qualified"]), page_cell(line["net_new"])});
    };
    for (const json& line : told["campaigns"]) add(names.of(line), line);
    add("All", told["all"]);
    page.tables.push_back(std::move(table));
}

/// A row of trees; both answers spell the same figures in their own words.
std::vector<Cell> tree_row(std::string campaign, const std::string& model, const json& tree,
                           const char* won_deals, const char* qualified, const char* cost_of_each) {
    return {std::move(campaign),          model,
            page_cell(tree["campaigns"]), page_cell(tree["cost"]),
            page_cell(tree["revenue"]),   page_cell(tree["pipeline"]),
            page_cell(tree[won_deals]),   page_cell(tree["roi"]),
            page_cell(tree[qualified]),   page_cell(tree[cost_of_each])};
}

void add_trees(Report& page, Table trees) {
    if (!trees.rows.empty()) page.tables.push_back(std::move(trees));
}

/// Of each attribution of an org its rows.
struct OrgTables {
    Table credits;
    Table campaigns;
    Table trees;
    Table coverage;
    Table uncovered;
};

void add_attribution(const json& one, bool is_first, bool is_only, const CampaignNames& names,
                     OrgTables& tables) {
    const auto model = one["name"].get<std::string>();
    for (const json& line : one["campaigns"]) {
        const std::string name = names.of(line);
        tables.credits.rows.push_back({name, model, page_cell(line["revenue"]),
                                       page_cell(line["pipeline"]), page_cell(line["won"]),
                                       page_cell(line["roi"])});
        if (is_first)
            tables.campaigns.rows.push_back({name, page_cell(line["cost"]),
                                             page_cell(line["qualified"]),
                                             page_cell(line["cost_per_qualified"])});
        if (line.contains("tree"))
            tables.trees.rows.push_back(
                tree_row(name, model, line["tree"], "won", "qualified", "cost_per_qualified"));
    }
    tables.coverage.rows.push_back(
        report::coverage_row(is_only ? "Won revenue" : "Won revenue, " + model,
                             number(one["won_deals"]), number(one["won_amount"]),
                             number(one["won_untouched"]), number(one["won_untouched_amount"])));
    for (const auto& [why, count] : one["reasons"].items()) {
        const std::string reason = report::sentence_of_word(why);
        tables.uncovered.rows.push_back({is_only ? reason : model + ": " + reason, number(count)});
    }
}

/// Of models that tell it: what campaigns have at each place among a deal's touches.
Table places_table(const std::string& unit) {
    return {"positions",
            "Credit by position",
            "Of models that tell it: what a campaign has at each place among a deal's touches.",
            {{"campaign", "Campaign"},
             {"model", "Model"},
             {"position", "Position", Kind::Number},
             {"revenue", "Won revenue", Kind::Money, unit},
             {"pipeline", "Pipeline", Kind::Money, unit},
             {"won_deals", "Won deals", Kind::Number}}};
}

void add_notes(Report& page, const json& answer) {
    page.notes = attribution_notes(answer);
    for (const json& one : answer["attributions"]) {
        const auto name = one["name"].get<std::string>();
        if (const auto failed = one["failed"].get<long>(); failed > 0)
            page.notes.push_back(fmt::format("{}: deals of which a rule fails: {}.", name, failed));
        if (const auto without = one["without_rate"].get<long>(); without > 0)
            page.notes.push_back(fmt::format(
                "{}: deals whose currency has no rate, and whose money is left out: {}.", name,
                without));
    }
    if (const std::size_t circles = answer["below_themselves"].size(); circles > 0)
        page.notes.push_back(fmt::format(
            "Campaigns that are below themselves, for which nothing is added up: {}.", circles));
}

/// Won deals without a touch, by the reason.
Table uncovered_of(const json& coverage, const std::string& unit) {
    Table table = report::uncovered_table(unit, "Won deals without a touch, by the reason.");
    std::map<std::string, std::pair<double, double>> found;
    for (const json& one : coverage["uncovered"]) {
        if (!one["won"].get<bool>() || one["touched"].get<bool>()) continue;
        auto& [deals, amount] = found[report::sentence_of_word(one["reason"].get<std::string>())];
        deals += 1;
        amount += number(one["amount"]);
    }
    for (const auto& [reason, sums] : found)
        table.rows.push_back({reason, sums.first, sums.second});
    return table;
}

std::map<std::string, json> returns_by_campaign(const json& model) {
    std::map<std::string, json> returns;
    for (const json& line : model["returns"]) returns[line["campaign"].get<std::string>()] = line;
    return returns;
}

}  // namespace

Report page_of_org(const json& answer) {
    Report page = page_of_files("");
    page.org = answer["org"].get<std::string>();
    page.title = kTitle;
    page.as_of = answer["as_of"].get<std::string>();
    const std::string unit = unit_of(answer);
    OrgTables tables{
        report::credits_table(unit,
                              "What each attribution of the documents credits each campaign "
                              "with: money of won deals, and of open ones."),
        report::campaigns_table(unit, "Qualified", kCosts), report::trees_table(unit, "Qualified"),
        report::coverage_table(unit),
        report::uncovered_table(unit, "Deals without a touch, by the reason.")};
    tables.uncovered.title = "Why deals are not touched";
    tables.uncovered.columns.pop_back();  // their amounts are not told
    CampaignNames names;
    const json& all = answer["attributions"];
    for (const json& one : all) names.add(one["campaigns"]);
    names.add(answer["new_names"]["campaigns"]);
    for (std::size_t i = 0; i < all.size(); ++i)
        add_attribution(all[i], i == 0, all.size() == 1, names, tables);
    if (!all.empty())
        add_figures(page, unit, number(all[0]["won_amount"]), tables.coverage.cell(0, "covered"),
                    all[0]["with_campaign_share"]);
    add_notes(page, answer);
    page.tables = {std::move(tables.credits), std::move(tables.campaigns),
                   std::move(tables.coverage), std::move(tables.uncovered)};
    add_trees(page, std::move(tables.trees));
    add_new_names(page, unit, answer["new_names"], names);
    return page;
}

Report page_of_folder(const json& answer, const std::string& folder) {
    Report page = page_of_files(folder);
    page.title = kTitle;
    page.as_of = answer["as_of"].get<std::string>();
    for (const json& note : answer.value("notes", json::array()))
        page.notes.push_back(note.get<std::string>());
    for (const json& warning : answer["warnings"]) page.notes.push_back(warning.get<std::string>());
    const std::string unit = unit_of(answer);
    Table credits = report::credits_table(
        unit,
        "What each model credits each campaign with: money of won deals, and of all deals by the "
        "touches until they were created. Never add the two: a deal that was won is in both.");
    Table campaigns = report::campaigns_table(unit, "Qualified", kCosts);
    Table trees = report::trees_table(unit, "Qualified");
    Table places = places_table(unit);
    CampaignNames names;
    for (const json& model : answer["models"]) names.add(model["campaigns"]);
    for (const json& model : answer["models"]) {
        const auto name = model["model"].get<std::string>();
        const auto returns = returns_by_campaign(model);
        for (const json& line : model["campaigns"]) {
            const auto found = returns.find(line["campaign"].get<std::string>());
            credits.rows.push_back(
                {names.of(line), name, page_cell(line["revenue"]), page_cell(line["pipeline"]),
                 page_cell(line["won_deals"]),
                 found == returns.end() ? Cell() : page_cell(found->second["roi"])});
            for (const json& at : line.value("positions", json::array()))
                places.rows.push_back({names.of(line), name, page_cell(at["position"]),
                                       page_cell(at["revenue"]), page_cell(at["pipeline"]),
                                       page_cell(at["won_deals"])});
        }
        for (const json& line : model["returns"]) {
            if (&model == &answer["models"].front())
                campaigns.rows.push_back({names.of(line), page_cell(line["cost"]),
                                          page_cell(line["mqls"]),
                                          page_cell(line["cost_per_mql"])});
            if (line.contains("tree"))
                trees.rows.push_back(tree_row(names.of(line), name, line["tree"], "won_deals",
                                              "mqls", "cost_per_mql"));
        }
    }
    const json& told = answer["coverage"];
    Table coverage = report::coverage_table(unit);
    coverage.rows.push_back(
        report::coverage_row("Won revenue", number(told["won_deals"]), number(told["won"]),
                             number(told["won_untouched_deals"]), number(told["won_untouched"])));
    coverage.rows.push_back(report::coverage_row(
        "Pipeline", number(told["pipeline_deals"]), number(told["pipeline"]),
        number(told["pipeline_untouched_deals"]), number(told["pipeline_untouched"])));
    add_figures(page, unit, number(told["won"]), coverage.cell(0, "covered"),
                told["with_campaign_share"]);
    page.tables = {std::move(credits), std::move(campaigns), std::move(coverage),
                   uncovered_of(told, unit)};
    if (!places.rows.empty()) page.tables.push_back(std::move(places));
    add_trees(page, std::move(trees));
    add_new_names(page, unit, answer["new_names"], names);
    return page;
}

Report page_of_journeys(const json& answer, const std::string& file) {
    Report page = page_of_files(file);
    page.title = "Credit of channels";
    for (const json& warning : answer["warnings"]) page.notes.push_back(warning.get<std::string>());
    const json& all = answer["journeys"];
    const double conversions = number(all["conversions"]);
    const double journeys = conversions + number(all["nulls"]);
    page.figures = {{{"journeys", "Journeys", Kind::Count}, journeys},
                    {{"conversions", "Conversions", Kind::Count}, conversions},
                    {{"rate", "Converted", Kind::Share, "share"},
                     journeys > 0 ? Cell(conversions / journeys) : Cell()},
                    {{"value", "Value of the conversions", Kind::Number}, page_cell(all["value"])}};
    Table channels = report::channels_table();
    Table positions{"positions",
                    "Credit by position",
                    "Of models that tell it: what a channel has at each place of the journey.",
                    {{"channel", "Channel"},
                     {"model", "Model"},
                     {"position", "Position", Kind::Number},
                     {"conversions", "Conversions", Kind::Number},
                     {"value", "Value", Kind::Number}}};
    for (const json& model : answer["models"]) {
        const auto name = model["model"].get<std::string>();
        for (const json& channel : model["channels"]) {
            const auto of = channel["channel"].get<std::string>();
            channels.rows.push_back({of, name, page_cell(channel["conversions"]),
                                     page_cell(channel["value"]),
                                     page_cell(channel.value("removal_effect", json()))});
            for (const json& at : channel.value("positions", json::array()))
                positions.rows.push_back({of, name, page_cell(at["position"]),
                                          page_cell(at["conversions"]), page_cell(at["value"])});
        }
    }
    page.tables.push_back(std::move(channels));
    if (!positions.rows.empty()) page.tables.push_back(std::move(positions));
    return page;
}

}  // namespace duet::cli
