#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/world/processes.h"
#include "tests/world/raw_http_client.h"
#include "tests/world/unspoken.h"

/// `duet sandbox` and `duetd` as processes, and both vendors' own APIs to look at what came of it.
/// What cannot be started throws with the tail of its log: no test can go on without it.
namespace duet::world {

/// Where Salesforce keeps one record by its id, below the instance.
inline constexpr const char* kObjects = "/services/data/v62.0/sobjects/";

inline constexpr const char* kRehearsalStart = "2018-01-02T09:00:00Z";  // in the demo's own time

/// Paths of the programs and data of this build.
[[nodiscard]] std::string duet_program();
[[nodiscard]] std::string duetd_program();
[[nodiscard]] std::string demo_seed();
[[nodiscard]] std::string default_documents();

/// A running sandbox on a port of its own; its rows live in `folder`/sandbox.db.
class SandboxProcess {
public:
    SandboxProcess(std::string folder, std::string seed_folder);
    /// Starts again on the same port and file after kill_now().
    void start();
    void kill_now() { process_.kill_now(); }
    [[nodiscard]] Process& process() noexcept { return process_; }
    [[nodiscard]] std::string file() const { return folder_ + "/sandbox.db"; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    std::string folder_;
    std::string seed_folder_;
    std::uint16_t port_ = 0;
    Process process_;
};

/// A client of both vendors' APIs, as anybody's program would use them.
class VendorClient {
public:
    explicit VendorClient(std::uint16_t port);

    struct Answer {
        int status = 0;  // 0: no answer
        nlohmann::json body{};
    };
    Answer call(const std::string& method, const std::string& path,
                const nlohmann::json& body = nullptr);
    /// As call(), but anything else than a 2xx throws with the vendor's words.
    nlohmann::json must(const std::string& method, const std::string& path,
                        const nlohmann::json& body = nullptr);
    /// One operation of Salesforce's SOAP API, as a person's click would send it; the answer.
    /// Anything else than a success throws.
    std::string soap(const std::string& operation);
    /// All pages of a SOQL query; deleted rows too when asked for.
    std::vector<nlohmann::json> query(const std::string& soql, bool with_deleted = false);
    /// All rows of a Pardot collection, all pages, those in the bin too.
    std::vector<nlohmann::json> collection(const std::string& name, const std::string& fields,
                                           const std::string& filter = "");
    /// Names of all fields of a Salesforce object that can be queried.
    std::vector<std::string> fields_of(const std::string& object);
    /// API calls that the sandbox has counted, of both APIs.
    std::int64_t calls();

private:
    void sign_in();
    RawHttpClient http_;
    std::string token_;
};

/// Everything a user could see on both sides: object -> row -> field -> value as JSON text. Rows of
/// the seed go by their id, others ("new") by what they are; stamps and made ids are left out.
using Fields = std::map<std::string, std::string>;
using Everything = std::map<std::string, std::map<std::string, Fields>>;
/// `seeded` holds the ids that were there before Duet came: object -> ids.
using SeededIds = std::map<std::string, std::set<std::string>>;
[[nodiscard]] SeededIds all_ids(VendorClient& vendors);
[[nodiscard]] Everything everything(VendorClient& vendors, const SeededIds& seeded);
/// The differences, one a line, at most 40.
[[nodiscard]] std::string differences(const Everything& expected, const Everything& found);

/// One org of a configuration.
struct RehearsalOrg {
    std::string name = "demo";
    std::string sandbox_url{};
    std::string mode = "apply";  // empty: the configuration names none
    std::string documents = default_documents();
    std::string marketing{};  // the whole block, indented by six, instead of the sandbox's Pardot
    std::string more{};       // further keys of the org, indented by four
    int poll_interval_seconds = 3600;
    int read_lag_seconds = 0;  // that the configuration tells of Pardot's reads
};

/// What it took from the start of a process to its first answer.
struct Started {
    std::chrono::milliseconds wall{0};
    std::chrono::milliseconds computed{0};  // processor time of all its threads
    std::chrono::milliseconds queued{0};    // its first thread waited for a processor
};

/// `duetd` in a folder: its configuration, its socket, its log.
class DaemonProcess {
public:
    DaemonProcess(std::string folder, const std::vector<RehearsalOrg>& orgs);

    void write_config(const std::vector<RehearsalOrg>& orgs, const std::string& more = "");
    [[nodiscard]] const std::string& config_path() const noexcept { return config_path_; }
    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
    [[nodiscard]] std::string state_path() const { return state_ + "/duet.db"; }
    [[nodiscard]] const std::string& state_directory() const noexcept { return state_; }
    [[nodiscard]] std::string log() const { return read_text(folder_ + "/duetd.log"); }
    /// Where state is kept; absent: `folder`/state. Before the configuration is written.
    void set_state_directory(std::string path) { state_ = std::move(path); }
    void set_environment(std::vector<std::pair<std::string, std::string>> environment) {
        environment_ = std::move(environment);
    }

    /// How far a file of its next process may grow; nothing: without limit.
    void limit_files(std::optional<std::uint64_t> bytes) { file_bytes_max_ = bytes; }

    /// Starts it without waiting for anything.
    void launch();
    /// Starts it and waits until it answers on its socket.
    Started start();
    [[nodiscard]] Process& process() noexcept { return process_; }
    /// The daemon's answer; an error's "code" and "message" when it refused, null without daemon.
    nlohmann::json ask(const std::string& command,
                       const nlohmann::json& body = nlohmann::json::object());
    /// One cycle now; what it reports. A refusal throws.
    nlohmann::json sync(const std::string& org = "");
    /// Cycles until one had nothing to write; its report.
    nlohmann::json sync_until_quiet(const std::string& org = "");
    /// `duet` with this configuration.
    Finished duet(std::vector<std::string> arguments);
    /// Rows in flight in the state as the daemon left it; read from a copy, nothing is disturbed.
    [[nodiscard]] int rows_in_flight() const;

private:
    std::string folder_;
    std::string state_;
    std::string config_path_;
    std::vector<std::pair<std::string, std::string>> environment_;
    std::optional<std::uint64_t> file_bytes_max_{};
    Process process_;
};

/// A sandbox with a seed, a daemon against it, and a look at both sides. In the end the daemon's
/// log is searched: a test fails in which it held a person's values, an address or a secret.
struct Rehearsal {
    explicit Rehearsal(const std::string& seed_folder, RehearsalOrg org = {});
    ~Rehearsal();
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;
    TemporaryFolder folder;
    SandboxProcess sandbox;
    VendorClient vendors;
    RehearsalOrg org;
    DaemonProcess daemon;
    Unspoken unspoken;
};

/// Writes a seed of a few dozen rows: 4 accounts, 12 contacts (8 with a prospect), 12 leads (6
/// with one), 6 prospects alone, 6 opportunities. Addresses end in `tag`.example; names hold `tag`
/// too. Ids are the same for every tag.
void write_small_seed(const std::string& folder, const std::string& tag);
/// The id of 18 characters of that seed's rows: prefix "003" and 1 are the first contact.
[[nodiscard]] std::string salesforce_id(const std::string& prefix, int number);

}  // namespace duet::world
