#include "daemon/cli/plan_commands.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/ask.h"
#include "daemon/cli/output.h"
#include "daemon/cli/print.h"
#include "daemon/cli/trials.h"
#include "daemon/sync/apply_writes.h"
#include "daemon/sync/plan_json.h"
#include "daemon/sync/plan_text.h"

namespace duet::cli {
namespace {

using nlohmann::json;

/// What `duet plan` was asked for.
struct PlanArguments {
    bool stored = false;
    std::string documents;
    std::string out;
    int samples = 3;
};

constexpr unsigned kForOwner = 0600;  // a plan holds people's data

int plan_documents(const Common& common, const PlanArguments& arguments) {
    auto read = read_sources_at({arguments.documents});
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&read))
        return fail(*findings, common, "");
    json sources = json::array();
    for (const document::Source& source : std::get<std::vector<document::Source>>(read))
        sources.push_back({{"file", source.file}, {"text", source.text}, {"part", source.part}});
    return ask_and_print(common, "plan_documents",
                         {{"sources", std::move(sources)}, {"samples", arguments.samples}},
                         print_documents_plan);
}

int plan(const Common& common, const PlanArguments& arguments) {
    if (!arguments.documents.empty()) return plan_documents(common, arguments);
    int exit_code = 0;
    const auto config = load(common, exit_code);
    if (!config) return exit_code;
    auto answer =
        ask(*config, "plan", {{"org", common.org}, {"pull", !arguments.stored}}, true, exit_code);
    if (!answer) return fail(answer.error(), common, exit_code);
    if (!arguments.out.empty()) {
        if (auto written = write_whole(arguments.out, dump(*answer), kForOwner); !written)
            return fail(written.error(), common, 0);
    }
    if (common.json) {
        print(dump(*answer));
    } else if (auto read = sync::read_plan(*answer); !read) {
        return fail(read.error(), common, 0);
    } else {
        print(sync::plan_text(*read));
    }
    if (!arguments.out.empty() && !common.json)
        print("The plan is in " + arguments.out + "; write it with: duet apply " + arguments.out +
              "\n");
    return 0;
}

/// 0: all of it is as the plan says. 1: a line was refused. 75: nothing was refused, but a line
/// waits, and applying the plan again may do it.
int exit_code_of(const json& counts) {
    const auto has = [&](std::initializer_list<sync::Fate> fates) {
        return std::any_of(fates.begin(), fates.end(), [&](sync::Fate fate) {
            return counts.is_object() && counts.value(sync::to_string(fate), 0) > 0;
        });
    };
    using sync::Fate;
    if (has({Fate::Changed, Fate::Refused})) return kRefused;
    return has({Fate::Braked, Fate::Paused, Fate::Later, Fate::InDoubt}) ? kTryAgain : 0;
}

int apply_file(const Common& common, const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (!file || text.empty()) {
        return fail(
            {ErrorKind::Rejected, "Cannot read a plan from " + path + ".", "DUET-6060", "", {}},
            common, 0);
    }
    // Refused here already, so that nobody waits for a daemon that says the same.
    json form = json::parse(text, nullptr, false);
    if (auto plan = sync::read_plan(form); !plan) return fail(plan.error(), common, 0);
    int exit_code = 0;
    const auto config = load(common, exit_code);
    if (!config) return exit_code;
    auto answer =
        ask(*config, "apply", {{"org", common.org}, {"plan", std::move(form)}}, true, exit_code);
    if (!answer) return fail(answer.error(), common, exit_code);
    print(common.json ? dump(*answer) : print_applied(*answer));
    return exit_code_of(answer->value("counts", json::object()));
}

void add_plan(CLI::App& app, Common& common, int& result) {
    auto* command = app.add_subcommand(
        "plan", "What would be written, field by field, and why; writes nothing");
    add_common(*command, common, true);
    auto arguments = std::make_shared<PlanArguments>();
    command->add_flag("--stored", arguments->stored,
                      "plan from what was pulled before; do not look for changes first");
    auto* out = command->add_option("--out", arguments->out,
                                    "keep the plan in this file too, for `duet apply FILE`");
    auto* documents =
        command->add_option("--documents", arguments->documents,
                            "what these documents (a folder or a file) would do to the whole org, "
                            "from what was pulled before; they are not put in force");
    documents->excludes(out);
    command
        ->add_option("--samples", arguments->samples,
                     "with --documents: how many writes of each kind are shown")
        ->check(CLI::Range(0, 1000))
        ->capture_default_str();
    command->callback([&common, &result, arguments] { result = plan(common, *arguments); });

    auto* apply_command =
        app.add_subcommand("apply", "Write just what a plan in a file says, and tell line by line");
    add_common(*apply_command, common, true);
    auto file = std::make_shared<std::string>();
    apply_command->add_option("file", *file, "what `duet plan --out FILE` wrote")->required();
    apply_command->footer(
        "exit codes: 0 all of it is as the plan says (written now or before), 1 the plan or a "
        "line\n"
        "            was refused, 75 a line waits (brake, pause, a side that is away): apply "
        "again");
    apply_command->callback([&common, &result, file] { result = apply_file(common, *file); });
}

void add_mode_and_pause(CLI::App& app, Common& common, int& result) {
    auto* mode = app.add_subcommand(
        "mode", "Whether an org only observes, plans too, or applies; with no mode: say which");
    add_common(*mode, common, true);
    auto words = std::make_shared<std::vector<std::string>>();
    mode->add_option("words", *words, "[ORG] observe | plan | apply")->expected(0, 2);
    mode->callback([&common, &result, words] {
        Common asked = common;
        if (words->size() == 2) asked.org = words->front();
        result = ask_and_print(asked, "mode", {{"mode", words->empty() ? "" : words->back()}},
                               print_mode);
    });

    struct Arguments {
        std::string what, because;
        bool pull = false;
    };
    auto arguments = std::make_shared<Arguments>();
    const char* kWhat =
        "the org's name, a side (pardot, crm), or an object (prospect, pardot.prospect)";
    auto* pause = app.add_subcommand(
        "pause", "Write nothing to an org, a side or an object until somebody resumes it");
    add_common(*pause, common, true);
    pause->add_option("what", arguments->what, kWhat)->required();
    pause->add_flag("--pull", arguments->pull, "of a side: do not read it either");
    pause->add_option("--because", arguments->because, "why, for those who read `duet status`");
    pause->callback([&common, &result, arguments] {
        result = ask_and_print(common, "pause",
                               {{"what", arguments->what},
                                {"pull", arguments->pull},
                                {"because", arguments->because},
                                {"by", who_asks()}},
                               print_pauses);
    });
    auto* resume = app.add_subcommand("resume", "End a pause");
    add_common(*resume, common, true);
    resume->add_option("what", arguments->what, kWhat)->required();
    resume->callback([&common, &result, arguments] {
        result = ask_and_print(common, "resume", {{"what", arguments->what}}, print_pauses);
    });
}

void add_brake(CLI::App& app, Common& common, int& result) {
    auto* brake =
        app.add_subcommand("brake", "Writes that are held because there are too many of a kind");
    brake->require_subcommand(1);
    for (const char* name : {"list", "status"}) {
        auto* list = brake->add_subcommand(name, "Each kind, its limit, and what is held");
        add_common(*list, common, true);
        list->callback([&common, &result] {
            result = ask_and_print(common, "brake", json::object(), print_brake);
        });
    }
    auto* release = brake->add_subcommand("release", "Let one held kind of write pass");
    add_common(*release, common, true);
    auto kind = std::make_shared<std::string>();
    release
        ->add_option("kind", *kind,
                     "the kind, as `duet brake list` shows it; opt_out: end its alarm")
        ->required();
    auto up_to = std::make_shared<std::int64_t>(0);
    release
        ->add_option("--up-to", *up_to,
                     "release nothing when more writes than this are held by now")
        ->check(CLI::PositiveNumber);
    release->callback([&common, &result, kind, up_to] {
        const json body{{"kind", *kind}, {"up_to", *up_to}};
        result = ask_and_print(common, "release", body, [kind](const json& answer) {
            if (*kind == "opt_out") return std::string("The alarm is over.\n");
            return fmt::format("Released: {} writes; the next cycle sends them.\n",
                               answer.value("count", std::int64_t{0}));
        });
    });
}

}  // namespace

void add_plan_commands(CLI::App& app, Common& common, int& result) {
    add_plan(app, common, result);
    add_mode_and_pause(app, common, result);
    add_brake(app, common, result);
    auto* metrics = app.add_subcommand("metrics", "The gauges of the status, for Prometheus");
    add_common(*metrics, common, false);
    metrics->callback([&common, &result] {
        result = ask_and_print(common, "metrics", json::object(),
                               [](const json& answer) { return answer.value("text", ""); });
    });
}

}  // namespace duet::cli
