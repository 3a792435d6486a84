#include "daemon/cli/quarantine.h"

#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace duet::cli {
namespace {

using nlohmann::json;

std::string joined(const json& words) {
    std::string all;
    for (const json& word : words) all += (all.empty() ? "" : ", ") + word.get<std::string>();
    return all;
}

std::string print_causes(const json& answer) {
    std::string out;
    for (const json& cause : answer.value("causes", json::array())) {
        out += fmt::format("{:>7}  {}\n", cause.value("count", 0), cause.value("cause", ""));
        out += "         " + cause.value("message", "") + "\n";
        if (const json& classes = cause["value_classes"]; !classes.empty())
            out +=
                fmt::format("         field {}: {}\n", cause.value("field", ""), joined(classes));
        if (const int dropped = cause.value("dropped", 0); dropped > 0)
            out += fmt::format("         and {} put aside until they change\n", dropped);
        if (const std::string next = cause.value("retry_at", ""); !next.empty())
            out += "         tried again from " + next + "\n";
        out += "         what to do: " + cause.value("hint", "") + "\n";
    }
    return out.empty() ? "Nothing is put aside.\n" : out;
}

std::string print_rows(const json& answer) {
    std::string out;
    for (const json& row : answer.value("rows", json::array())) {
        out +=
            fmt::format("{} {} {} {}\n  {}\n", row.value("entity", ""), row.value("system", ""),
                        row.value("object", ""), row.value("record", ""), row.value("message", ""));
        if (const std::string by = row.value("dropped_by", ""); !by.empty()) {
            out += "  put aside by " + by + " until it changes\n";
        } else if (const std::string next = row.value("retry_at", ""); !next.empty()) {
            out += fmt::format("  tried {} times, next at {}\n", row.value("attempts", 0), next);
        } else {
            out += "  not written until a person says so or it changes\n";
        }
        out += "  cause: " + row.value("cause", "") + "\n";
    }
    if (out.empty()) return "Nothing is put aside.\n";
    if (answer.value("more", false))
        out += "There are more; see: duet quarantine list --by cause\n";
    return out;
}

std::string print_decided(const json& answer) {
    const bool is_drop = answer.value("action", "") == "drop";
    return fmt::format(
        "{} {}.\n", answer.value("count", 0),
        is_drop ? "put aside until they change" : "are tried again in the next cycle");
}

struct QuarantineArguments {
    std::string by, cause, record;
};

void add_list(CLI::App& quarantine, Common& common, int& result) {
    auto* list = quarantine.add_subcommand("list", "What is put aside, and why");
    add_common(*list, common, true);
    auto arguments = std::make_shared<QuarantineArguments>();
    list->add_option("--by", arguments->by, "group: one entry a cause")
        ->check(CLI::IsMember({"cause", "record"}))
        ->default_str("record");
    list->add_option("--cause", arguments->cause, "only what this cause holds");
    list->add_option("record", arguments->record,
                     "only this one: an address, a record's id, or an entity's name (duet-17)");
    list->callback([&common, &result, arguments] {
        const bool by_cause = arguments->by == "cause";
        result = ask_and_print(common, "quarantine",
                               {{"action", "list"},
                                {"by_cause", by_cause},
                                {"cause", arguments->cause},
                                {"record", arguments->record}},
                               by_cause ? print_causes : print_rows);
    });
}

void add_decision(CLI::App& quarantine, Common& common, int& result, const std::string& action,
                  const std::string& summary) {
    auto* command = quarantine.add_subcommand(action, summary);
    add_common(*command, common, true);
    auto arguments = std::make_shared<QuarantineArguments>();
    auto* cause = command->add_option("--cause", arguments->cause,
                                      "all that this cause holds, as `list --by cause` names it");
    command
        ->add_option("record", arguments->record,
                     "an address, a record's id, or an entity's name (duet-17)")
        ->excludes(cause);
    command->callback([&common, &result, arguments, action] {
        result = ask_and_print(common, "quarantine",
                               {{"action", action},
                                {"cause", arguments->cause},
                                {"record", arguments->record},
                                {"by", who_asks()}},
                               print_decided);
    });
}

}  // namespace

void add_quarantine_command(CLI::App& app, Common& common, int& result) {
    auto* quarantine = app.add_subcommand("quarantine", "Writes that were refused and put aside");
    quarantine->require_subcommand(1);
    add_list(*quarantine, common, result);
    add_decision(*quarantine, common, result, "retry", "Try again in the next cycle");
    add_decision(*quarantine, common, result, "drop",
                 "Put aside for good, until the record changes; kept in the audit");
}

}  // namespace duet::cli
