#include "tests/world/rehearsal.h"

#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "daemon/admin/client.h"

namespace duet::world {

using nlohmann::json;

namespace {

constexpr const char* kClientId = "rehearsal";
constexpr const char* kClientSecret = "a-secret-of-the-rehearsal";
constexpr const char* kBusinessUnit = "0UvSB0000000001AAA";

std::string tail_of(const std::string& path) {
    const std::string all = read_text(path);
    return all.size() > 2000 ? all.substr(all.size() - 2000) : all;
}

std::string block_of(const RehearsalOrg& org) {
    const std::string auth = fmt::format(
        "{{flow: client_credentials, client_id: {}, client_secret_file: client-secret}}",
        kClientId);
    std::string marketing = org.marketing;
    if (marketing.empty()) {
        marketing = fmt::format(R"(      connector: pardot
      base_url: {0}
      login_url: {0}
      business_unit_id: {1}
      read_lag_seconds: {3}
      auth: {2}
)",
                                org.sandbox_url, kBusinessUnit, auth, org.read_lag_seconds);
    }
    return fmt::format(R"(  {0}:
    documents: {1}
{2}    poll_interval_seconds: {3}
{4}    crm:
      connector: salesforce
      login_url: {5}
      bulk_poll_seconds: 0
      auth: {6}
    marketing:
{7})",
                       org.name, org.documents,
                       org.mode.empty() ? "" : "    mode: " + org.mode + "\n",
                       org.poll_interval_seconds, org.more, org.sandbox_url, auth, marketing);
}

}  // namespace

std::string duet_program() { return DUET_PROGRAM; }
std::string duetd_program() { return DUETD_PROGRAM; }
std::string demo_seed() { return std::string(DUET_SOURCE_DIR) + "/packaging/demo/seed"; }
std::string default_documents() {
    return std::string(DUET_SOURCE_DIR) + "/mappings/presets/default";
}

SandboxProcess::SandboxProcess(std::string folder, std::string seed_folder)
    : folder_(std::move(folder)), seed_folder_(std::move(seed_folder)) {
    std::filesystem::create_directories(folder_);
    start();
}

void SandboxProcess::start() {
    const std::string url_file = folder_ + "/url";
    std::filesystem::remove(url_file);
    process_ =
        Process({duet_program(),
                 {"sandbox", "--seed", seed_folder_, "--file", folder_ + "/sandbox.db", "--clock",
                  kRehearsalStart, "--clock-stands", "--client-id", kClientId, "--client-secret",
                  kClientSecret, "--url-file", url_file, "--port", std::to_string(port_)},
                 folder_ + "/sandbox.log",
                 {},
                 {}});
    const bool up =
        eventually([&] { return std::filesystem::exists(url_file) || !process_.runs(); });
    if (!up || !process_.runs())
        throw std::runtime_error("no sandbox: " + tail_of(folder_ + "/sandbox.log"));
    const std::string url = read_text(url_file);
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

DaemonProcess::DaemonProcess(std::string folder, const std::vector<RehearsalOrg>& orgs)
    : folder_(std::move(folder)), state_(folder_ + "/state"), config_path_(folder_ + "/duet.yaml") {
    std::filesystem::create_directories(folder_);
    write_text(folder_ + "/client-secret", kClientSecret);
    std::filesystem::permissions(
        folder_ + "/client-secret",
        std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    write_config(orgs);
}

void DaemonProcess::write_config(const std::vector<RehearsalOrg>& orgs, const std::string& more) {
    std::string text =
        fmt::format("state_directory: {}\nruntime_directory: {}/run\n", state_, folder_);
    text += more.empty() ? fmt::format("fixed_clock: {}\n", kRehearsalStart) : more;
    text += "orgs:\n";
    for (const RehearsalOrg& org : orgs) text += block_of(org);
    write_text(config_path_, text);
}

void DaemonProcess::launch() {
    process_ = Process({duetd_program(),
                        {"--config", config_path_},
                        folder_ + "/duetd.log",
                        {},
                        environment_,
                        file_bytes_max_});
}

Started DaemonProcess::start() {
    const auto before = std::chrono::steady_clock::now();
    launch();
    const bool up = eventually([&] { return !process_.runs() || ask("status").is_object(); });
    if (!up || !process_.runs())
        throw std::runtime_error("no daemon: " + tail_of(folder_ + "/duetd.log"));
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return {duration_cast<milliseconds>(std::chrono::steady_clock::now() - before),
            process_.computed(), process_.queued()};
}

json DaemonProcess::ask(const std::string& command, const json& body) {
    auto reply =
        admin::call(folder_ + "/run/duet.sock", command, body.dump(), std::chrono::seconds{120});
    if (!reply) return nullptr;
    return json::parse(reply->json, nullptr, false);
}

json DaemonProcess::sync(const std::string& org) {
    auto report = ask("sync", {{"org", org}});
    if (!report.is_object() || !report.contains("written"))
        throw std::runtime_error("no cycle: " + report.dump() + "\n" +
                                 tail_of(folder_ + "/duetd.log"));
    return report;
}

json DaemonProcess::sync_until_quiet(const std::string& org) {
    json report;
    for (int cycle = 0; cycle < 12; ++cycle) {
        report = sync(org);
        if (report["written"] == 0 && report["in_doubt"] == 0 && report["not_sent"] == 0)
            return report;
    }
    throw std::runtime_error("never quiet: " + report.dump());
}

Finished DaemonProcess::duet(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--config", config_path_});
    return run_program(duet_program(), arguments);
}

int DaemonProcess::rows_in_flight() const {
    const TemporaryFolder copy;
    std::error_code ignored;
    for (const char* part : {"", "-wal"}) {
        std::filesystem::copy_file(state_path() + part, copy.path() + "/duet.db" + part, ignored);
    }
    sqlite3* database = nullptr;
    sqlite3_stmt* statement = nullptr;
    int rows = -1;
    if (sqlite3_open_v2((copy.path() + "/duet.db").c_str(), &database, SQLITE_OPEN_READWRITE,
                        nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(database, "SELECT count(*) FROM in_flight", -1, &statement, nullptr) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        rows = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return rows;
}

Rehearsal::Rehearsal(const std::string& seed_folder, RehearsalOrg wanted)
    : sandbox(folder.path() + "/vendors", seed_folder),
      vendors(sandbox.port()),
      org([&] {
          wanted.sandbox_url = sandbox.url();
          return wanted;
      }()),
      daemon(folder.path() + "/duet", {org}) {
    unspoken.add_seed(seed_folder);
    unspoken.add(kClientSecret);
}

Rehearsal::~Rehearsal() {
    daemon.process().kill_now();
    sandbox.kill_now();
    unspoken.add_tokens(sandbox.file());
    for (const std::string& found : unspoken.spoken_in(daemon.log()))
        ADD_FAILURE() << "the log holds " << found;
}

}  // namespace duet::world
