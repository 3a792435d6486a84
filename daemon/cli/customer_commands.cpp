#include "daemon/cli/customer_commands.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"

namespace duet::cli {
namespace {

using nlohmann::json;

std::string listed(const json& thresholds) {
    std::vector<std::string> numbers;
    for (const json& one : thresholds) numbers.push_back(fmt::format("{:g}", one.get<double>()));
    return numbers.empty() ? "none: all are alike" : fmt::format("{}", fmt::join(numbers, ", "));
}

/// Classes in the documents' order, then those that the documents no longer have.
std::vector<std::string> names_of(const json& answer) {
    std::vector<std::string> names = answer["classes"].get<std::vector<std::string>>();
    std::set<std::string> known(names.begin(), names.end());
    for (const json& month : answer["months"]) {
        for (const auto& [name, size] : month["sizes"].items()) {
            if (known.insert(name).second) names.push_back(name);
        }
    }
    return names;
}

/// A column a month's end.
Grid sizes_of(const json& answer) {
    std::vector<std::string> header{"class"};
    for (const json& month : answer["months"]) header.push_back(month["to"].get<std::string>());
    Grid grid(std::move(header));
    for (const std::string& name : names_of(answer)) {
        std::vector<std::string> row{name};
        for (const json& month : answer["months"]) {
            const auto size = month["sizes"].find(name);
            row.push_back(size == month["sizes"].end() ? "0" : whole(*size));
        }
        grid.add(std::move(row));
    }
    return grid;
}

/// Of one month a row for each way that somebody went.
Grid movements_of(const json& answer) {
    Grid grid({"from class", "to class", "until", "customers"});
    for (const json& month : answer["months"]) {
        for (const json& line : month["movements"]) {
            const auto from = line["from"].get<std::string>();
            const auto to = line["to"].get<std::string>();
            if (from == to) continue;
            grid.add({from.empty() ? "(new)" : from, to.empty() ? "(gone)" : to,
                      month["to"].get<std::string>(), whole(line["customers"])});
        }
    }
    return grid;
}

std::string print_rfm(const json& answer) {
    std::string out;
    if (answer["thresholds"].empty()) {
        out = "No thresholds were taken yet: the next cycle takes them.\n";
    } else {
        const json& taken = answer["thresholds"][0];
        out = fmt::format("thresholds of {}, from {} customers\n",
                          taken["taken"].get<std::string>(), taken["customers"].get<std::size_t>());
        out += "  days since the last purchase: " + listed(taken["recency"]) + "\n";
        out += "  purchases: " + listed(taken["frequency"]) + "\n";
        out += "  amount: " + listed(taken["money"]) + "\n";
    }
    return out + "\n" + sizes_of(answer).text() + "\n" + movements_of(answer).text();
}

Grid bands_of(const json& answer) {
    Grid grid({"probability", "deals", "told", "won"});
    for (const json& band : answer["bands"]) {
        grid.add({fmt::format("{:.0f} to {:.0f} %", band["from"].get<double>() * 100,
                              band["to"].get<double>() * 100),
                  whole(band["deals"]), percent(band["told"]), percent(band["observed"])});
    }
    return grid;
}

std::string print_behaviour(const json& answer) {
    std::string out = bands_of(answer).text();
    out += fmt::format("\n{} deals that ended after something was told of them",
                       answer["deals"].get<long>());
    if (!answer["brier"].is_null())
        out += fmt::format(", Brier score {:.4f}", answer["brier"].get<double>());
    out += fmt::format("\n{} ended before, and are left out; {} are open\n",
                       answer["left_out"].get<long>(), answer["open"].get<long>());
    if (const long unknown = answer["not_told"].get<long>(); unknown > 0)
        out += fmt::format("{} cannot be told: a rule of the behaviour fails\n", unknown);
    return out;
}

struct CustomerArguments {
    int months = 0;
    bool csv = false;
};

void add_rfm(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand(
        "rfm", "Classes of customers, thresholds, and who went from class to class");
    add_common(*command, common, true);
    auto arguments = std::make_shared<CustomerArguments>();
    command->add_option("--months", arguments->months, "so many months back; default 12");
    command->add_flag("--csv", arguments->csv, "print the movements as CSV instead of text");
    command->footer(
        "a month is compared with the one before by its last day, this month by today\n"
        "examples:\n"
        "  duet rfm --months 3");
    command->callback([&common, &result, arguments] {
        json body{{"org", common.org}};
        if (arguments->months != 0) body["months"] = arguments->months;
        result = ask_and_print(common, "rfm", std::move(body), [&](const json& answer) {
            return arguments->csv ? movements_of(answer).csv() : print_rfm(answer);
        });
    });
}

void add_behaviour(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand(
        "behaviour", "How well the probabilities that were told of deals came true");
    add_common(*command, common, true);
    auto arguments = std::make_shared<CustomerArguments>();
    command->add_flag("--csv", arguments->csv, "print CSV instead of text");
    command->footer(
        "each deal counts by what was told of it last before the day on which it ended\n"
        "examples:\n"
        "  duet behaviour --json");
    command->callback([&common, &result, arguments] {
        json body{{"org", common.org}};
        result = ask_and_print(common, "behaviour", std::move(body), [&](const json& answer) {
            return arguments->csv ? bands_of(answer).csv() : print_behaviour(answer);
        });
    });
}

}  // namespace

void add_customer_commands(CLI::App& app, Common& common, int& result) {
    add_rfm(app, common, result);
    add_behaviour(app, common, result);
}

}  // namespace duet::cli
