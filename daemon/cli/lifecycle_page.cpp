#include "daemon/cli/lifecycle_page.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/page_file.h"

namespace duet::cli {
namespace {

using nlohmann::json;
using report::Column;
using report::Kind;
using report::Table;

Column leads(const char* id, const char* title) { return {id, title, Kind::Count, "leads"}; }
Column days(const char* id, const char* title) { return {id, title, Kind::Days, "days"}; }

}  // namespace

report::Report lifecycle_page(const json& answer, const std::string& folder) {
    report::Report page = page_of_files(folder);
    page.title = "From first contact to the win";
    page.figures = {
        {{"leads", "Leads", Kind::Count}, page_cell(answer["mqls"])},
        {{"won", "Won", Kind::Count}, page_cell(answer["won"])},
        {{"rate", "Won, of all leads", Kind::Share, "share"}, page_cell(answer["rate"])},
        {days("days_median", "To the win, median"), page_cell(answer["days_to_win"]["median"])}};
    Table origins{
        "origins",
        "Leads by origin",
        "Leads by where they came from, those of them that were won, and those won within "
        "so many days of the first contact.",
        {{"origin", "Origin"},
         leads("leads", "Leads"),
         leads("won", "Won"),
         {"rate", "Won, of its leads", Kind::Share, "share"},
         days("days_median", "To the win, median"),
         days("days_mean", "To the win, mean"),
         leads("won_within_30_days", "Won within 30 days"),
         leads("won_within_90_days", "Won within 90 days")}};
    for (const json& line : answer["by_origin"]) {
        const auto name = line["origin"].get<std::string>();
        origins.rows.push_back(
            {name.empty() ? "(blank)" : name, page_cell(line["mqls"]), page_cell(line["won"]),
             page_cell(line["rate"]), page_cell(line["days_to_win"]["median"]),
             page_cell(line["days_to_win"]["mean"]), page_cell(line["won_within_30_days"]),
             page_cell(line["won_within_90_days"])});
    }
    page.tables.push_back(std::move(origins));
    if (const std::size_t faults = answer["won_before_first_contact"].size(); faults > 0)
        page.notes.push_back(fmt::format(
            "Wins before the first contact: {}. They are in mean and median, and in no count of "
            "days.",
            faults));
    if (const auto unknown = answer["wins_of_no_lead"].get<long>(); unknown > 0)
        page.notes.push_back(fmt::format("Wins of nobody among the leads: {}.", unknown));
    return page;
}

}  // namespace duet::cli
