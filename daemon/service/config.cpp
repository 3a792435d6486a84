#include "daemon/service/config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "connectors/registry.h"
#include "mappings/document/include.h"
#include "mappings/document/reader.h"

namespace duet::service {
namespace {

using document::Finding;
using document::Findings;
using document::MapReader;
using document::Node;

// Every cycle costs at least four calls; more often than this would eat a daily quota by itself.
constexpr int kShortestPollSeconds = 5;
constexpr int kLongestPollSeconds = 86'400;

std::string absolute_from(const std::string& file, const std::string& path) {
    const std::filesystem::path given(path);
    if (given.is_absolute()) return path;
    return (std::filesystem::absolute(file).parent_path() / given).lexically_normal().string();
}

/// A node as JSON: plain words that are numbers or booleans become those, as JSON has them.
nlohmann::json json_of(const Node& node) {
    switch (node.kind) {
        case Node::Kind::Null:
            return nullptr;
        case Node::Kind::List: {
            auto list = nlohmann::json::array();
            for (const Node& item : node.items) list.push_back(json_of(item));
            return list;
        }
        case Node::Kind::Map: {
            auto map = nlohmann::json::object();
            for (std::size_t i = 0; i < node.keys.size(); ++i)
                map[node.keys[i].text] = json_of(node.items[i]);
            return map;
        }
        case Node::Kind::Scalar:
            break;
    }
    if (!node.plain) return node.text;
    if (node.text == "true") return true;
    if (node.text == "false") return false;
    const bool is_digits = !node.text.empty() && node.text.size() < 16 &&
                           node.text.find_first_not_of("0123456789") == std::string::npos;
    if (is_digits) return std::stoll(node.text);
    return node.text;
}

/// Reads the whole configuration; what is wrong goes to `findings`.
class Loader {
public:
    Loader(std::string file, Findings& findings) : file_(std::move(file)), findings_(findings) {}

    Config load(const Node& root) {
        Config config;
        config.file = file_;
        MapReader map(root, "the configuration", findings_);
        if (auto path = map.text("state_directory"))
            config.state_directory = absolute_from(file_, *path);
        if (auto path = map.text("runtime_directory"))
            config.runtime_directory = absolute_from(file_, *path);
        if (auto level = map.choice<std::string>(
                "log_level",
                {{"debug", "debug"}, {"info", "info"}, {"warn", "warn"}, {"error", "error"}})) {
            config.log_level = *level;
        }
        if (const Node* node = map.find("http")) load_http(*node, config.http);
        if (const Node* node = map.find("fixed_clock")) load_clock(*node, config);
        if (const Node* node = map.require("orgs")) load_orgs(*node, config);
        map.finish();
        return config;
    }

private:
    void load_http(const Node& node, http::TransportSettings& settings) {
        MapReader map(node, "http", findings_);
        if (auto proxy = map.text("proxy")) settings.proxy = *proxy;
        if (const Node* hosts = map.find("no_proxy"))
            settings.no_proxy = text_list(*hosts, "no_proxy", findings_);
        if (auto path = map.text("ca_file")) settings.ca_file = absolute_from(file_, *path);
        if (auto most = map.whole("max_in_flight", 1, 16)) settings.max_in_flight = *most;
        map.finish();
    }

    void load_clock(const Node& node, Config& config) {
        const auto time = parse_instant(node.text);
        if (!time) {
            findings_.add(node, "DUET-1010", "\"fixed_clock\" is not an instant",
                          "write it as 2018-01-02T09:00:00Z");
            return;
        }
        config.fixed_clock = Instant{*time};
    }

    void load_orgs(const Node& node, Config& config) {
        if (node.kind != Node::Kind::Map || node.keys.empty()) {
            findings_.add(node, "DUET-1011", "\"orgs\" must hold at least one org, by name");
            return;
        }
        for (std::size_t i = 0; i < node.keys.size(); ++i) {
            OrgConfig org;
            org.name = node.keys[i].text;
            org.place = node.keys[i].place();
            const bool is_plain =
                !org.name.empty() && org.name.size() <= 40 &&
                org.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") ==
                    std::string::npos;
            if (!is_plain) {
                findings_.add(node.keys[i], "DUET-1012",
                              "\"" + org.name + "\" is no name for an org",
                              "use 1 to 40 of a-z, 0-9, _ and -");
            }
            load_org(node.items[i], org);
            config.orgs.push_back(std::move(org));
        }
    }

    void load_org(const Node& node, OrgConfig& org) {
        MapReader map(node, "org \"" + org.name + "\"", findings_);
        if (const Node* paths = map.require("documents")) {
            for (const std::string& path : text_list(*paths, "documents", findings_)) {
                org.document_paths.push_back(absolute_from(file_, path));
            }
        }
        if (auto seconds =
                map.whole("poll_interval_seconds", kShortestPollSeconds, kLongestPollSeconds)) {
            org.poll_interval = std::chrono::seconds{*seconds};
        }
        org.mode = map.choice<store::Mode>("mode", {{"observe", store::Mode::Observe},
                                                    {"plan", store::Mode::Plan},
                                                    {"apply", store::Mode::Apply}});
        if (auto rows = map.whole("page_size", 200, 50'000))
            org.cycle.page_size = static_cast<std::size_t>(*rows);
        if (auto percent = map.whole("api_reserve_percent", 0, 99))
            org.cycle.reserve_share = *percent / 100.0;
        if (auto days = map.whole("keep_audit_days", 1, 36'500))
            org.cycle.keep_audit = std::chrono::days{*days};
        if (auto days = map.whole("keep_cycles_days", 1, 36'500))
            org.cycle.keep_cycles = std::chrono::days{*days};
        if (const Node* brake = map.find("brake")) load_brake(*brake, org.cycle);
        if (const Node* retry = map.find("retry")) load_retry(*retry, org.cycle);
        if (const Node* compare = map.find("full_compare")) load_compare(*compare, org.cycle);
        if (const Node* freeze = map.find("ping_pong")) load_ping_pong(*freeze, org.cycle);
        if (auto seconds = map.whole("stale_after_seconds", 0, 86'400))
            org.cycle.stale_after = std::chrono::seconds{*seconds};
        if (auto seconds = map.whole("first_load_slice_seconds", 1, 86'400))
            org.cycle.first_load_slice = std::chrono::seconds{*seconds};
        if (const Node* side = map.require("crm")) load_side(*side, "crm", org.sides.crm);
        if (const Node* side = map.require("marketing"))
            load_side(*side, "marketing", org.sides.marketing);
        map.finish();
    }

    void load_brake(const Node& node, sync::CycleSettings& settings) {
        MapReader map(node, "brake", findings_);
        for (const char* kind : sync::kBrakeKinds) {
            const Node* limit = map.find(kind);
            if (limit == nullptr) continue;
            MapReader limits(*limit, std::string("brake of \"") + kind + "\"", findings_);
            if (auto count = limits.whole("count", 0, 1'000'000'000))
                settings.brake[kind].count = *count;
            if (auto percent = limits.whole("percent", 0, 100))
                settings.brake[kind].share = *percent / 100.0;
            limits.finish();
        }
        map.finish();
    }

    void load_retry(const Node& node, sync::CycleSettings& settings) {
        MapReader map(node, "retry", findings_);
        const auto read = [&](const char* key, int longest, std::chrono::seconds& into) {
            if (auto seconds = map.whole(key, 1, longest)) into = std::chrono::seconds{*seconds};
        };
        constexpr int kWeekSeconds = 7 * 86'400;
        read("first_seconds", kWeekSeconds, settings.retry_first);
        read("refused_first_seconds", kWeekSeconds, settings.refused_first);
        read("longest_seconds", kWeekSeconds, settings.retry_longest);
        read("cause_longest_seconds", kWeekSeconds, settings.cause_longest);
        if (auto tries = map.whole("tries_per_cause", 1, 10'000))
            settings.tries_per_cause = static_cast<std::size_t>(*tries);
        map.finish();
    }

    void load_compare(const Node& node, sync::CycleSettings& settings) {
        MapReader map(node, "full_compare", findings_);
        constexpr int kYearHours = 366 * 24;
        if (auto hours = map.whole("every_hours", 0, kYearHours))
            settings.compare_every = std::chrono::hours{*hours};
        if (auto hours = map.whole("within_hours", 0, kYearHours))
            settings.compare_within = std::chrono::hours{*hours};
        if (auto percent = map.whole("api_percent", 0, 100))
            settings.compare_share = *percent / 100.0;
        map.finish();
    }

    void load_ping_pong(const Node& node, sync::CycleSettings& settings) {
        MapReader map(node, "ping_pong", findings_);
        if (auto times = map.whole("times", 0, 1'000)) settings.ping_pong_times = *times;
        if (auto minutes = map.whole("within_minutes", 1, 100'000))
            settings.ping_pong_within = std::chrono::minutes{*minutes};
        map.finish();
    }

    void load_side(const Node& node, const std::string& what, SideConfig& side) {
        if (node.kind != Node::Kind::Map) {
            findings_.add(node, "DUET-1013",
                          "\"" + what + "\" must name a connector and its settings");
            return;
        }
        side.place = node.place();
        check_keys(node, what);
        auto settings = json_of(node);
        std::vector<std::string> names;
        for (const ConnectorKind& kind : connector_kinds()) names.emplace_back(kind.name);
        const auto named = settings.find("connector");
        if (named == settings.end() || !named->is_string()) {
            findings_.add(node, "DUET-1014", "\"" + what + "\" names no connector",
                          "one of " + document::one_of(names));
            return;
        }
        side.connector = named->get<std::string>();
        if (find_connector_kind(side.connector) == nullptr) {
            findings_.add(
                node, "DUET-1015", "there is no connector \"" + side.connector + "\"",
                document::did_you_mean(side.connector, names, "one of " + document::one_of(names)));
        }
        settings.erase(named);
        absolute_files(settings);
        side.settings_json = settings.dump();
    }

    /// What the connector will read is only checked for keys that come twice: the last would win.
    void check_keys(const Node& node, const std::string& what) {
        if (node.kind != Node::Kind::Map) return;
        const MapReader checked(node, what, findings_);
        for (std::size_t i = 0; i < node.keys.size(); ++i)
            check_keys(node.items[i], node.keys[i].text);
    }

    /// Keys that end in _file or _folder hold paths, which start at the configuration's folder.
    void absolute_files(nlohmann::json& settings) {
        for (auto& [key, value] : settings.items()) {
            if (value.is_object()) absolute_files(value);
            const bool is_path =
                key.ends_with("_file") || key.ends_with("_folder") || key == "folder";
            if (value.is_string() && is_path)
                value = absolute_from(file_, value.get<std::string>());
        }
    }

    std::string file_;
    Findings& findings_;
};

std::optional<std::string> read_file(const std::string& path, std::string& why) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        why = "it is a folder";
        return std::nullopt;
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        why = std::strerror(errno);
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

Finding unreadable(const document::Place& place, const std::string& path, const std::string& why) {
    Finding finding;
    finding.place = place;
    finding.code = "DUET-1001";
    finding.message = "cannot read " + path + ": " + why;
    finding.hint = "check the path and that the user that runs Duet may read it";
    return finding;
}

/// Adds the files that documents include, and those that these include. One that cannot be read
/// is left out: loading reports it where it is named.
void add_included(std::vector<document::Source>& sources) {
    std::vector<std::string> folders;  // of the document that leads to each source
    folders.reserve(sources.size());
    for (const document::Source& source : sources) {
        folders.push_back(document::folder_of(source.file));
    }
    for (std::size_t at = 0; at < sources.size(); ++at) {
        for (std::string& path : document::included_files(sources[at], folders[at])) {
            const bool is_known =
                std::any_of(sources.begin(), sources.end(),
                            [&](const document::Source& known) { return known.file == path; });
            std::string why;
            auto text = is_known ? std::nullopt : read_file(path, why);
            if (!text) continue;
            folders.push_back(folders[at]);
            sources.push_back({std::move(path), std::move(*text), true});
        }
    }
}

}  // namespace

std::variant<Config, std::vector<Finding>> parse_config(const std::string& file,
                                                        const std::string& text) {
    const document::SourceText source(file, text);
    Findings findings;
    findings.know(source);
    const Node root = document::parse_tree(source, findings);
    Config config = findings.empty() ? Loader(file, findings).load(root) : Config{};
    if (findings.empty()) return config;
    return findings.take({file});
}

std::variant<Config, std::vector<Finding>> load_config(const std::string& path) {
    std::string why;
    const auto text = read_file(path, why);
    if (!text) return std::vector{unreadable({path, 1, 1}, path, why)};
    return parse_config(path, *text);
}

std::variant<std::vector<document::Source>, std::vector<Finding>> read_documents(
    const OrgConfig& org) {
    std::vector<std::string> files;
    std::vector<Finding> findings;
    for (const std::string& path : org.document_paths) {
        std::error_code error;
        if (!std::filesystem::is_directory(path, error)) {
            files.push_back(path);
            continue;
        }
        for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
            const auto extension = entry.path().extension();
            if (entry.path().filename().string().ends_with(kTestSuffix)) continue;
            if (extension == ".yaml" || extension == ".yml" || extension == ".json")
                files.push_back(entry.path().string());
        }
        if (error) findings.push_back(unreadable(org.place, path, error.message()));
    }
    std::sort(files.begin(), files.end());
    if (files.empty() && findings.empty()) {
        findings.push_back(
            unreadable(org.place, "the documents of org \"" + org.name + "\"", "there are none"));
    }
    std::vector<document::Source> sources;
    for (std::string& file : files) {
        std::string why;
        auto text = read_file(file, why);
        if (!text) {
            findings.push_back(unreadable(org.place, file, why));
        } else {
            sources.push_back({std::move(file), std::move(*text)});
        }
    }
    if (!findings.empty()) return findings;
    add_included(sources);
    return sources;
}

std::string render(const std::vector<Finding>& findings, std::string_view file) {
    std::string all;
    for (const Finding& finding : findings) {
        all += document::render(finding);
        if (all.empty() || all.back() != '\n') all += '\n';
    }
    all += fmt::format(
        "{} error{}. Nothing was started. Check again with: duet validate --config {}\n",
        findings.size(), findings.size() == 1 ? "" : "s", file);
    return all;
}

}  // namespace duet::service
