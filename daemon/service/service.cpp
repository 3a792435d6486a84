#include "daemon/service/service.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/admin/server.h"
#include "daemon/service/answers.h"
#include "daemon/service/cycle_log.h"
#include "daemon/service/engine.h"
#include "daemon/service/log.h"
#include "daemon/service/notify.h"
#include "daemon/service/person.h"
#include "daemon/service/requests.h"
#include "daemon/version.h"

namespace duet::service {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kLongestNap{1};
constexpr std::chrono::seconds kLockPatience{3};
// The longest single step: a CSV of a bulk job may take 600 s, and settling it some more.
constexpr std::chrono::minutes kLongestStep{15};
constexpr std::chrono::seconds kWatchdogBeat{10};
constexpr std::string_view kNoRoom = "DUET-4006";

/// After these the store answers nothing any more; only a new process knows what the disk holds.
bool has_lost_the_store(const Error& error) {
    return error.code == "DUET-4005" || error.code == "DUET-4007";
}

const char* word_of(sync::Progress::Work work) {
    switch (work) {
        case sync::Progress::Work::Deciding:
            return "deciding";
        case sync::Progress::Work::Sending:
            return "sending";
        case sync::Progress::Work::Reading:
            break;
    }
    return "reading";
}

class Service {
public:
    Service(std::string config_path, std::unique_ptr<Engine> engine, Notifier& systemd)
        : config_path_(std::move(config_path)), engine_(std::move(engine)), systemd_(systemd) {
        engine_->on_call([this] { note_life(); });
    }

    int run() {
        refresh("starting");  // what the store knows is shown before the first cycle ends
        auto server = admin::Server::listen(
            engine_->config().socket_path(),
            [this](const auto& command, const auto& body, const admin::Peer& peer) {
                return requests_.ask(command, body, peer);
            });
        if (!server) {
            log::error("Cannot start.",
                       {{"code", server.error().code}, {"reason", server.error().message}});
            return 75;
        }
        std::jthread signals([this](std::stop_token stop) { wait_for_signals(stop); });
        std::jthread watchdog([this](std::stop_token stop) { feed_watchdog(stop); });
        systemd_.say("READY=1\nSTATUS=Ready; the first cycle is about to start.");
        log::info("Started.", {{"version", std::string(version())},
                               {"orgs", std::to_string(engine_->orgs().size())}});
        const int code = loop();
        systemd_.say("STOPPING=1");
        requests_.close();
        log::info("Stopped.");
        return code;
    }

private:
    /// The deciding thread is alive. It says so at each step and around each call to a vendor; a
    /// vendor that never answers may take it longer than systemd waits for a sign.
    void note_life() { last_life_ = steady_clock::now(); }

    void feed_watchdog(std::stop_token stop) {
        while (!stop.stop_requested()) {
            if (steady_clock::now() - last_life_.load() < kLongestStep)
                systemd_.mention("WATCHDOG=1");
            const auto next = steady_clock::now() + kWatchdogBeat;
            while (steady_clock::now() < next && !stop.stop_requested())
                std::this_thread::sleep_for(std::chrono::milliseconds{200});
        }
    }

    int loop() {
        while (!stop_.stop_requested()) {
            note_life();
            if (reload_.exchange(false)) {
                const auto reloaded = reload();  // a refusal is already in the log
                static_cast<void>(reloaded);
            }
            requests_.serve([this](const std::string& command, const json& body) {
                auto answer = handle(command, body);
                if (!answer && has_lost_the_store(answer.error())) is_store_lost_ = true;
                return answer;
            });
            if (is_store_lost_) return 70;
            if (stop_.stop_requested()) break;
            for (const OrgConfig& org : std::vector<OrgConfig>(engine_->config().orgs)) {
                auto& due = due_[org.name];
                if (steady_clock::now() < due || stop_.stop_requested()) continue;
                if (engine_->is_paused(org.name)) continue;
                const auto done = run_cycle(org.name, "interval");
                // A first load goes on at once; what is new goes between its slices.
                const bool goes_on = done && done->value("loading", false);
                due = steady_clock::now() + (goes_on ? std::chrono::seconds{0} : org.poll_interval);
                // A full disk ends no process: once there is room the next cycle goes on.
                const bool is_broken =
                    !done && done.error().kind == ErrorKind::Broken && done.error().code != kNoRoom;
                if (is_broken) return 70;
            }
            requests_.wait(kLongestNap);
        }
        return 0;
    }

    Result<json> run_cycle(const std::string& org, const std::string& trigger) {
        const auto began = steady_clock::now();
        requests_.publish(snapshot("working"));  // a vendor may keep the first call waiting
        auto report = engine_->run_cycle(
            org, trigger, stop_.get_token(), [this](const sync::Progress& progress) {
                note_life();
                auto now = snapshot(word_of(progress.work));
                now["progress"] = {{"work", word_of(progress.work)}, {"system", progress.system},
                                   {"object", progress.object},      {"rows", progress.rows},
                                   {"backfill", progress.backfill},  {"done", progress.done}};
                requests_.publish(std::move(now));
            });
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began)
                .count();
        if (!report) {
            log::error(
                "Cycle failed.",
                {{"org", org}, {"code", report.error().code}, {"reason", report.error().message}});
            systemd_.mention("STATUS=" + org + ": " + report.error().message);
            refresh("waiting after a failed cycle: " + report.error().message);
            return std::move(report).error();
        }
        log_report(org, names_of(org), *report, std::chrono::milliseconds{took});
        systemd_.mention(fmt::format("STATUS={}: cycle {}, {} rows pulled, {} writes.", org,
                                     report->counts.id, report->counts.pulled,
                                     report->counts.written));
        refresh("idle");
        auto answer = to_json(*report, names_of(org));
        answer["took_ms"] = took;
        return answer;
    }

    SideNames names_of(const std::string& org) const {
        for (const OrgConfig& config : engine_->config().orgs) {
            if (config.name == org || (org.empty() && engine_->config().orgs.size() == 1)) {
                return {config.sides.crm.connector, config.sides.marketing.connector};
            }
        }
        return {};
    }

    json snapshot(const std::string& activity) {
        json shown = last_status_;
        shown["version"] = version();
        shown["activity"] = activity;
        return shown;
    }

    void refresh(const std::string& activity) {
        last_status_ = engine_->status();
        requests_.publish(snapshot(activity));
    }

    Result<json> handle(const std::string& command, const json& body) {
        std::string org = body.value("org", "");
        if (org.empty() && engine_->orgs().size() == 1) org = engine_->orgs().front();
        if (command == "sync") return run_cycle(org, "sync");
        if (auto answer = operate(command, body)) return std::move(*answer);
        if (is_person_request(command)) {
            json question = body;
            question["org"] = org;
            return engine_->person(command, question, stop_.get_token());
        }
        if (command == "consent")
            return engine_->allow_back_in(org, body.value("who", ""), body.value("field", ""),
                                          {who_asks(body), body.value("because", "")},
                                          stop_.get_token());
        if (command == "quarantine") return engine_->quarantine(body, stop_.get_token());
        if (command == "preview") return engine_->preview(body, stop_.get_token());
        if (command == "plan_documents")
            return engine_->plan_documents(body, stop_.get_token(), [this] { note_life(); });
        if (command == "match") return engine_->match(body, stop_.get_token());
        if (command == "history") {
            return engine_->history(org, body.value("cycle", std::int64_t{0}));
        }
        if (command == "reload") return reload();
        if (command == "clock") {
            const auto time = parse_instant(body.value("now", ""));
            if (!time)
                return Error{ErrorKind::Rejected,
                             "\"now\" must be an instant such as 2018-01-02T09:00:00Z.",
                             "DUET-6004",
                             "",
                             {}};
            return answered(engine_->set_clock(Instant{*time}));
        }
        return Error{
            ErrorKind::Rejected, "There is no command \"" + command + "\".", "DUET-6005", "", {}};
    }

    /// What people stop and start is seen in the status at once, and what was resumed is due.
    std::optional<Result<json>> operate(const std::string& command, const json& body) {
        auto answer = engine_->operate(command, body, stop_.get_token());
        if (!answer || command == "plan" || command == "metrics") return answer;
        if (command == "resume") due_.clear();
        refresh("idle");
        return answer;
    }

    static Result<json> answered(Status status) {
        if (!status) return std::move(status).error();
        return json{{"done", true}};
    }

    Result<json> reload() {
        systemd_.say("RELOADING=1");
        auto config = load_config(config_path_);
        std::optional<StartError> error;
        if (auto* findings = std::get_if<std::vector<document::Finding>>(&config)) {
            error.emplace();
            error->findings = std::move(*findings);
        } else {
            error = engine_->reload(std::get<Config>(std::move(config)));
        }
        systemd_.say("READY=1");
        if (error) {
            const std::string text = error->render(config_path_);
            log::error("Reload refused; the old configuration stays in force.", {{"reason", text}});
            return Error{ErrorKind::Rejected, text, "DUET-1002", "", {}};
        }
        log::set_level(engine_->config().log_level);
        due_.clear();
        log::info("Reloaded.");
        return json{{"done", true}};
    }

    void wait_for_signals(std::stop_token stop) {
        sigset_t set;
        sigemptyset(&set);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
        while (!stop.stop_requested()) {
            const timespec nap{0, 200'000'000};
            const int signal = sigtimedwait(&set, nullptr, &nap);
            if (signal == SIGHUP) reload_ = true;
            if (signal == SIGTERM || signal == SIGINT) {
                systemd_.say("STOPPING=1\nSTATUS=Finishing the step at hand.");
                stop_.request_stop();
            }
            if (signal > 0) requests_.wake();
        }
    }

    std::string config_path_;
    std::unique_ptr<Engine> engine_;
    Requests requests_;
    Notifier& systemd_;
    std::atomic<steady_clock::time_point> last_life_{steady_clock::now()};
    bool is_store_lost_ = false;
    std::stop_source stop_;
    std::atomic<bool> reload_{false};
    std::map<std::string, steady_clock::time_point> due_;
    json last_status_ = json::object();
};

/// True: a signal asked to stop within that time.
bool is_stopped_within(std::chrono::milliseconds time) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&set, signal);
    const timespec nap{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    return sigtimedwait(&set, nullptr, &nap) > 0;
}

/// A command that was typed a moment ago may hold the lock for the length of one answer; only a
/// holder that stays is a second daemon. A disk without room is waited for: an exit would use up
/// the restarts that systemd allows. Nothing: a signal asked to stop.
std::optional<std::variant<std::unique_ptr<Engine>, StartError>> start_patiently(
    const Config& config, Notifier& systemd) {
    constexpr std::string_view kLocked = "DUET-4002";
    const auto deadline = steady_clock::now() + kLockPatience;
    bool is_told = false;
    while (true) {
        auto engine = Engine::start(config);
        const auto* error = std::get_if<StartError>(&engine);
        if (error == nullptr) return engine;
        const bool waits_for_lock = error->error.code == kLocked && steady_clock::now() <= deadline;
        if (!waits_for_lock && error->error.code != kNoRoom) return engine;
        if (!waits_for_lock) {
            if (!std::exchange(is_told, true)) {
                log::error("Cannot start yet; waiting for room.",
                           {{"code", error->error.code}, {"reason", error->error.message}});
            }
            systemd.mention("EXTEND_TIMEOUT_USEC=60000000\nSTATUS=" + error->error.message);
        }
        const std::chrono::milliseconds nap{waits_for_lock ? 100 : 1000};
        if (is_stopped_within(nap)) return std::nullopt;
    }
}

}  // namespace

int run_service(const ServiceOptions& options) {
    // Before any thread exists, so that all of them leave these signals to the one that waits.
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a full disk, not an end

    auto config = load_config(options.config_path);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&config)) {
        std::fputs(render(*findings, options.config_path).c_str(), stderr);
        return 78;
    }
    log::start(std::get<Config>(config).log_level);
    std::error_code ignored;
    std::filesystem::create_directories(std::get<Config>(config).runtime_directory, ignored);
    Notifier systemd;
    auto engine = start_patiently(std::get<Config>(config), systemd);
    if (!engine) return 0;
    if (auto* error = std::get_if<StartError>(&*engine)) {
        std::fputs(error->render(options.config_path).c_str(), stderr);
        return error->exit_code;
    }
    return Service(options.config_path, std::get<std::unique_ptr<Engine>>(*std::move(engine)),
                   systemd)
        .run();
}

}  // namespace duet::service
