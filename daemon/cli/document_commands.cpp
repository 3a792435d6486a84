#include "daemon/cli/document_commands.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/print.h"
#include "daemon/cli/standard_catalogs.h"
#include "daemon/cli/trials.h"

namespace duet::cli {
namespace {

using nlohmann::json;

/// What `duet preview` was asked for.
struct PreviewArguments {
    std::string record;
    std::vector<std::string> sets;  // "Field=value"
    std::string documents;
};

/// A path with a YAML or JSON name is a file; everything else names a record.
bool is_file(const std::string& record) {
    const auto extension = std::filesystem::path(record).extension();
    return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

int preview(const Common& common, const PreviewArguments& arguments) {
    json sets = json::object();
    for (const std::string& set : arguments.sets) {
        const auto equals = set.find('=');
        if (equals == 0 || equals == std::string::npos) {
            std::fprintf(stderr,
                         "\"%s\" is no Field=value, such as Phone=+3581 or Prospect.score=100\n",
                         set.c_str());
            return kUsage;
        }
        sets[set.substr(0, equals)] = set.substr(equals + 1);
    }
    if (!is_file(arguments.record)) {
        return ask_and_print(common, "preview",
                             {{"who", arguments.record}, {"set", std::move(sets)}}, print_preview);
    }
    std::vector<std::string> paths{arguments.documents};
    if (arguments.documents.empty()) {
        int exit_code = 0;
        const auto config = load(common, exit_code);
        if (!config) return exit_code;
        auto found = document_paths(*config, common.org);
        if (!found) return fail(found.error(), common, 0);
        paths = std::move(*found);
    }
    auto answer = preview_file(arguments.record, paths, sets);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&answer))
        return fail(*findings, common, "");
    if (const auto* error = std::get_if<Error>(&answer)) return fail(*error, common, 0);
    print(common.json ? dump(std::get<json>(answer)) : print_preview(std::get<json>(answer)));
    return 0;
}

int test(const Common& common, const std::string& directory) {
    std::vector<std::string> paths{directory};
    if (directory.empty()) {
        int exit_code = 0;
        const auto config = load(common, exit_code);
        if (!config) return exit_code;
        auto found = document_paths(*config, common.org);
        if (!found) return fail(found.error(), common, 0);
        paths = std::move(*found);
    }
    auto report = run_tests_at(paths);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&report)) {
        const auto count = findings->size();
        return fail(*findings, common,
                    fmt::format("{} error{}. No test was run.\n", count, count == 1 ? "" : "s"));
    }
    const auto& run = std::get<trial::TestReport>(report);
    if (run.tests.empty()) {
        return fail({ErrorKind::Rejected,
                     "There is no test document (NAME.test.yaml with \"tests\") in " +
                         (paths.empty() ? "the documents' folders" : paths.front()) + ".",
                     "DUET-6013",
                     "",
                     {}},
                    common, 0);
    }
    if (common.json) {
        print(dump(trial::to_json(run)));
    } else {
        std::string text;
        for (const trial::Failure& failure : run.failures) text += trial::render(failure) + "\n";
        text += fmt::format("{} test{}: {} passed, {} failed\n", run.tests.size(),
                            run.tests.size() == 1 ? "" : "s", run.tests.size() - run.failed(),
                            run.failed());
        print(text);
    }
    return run.is_good() ? 0 : kRefused;
}

}  // namespace

void add_document_commands(CLI::App& app, Common& common, int& result) {
    auto* preview_command = app.add_subcommand(
        "preview", "What each rule does for one record, and why; writes nothing");
    add_common(*preview_command, common, true);
    auto preview_arguments = std::make_shared<PreviewArguments>();
    preview_command
        ->add_option("record", preview_arguments->record,
                     "an address, a record's id or an entity's name (duet-17), as last seen; or a "
                     "file (.yaml, .json) with records \"given\" as in a test document")
        ->required();
    preview_command
        ->add_option("--set", preview_arguments->sets,
                     "Field=value: take this for true (Prospect.field for the other side); an "
                     "empty value is blank; may be repeated")
        ->allow_extra_args(false);
    preview_command->add_option("--documents", preview_arguments->documents,
                                "with a file: these documents instead of the configured ones");
    preview_command->callback(
        [&common, &result, preview_arguments] { result = preview(common, *preview_arguments); });

    auto* test_command = app.add_subcommand(
        "test",
        "Run the test documents (NAME.test.yaml) beside mapping documents; no org is asked");
    add_common(*test_command, common, true);
    auto directory = std::make_shared<std::string>();
    test_command->add_option("directory", *directory,
                             "a folder of documents and those below it, or one test document; "
                             "default: the documents of the configuration");
    test_command->callback([&common, &result, directory] { result = test(common, *directory); });
}

}  // namespace duet::cli
