#include "daemon/cli/demo.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/demo_org.h"
#include "daemon/cli/demo_report.h"
#include "daemon/cli/demo_script.h"
#include "daemon/cli/demo_watch.h"

namespace duet::cli {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

/// The working folder; removed at the end unless the caller named it.
class Folder {
public:
    explicit Folder(const std::string& wanted) : keep_(!wanted.empty()) {
        if (keep_) {
            std::filesystem::create_directories(wanted);
            path_ = std::filesystem::absolute(wanted).string();
        } else {
            std::string pattern =
                (std::filesystem::temp_directory_path() / "duet-demo-XXXXXX").string();
            if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
        }
        if (!path_.empty()) std::filesystem::create_directories(path_ + "/run");
    }
    ~Folder() {
        std::error_code ignored;
        if (!keep_ && !path_.empty()) std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    bool keep_;
};

/// Where the page goes: into the folder that is kept, else beside other temporary files.
std::string page_path(const DemoOptions& options, const Folder& folder) {
    if (!options.report.empty()) return options.report;
    if (!options.directory.empty()) return folder.path() + "/report.html";
    return folder.path() + ".html";
}

void stay_until_stopped(const DemoOrg& org, const DemoPrinter& print) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    print.line("");
    print.line("Still running. The sandbox: " + org.url());
    print.line("Ask the daemon:  duet status --config " + org.config_path());
    print.line("Ctrl-C ends both.");
    int signal = 0;
    sigwait(&set, &signal);
}

int report_failure(const Error& error) {
    std::fprintf(stderr, "error %s: %s\n", error.code.c_str(), error.message.c_str());
    return 1;
}

}  // namespace

void DemoPrinter::line(const std::string& text) const {
    if (quiet) return;
    std::fprintf(stdout, "%s\n", text.c_str());
    std::fflush(stdout);
}

void DemoPrinter::heading(const std::string& text) const {
    line("");
    line("== " + text);
}

int run_demo(const DemoOptions& options) {
    const DemoPrinter print{options.json};
    const Folder folder(options.directory);
    if (folder.path().empty())
        return report_failure(
            {ErrorKind::Broken, "Cannot make a working folder.", "DUET-6043", "", {}});
    const auto began = steady_clock::now();
    print.heading("A sandbox with the seed, and the daemon against it");
    auto org = DemoOrg::start(
        folder.path(), options.seed_folder.empty() ? shipped("demo/seed") : options.seed_folder);
    if (!org) return report_failure(org.error());
    print.line("  sandbox at " + (*org)->url() + ", clock at " + kDemoStart);
    DemoWatch watch(**org, print);
    if (auto loaded = watch.first_load(); !loaded) return report_failure(loaded.error());

    json figures;
    bool good = play_demo(**org, watch, print, figures);
    print.heading("What managers see: duet report --html FILE");
    good = play_report(**org, page_path(options, folder), print, figures) && good;
    figures["seconds"] = std::chrono::duration<double>(steady_clock::now() - began).count();
    figures["good"] = good;
    if (options.json) {
        std::fprintf(stdout, "%s\n", figures.dump(2).c_str());
    } else {
        print.line(fmt::format(
            "\n{} in {:.1f} seconds.",
            good ? "Done: everything arrived as it should" : "NOT everything arrived as it should",
            figures["seconds"].get<double>()));
    }
    if (options.stay) stay_until_stopped(**org, print);
    return good ? 0 : 1;
}

}  // namespace duet::cli
