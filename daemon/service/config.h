#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "connectors/http/transport.h"
#include "daemon/sync/org.h"
#include "mappings/document/load.h"
#include "mappings/seams.h"
#include "mappings/side.h"

/// The configuration of the service: /etc/duet/duet.yaml.
namespace duet::service {

/// One side of an org: which connector, and its own settings.
struct SideConfig {
    std::string connector;      // "salesforce", "pardot", "csv"
    std::string settings_json;  // what the connector's `config.h` reads, as JSON
    document::Place place;
};

struct OrgConfig {
    std::string name;
    std::vector<std::string> document_paths;  // files, or folders whose *.yaml files are read
    std::chrono::seconds poll_interval{300};
    std::optional<store::Mode> mode;  // absent: as the store says; new orgs observe
    PerSide<SideConfig> sides;
    sync::CycleSettings cycle;
    document::Place place;
};

struct Config {
    std::string file;
    std::string state_directory = "/var/lib/duet";
    std::string runtime_directory = "/run/duet";  // where the socket is
    std::string log_level = "info";
    http::TransportSettings http;
    /// A rehearsal's own time; refused for an org with an address that is not loopback.
    std::optional<Instant> fixed_clock;
    std::vector<OrgConfig> orgs;

    /// An empty state directory keeps everything in memory: for checks that leave no trace.
    [[nodiscard]] std::string store_path() const {
        return state_directory.empty() ? ":memory:" : state_directory + "/duet.db";
    }
    [[nodiscard]] std::string socket_path() const { return runtime_directory + "/duet.sock"; }
};

/// Checks one configuration text. Relative paths in it start at the folder of `file`.
/// Everything wrong with it comes in one go.
[[nodiscard]] std::variant<Config, std::vector<document::Finding>> parse_config(
    const std::string& file, const std::string& text);

/// Reads and checks the file at `path`; an unreadable file is a finding too.
[[nodiscard]] std::variant<Config, std::vector<document::Finding>> load_config(
    const std::string& path);

/// Test documents end so. They stand beside the documents they test and are none themselves.
inline constexpr std::string_view kTestSuffix = ".test.yaml";

/// Reads the org's documents: every file, sorted by path, then the files that they include; a
/// folder's test documents are left out. A path of the configuration that cannot be read is a
/// finding; an include is left to loading.
[[nodiscard]] std::variant<std::vector<document::Source>, std::vector<document::Finding>>
read_documents(const OrgConfig& org);

/// All findings as a person reads them, with a last line that counts them.
[[nodiscard]] std::string render(const std::vector<document::Finding>& findings,
                                 std::string_view file);

}  // namespace duet::service
