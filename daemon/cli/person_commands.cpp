#include "daemon/cli/person_commands.h"

#include <cstdio>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "daemon/cli/ask.h"
#include "daemon/cli/print.h"
#include "daemon/cli/print_person.h"

namespace duet::cli {
namespace {

using nlohmann::json;

constexpr const char* kWho = "an address, a record's id, or an entity's name (duet-17)";

/// How somebody who types says yes.
struct Consent {
    bool yes = false;
    bool dry_run = false;
};

void add_consent_options(CLI::App& command, Consent& consent) {
    command.add_flag("--yes", consent.yes, "do it without asking");
    command.add_flag("--dry-run", consent.dry_run, "only show what would be done");
}

/// Whether the person says yes to `question`; without a terminal nobody can.
bool says_yes(const std::string& question) {
    if (isatty(STDIN_FILENO) == 0) {
        std::fputs("Nobody can be asked here: say --yes to do it, or --dry-run to look.\n", stderr);
        return false;
    }
    std::fprintf(stderr, "%s [y/N] ", question.c_str());
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

/// Shows first, asks, then does: `body` goes out once to look and once to do.
int look_ask_do(const Common& common, const std::string& command, json body, const Consent& consent,
                const std::function<std::string(const json&)>& text,
                const std::function<std::string(const json&)>& question) {
    int exit_code = 0;
    const auto config = load(common, exit_code);
    if (!config) return exit_code;
    body["org"] = common.org;
    body["dry_run"] = true;
    auto shown = ask(*config, command, body, true, exit_code);
    if (!shown) return fail(shown.error(), common, exit_code);
    const std::string asked = question(*shown);
    const bool is_over = consent.dry_run || asked.empty();
    if (is_over || !common.json) print(common.json ? dump(*shown) : text(*shown));
    if (is_over) return 0;
    if (!consent.yes && !says_yes(asked)) return kRefused;
    body["dry_run"] = false;
    if (shown->contains("digest")) body["digest"] = (*shown)["digest"];
    auto done = ask(*config, command, body, true, exit_code);
    if (!done) return fail(done.error(), common, exit_code);
    print(common.json ? dump(*done) : text(*done));
    return 0;
}

void add_explain(CLI::App& app, Common& common, int& result) {
    auto* explain = app.add_subcommand(
        "explain", "Why a person or record is as it is: what was done, and what was not");
    add_common(*explain, common, true);
    struct Arguments {
        std::string who, field, at;
    };
    auto arguments = std::make_shared<Arguments>();
    explain->add_option("who", arguments->who, kWho)->required();
    explain->add_option("--field", arguments->field, "only this field, rule or list");
    explain->add_option("--at", arguments->at,
                        "how it stood then and why, such as 2018-01-02T09:00:00Z");
    explain->callback([&common, &result, arguments] {
        result = ask_and_print(
            common, "explain",
            {{"who", arguments->who}, {"field", arguments->field}, {"at", arguments->at}},
            print_explanation);
    });
}

std::string undo_question(const json& shown) {
    const std::size_t writes = shown.contains("writes") ? shown["writes"].size() : 0;
    if (writes == 0) return {};
    return "Undo these " + std::to_string(writes) + " writes?";
}

void add_undo(CLI::App& app, Common& common, int& result) {
    auto* undo = app.add_subcommand("undo", "Take back what Duet wrote, where it still stands");
    add_common(*undo, common, true);
    undo->footer(
        "What is given narrows: all of it must hold. Only values that are still Duet's are put\n"
        "back; the rest is listed with its reason. An undone field is pinned: the value that was\n"
        "refused is not written again until either side changes (see duet pin). An opt-out is\n"
        "never loosened, and a record that Duet made is deleted only when nobody touched it.");
    struct Arguments {
        std::int64_t cycle = 0;
        std::string record, field, since;
        Consent consent;
    };
    auto arguments = std::make_shared<Arguments>();
    undo->add_option("cycle", arguments->cycle, "what this cycle wrote");
    undo->add_option("--record", arguments->record, kWho);
    undo->add_option("--field", arguments->field, "this field, or everything of this rule");
    undo->add_option("--since", arguments->since, "written then or later");
    add_consent_options(*undo, arguments->consent);
    undo->callback([&common, &result, arguments] {
        result = look_ask_do(common, "undo",
                             {{"cycle", arguments->cycle},
                              {"record", arguments->record},
                              {"field", arguments->field},
                              {"since", arguments->since}},
                             arguments->consent, print_undo, undo_question);
    });
}

void add_pin(CLI::App& app, Common& common, int& result) {
    auto* pin = app.add_subcommand("pin", "Values that an undo put back");
    pin->require_subcommand(1);
    struct Arguments {
        std::string who, field;
    };
    auto arguments = std::make_shared<Arguments>();
    auto* list = pin->add_subcommand("list", "Which values are pinned, and what is refused");
    add_common(*list, common, true);
    list->add_option("who", arguments->who, "only of " + std::string(kWho));
    list->callback([&common, &result, arguments] {
        result = ask_and_print(common, "pins", {{"who", arguments->who}}, print_pins);
    });
    auto* release = pin->add_subcommand(
        "release", "Let the refused value go its way again, with the next cycle");
    add_common(*release, common, true);
    release->add_option("who", arguments->who, kWho)->required();
    release->add_option("--field", arguments->field, "only this field, rule or list");
    release->callback([&common, &result, arguments] {
        result = ask_and_print(common, "release_pins",
                               {{"who", arguments->who}, {"field", arguments->field}}, print_pins);
    });
}

std::string erase_question(const json& shown) {
    if (!shown.contains("records")) return {};
    return "Erase all that Duet holds about " + std::to_string(shown.value("people", 0)) +
           " people (" + std::to_string(shown["records"].size()) + " records)? This is final.";
}

void add_erase(CLI::App& app, Common& common, int& result) {
    auto* erase = app.add_subcommand("erase", "Remove all that Duet holds about a person");
    add_common(*erase, common, true);
    erase->footer(
        "Removes the person from the state file: both sides' records as last seen, what was\n"
        "agreed, audit, memberships, tasks, quarantine. A keyed digest of their addresses and ids\n"
        "stays, so that they are not taken in again, and a receipt that says nothing about them.\n"
        "Everybody who shares an address with the person is erased with them.\n"
        "\n"
        "It does not touch the vendors: delete the records there yourself. It does not reach\n"
        "backups and other copies of the state file, nor the system's journal, in which Duet\n"
        "writes record ids but no names or addresses. It writes the whole state file anew, which\n"
        "needs as much free disk as the file takes, and holds up cycles for that long.");
    struct Arguments {
        std::string who;
        bool readmit = false;
        bool receipts = false;
        Consent consent;
    };
    auto arguments = std::make_shared<Arguments>();
    erase->add_option("who", arguments->who, kWho);
    erase->add_flag("--readmit", arguments->readmit,
                    "let somebody who was erased come again; all people are read anew");
    erase->add_flag("--receipts", arguments->receipts, "list the receipts of all erasures");
    add_consent_options(*erase, arguments->consent);
    erase->callback([&common, &result, arguments] {
        if (arguments->who.empty() != arguments->receipts)
            throw CLI::ValidationError("who", "name one person, or say --receipts");
        const json body{{"who", arguments->who},
                        {"readmit", arguments->readmit},
                        {"receipts", arguments->receipts}};
        if (arguments->readmit || arguments->receipts) {
            result = ask_and_print(common, "erase", body, print_erase);
        } else {
            result =
                look_ask_do(common, "erase", body, arguments->consent, print_erase, erase_question);
        }
    });
}

void add_export(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand("export", "All that Duet holds about a person, as JSON");
    add_common(*command, common, true);
    auto who = std::make_shared<std::string>();
    command->add_option("who", *who, kWho)->required();
    command->callback([&common, &result, who] {
        result = ask_and_print(common, "export", {{"who", *who}}, dump);
    });
}

}  // namespace

void add_person_commands(CLI::App& app, Common& common, int& result) {
    add_explain(app, common, result);
    add_undo(app, common, result);
    add_pin(app, common, result);
    add_erase(app, common, result);
    add_export(app, common, result);
}

}  // namespace duet::cli
