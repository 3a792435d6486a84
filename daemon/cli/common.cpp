#include "daemon/cli/common.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <unistd.h>

#include "daemon/cli/ask.h"
#include "daemon/cli/output.h"
#include "daemon/service/answers.h"
#include "mappings/messages.h"

namespace duet::cli {

using nlohmann::json;

void add_common(CLI::App& command, Common& common, bool with_org) {
    command.add_option("--config", common.config, "the configuration file")->capture_default_str();
    if (with_org) command.add_option("--org", common.org, "which org, when there are several");
    command.add_flag("--json", common.json, "print JSON instead of text");
}

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string dump(const json& value) {
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string who_asks() {
    const char* behind_sudo = geteuid() == 0 ? std::getenv("SUDO_USER") : nullptr;
    if (behind_sudo != nullptr && *behind_sudo != '\0') return behind_sudo;
    const passwd* user = getpwuid(getuid());
    return user != nullptr ? user->pw_name : "uid " + std::to_string(getuid());
}

int fail(const Error& error, const Common& common, int exit_code) {
    if (common.json) {
        print(dump({{"error",
                     {{"code", error.code},
                      {"message", error.message},
                      {"kind", to_string(error.kind)}}}}));
    } else if (error.message.find('\n') != std::string::npos) {
        std::fputs(error.message.c_str(), stderr);  // findings, already as a person reads them
    } else {
        std::fprintf(stderr, "error %s: %s\n", error.code.c_str(), error.message.c_str());
        if (const Message* known = find_message(error.code)) {
            std::fprintf(stderr, "  what to do: %s\n", std::string(known->mend).c_str());
        }
    }
    if (exit_code != 0) return exit_code;
    return service::exit_code_of(error);
}

json to_json(const std::vector<document::Finding>& findings) {
    auto list = json::array();
    for (const document::Finding& finding : findings) {
        list.push_back({{"file", finding.place.file},
                        {"line", finding.place.line},
                        {"column", finding.place.column},
                        {"code", finding.code},
                        {"message", finding.message},
                        {"hint", finding.hint}});
    }
    return list;
}

int fail(const std::vector<document::Finding>& findings, const Common& common,
         const std::string& ending) {
    if (!common.json) {
        std::string all;
        for (const document::Finding& finding : findings) all += document::render(finding);
        std::fputs((all + ending).c_str(), stderr);
        return kConfiguration;
    }
    print(dump({{"findings", to_json(findings)}}));
    return kConfiguration;
}

std::optional<service::Config> load(const Common& common, int& exit_code) {
    auto config = service::load_config(common.config);
    auto* findings = std::get_if<std::vector<document::Finding>>(&config);
    if (findings == nullptr) return std::get<service::Config>(std::move(config));
    const std::string all = service::render(*findings, common.config);
    exit_code = fail(*findings, common, all.substr(all.rfind('\n', all.size() - 2) + 1));
    return std::nullopt;
}

std::optional<json> ask_for_answer(const Common& common, const std::string& command, json body,
                                   bool start_here, int& exit_code) {
    const auto config = load(common, exit_code);
    if (!config) return std::nullopt;
    body["org"] = common.org;
    auto answer = ask(*config, command, body, start_here, exit_code);
    if (answer) return *std::move(answer);
    exit_code = fail(answer.error(), common, exit_code);
    return std::nullopt;
}

int ask_and_print(const Common& common, const std::string& command, json body,
                  const std::function<std::string(const json&)>& text, bool start_here,
                  const std::function<int(const json&)>& judge) {
    int exit_code = 0;
    const auto answer = ask_for_answer(common, command, std::move(body), start_here, exit_code);
    if (!answer) return exit_code;
    if (auto put = put_out(common.out, common.json ? dump(*answer) : text(*answer)); !put)
        return fail(put.error(), common, 0);
    return judge ? judge(*answer) : 0;
}

}  // namespace duet::cli
