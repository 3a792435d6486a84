#include "daemon/cli/lists_command.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/figures.h"

namespace duet::cli {
namespace {

using nlohmann::json;

/// To the minute: "2018-01-02 09:00".
std::string moment(const json& time) {
    constexpr std::size_t kDate = 10;
    constexpr std::size_t kMinute = 16;
    const auto text = time.get<std::string>();
    if (text.size() < kMinute) return "never";
    return text.substr(0, kDate) + " " + text.substr(kDate + 1, kMinute - kDate - 1);
}

std::string coverage_of(const json& line) {
    if (!line.contains("coverage") || line["coverage"].is_null()) return "";
    return fmt::format("{} ({} of {})", percent(line["coverage"]), whole(line["covered"]),
                       whole(line["eligible"]));
}

Grid lists_of(const json& answer) {
    Grid grid({"list", "size", "wanted", "pending", "queued", "held out", "suppressed", "by hand",
               "changed", "evaluated", "agreed", "coverage"});
    for (const json& line : answer["lists"]) {
        std::string name = line["list"].get<std::string>();
        if (line["kind"] == "campaign") name += " (campaign)";
        if (!line["exists"].get<bool>()) name += " (not there)";
        grid.add({name, whole(line["size"]), whole(line["wanted"]), whole(line["pending"]),
                  whole(line["queued"]), whole(line["held_out"]), whole(line["suppressed"]),
                  whole(line["by_hand"]), moment(line["changed_at"]), moment(line["evaluated_at"]),
                  moment(line["agreed_at"]), coverage_of(line)});
    }
    return grid;
}

std::string print_all(const json& answer) {
    if (answer["lists"].empty()) return "No rule of the documents owns a list.\n";
    return lists_of(answer).text();
}

void add_people(const json& groups, std::string& out) {
    for (const auto& [standing, group] : groups.items()) {
        out += fmt::format("\n{}: {}\n", standing, group["count"].get<long>());
        for (const json& person : group["people"]) {
            out += fmt::format("  {} {}{}{}\n", person["entity"].get<std::string>(),
                               person.value("record", ""), person["on_it"] ? " (on it)" : "",
                               person.contains("until") ? " until " + moment(person["until"]) : "");
        }
        const auto more = group["count"].get<std::size_t>() - group["people"].size();
        if (more > 0) out += fmt::format("  and {} more\n", more);
    }
}

std::string print_one(const json& answer) {
    std::string out = lists_of({{"lists", json::array({answer})}}).text();
    out += "\nmember_when: " + answer["member_when"].get<std::string>() + "\n";
    if (answer.contains("suppress_when"))
        out += "suppress_when: " + answer["suppress_when"].get<std::string>() + "\n";
    add_people(answer["standings"], out);
    if (answer["days"].empty()) return out;
    Grid days({"day", "size", "joined", "left"});
    for (const json& day : answer["days"])
        days.add({day["day"].get<std::string>(), whole(day["size"]), whole(day["joined"]),
                  whole(day["left"])});
    return out + "\n" + days.text();
}

std::string print_person(const json& answer) {
    std::string out;
    for (const json& person : answer["people"]) {
        const char* is = person["on_it"].is_null()     ? "may be on it or not"
                         : person["on_it"].get<bool>() ? "is on it"
                                                       : "is not on it";
        out += fmt::format("{}: {} ({})\n", person["entity"].get<std::string>(), is,
                           person["standing"].get<std::string>());
        for (const json& sentence : person["why"]) out += "  " + sentence.get<std::string>() + "\n";
    }
    return out;
}

}  // namespace

void add_lists(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand(
        "lists", "Lists that rules own: size, freshness, and why somebody is on one or not");
    add_common(*command, common, true);
    struct Arguments {
        std::string list;
        std::string who;
        bool csv = false;
    };
    auto arguments = std::make_shared<Arguments>();
    command->add_option("list", arguments->list, "one list: who stands where, and its last days");
    command->add_option("person", arguments->who,
                        "why this person is on it or not: an address, a record's id, or an "
                        "entity's name (duet-17)");
    command->add_flag("--csv", arguments->csv, "of all lists: print CSV instead of text");
    command->footer(
        "examples:\n"
        "  duet lists\n"
        "  duet lists \"Renewal 90\"\n"
        "  duet lists \"Renewal 90\" ada@example.com");
    command->callback([&common, &result, arguments] {
        json body{{"org", common.org}};
        if (!arguments->list.empty()) body["list"] = arguments->list;
        if (!arguments->who.empty()) body["who"] = arguments->who;
        result = ask_and_print(common, "lists", std::move(body), [&](const json& answer) {
            if (answer.contains("people")) return print_person(answer);
            if (!answer.contains("lists")) return print_one(answer);
            return arguments->csv ? lists_of(answer).csv() : print_all(answer);
        });
    });
}

}  // namespace duet::cli
