#include "daemon/cli/demo_org.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/rand.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/admin/client.h"

namespace duet::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kStartLimit{60};
constexpr const char* kSyncUser = "duetsync@hardware-reseller.example";  // of the seed
constexpr const char* kBusinessUnit = "0UvSB0000000001AAA";              // the sandbox's default

Error failed(std::string message) {
    return {ErrorKind::Broken, std::move(message), "DUET-6040", "", {}};
}

std::string read_all(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string tail_of(const std::string& path) {
    const std::string all = read_all(path);
    return all.size() > 800 ? all.substr(all.size() - 800) : all;
}

std::string random_word() {
    std::array<unsigned char, 16> bytes{};
    RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    std::string word;
    for (const unsigned char byte : bytes) word += fmt::format("{:02x}", byte);
    return word;
}

/// Programs of one build or installation lie side by side.
std::string beside(const std::string& name) {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

/// Each document of a folder and those below it, tests left out, by its path in the folder.
std::vector<fs::path> documents_of(const std::string& folder) {
    std::vector<fs::path> found;
    std::error_code wrong;
    for (fs::recursive_directory_iterator at(folder, wrong), end; at != end; at.increment(wrong)) {
        const std::string name = at->path().filename().string();
        if (name.ends_with(".yaml") && !name.ends_with(".test.yaml"))
            found.push_back(fs::relative(at->path(), folder));
    }
    return found;
}

/// All documents that ship as one whole, and the demo's own: one in a folder takes the place of
/// that of its name, one at the top includes it as shipped_NAME.
Status lay_documents(const std::string& folder) {
    std::error_code wrong;
    const auto lay = [&](const std::string& from, const fs::path& name) -> Status {
        fs::create_directories((folder / name).parent_path(), wrong);
        fs::copy_file(from / name, folder / name, fs::copy_options::overwrite_existing, wrong);
        return wrong ? Status{failed("Cannot copy the documents of " + from + ".")}
                     : Status{Done{}};
    };
    const std::string whole = shipped("presets");
    for (const fs::path& name : documents_of(whole)) {
        // The small set to begin with is another whole.
        if (*name.begin() == "default") continue;
        if (auto laid = lay(whole, name); !laid) return laid;
    }
    const std::string own = shipped("demo/documents");
    for (const fs::path& name : documents_of(own)) {
        if (!name.has_parent_path())
            fs::rename(folder / name, folder / fs::path("shipped_" + name.string()), wrong);
        if (auto laid = lay(own, name); !laid) return laid;
    }
    return Done{};
}

}  // namespace

std::string shipped(const std::string& what) {
    const auto installed =
        std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "share/duet" /
        what;
    if (std::filesystem::exists(installed)) return installed.string();
    const auto source = std::filesystem::path(DUET_SOURCE_FOLDER);
    return (source / (what == "presets" ? "mappings/presets" : fs::path("packaging") / what))
        .string();
}

Result<std::unique_ptr<Child>> Child::start(const std::string& program,
                                            const std::vector<std::string>& arguments,
                                            const std::string& log_path) {
    std::vector<char*> argv;
    argv.push_back(const_cast<char*>(
        program.c_str()));  // NOLINT(cppcoreguidelines-pro-type-const-cast): execv's signature
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));  // NOLINT: as above
    argv.push_back(nullptr);
    const pid_t pid = fork();
    if (pid < 0) return failed("Cannot start " + program + ".");
    if (pid == 0) {
        const int log = open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (log >= 0) {
            dup2(log, STDOUT_FILENO);
            dup2(log, STDERR_FILENO);
        }
        // A Ctrl-C at the terminal is for the demo alone; it stops its children in order.
        setpgid(0, 0);
        // A demo that is killed leaves nothing running.
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execv(program.c_str(), argv.data());
        _exit(127);
    }
    return std::unique_ptr<Child>(new Child(pid));
}

bool Child::runs() {
    if (ended_) return false;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) ended_ = true;
    return !ended_;
}

Child::~Child() {
    if (!runs()) return;
    kill(pid_, SIGTERM);
    const auto deadline = steady_clock::now() + std::chrono::seconds{10};
    while (runs()) {
        if (steady_clock::now() > deadline) {
            kill(pid_, SIGKILL);
            waitpid(pid_, nullptr, 0);
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

Status VendorApi::sign_in(const std::string& client_id, const std::string& client_secret) {
    auto answer = transport_.send(
        {.method = "POST",
         .url = url_ + "/services/oauth2/token",
         .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
         .body = "grant_type=client_credentials&client_id=" + http::encode_query_value(client_id) +
                 "&client_secret=" + http::encode_query_value(client_secret)},
        {});
    if (!answer) return std::move(answer).error();
    const auto parsed = json::parse(answer->body, nullptr, false);
    if (answer->status != 200 || !parsed.is_object())
        return failed("The sandbox refused to sign in.");
    client_id_ = client_id;
    client_secret_ = client_secret;
    token_ = parsed.value("access_token", "");
    return Done{};
}

Result<http::Response> VendorApi::send(const std::string& method, const std::string& path,
                                       const std::string& body) {
    http::Request request{.method = method,
                          .url = url_ + path,
                          .headers = {{"Authorization", "Bearer " + token_}},
                          .body = body};
    request.repeatable = method == "GET";
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    if (path.starts_with("/api/")) {
        request.headers.emplace_back("Pardot-Business-Unit-Id", kBusinessUnit);
    }
    return transport_.send(request, {});
}

Result<json> VendorApi::call(const std::string& method, const std::string& path,
                             const std::string& body) {
    auto answer = send(method, path, body);
    if (answer && answer->status == 401) {
        if (auto signed_in = sign_in(client_id_, client_secret_); !signed_in) {
            return std::move(signed_in).error();
        }
        answer = send(method, path, body);
    }
    if (!answer) return std::move(answer).error();
    if (answer->status >= 300) {
        return failed(fmt::format("{} {} was answered {}: {}", method, path, answer->status,
                                  answer->body.substr(0, 300)));
    }
    return answer->body.empty() ? json::object() : json::parse(answer->body, nullptr, false);
}

Result<json> VendorApi::query(const std::string& soql) {
    return call("GET", "/services/data/v62.0/query?q=" + http::encode_query_value(soql), "");
}

Result<json> VendorApi::first_row(const std::string& soql) {
    auto answer = query(soql);
    if (!answer) return answer;
    const auto& records = (*answer)["records"];
    return records.empty() ? json{} : records.front();
}

Status VendorApi::set_clock(const std::string& now) {
    auto answer = call("POST", "/sandbox/clock", json{{"now", now}}.dump());
    if (!answer) return std::move(answer).error();
    return Done{};
}

Status DemoOrg::start_sandbox(const std::string& folder, const std::string& seed_folder) {
    const std::string secret = random_word();
    const std::string secret_file = folder + "/client-secret";
    {
        const mode_t before = umask(0077);
        std::ofstream(secret_file) << secret;
        umask(before);
    }
    const std::string url_file = folder + "/sandbox-url";
    auto child =
        Child::start(beside("duet"),
                     {"sandbox", "--seed", seed_folder, "--file", folder + "/sandbox.db", "--clock",
                      kDemoStart, "--clock-stands", "--client-id", kDemoClientId, "--client-secret",
                      secret, "--run-as", kSyncUser, "--url-file", url_file},
                     folder + "/sandbox.log");
    if (!child) return std::move(child).error();
    sandbox_ = std::move(*child);
    const auto deadline = steady_clock::now() + kStartLimit;
    while (!std::filesystem::exists(url_file)) {
        if (!sandbox_->runs() || steady_clock::now() > deadline) {
            return failed("The sandbox did not start:\n" + tail_of(folder + "/sandbox.log"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    std::ifstream(url_file) >> url_;
    transport_ = http::make_transport({});
    vendors_ = std::make_unique<VendorApi>(url_, *transport_);
    if (auto signed_in = vendors_->sign_in(kDemoClientId, secret); !signed_in) return signed_in;
    // In a real org the model comes with packaging/salesforce, and an admin makes it active.
    auto made = vendors_->call("POST", "/sandbox/salesforce/influence-model",
                               json{{"DeveloperName", "Duet_Attribution"},
                                    {"MasterLabel", "Duet Attribution"},
                                    {"IsModelLocked", true}}
                                   .dump());
    if (!made) return std::move(made).error();
    return Done{};
}

Status DemoOrg::write_configuration(const std::string& folder) {
    if (auto laid = lay_documents(folder + "/documents"); !laid) return laid;
    config_path_ = folder + "/duet.yaml";
    socket_path_ = folder + "/run/duet.sock";
    std::ofstream file(config_path_);
    file << fmt::format(R"(# Written by `duet demo`.
state_directory: {0}/state
runtime_directory: {0}/run
fixed_clock: {1}
orgs:
  demo:
    documents: {0}/documents
    mode: apply
    poll_interval_seconds: 3600
    # A first load fills every stage, creates many prospects and takes reasons off where deals fell
    # asleep; a real org is looked at in mode plan first, and the brake is released by a person.
    brake:
      create: {{count: 20000, percent: 100}}
      blank: {{count: 20000, percent: 100}}
      reown: {{count: 20000, percent: 100}}
      restage: {{count: 20000, percent: 100}}
    crm:
      connector: salesforce
      login_url: {2}
      bulk_poll_seconds: 0
      auth: {{flow: client_credentials, client_id: {3}, client_secret_file: client-secret}}
    marketing:
      connector: pardot
      base_url: {2}
      login_url: {2}
      business_unit_id: {4}
      read_lag_seconds: 0
      auth: {{flow: client_credentials, client_id: {3}, client_secret_file: client-secret}}
)",
                        folder, kDemoStart, url_, kDemoClientId, kBusinessUnit);
    file.close();
    if (!file) return failed("Cannot write " + config_path_ + ".");
    return Done{};
}

Result<std::unique_ptr<DemoOrg>> DemoOrg::start(const std::string& folder,
                                                const std::string& seed_folder) {
    std::unique_ptr<DemoOrg> org(new DemoOrg);
    org->folder_ = folder;
    if (auto started = org->start_sandbox(folder, seed_folder); !started)
        return std::move(started).error();
    if (auto written = org->write_configuration(folder); !written)
        return std::move(written).error();
    auto daemon =
        Child::start(beside("duetd"), {"--config", org->config_path_}, folder + "/duetd.log");
    if (!daemon) return std::move(daemon).error();
    org->daemon_ = std::move(*daemon);
    const auto deadline = steady_clock::now() + kStartLimit;
    while (true) {
        if (org->ask("status", json::object())) return org;
        if (auto alive = org->check_alive(); !alive) return std::move(alive).error();
        if (steady_clock::now() > deadline) return failed("The daemon does not answer.");
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

Result<json> DemoOrg::ask(const std::string& command, const json& body) {
    auto reply = admin::call(socket_path_, command, body.dump(), std::chrono::seconds{300});
    if (!reply) return std::move(reply).error();
    auto answer = json::parse(reply->json, nullptr, false);
    if (reply->status != 200)
        return failed(answer.value("message", "The daemon refused " + command + "."));
    return answer;
}

Status DemoOrg::check_alive() {
    if (!sandbox_->runs())
        return failed("The sandbox ended:\n" + tail_of(folder_ + "/sandbox.log"));
    if (!daemon_->runs()) return failed("The daemon ended:\n" + tail_of(folder_ + "/duetd.log"));
    return Done{};
}

}  // namespace duet::cli
