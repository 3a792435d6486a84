#include "daemon/cli/report_command.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/ask.h"
#include "daemon/cli/output.h"
#include "daemon/cli/page_file.h"
#include "daemon/cli/report_text.h"

namespace duet::cli {
namespace {

using nlohmann::json;

struct ReportArguments {
    std::string from;
    std::string as_of;
    std::string since;
    std::string until;
    std::string currency;
    std::vector<std::string> models;
    std::string csv;
    std::string html;
    std::string out;
    int horizon_days = 90;
};

Error unreadable(std::string what) {
    return {ErrorKind::Rejected, std::move(what), "DUET-6095", "", {}};
}

Result<json> read_kept(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file || text.empty()) return unreadable("Cannot read a report from " + path + ".");
    auto form = json::parse(text, nullptr, false);
    if (form.is_discarded()) return unreadable(path + " holds no JSON.");
    return form;
}

Result<json> ask_for(const ReportArguments& arguments, const Common& common, int& exit_code) {
    if (!arguments.from.empty()) return read_kept(arguments.from);
    const auto config = load(common, exit_code);
    // What is wrong with it has been told.
    if (!config) return Error{ErrorKind::Rejected, "", "", "", {}};
    json body{{"org", common.org}, {"horizon_days", arguments.horizon_days}};
    if (!arguments.as_of.empty()) body["as_of"] = arguments.as_of;
    if (!arguments.since.empty()) body["since"] = arguments.since;
    if (!arguments.until.empty()) body["until"] = arguments.until;
    if (!arguments.currency.empty()) body["currency"] = arguments.currency;
    if (!arguments.models.empty()) body["models"] = arguments.models;
    return ask(*config, "report", body, true, exit_code);
}

/// Every table a file of the folder, which is made where only it is missing.
Status write_tables(const report::Report& report, const std::string& folder) {
    std::error_code failed;
    std::filesystem::create_directory(folder, failed);
    for (const auto& [name, content] : report_csv(report)) {
        auto written = put_out((std::filesystem::path(folder) / name).string(), content);
        if (!written) return written;
    }
    return Done{};
}

Status render(const ReportArguments& arguments, const Common& common, const json& form) {
    auto read = report::read_report(form);
    if (!read) return std::move(read).error();
    if (!arguments.csv.empty()) {
        if (auto written = write_tables(*read, arguments.csv); !written) return written;
    }
    if (auto written = put_page(arguments.html, *read); !written) return written;
    if (common.json) return put_out(arguments.out, dump(form));
    if (!arguments.csv.empty() || !arguments.html.empty()) return Done{};
    return put_out(arguments.out, report_text(*read));
}

int run(const ReportArguments& arguments, const Common& common) {
    int exit_code = 0;
    const auto form = ask_for(arguments, common, exit_code);
    if (!form && form.error().message.empty()) return exit_code;
    if (!form) return fail(form.error(), common, exit_code);
    if (auto done = render(arguments, common, *form); !done) return fail(done.error(), common, 0);
    return 0;
}

void add_options(CLI::App& command, ReportArguments& arguments) {
    add_html_option(command, arguments.html);
    command.add_option("--csv", arguments.csv, "write each table as a CSV file into this folder");
    command.add_option("--out", arguments.out, "write the text or JSON to this file");
    command.add_option("--from", arguments.from,
                       "render a report that was kept as JSON instead of asking for one");
    command.add_option("--as-of", arguments.as_of, "as it was then; default now");
    command.add_option("--since", arguments.since, "the period begins; default a year before");
    command.add_option("--until", arguments.until,
                       "the period's last day, or its end; default --as-of");
    command.add_option("--horizon-days", arguments.horizon_days, "a cohort has so long; 90")
        ->check(CLI::Range(1, 3650));
    command
        .add_option("--model", arguments.models,
                    "a model of attribution; may be repeated, the first four are drawn. Default: "
                    "first, last, linear, w, u, decay:30, markov:1")
        ->allow_extra_args(false);
    command.add_option("--currency", arguments.currency,
                       "what the org's money is, where it has one currency and does not say which");
}

}  // namespace

void add_report(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand(
        "report", "Where the org stands: people, deals, campaigns, lists, and how fresh that is");
    add_common(*command, common, true);
    auto arguments = std::make_shared<ReportArguments>();
    add_options(*command, *arguments);
    // The org may also stand alone, as with `duet mode`.
    command->add_option("name", common.org, "which org, when there are several");
    command->footer(
        "It holds counts and sums and names no customer: it may be mailed. Sellers are named "
        "where\n"
        "documents ask for hygiene by owner.\n"
        "examples:\n"
        "  duet report --html report.html\n"
        "  duet report --since 2025-01-01 --until 2025-06-30 --json --out report.json\n"
        "  duet report --from report.json --csv tables/");
    command->callback([&common, &result, arguments] { result = run(*arguments, common); });
}

}  // namespace duet::cli
