#include "daemon/cli/store_commands.h"

#include <filesystem>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "daemon/store/maintenance.h"

namespace duet::cli {
namespace {

using nlohmann::json;

void tell(const Common& common, const json& answer, const std::string& text) {
    print(common.json ? dump(answer) : text);
}

int back_up(const Common& common, const std::string& to) {
    int exit_code = 0;
    const auto config = load(common, exit_code);
    if (!config) return exit_code;
    if (auto done = store::back_up(config->store_path(), to); !done)
        return fail(done.error(), common, 0);
    const auto bytes = std::filesystem::file_size(to);
    tell(common, {{"file", to}, {"bytes", bytes}},
         to + ": " + std::to_string(bytes) + " bytes, the state as it was a moment ago.\n");
    return 0;
}

int restore(const Common& common, const std::string& from) {
    int exit_code = 0;
    const auto config = load(common, exit_code);
    if (!config) return exit_code;
    const std::string state_file = config->store_path();
    auto done = store::restore(from, state_file);
    if (!done) return fail(done.error(), common, 0);
    json answer{{"state_file", state_file},
                {"replaced", state_file + ".replaced"},
                {"erased_again", done->erased_again}};
    std::string text = "Restored. The old state is " + state_file +
                       ".replaced.\nEvery org only observes until all of both sides was read once "
                       "more; then its own mode holds again.\n";
    if (done->erased_again > 0)
        text += "Erased from the copy, as they were erased since it was made: " +
                std::to_string(done->erased_again) + ".\n";
    if (!done->erasures_unknown.empty()) {
        const std::string warning =
            "Who was erased since the copy was made is not known, as the old state cannot be read: "
            "erase them again. " +
            done->erasures_unknown;
        answer["warning"] = warning;
        text += warning + "\n";
    }
    tell(common, answer, text);
    return 0;
}

int check(const Common& common) {
    int exit_code = 0;
    const auto config = load(common, exit_code);
    if (!config) return exit_code;
    auto checked = store::check(config->store_path());
    if (!checked) return fail(checked.error(), common, 0);
    std::string text;
    for (const std::string& finding : checked->findings) text += finding + "\n";
    if (text.empty())
        text = config->store_path() + ": sound; " + std::to_string(checked->rules) +
               " invariants hold.\n";
    tell(common, {{"rules", checked->rules}, {"findings", checked->findings}}, text);
    return checked->findings.empty() ? 0 : kRefused;
}

}  // namespace

void add_store_commands(CLI::App& app, Common& common, int& result) {
    auto file = std::make_shared<std::string>();
    auto* backup = app.add_subcommand(
        "backup", "Copy the state, as it is at one moment; a running daemon goes on");
    add_common(*backup, common, false);
    backup->add_option("file", *file, "the copy to make; it must not exist")->required();
    backup->callback([&common, &result, file] { result = back_up(common, *file); });

    auto* restore_command =
        app.add_subcommand("restore", "Put a copy of the state back; the daemon must be stopped");
    add_common(*restore_command, common, false);
    restore_command->add_option("file", *file, "a copy that `duet backup` made")->required();
    restore_command->callback([&common, &result, file] { result = restore(common, *file); });

    auto* store_command = app.add_subcommand("store", "The state file");
    store_command->require_subcommand(1);
    auto* check_command =
        store_command->add_subcommand("check", "Ask it for everything that must hold in it");
    add_common(*check_command, common, false);
    check_command->callback([&common, &result] { result = check(common); });
}

}  // namespace duet::cli
