#include <algorithm>
#include <map>

#include "daemon/report/money_tables.h"
#include "daemon/report/numbers.h"
#include "daemon/report/panel.h"
#include "daemon/report/panels.h"

namespace duet::report {
namespace {

/// What each campaign cost beside what one model credits it with, and the return.
BarChart cost_and_revenue(const Table& campaigns, const Table& credits, const std::string& model) {
    BarChart chart{{campaigns.title, campaigns.about},
                   column_of(campaigns, "cost"),
                   {"Actual cost", "Won revenue (model " + model + ")"},
                   {}};
    for (std::size_t i = 0; i < campaigns.rows.size(); ++i) {
        const std::string name = campaigns.text(i, "campaign");
        for (std::size_t j = 0; j < credits.rows.size(); ++j) {
            if (credits.text(j, "campaign") != name || credits.text(j, "model") != model) continue;
            const Cell& roi = credits.cell(j, "roi");
            const bool has_roi = std::holds_alternative<double>(roi);
            chart.rows.push_back({name,
                                  {campaigns.cell(i, "cost"), credits.cell(j, "revenue")},
                                  has_roi ? ", return " + shown(roi, Kind::Share) : ""});
        }
    }
    std::erase_if(chart.rows, [](const BarChart::Row& row) {
        return !std::holds_alternative<double>(row.values[0]);
    });
    std::stable_sort(chart.rows.begin(), chart.rows.end(), [](const auto& a, const auto& b) {
        return std::get<double>(a.values[0]) > std::get<double>(b.values[0]);
    });
    if (chart.rows.size() > kMostRows) chart.rows.resize(kMostRows);
    return chart;
}

void write_costs(Markup& page, const Table& campaigns, const Table& credits) {
    Panel panel(page, "costs", "Cost and return", campaigns.about, Span::Full);
    const auto models = texts_of(credits, "model");
    const bool has_linear = std::find(models.begin(), models.end(), "linear") != models.end();
    const std::string model = has_linear || models.empty() ? "linear" : models.front();
    const BarChart chart = cost_and_revenue(campaigns, credits, model);
    if (chart.rows.empty()) panel.say("No campaign has an actual cost.");
    if (!chart.rows.empty()) panel.add(draw_bars, chart);
    panel.add(campaigns);
    panel.add(side_by_side(credits, "campaign", "model", "roi", kFullColumns));
    panel.add(side_by_side(credits, "campaign", "model", "won_deals", kFullColumns));
}

void write_credit(Markup& page, const Table& credits, const char* value, const char* id,
                  const char* title, const std::string& about) {
    Panel panel(page, id, title, about, Span::Full);
    const BarChart chart = bars_by_model(credits, "campaign", value);
    if (chart.rows.empty()) panel.say("There is none.");
    if (!chart.rows.empty()) panel.add(draw_bars, chart);
    panel.add(side_by_side(credits, "campaign", "model", value, kFullColumns));
}

void write_coverage(Markup& page, const Report& report, const Table& coverage) {
    Panel panel(page, "coverage", "What no campaign touched", coverage.about, Span::Full);
    BarChart chart{{coverage.title, coverage.about},
                   column_of(coverage, "amount"),
                   {"Touched by a campaign", "Not touched"},
                   {}};
    for (std::size_t i = 0; i < coverage.rows.size(); ++i)
        chart.rows.push_back(
            {coverage.text(i, "what"),
             {coverage.number(i, "amount") - coverage.number(i, "untouched_amount"),
              coverage.cell(i, "untouched_amount")}});
    panel.add(draw_bars, chart);
    panel.add(coverage);
    if (const Table* uncovered = report.find("uncovered"); uncovered != nullptr)
        panel.add(*uncovered);
}

}  // namespace

void write_campaigns(Markup& page, const Report& report) {
    const Table* credits = report.find("credits");
    if (credits == nullptr) return;
    const Section section(page, "Campaigns");
    const std::string when = report.since.empty() ? "" : " in the period";
    write_credit(page, *credits, "revenue", "revenue", "Won revenue by campaign and model",
                 "Deals won" + when +
                     ", credited to the campaigns that touched their people. Each model splits the "
                     "same money another way: compare along a campaign, add up along a model.");
    write_credit(page, *credits, "pipeline", "pipeline", "Pipeline by campaign and model",
                 report.since.empty()
                     ? credits->about
                     : "Deals created in the period, by the touches until then. Never add pipeline "
                       "and revenue: a deal that was won is in both.");
    if (const Table* campaigns = report.find("campaigns")) write_costs(page, *campaigns, *credits);
    if (const Table* coverage = report.find("coverage")) write_coverage(page, report, *coverage);
}

}  // namespace duet::report
