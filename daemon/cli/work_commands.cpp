#include "daemon/cli/work_commands.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"

namespace duet::cli {
namespace {

using nlohmann::json;

/// To the minute, as UTC: "2018-01-02 09:00".
std::string minute_of(const std::string& instant) {
    constexpr std::size_t kDate = 10;
    constexpr std::size_t kMinute = 16;
    if (instant.size() < kMinute) return instant;
    return instant.substr(0, kDate) + " " + instant.substr(kDate + 1, kMinute - kDate - 1);
}

Grid queue_of(const json& answer, bool for_people) {
    Grid grid({"#", "record", for_people ? "due (UTC)" : "due", "reason", "score", "owner",
               "account", "campaign"});
    for (const json& line : answer["queue"]) {
        std::string due = line["due"].is_null() ? "-" : line["due"].get<std::string>();
        if (for_people) due = minute_of(due);
        if (line["breached"].get<bool>()) due += " overdue";
        const auto name = line["owner_name"].get<std::string>();
        grid.add({whole(line["position"]), line["record"].get<std::string>(), std::move(due),
                  line["reason"].get<std::string>(),
                  fmt::format("{:g}", line["score"].get<double>()),
                  name.empty() ? line["owner"].get<std::string>() : name,
                  line["account"].get<std::string>(), line["campaign"].get<std::string>()});
    }
    return grid;
}

std::string print_queue(const json& answer) {
    std::string out = queue_of(answer, true).text();
    const auto shown = answer["queue"].size();
    out += fmt::format("\n{} shown of {} in the queue\n", shown, answer["people"].get<long>());
    if (const long unknown = answer["not_told"].get<long>(); unknown > 0)
        out += fmt::format("{} cannot be told: a rule of the queue fails\n", unknown);
    return out;
}

void add_answer(Grid& grid, const std::string& timer, const std::string& kind, const json& line) {
    grid.add({timer, kind, percent(line["attainment"]), whole(line["MET"]), whole(line["MET_LATE"]),
              whole(line["BREACHED"]), whole(line["WARNING"]), whole(line["RUNNING"]),
              whole(line["CANCELLED"])});
}

Grid answers_of(const json& answer) {
    Grid grid(
        {"timer", "kind", "in time", "met", "late", "breached", "warning", "running", "cancelled"});
    for (const json& timer : answer["timers"]) {
        const auto name = timer["timer"].get<std::string>();
        add_answer(grid, name, "all", timer);
        for (const json& kind : timer["kinds"])
            add_answer(grid, name, kind["kind"].get<std::string>(), kind);
    }
    return grid;
}

struct WorkArguments {
    std::string owner;
    std::size_t limit = 0;
    std::string since;
    std::string until;
    bool csv = false;
};

void add_queue(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand("queue", "Who is to be worked on, the first one first");
    add_common(*command, common, true);
    auto arguments = std::make_shared<WorkArguments>();
    command->add_option("--owner", arguments->owner,
                        "only this user's: an id, name, user name or address");
    command->add_option("--limit", arguments->limit, "so many at most; default all");
    command->add_flag("--csv", arguments->csv, "print CSV instead of text");
    command->footer(
        "examples:\n"
        "  duet queue --owner ann@example.com\n"
        "  duet queue --limit 20 --json");
    command->callback([&common, &result, arguments] {
        json body{{"org", common.org}, {"owner", arguments->owner}, {"limit", arguments->limit}};
        result = ask_and_print(common, "queue", std::move(body), [&](const json& answer) {
            return arguments->csv ? queue_of(answer, false).csv() : print_queue(answer);
        });
    });
}

void add_answers(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand("answers", "How many answers were in time");
    add_common(*command, common, true);
    auto arguments = std::make_shared<WorkArguments>();
    command->add_option("--since", arguments->since, "what began from then on; default ever");
    command->add_option("--until", arguments->until, "and up to that day or instant");
    command->add_flag("--csv", arguments->csv, "print CSV instead of text");
    command->footer(
        "in time: met / (met + late + breached); what still runs is left out\n"
        "examples:\n"
        "  duet answers --since 2025-01-01 --until 2025-06-30");
    command->callback([&common, &result, arguments] {
        json body{{"org", common.org}};
        if (!arguments->since.empty()) body["since"] = arguments->since;
        if (!arguments->until.empty()) body["until"] = arguments->until;
        result = ask_and_print(common, "answers", std::move(body), [&](const json& answer) {
            return arguments->csv ? answers_of(answer).csv() : answers_of(answer).text();
        });
    });
}

}  // namespace

void add_work_commands(CLI::App& app, Common& common, int& result) {
    add_queue(app, common, result);
    add_answers(app, common, result);
}

}  // namespace duet::cli
