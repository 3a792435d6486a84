#include "daemon/cli/attribution_command.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/attribution_page.h"
#include "daemon/cli/attribution_paths.h"
#include "daemon/cli/attribution_report.h"
#include "daemon/cli/attribution_text.h"
#include "daemon/cli/common.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/output.h"
#include "daemon/cli/page_file.h"
#include "daemon/service/clocks.h"
#include "mappings/attribution/model.h"
#include "mappings/attribution/report.h"

namespace duet::cli {
namespace {

using attribution::Model;
using attribution::PeopleMode;

const std::map<std::string, PeopleMode> kPeopleModes{
    {"contact_role", PeopleMode::ContactRole},
    {"account", PeopleMode::Account},
    {"contact_role_else_account", PeopleMode::ContactRoleElseAccount}};

struct Arguments {
    std::string paths;
    std::string folder;
    std::vector<std::string> models;
    std::string separator = " > ";
    std::string view = "revenue";
    std::string table;
    std::string now;
    std::string mode = "contact_role";
    std::string created_from;
    std::string created_until;
    std::vector<std::string> weights;  // "type:Webinar=3"
    attribution::TouchSettings touches;
    attribution::LearningSettings learning;
    bool open_only = false;
    bool csv = false;
    std::string html;
    std::string out;
    Common common;
};

Error wrong(std::string message) {
    return {ErrorKind::Rejected, std::move(message), "DUET-6090", "", {}};
}

/// The models that are named, or all that fit.
Result<std::vector<Model>> models_of(const Arguments& arguments, bool of_journeys) {
    const attribution::ModelSettings settings;
    if (arguments.models.empty())
        return of_journeys ? models_for_journeys(settings) : models_for_deals(settings);
    std::vector<Model> models;
    for (const std::string& name : arguments.models) {
        auto parsed = parse_model(attribution::spelled_model(name), settings);
        if (const auto* why = std::get_if<std::string>(&parsed)) return wrong(*why);
        auto& model = std::get<Model>(parsed);
        if (of_journeys ? !is_for_journeys(model.kind) : !is_for_deals(model.kind)) {
            return wrong(fmt::format(
                "the model {} says nothing about {}", model.name,
                of_journeys ? "journeys, which have no dates and no deal" : "single deals"));
        }
        model.name = name;  // as it was asked for
        models.push_back(std::move(model));
    }
    return models;
}

/// "type:Webinar=3", "role:User=0.5", "position:last=2"
Status read_weight(const std::string& text, attribution::Importance& importance) {
    const auto colon = text.find(':');
    const auto equals = text.rfind('=');
    const auto complaint = [&] {
        return wrong(fmt::format(
            "\"{}\" is no weight, such as type:Webinar=3, role:User=0.5 or position:last=2", text));
    };
    if (colon == text.npos || equals == text.npos || equals < colon) return complaint();
    const auto number = parse_number(std::string_view(text).substr(equals + 1));
    if (!number || !(*number > 0)) return complaint();
    const std::map<std::string, std::map<std::string, double, std::less<>>*> kinds{
        {"type", &importance.of_campaign_type},
        {"role", &importance.of_role},
        {"position", &importance.of_position}};
    const auto kind = kinds.find(text.substr(0, colon));
    if (kind == kinds.end()) return complaint();
    (*kind->second)[text.substr(colon + 1, equals - colon - 1)] = *number;
    return Done{};
}

Result<std::optional<Date>> read_day(const std::string& text, const char* option) {
    if (text.empty()) return std::optional<Date>{};
    const auto day = parse_date(text);
    if (!day) return wrong(fmt::format("{} {}: write it as 2018-01-02", option, text));
    return std::optional<Date>{day};
}

Result<attribution::ReportRequest> request_of(const Arguments& arguments) {
    attribution::ReportRequest request;
    auto models = models_of(arguments, false);
    if (!models) return std::move(models).error();
    request.models = std::move(*models);
    request.touches = arguments.touches;
    request.touches.mode = kPeopleModes.at(arguments.mode);
    request.learning = arguments.learning;
    request.open_only = arguments.open_only;
    for (const std::string& weight : arguments.weights)
        if (auto read = read_weight(weight, request.importance); !read)
            return std::move(read).error();
    auto from = read_day(arguments.created_from, "--created-from");
    if (!from) return std::move(from).error();
    auto until = read_day(arguments.created_until, "--created-until");
    if (!until) return std::move(until).error();
    request.created_from = *from;
    request.created_until = *until;
    if (arguments.now.empty()) {
        const service::SystemClock clock;
        request.now = std::chrono::floor<std::chrono::milliseconds>(clock.now());
    } else if (const auto moment = parse_moment(arguments.now)) {
        request.now = *moment;
    } else {
        return wrong(fmt::format("--as-of {}: write it as 2018-01-02T09:00:00Z", arguments.now));
    }
    return request;
}

/// The page, where one is asked for, and `text`, unless the page takes its place.
int put(const Arguments& arguments, const std::function<report::Report()>& page,
        const std::function<std::string()>& text) {
    if (!arguments.html.empty()) {
        if (auto written = put_page(arguments.html, page()); !written)
            return fail(written.error(), arguments.common, 0);
        if (!arguments.common.json && !arguments.csv && arguments.table.empty()) return 0;
    }
    auto written = put_out(arguments.out, text());
    return written ? 0 : fail(written.error(), arguments.common, 0);
}

int run_paths(const Arguments& arguments) {
    auto models = models_of(arguments, true);
    if (!models) return fail(models.error(), arguments.common, kUsage);
    Problems problems;
    JourneyFile file = read_journeys(arguments.paths, arguments.separator, problems);
    if (!problems.none()) return fail(wrong(problems.text()), arguments.common, kUsage);
    const auto answer = credit_journeys(std::move(file), *models, arguments.learning);
    return put(
        arguments, [&] { return page_of_journeys(answer, arguments.paths); },
        [&] {
            if (arguments.common.json) return dump(answer);
            return arguments.csv ? journeys_as_csv(answer) : journeys_as_text(answer);
        });
}

int run_folder(const Arguments& arguments) {
    const auto request = request_of(arguments);
    if (!request) return fail(request.error(), arguments.common, kUsage);
    Problems problems;
    const OrgFolder org = read_org(arguments.folder, problems);
    if (!problems.none()) return fail(wrong(problems.text()), arguments.common, kUsage);
    const auto answer = credit_org(org, *request);
    return put(
        arguments, [&] { return page_of_folder(answer, arguments.folder); },
        [&] {
            if (arguments.common.json) return dump(answer);
            if (!arguments.csv && arguments.table.empty())
                return org_as_text(answer, arguments.view);
            const Grid grid = org_as_table(answer, arguments.view, arguments.table);
            return arguments.csv ? grid.csv() : grid.text();
        });
}

int run_org(const Arguments& arguments) {
    int exit_code = 0;
    const auto answer =
        ask_for_answer(arguments.common, "attribution", nlohmann::json::object(), true, exit_code);
    if (!answer) return exit_code;
    return put(
        arguments, [&] { return page_of_org(*answer); },
        [&] {
            if (arguments.common.json) return dump(*answer);
            return arguments.csv ? attribution_csv(*answer) : attribution_text(*answer);
        });
}

void add_options(CLI::App& command, Arguments& arguments) {
    command
        .add_option("--model", arguments.models,
                    "which model; may be repeated. Of both: first, last, linear, decay:H, u, "
                    "u:F,L, markov:1 to markov:4, shapley, shapley-ordered, counterfactual["
                    ":identity|exposure|first|frequency]. Of journeys: shapley-rate. Of an org: "
                    "u50, w, full, custom, primary. Any case; _ and - are as good as :, and "
                    "first_touch, last_touch, shapley_set are known. Default: all but those "
                    "that must be told more")
        ->allow_extra_args(false);
    command.add_option("--separator", arguments.separator, "what parts the channels of a path")
        ->capture_default_str();
    command.add_flag("--without-null", arguments.learning.without_null,
                     "leave out journeys that did not convert, and lost deals");
    command
        .add_option("--view", arguments.view,
                    "of an org: revenue (won deals), pipeline, or expected (pipeline times "
                    "Probability)")
        ->check(CLI::IsMember({"revenue", "pipeline", "expected"}))
        ->capture_default_str();
    command.add_option("--as-of", arguments.now,
                       "the day or instant that open deals are looked at; default: now");
    command.add_option("--mode", arguments.mode, "whose touches count")
        ->check(CLI::IsMember({"contact_role", "account", "contact_role_else_account"}))
        ->capture_default_str();
    command
        .add_option("--window-days", arguments.touches.window_days,
                    "days before the opportunity's creation")
        ->check(CLI::Range(0, 36'600))
        ->capture_default_str();
    command
        .add_option("--activity-types", arguments.touches.activity_types,
                    "Pardot's types of activities that count")
        ->delimiter(',')
        ->capture_default_str();
    command.add_flag("--include-nonresponders", arguments.touches.include_nonresponders,
                     "campaign members count who did not respond");
    command
        .add_option("--weight", arguments.weights,
                    "for custom: type:Webinar=3, role:User=0.5, position:first|middle|last|2=1.5; "
                    "may be repeated, those that apply are multiplied")
        ->allow_extra_args(false);
    command.add_option("--created-from", arguments.created_from,
                       "of the pipeline: only deals created on this day or later");
    command.add_option("--created-until", arguments.created_until,
                       "of the pipeline: only deals created on this day or earlier");
    command.add_flag("--open-only", arguments.open_only, "of the pipeline: only open deals");
    command.add_flag("--csv", arguments.csv, "print CSV instead of text");
    add_html_option(command, arguments.html);
    command.add_option("--out", arguments.out, "write it to this file instead of printing it");
    command
        .add_option("--table", arguments.table,
                    "of an org: one table alone: campaigns (what --csv prints if none is "
                    "named), influence, builtin, roi, returns, new_names, coverage")
        ->check(CLI::IsMember(
            {"campaigns", "influence", "builtin", "roi", "returns", "new_names", "coverage"}));
}

}  // namespace

void add_attribution(CLI::App& app, int& result) {
    auto* command = app.add_subcommand(
        "attribution",
        "Which campaigns get the credit: of an org by its documents, with the deals that no touch "
        "covers; on CSV files by any model");
    auto arguments = std::make_shared<Arguments>();
    add_common(*command, arguments->common, true);
    auto* paths = command->add_option(
        "--paths", arguments->paths,
        "CSV of journeys: path, total_conversions, total_conversion_value, total_null; commas, "
        "semicolons or tabs between them");
    auto* folder = command->add_option(
        "--from", arguments->folder,
        "folder of an org's rows: opportunities.csv, opportunity_contact_roles.csv, contacts.csv, "
        "campaigns.csv, campaign_members.csv, visitor_activities.csv, currency_types.csv");
    add_options(*command, *arguments);
    command->footer(
        "examples:\n"
        "  duet attribution --org acme --html campaigns.html\n"
        "  duet attribution --paths journeys.csv --model markov:2 --model linear\n"
        "  duet attribution --from export/ --as-of 2025-10-01 --model w --json\n"
        "  duet attribution --from export/ --csv --table influence\n"
        "exit codes: 0 done, 64 wrong usage or a file that cannot be read");
    command->callback([arguments, paths, folder, &result] {
        if (paths->count() + folder->count() > 1)
            throw CLI::ValidationError("attribution", "give --paths FILE, or --from FOLDER");
        result = paths->count() > 0    ? run_paths(*arguments)
                 : folder->count() > 0 ? run_folder(*arguments)
                                       : run_org(*arguments);
    });
}

}  // namespace duet::cli
