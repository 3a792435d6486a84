#include "daemon/cli/demo_report.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/demo_org.h"
#include "daemon/cli/demo_script.h"
#include "daemon/cli/output.h"
#include "daemon/report/numbers.h"
#include "daemon/report/page.h"

namespace duet::cli {
namespace {

using nlohmann::json;
using report::Kind;
using report::Report;
using report::Table;

constexpr std::size_t kCampaignsShown = 3;

bool show_funnel(const Report& report, const DemoPrinter& print) {
    const Table* steps = report.find("steps");
    if (steps == nullptr) return false;
    for (std::size_t i = 0; i < steps->rows.size(); ++i) {
        print.line(fmt::format(
            "  {:<12} {:>6} people, {:>7} went on to {} (median {} days)", steps->text(i, "from"),
            report::shown(steps->cell(i, "entered"), Kind::Count),
            report::shown(steps->cell(i, "rate"), Kind::Share), steps->text(i, "to"),
            report::shown(steps->cell(i, "days_median"), Kind::Days)));
    }
    return !steps->rows.empty();
}

/// Campaigns by what they won, three models side by side.
bool show_credit(const Report& report, const DemoPrinter& print) {
    const Table* credits = report.find("credits");
    if (credits == nullptr) return false;
    const auto credit = [&](const std::string& campaign, const char* model) {
        for (std::size_t i = 0; i < credits->rows.size(); ++i) {
            if (credits->text(i, "campaign") == campaign && credits->text(i, "model") == model)
                return credits->number(i, "revenue");
        }
        return 0.0;
    };
    std::vector<std::pair<double, std::string>> order;
    for (std::size_t i = 0; i < credits->rows.size(); ++i) {
        const std::string campaign = credits->text(i, "campaign");
        if (credits->text(i, "model") == "linear" && campaign != "(no campaign)")
            order.emplace_back(-credits->number(i, "revenue"), campaign);
    }
    std::sort(order.begin(), order.end());
    if (order.size() > kCampaignsShown) order.resize(kCampaignsShown);
    bool found = false;
    for (const auto& [revenue, campaign] : order) {
        print.line(fmt::format("  {:<32} first {:>9}  linear {:>9}  last {:>9}", campaign,
                               report::grouped(credit(campaign, "first"), 0),
                               report::grouped(-revenue, 0),
                               report::grouped(credit(campaign, "last"), 0)));
        found = found || revenue < 0;
    }
    return found;
}

}  // namespace

bool play_report(DemoOrg& org, const std::string& path, const DemoPrinter& print, json& figures) {
    auto form = org.ask("report", {{"currency", "USD"}});
    if (!form) {
        print.line("  " + form.error().message);
        return false;
    }
    const auto report = report::read_report(*form);
    if (!report) {
        print.line("  " + report.error().message);
        return false;
    }
    const bool has_funnel = show_funnel(*report, print);
    print.line("  Won revenue in USD, credited by three models:");
    const bool has_credit = show_credit(*report, print);
    const auto written = put_out(path, report::html_page(*report));
    print.line("");
    print.line(written ? "  All of it with charts:  " + path : "  " + written.error().message);
    const Table* sizes = report->find("list_sizes");
    const bool has_days = sizes != nullptr && !sizes->rows.empty();
    figures["report"] = {{"page", path}, {"figures", (*form)["figures"]}};
    return has_funnel && has_credit && has_days && written;
}

}  // namespace duet::cli
