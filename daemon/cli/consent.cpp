#include "daemon/cli/consent.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/cli/common.h"

namespace duet::cli {
namespace {

using nlohmann::json;

std::string print_allowed(const json& answer) {
    return answer.value("entity", "") + " is let back in by \"" + answer.value("rule", "") +
           "\". The next cycle turns its fields on both sides; a new opt-out wins again.\n";
}

}  // namespace

void add_consent_command(CLI::App& app, const std::function<void(CLI::App&)>& add_common,
                         const AskAndPrint& ask, int& result) {
    auto* consent = app.add_subcommand("consent", "People's opt-outs");
    consent->require_subcommand(1);
    auto* allow = consent->add_subcommand(
        "allow", "Take back one person's opt-out, as the person asked; kept in the audit");
    add_common(*allow);
    struct Arguments {
        std::string who, field, because;
    };
    auto arguments = std::make_shared<Arguments>();
    allow
        ->add_option("who", arguments->who,
                     "an address, a record's id, or an entity's name (duet-17)")
        ->required();
    allow->add_option("--field", arguments->field, "the consent rule, or one of its fields")
        ->required();
    allow->add_option("--because", arguments->because, "how the person said so, for the audit")
        ->required();
    allow->callback([ask, &result, arguments] {
        result = ask("consent",
                     {{"who", arguments->who},
                      {"field", arguments->field},
                      {"because", arguments->because},
                      {"by", who_asks()}},
                     print_allowed);
    });
}

}  // namespace duet::cli
