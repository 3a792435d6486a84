#include "daemon/cli/demo_watch.h"

#include <future>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/demo_org.h"
#include "daemon/cli/demo_script.h"
#include "daemon/cli/print.h"

namespace duet::cli {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kStandstill{300};
constexpr std::chrono::seconds kSilence{2};
constexpr std::chrono::milliseconds kLook{100};
constexpr int kMostCycles = 40;

Error load_failed(std::string message) {
    return {ErrorKind::Broken, std::move(message), "DUET-6041", "", {}};
}

}  // namespace

void DemoWatch::tell(const json& status) {
    const auto progress = status.find("progress");
    if (progress == status.end()) return;
    const std::string about =
        progress->value("work", "") + progress->value("system", "") + progress->value("object", "");
    const auto now = steady_clock::now();
    const bool is_first_look = is_loading_ && progress->value("work", "") == "reading";
    if (now - shown_at_ < kSilence && (!is_first_look || about == shown_)) return;
    shown_ = about;
    shown_at_ = now;
    print_.line("  " + progress_line(*progress));
}

Status DemoWatch::first_load() {
    json seen;
    auto moved_at = steady_clock::now();
    while (steady_clock::now() - moved_at < kStandstill) {
        if (auto alive = org_.check_alive(); !alive) return alive;
        auto status = org_.ask("status", json::object());
        if (!status) return std::move(status).error();
        if (const auto orgs = status->find("orgs"); orgs != status->end() && !orgs->empty()) {
            const auto& cycle = orgs->front().value("last_cycle", json{});
            if (cycle.is_object() && !cycle.value("ended", "").empty()) {
                const std::string error = cycle.value("error", "");
                return error.empty() ? Status{Done{}} : Status{load_failed(error)};
            }
        }
        const std::string activity = status->value("activity", "");
        if (activity.starts_with("waiting after a failed")) return load_failed(activity);
        tell(*status);
        if (const json progress = status->value("progress", json{}); progress != seen) {
            seen = progress;
            moved_at = steady_clock::now();
        }
        std::this_thread::sleep_for(kLook);
    }
    return Error{ErrorKind::Transient,
                 "The first load has stood still for 300 seconds.",
                 "DUET-6042",
                 "",
                 {}};
}

Result<json> DemoWatch::sync() {
    is_loading_ = false;
    shown_at_ = steady_clock::now();
    auto report =
        std::async(std::launch::async, [this] { return org_.ask("sync", json::object()); });
    while (report.wait_for(kLook) != std::future_status::ready) {
        const auto status = org_.ask("status", json::object());
        if (status) tell(*status);
    }
    return report.get();
}

Result<json> DemoWatch::settle() {
    std::int64_t written = 0;
    for (int cycle = 1; cycle <= kMostCycles; ++cycle) {
        auto report = sync();
        if (!report) return report;
        const auto of_it = report->value("written", std::int64_t{0});
        if (of_it == 0) return json{{"cycles", cycle}, {"written", written}};
        written += of_it;
        print_.line(fmt::format("  cycle {}: {} writes", report->value("cycle", 0), of_it));
    }
    return load_failed("Every cycle still finds something to write.");
}

}  // namespace duet::cli
