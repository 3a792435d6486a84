#include "daemon/cli/ask.h"

#include <cstdio>
#include <stop_token>
#include <utility>

#include <nlohmann/json.hpp>
#include <pwd.h>
#include <unistd.h>

#include "daemon/admin/client.h"
#include "daemon/service/answers.h"
#include "daemon/service/engine.h"
#include "daemon/service/person.h"

namespace duet::cli {
namespace {

using nlohmann::json;

// A first load of a large org takes hours; the person who waits can press Ctrl-C.
constexpr std::chrono::seconds kLongestAnswer{12 * 3600};

void show_progress(const sync::Progress& progress) {
    if (progress.work != sync::Progress::Work::Reading) {
        const bool sends = progress.work == sync::Progress::Work::Sending;
        std::fprintf(stderr, "\r\033[K%s: %zu ...", sends ? "sending" : "deciding", progress.rows);
        return;
    }
    std::fprintf(stderr, "\r\033[K%s %s: %zu rows%s", progress.system.c_str(),
                 progress.object.c_str(), progress.rows, progress.done ? "\n" : " ...");
}

Result<json> do_it_here(service::Engine& engine, const std::string& command, const json& body) {
    const std::string org = body.value("org", "");
    const std::stop_token never;
    if (command == "status") return engine.status();
    if (auto answer = engine.operate(command, body, never)) return std::move(*answer);
    if (command == "preview") return engine.preview(body, never);
    if (command == "plan_documents") return engine.plan_documents(body, never);
    if (service::is_person_request(command)) return engine.person(command, body, never);
    if (command == "quarantine") return engine.quarantine(body, never);
    if (command == "match") return engine.match(body, never);
    if (command == "consent")
        return engine.allow_back_in(org, body.value("who", ""), body.value("field", ""),
                                    {service::who_asks(body), body.value("because", "")}, never);
    if (command == "sync") {
        auto report = engine.run_cycle(org, "sync", never, show_progress);
        if (!report) return std::move(report).error();
        SideNames names;
        for (const auto& config : engine.config().orgs) {
            if (config.name == org || org.empty())
                names = {config.sides.crm.connector, config.sides.marketing.connector};
        }
        return service::to_json(*report, names);
    }
    return Error{
        ErrorKind::Rejected, "\"" + command + "\" needs a running daemon.", "DUET-6030", "", {}};
}

}  // namespace

Result<json> ask(const service::Config& config, const std::string& command, const json& body,
                 bool start_here, int& exit_code) {
    auto reply = admin::call(config.socket_path(), command, body.dump(), kLongestAnswer);
    if (reply) {
        auto answer = json::parse(reply->json, nullptr, false);
        if (answer.is_discarded())
            return Error{ErrorKind::Broken, "The daemon's answer is no JSON.", "DUET-6031", "", {}};
        if (reply->status == 200) return answer;
        if (!answer.is_object()) answer = json::object();
        return Error{service::error_kind(answer.value("kind", "")),
                     answer.value("message", ""),
                     answer.value("code", ""),
                     "",
                     {}};
    }
    const bool no_daemon = reply.error().kind == ErrorKind::Transient;
    if (!no_daemon || !start_here) return std::move(reply).error();
    auto engine = service::Engine::start(config);
    if (auto* failed = std::get_if<service::StartError>(&engine)) {
        exit_code = failed->exit_code;
        return Error{ErrorKind::Broken, failed->render(config.file), failed->error.code, "", {}};
    }
    json own = body;
    const passwd* user = getpwuid(getuid());
    own["peer"] = {{"uid", static_cast<std::int64_t>(getuid())},
                   {"user", user == nullptr ? "" : user->pw_name}};
    return do_it_here(*std::get<std::unique_ptr<service::Engine>>(engine), command, own);
}

}  // namespace duet::cli
