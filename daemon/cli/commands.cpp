#include "daemon/cli/commands.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "connectors/sandbox/sandbox.h"
#include "daemon/cli/attribution_command.h"
#include "daemon/cli/common.h"
#include "daemon/cli/consent.h"
#include "daemon/cli/customer_commands.h"
#include "daemon/cli/demo.h"
#include "daemon/cli/document_commands.h"
#include "daemon/cli/formula_command.h"
#include "daemon/cli/lifecycle_command.h"
#include "daemon/cli/lists_command.h"
#include "daemon/cli/match_commands.h"
#include "daemon/cli/person_commands.h"
#include "daemon/cli/plan_commands.h"
#include "daemon/cli/print.h"
#include "daemon/cli/quarantine.h"
#include "daemon/cli/report_command.h"
#include "daemon/cli/store_commands.h"
#include "daemon/cli/work_commands.h"
#include "daemon/service/answers.h"
#include "daemon/service/engine.h"
#include "daemon/service/log.h"
#include "daemon/version.h"
#include "mappings/catalog.h"

namespace duet::cli {
namespace {

using nlohmann::json;

int validate(const Common& common, bool live) {
    int exit_code = 0;
    auto config = load(common, exit_code);
    if (!config) return exit_code;
    config->state_directory.clear();  // checks leave no trace: the store is in memory
    auto engine = service::Engine::start(*config);
    std::optional<service::StartError> failed;
    auto warnings = json::array();
    std::vector<document::Finding> advice;
    if (auto* error = std::get_if<service::StartError>(&engine)) {
        failed = std::move(*error);
    } else if (live) {
        auto& running = *std::get<std::unique_ptr<service::Engine>>(engine);
        failed = running.check_live({});
        if (!failed || !failed->findings.empty()) {
            auto advised = running.advise_live({});
            if (!advised) return fail(advised.error(), common, 0);
            advice = *std::move(advised);
        }
    }
    if (!common.json) {
        for (const auto& finding : advice) print(document::render(finding, "warning"));
    }
    if (failed) {
        if (failed->findings.empty()) return fail(failed->error, common, failed->exit_code);
        return fail(failed->findings, common, failed->ending(common.config));
    }
    const json status = std::get<std::unique_ptr<service::Engine>>(engine)->status();
    for (const json& org : status["orgs"]) {
        for (const json& warning : org["warnings"])
            warnings.push_back("org " + org.value("org", "") + ": " + warning.get<std::string>());
    }
    if (common.json) {
        print(dump({{"valid", true},
                    {"live", live},
                    {"orgs", config->orgs.size()},
                    {"warnings", warnings},
                    {"advice", to_json(advice)}}));
    } else {
        for (const json& warning : warnings) print("warning: " + warning.get<std::string>() + "\n");
        print(common.config + ": good. " + std::to_string(config->orgs.size()) + " org" +
              (config->orgs.size() == 1 ? "" : "s") +
              (live ? "; both sides of each answered and have every field.\n"
                    : "; add --live to check against the vendors.\n"));
    }
    return 0;
}

/// What `duet sandbox` was asked for.
struct SandboxArguments {
    sandbox::SandboxOptions options;
    std::string url_file;
    std::string jwt_certificate;
    bool clock_stands = false;
    bool json = false;
};

int run_sandbox(SandboxArguments arguments) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk, not an end
    std::stop_source stop;
    std::jthread waiter([&](std::stop_token ended) {
        while (!ended.stop_requested()) {
            const timespec nap{0, 100'000'000};
            if (sigtimedwait(&set, nullptr, &nap) > 0) stop.request_stop();
        }
    });
    if (!arguments.jwt_certificate.empty()) {
        std::ifstream file(arguments.jwt_certificate);
        arguments.options.apps.front().certificate_pem.assign(std::istreambuf_iterator<char>(file),
                                                              {});
        if (arguments.options.apps.front().certificate_pem.empty()) {
            std::fprintf(stderr, "error DUET-7001: cannot read the certificate %s\n",
                         arguments.jwt_certificate.c_str());
            return kConfiguration;
        }
    }
    arguments.options.clock_running = !arguments.clock_stands;
    return sandbox::run_sandbox(
        arguments.options, stop.get_token(), [&](const sandbox::Sandbox& running) {
            const std::string& client = arguments.options.apps.front().client_id;
            print(arguments.json ? json{{"url", running.url()}, {"client_id", client}}.dump() + "\n"
                                 : "Sandbox at " + running.url() +
                                       " (Salesforce and Pardot APIs). Client id \"" + client +
                                       "\". Ctrl-C stops it.\n");
            std::fflush(stdout);
            if (arguments.url_file.empty()) return;
            // Written beside and renamed, so that a reader never sees half a URL.
            std::ofstream(arguments.url_file + ".new") << running.url() << "\n";
            std::filesystem::rename(arguments.url_file + ".new", arguments.url_file);
        });
}

void add_asking_commands(CLI::App& app, Common& common, int& result) {
    auto* status = app.add_subcommand("status", "What the daemon knows, does and waits for");
    add_common(*status, common, false);
    status->callback(
        [&] { result = ask_and_print(common, "status", json::object(), print_status); });

    auto* sync = app.add_subcommand("sync", "Run one cycle now");
    add_common(*sync, common, true);
    auto once = std::make_shared<bool>(false);
    sync->add_flag("--once", *once,
                   "one cycle, then end (the only way so far; said for clarity in scripts)");
    sync->callback([&common, &result, once] {
        result = ask_and_print(common, "sync", json::object(), print_report, true,
                               service::exit_code_of_report);
    });

    auto* reload = app.add_subcommand(
        "reload", "Ask the daemon to reload its configuration, and wait for the verdict");
    add_common(*reload, common, false);
    reload->callback([&] {
        result = ask_and_print(
            common, "reload", json::object(),
            [](const json&) { return std::string("Reloaded.\n"); }, false);
    });
}

void add_sandbox(CLI::App& app, int& result) {
    auto* command =
        app.add_subcommand("sandbox", "Serve both vendors' APIs locally, for rehearsals");
    auto arguments = std::make_shared<SandboxArguments>();
    auto& options = arguments->options;
    command->add_option("--seed", options.seed_folder,
                        "folder with salesforce/ and pardot/ CSV files, loaded into an empty file");
    command->add_option("--file", options.database_path, "SQLite file that keeps the records")
        ->capture_default_str();
    command->add_option("--bind", options.bind, "address to listen at")->capture_default_str();
    command->add_option("--port", options.port, "port; 0: any free one")->capture_default_str();
    command->add_option("--url-file", arguments->url_file,
                        "write the URL to this file once it listens");
    command->add_option("--certificate", options.certificate_file, "PEM chain: speak TLS");
    command->add_option("--key", options.key_file, "PEM key of --certificate");
    command->add_option("--clock", options.clock_start,
                        "start time, such as 2018-01-02T09:00:00Z; default: now");
    command->add_flag("--clock-stands", arguments->clock_stands,
                      "time moves only through POST /sandbox/clock");
    command->add_option("--client-id", options.apps.front().client_id, "id of the connected app")
        ->capture_default_str();
    command->add_option("--client-secret", options.apps.front().client_secret, "its secret")
        ->capture_default_str();
    command->add_option("--run-as", options.apps.front().run_as,
                        "username that client credentials act for (default: the first user)");
    command->add_option("--jwt-certificate", arguments->jwt_certificate,
                        "PEM certificate or public key for the JWT bearer flow");
    command->add_option("--business-unit-id", options.business_unit_id, "Pardot business unit")
        ->capture_default_str();
    command->add_flag("--json", arguments->json, "print the line it prints as JSON");
    command->callback([arguments, &result] { result = run_sandbox(*arguments); });
}

void add_others(CLI::App& app, Common& common, int& result) {
    auto* validate_command =
        app.add_subcommand("validate", "Check configuration and documents; writes nothing");
    add_common(*validate_command, common, false);
    auto live = std::make_shared<bool>(false);
    validate_command->add_flag("--live", *live, "also sign in to both sides and check every field");
    validate_command->callback([&common, &result, live] { result = validate(common, *live); });

    auto* demo = app.add_subcommand(
        "demo", "See Duet at work on real data: a sandbox, a daemon, changes on both sides");
    auto options = std::make_shared<DemoOptions>();
    demo->add_option("--seed", options->seed_folder, "another seed folder");
    demo->add_option("--directory", options->directory,
                     "working folder to keep (default: a temporary one)");
    demo->add_option("--report", options->report,
                     "file of the report's page (default: a temporary one, which is kept)");
    demo->add_flag("--stay", options->stay, "keep sandbox and daemon running until Ctrl-C");
    demo->add_flag("--json", options->json, "print the figures as JSON");
    demo->callback([options, &result] { result = run_demo(*options); });

    auto* version_command = app.add_subcommand("version", "Print the version");
    version_command->add_flag("--json", common.json, "print JSON instead of text");
    version_command->callback([&] {
        print(common.json ? dump({{"version", version()}})
                          : "duet " + std::string(version()) + "\n");
        result = 0;
    });
}

/// What to say when the first word is no command; empty when it is one, or there is none.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
    const CLI::App* at = &app;
    std::string typed = "duet";
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto commands = at->get_subcommands([](const CLI::App*) { return true; });
        if (word.starts_with('-') || commands.empty()) return {};
        const auto found = std::find_if(commands.begin(), commands.end(), [&](const CLI::App* one) {
            return one->get_name() == word;
        });
        if (found == commands.end()) {
            std::vector<std::string> names;
            for (const CLI::App* one : commands) names.push_back(one->get_name());
            const std::string near = nearest_name(word, names);
            return "There is no command \"" + typed + " " + word + "\"." +
                   (near.empty() ? "" : " Did you mean \"" + typed + " " + near + "\"?") +
                   "\nList the commands with: " + typed + " --help\n";
        }
        at = *found;
        typed += " " + word;
    }
    return {};
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app("Duet keeps a Salesforce org and a Pardot business unit in step.");
    app.require_subcommand(1);
    app.footer(
        "exit codes: 0 done, 1 refused or not found, 64 wrong usage, 70 a fault of Duet's own,\n"
        "            75 try again later, 78 the configuration is wrong");
    Common common;
    int result = 0;
    add_asking_commands(app, common, result);
    add_plan_commands(app, common, result);
    add_document_commands(app, common, result);
    add_person_commands(app, common, result);
    add_match_commands(app, common, result);
    add_sandbox(app, result);
    add_formula(app, result);
    add_attribution(app, result);
    add_lifecycle(app, common, result);
    add_lists(app, common, result);
    add_report(app, common, result);
    add_work_commands(app, common, result);
    add_customer_commands(app, common, result);
    add_store_commands(app, common, result);
    add_quarantine_command(app, common, result);
    add_others(app, common, result);
    add_consent_command(
        app, [&](CLI::App& command) { add_common(command, common, true); },
        [&](const std::string& command, json body, const auto& text) {
            return ask_and_print(common, command, std::move(body), text);
        },
        result);
    log::start("error");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        if (const std::string wrong = unknown_command(app, argc, argv); !wrong.empty()) {
            std::fputs(wrong.c_str(), stderr);
            return kUsage;
        }
        return app.exit(problem) == 0 ? 0 : kUsage;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "error DUET-6000: %s\n", problem.what());
        return 70;
    }
    return result;
}

}  // namespace duet::cli
