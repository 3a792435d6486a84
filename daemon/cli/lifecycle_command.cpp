#include "daemon/cli/lifecycle_command.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"
#include "daemon/cli/lifecycle_folder.h"
#include "daemon/cli/lifecycle_page.h"
#include "daemon/cli/output.h"
#include "daemon/cli/page_file.h"
#include "daemon/report/report.h"

namespace duet::cli {
namespace {

using nlohmann::json;

struct LifecycleArguments {
    std::string folder;
    std::string as_of;
    std::string since;
    std::string until;
    int horizon_days = 90;
    bool csv = false;
    std::string html;
    std::string out;
};

std::string days(const json& number) {
    return number.is_null() ? "-" : fmt::format("{:.2f}", number.get<double>());
}

Grid stages_of(const json& answer) {
    Grid grid({"stage", "people", "entries", "new", "returning", "bypassed", "exits",
               "days there (median)", "(p90)"});
    for (const json& stage : answer["stages"])
        grid.add({stage["stage"].get<std::string>(), whole(stage["people"]),
                  whole(stage["entries"]), whole(stage["new"]), whole(stage["returning"]),
                  whole(stage["bypassed"]), whole(stage["exits"]),
                  days(stage["age_days"]["median"]), days(stage["age_days"]["p90"])});
    return grid;
}

void add_step(const json& step, Grid& grid) {
    const json& cohort = step["cohort"];
    grid.add({step["from"].get<std::string>() + " -> " + step["to"].get<std::string>(),
              whole(cohort["entered"]), whole(cohort["open"]), whole(cohort["converted"]),
              percent(cohort["rate"]), percent(step["period_rate"]), whole(step["days"]["count"]),
              days(step["days"]["mean"]), days(step["days"]["median"]), days(step["days"]["p90"])});
}

Grid steps_of(const json& answer) {
    Grid grid({"step", "entered", "open", "converted", "of cohort", "of period", "completed",
               "days (mean)", "(median)", "(p90)"});
    for (const json& step : answer["steps"]) add_step(step, grid);
    if (answer.contains("whole")) add_step(answer["whole"], grid);
    return grid;
}

/// By number and by value; what the documents do not tell is a dash.
Grid outcomes_of(const json& answer) {
    Grid grid({"deals that ended, by", "won", "lost", "lapsed", "won of won and lost",
               "won of all three", "lost", "lapsed"});
    const json& outcomes = answer["outcomes"];
    for (const char* by : {"deals", "value"}) {
        const json& line = outcomes[by];
        const bool is_number = by == std::string_view("deals");
        const auto sum = [&](const char* key) {
            if (line[key].is_null()) return std::string("-");
            return fmt::format("{:.{}f}", line[key].get<double>(), is_number ? 0 : 2);
        };
        const json& parts = line["three_way"];
        grid.add({is_number ? "number" : "value", sum("won"), sum("lost"), sum("lapsed"),
                  percent(line["win_rate"]), percent(parts["won"]), percent(parts["lost"]),
                  percent(parts["lapsed"])});
    }
    return grid;
}

std::string print_report(const json& answer) {
    std::string out = fmt::format(
        "{} people on {}; from {} until {}, {} days to convert\n\n", answer["people"].get<long>(),
        answer["as_of"].get<std::string>(), answer["since"].get<std::string>(),
        answer["until"].get<std::string>(), answer["horizon_days"].get<int>());
    out += stages_of(answer).text() + "\n" + steps_of(answer).text();
    if (!answer["outcomes"].is_null()) out += "\n" + outcomes_of(answer).text();
    out +=
        "\nstages: people now; entries and exits of the period, new to the stage or returning; "
        "bypassed: passed over\nsteps:  of those who entered, open are too recent to be judged, "
        "and "
        "the others converted or not (of cohort);\n        of period: entries of the next stage "
        "for "
        "each of this one; completed, with their days\np90:    nine in ten took so long or less\n"
        "deals:  that were won or lost in the period, and those that are lapsed; value: in a year, "
        "where the\n        documents say so\n";
    return out;
}

Grid origins_of(const json& answer) {
    Grid grid({"origin", "mqls", "won", "rate", "days to win (median)", "(mean)", "within 30",
               "within 90"});
    const auto add = [&](const std::string& name, const json& line) {
        grid.add({name, whole(line["mqls"]), whole(line["won"]), six_or(line["rate"], "-"),
                  days(line["days_to_win"]["median"]), days(line["days_to_win"]["mean"]),
                  whole(line["won_within_30_days"]), whole(line["won_within_90_days"])});
    };
    add("all", answer);
    for (const json& line : answer["by_origin"]) {
        const auto name = line["origin"].get<std::string>();
        add(name.empty() ? "(blank)" : name, line);
    }
    return grid;
}

/// What was asked for beside the page, or without one.
int put(const LifecycleArguments& arguments, const Common& common, const json& answer,
        const std::function<std::string()>& text, const std::function<std::string()>& csv) {
    if (!arguments.html.empty() && !common.json && !arguments.csv) return 0;
    const auto written = put_out(arguments.out, common.json     ? dump(answer)
                                                : arguments.csv ? csv()
                                                                : text());
    return written ? 0 : fail(written.error(), common, 0);
}

int run_folder(const LifecycleArguments& arguments, const Common& common) {
    Problems problems;
    const json answer = lifecycle_of_folder(arguments.folder, problems);
    if (!problems.none())
        return fail(Error{ErrorKind::Rejected, problems.text(), "DUET-6092", "", {}}, common,
                    kUsage);
    const auto page = put_page(arguments.html, lifecycle_page(answer, arguments.folder));
    if (!page) return fail(page.error(), common, 0);
    const Grid grid = origins_of(answer);
    return put(
        arguments, common, answer, [&] { return grid.text(); }, [&] { return grid.csv(); });
}

int run_org(const LifecycleArguments& arguments, const Common& common) {
    json body{{"horizon_days", arguments.horizon_days}, {"page", !arguments.html.empty()}};
    if (!arguments.as_of.empty()) body["as_of"] = arguments.as_of;
    if (!arguments.since.empty()) body["since"] = arguments.since;
    if (!arguments.until.empty()) body["until"] = arguments.until;
    int exit_code = 0;
    auto answer = ask_for_answer(common, "lifecycle", std::move(body), true, exit_code);
    if (!answer) return exit_code;
    if (!arguments.html.empty()) {
        const auto page = report::read_report((*answer)["page"]);
        if (!page) return fail(page.error(), common, 0);
        if (const auto written = put_page(arguments.html, *page); !written)
            return fail(written.error(), common, 0);
        answer->erase("page");
    }
    return put(
        arguments, common, *answer, [&] { return print_report(*answer); },
        [&] {
            std::string csv = stages_of(*answer).csv() + "\n" + steps_of(*answer).csv();
            if (!(*answer)["outcomes"].is_null()) csv += "\n" + outcomes_of(*answer).csv();
            return csv;
        });
}

}  // namespace

void add_lifecycle(CLI::App& app, Common& common, int& result) {
    auto* command =
        app.add_subcommand("lifecycle", "Where people stand, how they came there, and how fast");
    add_common(*command, common, true);
    auto arguments = std::make_shared<LifecycleArguments>();
    command->add_option("--from", arguments->folder,
                        "a folder instead of an org: marketing_qualified_leads.csv (mql_id, "
                        "first_contact_date, origin) and closed_deals.csv (mql_id, won_date)");
    command->add_option("--as-of", arguments->as_of, "as it was then; default now");
    command->add_option("--since", arguments->since, "the period begins; default a year before");
    command->add_option("--until", arguments->until,
                        "the period's last day, or its end; default --as-of");
    command->add_option("--horizon-days", arguments->horizon_days, "a cohort has so long; 90")
        ->check(CLI::Range(1, 3650));
    command->add_flag("--csv", arguments->csv, "print CSV instead of text");
    add_html_option(*command, arguments->html);
    command->add_option("--out", arguments->out, "write it to this file instead of printing it");
    command->footer(
        "examples:\n"
        "  duet lifecycle --since 2025-01-01 --until 2025-06-30\n"
        "  duet lifecycle --html people.html\n"
        "  duet lifecycle --from funnel/ --json");
    command->callback([&common, &result, arguments] {
        result = arguments->folder.empty() ? run_org(*arguments, common)
                                           : run_folder(*arguments, common);
    });
}

}  // namespace duet::cli
