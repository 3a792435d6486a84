#include "daemon/service/config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/daemon/help/temporary_folder.h"

namespace duet::service {
namespace {

constexpr const char* kFile = "/etc/duet/duet.yaml";

constexpr const char* kSides =
    "    crm:\n"
    "      connector: salesforce\n"
    "      login_url: https://login.salesforce.com\n"
    "    marketing:\n"
    "      connector: pardot\n";

std::string org_with(const std::string& lines) {
    return "orgs:\n  acme:\n    documents: [rules]\n" + lines + kSides;
}

Config good(const std::string& text) {
    auto parsed = parse_config(kFile, text);
    if (auto* findings = std::get_if<std::vector<document::Finding>>(&parsed)) {
        ADD_FAILURE() << render(*findings, kFile);
        return {};
    }
    return std::get<Config>(std::move(parsed));
}

/// All findings as a person reads them; "" when there are none.
std::string wrong(const std::string& text) {
    auto parsed = parse_config(kFile, text);
    const auto* findings = std::get_if<std::vector<document::Finding>>(&parsed);
    return findings == nullptr ? "" : render(*findings, kFile);
}

bool says(const std::string& all, const std::string& part) {
    return all.find(part) != std::string::npos;
}

TEST(Config, WhatIsNotSaidHasItsDocumentedDefault) {
    const Config config = good(org_with(""));
    EXPECT_EQ(config.state_directory, "/var/lib/duet");
    EXPECT_EQ(config.store_path(), "/var/lib/duet/duet.db");
    EXPECT_EQ(config.socket_path(), "/run/duet/duet.sock");
    EXPECT_EQ(config.log_level, "info");
    EXPECT_FALSE(config.fixed_clock);
    ASSERT_EQ(config.orgs.size(), 1U);
    EXPECT_EQ(config.orgs[0].name, "acme");
    EXPECT_EQ(config.orgs[0].poll_interval, std::chrono::seconds{300});
    EXPECT_FALSE(config.orgs[0].mode);
    EXPECT_EQ(config.orgs[0].cycle.page_size, 2000U);
    EXPECT_EQ(config.orgs[0].cycle.brake.at("create").count, 1000);
}

TEST(Config, EverySettingArrives) {
    const Config config = good(
        "state_directory: /srv/state\nruntime_directory: /srv/run\nlog_level: debug\n"
        "http: {proxy: \"http://proxy:3128\", no_proxy: [localhost], max_in_flight: 16}\n"
        "fixed_clock: 2018-01-02T09:00:00Z\n" +
        org_with("    poll_interval_seconds: 5\n    mode: apply\n    page_size: 200\n"
                 "    api_reserve_percent: 35\n"
                 "    keep_audit_days: 365\n    keep_cycles_days: 7\n"
                 "    brake: { delete: { count: 0, percent: 50 } }\n"));
    EXPECT_EQ(config.store_path(), "/srv/state/duet.db");
    EXPECT_EQ(config.socket_path(), "/srv/run/duet.sock");
    EXPECT_EQ(config.log_level, "debug");
    EXPECT_EQ(config.http.proxy, "http://proxy:3128");
    EXPECT_EQ(config.http.no_proxy, std::vector<std::string>{"localhost"});
    EXPECT_EQ(config.http.max_in_flight, 16);
    EXPECT_EQ(config.fixed_clock, Instant{*parse_instant("2018-01-02T09:00:00Z")});
    const OrgConfig& org = config.orgs.at(0);
    EXPECT_EQ(org.poll_interval, std::chrono::seconds{5});
    EXPECT_EQ(org.mode, store::Mode::Apply);
    EXPECT_EQ(org.cycle.page_size, 200U);
    EXPECT_DOUBLE_EQ(org.cycle.reserve_share, 0.35);
    EXPECT_EQ(org.cycle.keep_audit, std::chrono::days{365});
    EXPECT_EQ(org.cycle.keep_cycles, std::chrono::days{7});
    EXPECT_EQ(org.cycle.brake.at("delete").count, 0);
    EXPECT_DOUBLE_EQ(org.cycle.brake.at("delete").share, 0.5);
    EXPECT_EQ(org.cycle.brake.at("create").count, 1000);
}

TEST(Config, RelativePathsStartAtTheFolderOfTheFile) {
    const Config config = good(
        "state_directory: state\nhttp: { ca_file: ../ca.pem }\n"
        "orgs:\n  acme:\n    documents: [rules, /abs/more.yaml]\n"
        "    crm: {connector: salesforce, auth: {key_file: sf.key}}\n"
        "    marketing: {connector: csv, folder: ./out}\n");
    EXPECT_EQ(config.state_directory, "/etc/duet/state");
    EXPECT_EQ(config.http.ca_file, "/etc/ca.pem");
    EXPECT_EQ(config.orgs[0].document_paths,
              (std::vector<std::string>{"/etc/duet/rules", "/abs/more.yaml"}));
    const auto crm = nlohmann::json::parse(config.orgs[0].sides.crm.settings_json);
    EXPECT_EQ(crm, (nlohmann::json{{"auth", {{"key_file", "/etc/duet/sf.key"}}}}));
    const auto marketing = nlohmann::json::parse(config.orgs[0].sides.marketing.settings_json);
    EXPECT_EQ(marketing["folder"], "/etc/duet/out");
}

TEST(Config, AnUnknownKeyNamesItsPlaceAndTheNearestOne) {
    EXPECT_EQ(wrong(org_with("    poll_intervall_seconds: 300\n")),
              "/etc/duet/duet.yaml:4:5: error: unknown key \"poll_intervall_seconds\" in org "
              "\"acme\" [DUET-2003]\n"
              "    4 |     poll_intervall_seconds: 300\n"
              "      |     ^~~~~~~~~~~~~~~~~~~~~~\n"
              "  did you mean \"poll_interval_seconds\"?\n"
              "1 error. Nothing was started. Check again with: duet validate --config "
              "/etc/duet/duet.yaml\n");
}

struct WrongValue {
    const char* lines;   // of an org, from line 4
    const char* expect;  // a part of what is printed
};

class ConfigValue : public testing::TestWithParam<WrongValue> {};

TEST_P(ConfigValue, IsRefusedWithItsPlace) {
    const std::string all = wrong(org_with(GetParam().lines));
    EXPECT_TRUE(says(all, GetParam().expect)) << all;
    EXPECT_TRUE(says(all, "/etc/duet/duet.yaml:4:")) << all;
}

INSTANTIATE_TEST_SUITE_P(
    OfAnOrg, ConfigValue,
    testing::Values(
        WrongValue{"    poll_interval_seconds: 4\n", "must be a whole number from 5 to 86400"},
        WrongValue{"    poll_interval_seconds: 86401\n", "from 5 to 86400"},
        WrongValue{"    poll_interval_seconds: 5m\n", "from 5 to 86400"},
        WrongValue{"    poll_interval_seconds: 99999999999\n", "from 5 to 86400"},
        WrongValue{"    poll_interval_seconds:\n", "\"poll_interval_seconds\" has no value"},
        WrongValue{"    mode: aply\n", "did you mean \"apply\"?"},
        WrongValue{"    mode: [apply]\n", "\"mode\" must be a text, but is a list"},
        WrongValue{"    page_size: 199\n", "from 200 to 50000"},
        WrongValue{"    api_reserve_percent: 100\n", "from 0 to 99"},
        WrongValue{"    keep_audit_days: 0\n", "from 1 to 36500"},
        WrongValue{"    brake: 5\n", "brake must be a map of keys, but is a text"},
        WrongValue{"    brake: { creat: {count: 1} }\n", "did you mean \"create\"?"},
        WrongValue{"    brake: { create: 5 }\n", "brake of \"create\" must be a map of keys"},
        WrongValue{"    brake: { create: { percent: 101 } }\n", "from 0 to 100"},
        WrongValue{"    brake: { create: { counts: 1 } }\n", "did you mean \"count\"?"}));

TEST(Config, WhatIsWrongAboveTheOrgsIsSaid) {
    EXPECT_TRUE(says(wrong("log_level: trace\n" + org_with("")),
                     "duet.yaml:1:12: error: \"log_level\" is \"trace\", but must be debug, info, "
                     "warn or error"));
    EXPECT_TRUE(says(wrong("fixed_clock: yesterday\n" + org_with("")),
                     "duet.yaml:1:14: error: \"fixed_clock\" is not an instant [DUET-1010]"));
    EXPECT_TRUE(says(wrong("http: {max_in_flight: 17}\n" + org_with("")), "from 1 to 16"));
    EXPECT_TRUE(says(wrong("http: {proxi: x}\n" + org_with("")), "did you mean \"proxy\"?"));
}

TEST(Config, AFileWithoutOrgsIsRefused) {
    EXPECT_TRUE(says(wrong("log_level: info\n"), "needs the key \"orgs\""));
    EXPECT_TRUE(says(wrong("orgs: {}\n"), "must hold at least one org, by name [DUET-1011]"));
    EXPECT_TRUE(says(wrong("orgs: [acme]\n"), "[DUET-1011]"));
    EXPECT_TRUE(says(wrong("orgs: acme\n"), "[DUET-1011]"));
    EXPECT_FALSE(wrong("").empty());
    EXPECT_FALSE(wrong("- orgs\n").empty());
}

TEST(Config, WhatIsNotYamlIsRefusedWithItsPlace) {
    EXPECT_TRUE(says(wrong("orgs:\n  acme: [\n"), "/etc/duet/duet.yaml:"));
    EXPECT_TRUE(says(wrong("orgs:\n  acme: [\n"), "[DUET-2001]"));
}

TEST(Config, AnOrgNeedsAPlainName) {
    for (const char* name :
         {"Acme", "\"a b\"", "a.b", "a/b", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx"}) {
        const std::string all =
            wrong(std::string("orgs:\n  ") + name + ":\n    documents: [r]\n" + kSides);
        EXPECT_TRUE(says(all, "duet.yaml:2:3: error: ")) << all;
        EXPECT_TRUE(says(all, "[DUET-1012]")) << all;
    }
}

TEST(Config, ASideNeedsAConnectorThatExists) {
    const auto with_crm = [](const std::string& crm) {
        return wrong("orgs:\n  acme:\n    documents: [r]\n    crm: " + crm +
                     "\n    marketing: {connector: pardot}\n");
    };
    EXPECT_TRUE(says(with_crm("salesforce"),
                     "duet.yaml:4:10: error: \"crm\" must name a "
                     "connector and its settings [DUET-1013]"));
    EXPECT_TRUE(says(with_crm("{login_url: x}"), "names no connector [DUET-1014]"));
    EXPECT_TRUE(says(with_crm("{connector: [pardot]}"), "[DUET-1014]"));
    const std::string misspelt = with_crm("{connector: salesforc}");
    EXPECT_TRUE(says(misspelt, "there is no connector \"salesforc\" [DUET-1015]")) << misspelt;
    EXPECT_TRUE(says(misspelt, "did you mean \"salesforce\"?")) << misspelt;
}

TEST(Config, EverythingWrongComesInOneGo) {
    const std::string all = wrong(
        "log_level: loud\n"
        "orgs:\n"
        "  Acme:\n"
        "    poll_interval_seconds: 1\n"
        "    nonsense: 1\n");
    EXPECT_TRUE(says(all, ":1:12: error: \"log_level\"")) << all;
    EXPECT_TRUE(says(all, ":3:3: error: \"Acme\" is no name")) << all;
    EXPECT_TRUE(says(all, ":4:28: error: \"poll_interval_seconds\"")) << all;
    EXPECT_TRUE(says(all, ":5:5: error: unknown key \"nonsense\"")) << all;
    EXPECT_TRUE(says(all, "needs the key \"documents\"")) << all;
    EXPECT_TRUE(says(all, "needs the key \"crm\"")) << all;
    EXPECT_TRUE(says(all, "needs the key \"marketing\"")) << all;
    EXPECT_TRUE(says(all, "7 errors. Nothing was started.")) << all;
}

TEST(Config, AKeyThatComesTwiceNamesBothLines) {
    EXPECT_TRUE(says(wrong("log_level: info\nlog_level: warn\n" + org_with("")),
                     "duet.yaml:2:1: error: key \"log_level\" comes twice in the configuration, "
                     "first on line 1"));
    const std::string side = wrong(
        "orgs:\n  acme:\n    documents: [r]\n    marketing: {connector: pardot}\n    crm:\n"
        "      connector: salesforce\n      login_url: a\n      login_url: b\n"
        "      auth:\n        flow: x\n        flow: y\n");
    EXPECT_TRUE(says(side, "duet.yaml:8:7: error: key \"login_url\" comes twice")) << side;
    EXPECT_TRUE(says(side, "duet.yaml:11:9: error: key \"flow\" comes twice")) << side;
}

TEST(Config, SettingsKeepWhatIsQuotedAsText) {
    const Config config = good(
        "orgs:\n  acme:\n    documents: [r]\n    marketing: {connector: pardot}\n"
        "    crm: {connector: salesforce, a: 12, b: \"12\", c: true, d: \"true\", e: [x, 1],\n"
        "          f: 12345678901234567890}\n");
    EXPECT_EQ(nlohmann::json::parse(config.orgs[0].sides.crm.settings_json),
              nlohmann::json::parse(R"({"a":12,"b":"12","c":true,"d":"true","e":["x",1],
                                        "f":"12345678901234567890"})"));
}

TEST(Config, JsonIsAcceptedToo) {
    const Config config = good(
        R"({"orgs": {"acme": {"documents": ["r"], "mode": "plan",
            "crm": {"connector": "salesforce"}, "marketing": {"connector": "pardot"}}}})");
    EXPECT_EQ(config.orgs.at(0).mode, store::Mode::Plan);
}

TEST(Config, TheShippedFileIsGood) {
    const auto loaded = load_config(DUET_SOURCE_DIR "/packaging/duet.yaml");
    const auto* config = std::get_if<Config>(&loaded);
    ASSERT_NE(config, nullptr) << render(std::get<std::vector<document::Finding>>(loaded),
                                         "packaging/duet.yaml");
    ASSERT_EQ(config->orgs.size(), 1U);
    EXPECT_EQ(config->orgs[0].mode, store::Mode::Observe);
    EXPECT_EQ(config->orgs[0].sides.crm.connector, "salesforce");
    EXPECT_EQ(config->orgs[0].sides.marketing.connector, "pardot");
    EXPECT_EQ(config->state_directory, "/var/lib/duet");
}

TEST(Config, AFileThatCannotBeReadIsAFinding) {
    const TemporaryFolder folder;
    for (const std::string& path : {folder.path("none.yaml"), folder.path()}) {
        const auto loaded = load_config(path);
        const auto* findings = std::get_if<std::vector<document::Finding>>(&loaded);
        ASSERT_NE(findings, nullptr) << path;
        ASSERT_EQ(findings->size(), 1U);
        EXPECT_EQ(findings->front().code, "DUET-1001");
        EXPECT_EQ(findings->front().place.file, path);
    }
}

TEST(ConfigDocuments, AFolderGivesItsDocumentsInOrder) {
    const TemporaryFolder folder;
    folder.write("rules/b.yaml", "b");
    folder.write("rules/a.yml", "a");
    folder.write("rules/c.json", "{}");
    folder.write("rules/README.md", "no document");
    OrgConfig org;
    org.document_paths = {folder.path("rules"), folder.write("z.txt", "named, so read")};
    const auto read = read_documents(org);
    const auto* sources = std::get_if<std::vector<document::Source>>(&read);
    ASSERT_NE(sources, nullptr);
    ASSERT_EQ(sources->size(), 4U);
    EXPECT_EQ((*sources)[0].text, "a");
    EXPECT_EQ((*sources)[1].text, "b");
    EXPECT_EQ((*sources)[3].file, folder.path("z.txt"));
}

TEST(ConfigDocuments, BringTheFilesThatTheyInclude) {
    const TemporaryFolder folder;
    folder.write("rules/a.yaml", "include: [parts/b.yaml, parts/gone.yaml, ../out.yaml]\n");
    folder.write("rules/parts/b.yaml", "include: ../parts/c.yaml\n");
    folder.write("rules/parts/c.yaml", "include: b.yaml\n");
    folder.write("rules/parts/nobody-asks.yaml", "");
    folder.write("out.yaml", "");
    OrgConfig org;
    org.document_paths = {folder.path("rules")};
    const auto read = read_documents(org);
    const auto* sources = std::get_if<std::vector<document::Source>>(&read);
    ASSERT_NE(sources, nullptr);
    ASSERT_EQ(sources->size(), 3U);
    EXPECT_FALSE((*sources)[0].part);
    EXPECT_EQ((*sources)[1].file, folder.path("rules/parts/b.yaml"));
    EXPECT_EQ((*sources)[2].file, folder.path("rules/parts/c.yaml"));
    EXPECT_TRUE((*sources)[2].part);
}

TEST(ConfigDocuments, EveryPathThatCannotBeReadIsAFinding) {
    const TemporaryFolder folder;
    OrgConfig org;
    org.name = "acme";
    org.place = {kFile, 2, 3};
    org.document_paths = {folder.path("one.yaml"), folder.path("two.yaml")};
    const auto read = read_documents(org);
    const auto* findings = std::get_if<std::vector<document::Finding>>(&read);
    ASSERT_NE(findings, nullptr);
    EXPECT_EQ(findings->size(), 2U);
    EXPECT_EQ(findings->front().place.line, 2);

    std::filesystem::create_directories(folder.path("empty"));
    org.document_paths = {folder.path("empty")};
    const auto none = read_documents(org);
    ASSERT_TRUE(std::holds_alternative<std::vector<document::Finding>>(none));
    EXPECT_TRUE(says(render(std::get<std::vector<document::Finding>>(none), kFile),
                     "the documents of org \"acme\": there are none"));
}

}  // namespace
}  // namespace duet::service
