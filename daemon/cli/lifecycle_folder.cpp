#include "daemon/cli/lifecycle_folder.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"
#include "mappings/lifecycle/statistics.h"

namespace duet::cli {
namespace {

using nlohmann::json;

struct Lead {
    Date first{};
    std::string origin;
};

/// People of one origin, or of all.
struct Group {
    long leads = 0;
    std::vector<double> days;  // from first contact to the win, of those who were won
};

json told(const Group& group) {
    const auto summary = lifecycle::summarize(group.days);
    const auto within = [&](double most) {
        return std::count_if(group.days.begin(), group.days.end(),
                             [&](double days) { return days >= 0 && days <= most; });
    };
    return {{"mqls", group.leads},
            {"won", group.days.size()},
            {"rate", figure(lifecycle::ratio(static_cast<double>(group.days.size()),
                                             static_cast<double>(group.leads)))},
            {"days_to_win",
             {{"count", summary.count},
              {"mean", figure(summary.mean)},
              {"median", figure(summary.median)},
              {"p90", figure(summary.p90)}}},
            {"won_within_30_days", within(30)},
            {"won_within_90_days", within(90)}};
}

/// Of an instant its day in UTC.
std::optional<Date> day_at(const InputTable& table, std::size_t row, InputTable::Column column,
                           Problems& problems) {
    const auto time = table.instant(row, column, problems);
    if (!time) return std::nullopt;
    return std::chrono::floor<std::chrono::days>(*time);
}

std::map<std::string, Lead> read_leads(const std::string& path,
                                       std::map<std::string, Group>& groups, Problems& problems) {
    std::map<std::string, Lead> leads;
    constexpr std::string_view kMust[] = {"mql_id", "first_contact_date"};
    const auto table = InputTable::read(path, kMust, problems);
    if (!table) return leads;
    const auto id = table->column("mql_id", problems);
    const auto first = table->column("first_contact_date", problems);
    const auto origin = table->column("origin", problems);
    for (std::size_t row = 0; row < table->rows(); ++row) {
        const auto day = day_at(*table, row, first, problems);
        const std::string key(table->id(row, id));
        if (key.empty() || !day) {
            problems.add(table->place(row, key.empty() ? id : first), "a lead needs both");
            continue;
        }
        Lead lead{*day, std::string(table->text(row, origin))};
        ++groups[lead.origin].leads;
        if (!leads.emplace(key, std::move(lead)).second)
            problems.add(table->place(row, id), "this lead is there twice");
    }
    return leads;
}

}  // namespace

json lifecycle_of_folder(const std::string& folder, Problems& problems) {
    const std::filesystem::path base(folder);
    std::map<std::string, Group> groups;
    const auto leads =
        read_leads((base / "marketing_qualified_leads.csv").string(), groups, problems);
    Group all;
    json faults = json::array();
    long unknown = 0;
    constexpr std::string_view kMust[] = {"mql_id", "won_date"};
    if (const auto table =
            InputTable::read((base / "closed_deals.csv").string(), kMust, problems)) {
        const auto id = table->column("mql_id", problems);
        const auto won = table->column("won_date", problems);
        for (std::size_t row = 0; row < table->rows(); ++row) {
            const auto day = day_at(*table, row, won, problems);
            const auto lead = leads.find(std::string(table->id(row, id)));
            if (lead == leads.end()) ++unknown;
            if (!day || lead == leads.end()) continue;
            const auto days = static_cast<double>((*day - lead->second.first).count());
            groups[lead->second.origin].days.push_back(days);
            all.days.push_back(days);
            if (days < 0) faults.push_back(lead->first);
        }
    }
    all.leads = static_cast<long>(leads.size());
    json answer = told(all);
    answer["won_before_first_contact"] = std::move(faults);
    answer["wins_of_no_lead"] = unknown;
    answer["by_origin"] = json::array();
    for (const auto& [origin, group] : groups) {
        json line = told(group);
        line["origin"] = origin;
        answer["by_origin"].push_back(std::move(line));
    }
    std::stable_sort(answer["by_origin"].begin(), answer["by_origin"].end(),
                     [](const json& a, const json& b) { return a["mqls"] > b["mqls"]; });
    return answer;
}

}  // namespace duet::cli
