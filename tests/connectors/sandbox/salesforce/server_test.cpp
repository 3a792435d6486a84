#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "connectors/sandbox/gzip.h"
#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

TEST(SandboxServer, SpeaksGzipBothWays) {
    Org org;
    const auto answer = org.get("/sobjects/Contact/describe", {{"Accept-Encoding", "gzip"}});
    EXPECT_EQ(answer.raw.header("Content-Encoding"), "gzip");
    const auto plain = gunzip(answer.raw.body, 10'000'000);
    ASSERT_TRUE(plain.has_value());
    EXPECT_EQ(json::parse(*plain)["name"], "Contact");
    const auto made = org.call(
        "POST", "/services/data/v60.0/sobjects/Lead", gzip(R"({"LastName":"Z","Company":"C"})"),
        {{"Content-Encoding", "gzip"}, {"Content-Type", "application/json"}});
    EXPECT_EQ(made.status, 201) << made.raw.body;
}

TEST(SandboxServer, TakesChunkedBodiesAndHasWaitingClientsContinue) {
    Org org;
    const std::string answer = org.client->exchange(
        "POST /sandbox/clock HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: "
        "100-continue\r\n"
        "Connection: close\r\n\r\n9\r\n{\"running\r\n8\r\n\":false}\r\n0\r\n\r\n");
    EXPECT_EQ(answer.rfind("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200", 0), 0U) << answer;
}

class SandboxHostile : public testing::TestWithParam<std::pair<const char*, std::string>> {};

TEST_P(SandboxHostile, IsRefusedAndTheServerLives) {
    Org org;
    const std::string answer = org.client->exchange(GetParam().second);
    EXPECT_TRUE(answer.empty() || answer.rfind("HTTP/1.1 4", 0) == 0) << answer;
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(org.call("GET", "/sandbox/health").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(500));
}

std::string post(const std::string& headers, const std::string& body) {
    return "POST /sandbox/clock HTTP/1.1\r\n" + headers + "\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Request, SandboxHostile,
    testing::Values(
        std::pair{"negative_chunk",
                  post("Host: x\r\nTransfer-Encoding: chunked\r\n", "-1\r\nx\r\n0\r\n\r\n")},
        std::pair{"odd_chunk",
                  post("Host: x\r\nTransfer-Encoding: chunked\r\n", "zz\r\nx\r\n0\r\n\r\n")},
        std::pair{"negative_length", post("Host: x\r\nContent-Length: -1\r\n", "x")},
        std::pair{"two_lengths",
                  post("Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n", "xx")},
        std::pair{
            "length_and_chunks",
            post("Host: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        std::pair{"huge_length", post("Host: x\r\nContent-Length: 99999999999\r\n", "x")},
        std::pair{"no_host", post("Content-Length: 2\r\n", "{}")},
        std::pair{"two_hosts", post("Host: x\r\nHost: y\r\nContent-Length: 2\r\n", "{}")},
        std::pair{"long_headers", post("Host: x\r\nX: " + std::string(70'000, 'a') + "\r\n", "")},
        std::pair{"no_http", std::string("HTTX/9.9 /\r\n\r\n")},
        std::pair{"absolute", std::string("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n")}),
    [](const auto& test) { return std::string(test.param.first); });

TEST(SandboxServer, AHeadThatIsALittleTooLongIs431AndALongTarget414) {
    Org org;
    EXPECT_EQ(org.get("/limits", {{"X-Long", std::string(17'000, 'a')}}).status, 431);
    EXPECT_EQ(org.get("/query?q=" + std::string(17'000, 'a')).status, 414);
}

TEST(SandboxServer, BodiesOfTheWrongShapeAreTheClientsFault) {
    Org org;
    const std::pair<const char*, const char*> cases[] = {
        {"/composite/sobjects", R"({"records":{"a":1}})"},
        {"/composite/sobjects", R"({"records":7})"},
        {"/composite/sobjects/Contact", R"({"ids":5,"fields":{"a":[]}})"},
        {"/composite", R"({"compositeRequest":[1]})"},
        {"/composite", R"({"compositeRequest":[{"method":7,"url":[],"referenceId":"a"}]})"},
        {"/composite/batch", R"({"batchRequests":[{"method":"GET","url":3}]})"},
        {"/jobs/query", R"({"operation":3})"},
        {"/jobs/ingest", R"({"operation":[],"object":{}})"},
        {"/sobjects/Lead", "[[[[1]]]]"},
        {"/sobjects/Lead", R"({"LastName":{"a":{"b":1}},"Company":[1,2]})"},
        {"/sobjects/Lead", "\xff\xfe"},
    };
    for (const auto& [path, body] : cases) {
        const auto answer = org.call("POST", std::string("/services/data/v60.0") + path, body);
        EXPECT_EQ(answer.status, 400) << path << " " << body << " " << answer.raw.body;
        EXPECT_NE(answer.code(), "") << answer.raw.body;
    }
    const auto odd = org.post("/composite/sobjects",
                              nlohmann::json::parse(R"({"records":[1,{"attributes":"x"}]})"));
    EXPECT_EQ(odd.status, 200);
    EXPECT_EQ(odd.json[1]["errors"][0]["statusCode"], "INVALID_TYPE");
    EXPECT_EQ(org.call("POST", "/sandbox/clock", "[]").status, 400);
    EXPECT_EQ(org.call("POST", "/sandbox/clock", R"({"now":5})").status, 400);
}

TEST(SandboxServer, OrderedFaultsHappenOnceAndInOrder) {
    Org org;
    const auto order = [&org](const json& fault) {
        EXPECT_EQ(org.call("POST", "/sandbox/faults", fault.dump()).status, 200);
    };
    order({{"path", "/limits"},
           {"status", 503},
           {"body", json::parse(R"([{"errorCode":"SERVER_UNAVAILABLE","message":"x"}])")}});
    EXPECT_EQ(org.get("/limits").code(), "SERVER_UNAVAILABLE");
    EXPECT_EQ(org.get("/limits").status, 200);

    order({{"path", "/sobjects/Lead"}, {"method", "POST"}, {"drop_after", true}});
    EXPECT_EQ(org.post("/sobjects/Lead", {{"LastName", "Lost"}, {"Company", "C"}}).status, 0);
    EXPECT_EQ(org.query("SELECT COUNT() FROM Lead WHERE LastName = 'Lost'").json["totalSize"], 1);
    order({{"path", "/sobjects/Lead"}, {"method", "POST"}, {"drop_before", true}});
    EXPECT_EQ(org.post("/sobjects/Lead", {{"LastName", "Never"}, {"Company", "C"}}).status, 0);
    EXPECT_EQ(org.query("SELECT COUNT() FROM Lead WHERE LastName = 'Never'").json["totalSize"], 0);
}

TEST(SandboxServer, TheClockCanBeSetMovedAndStarted) {
    Org org;
    EXPECT_EQ(org.call("POST", "/sandbox/clock", R"({"advance_seconds":86400})").json["now"],
              "2018-01-03T03:04:05.000Z");
    EXPECT_EQ(org.call("GET", "/sandbox/clock").json["running"], false);
    EXPECT_EQ(org.call("POST", "/sandbox/clock", R"({"now":"soon"})").status, 400);
    org.call("POST", "/sandbox/clock", R"({"running":true})");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_GT(org.call("GET", "/sandbox/clock").json["now"].get<std::string>(),
              "2018-01-03T03:04:05.000Z");
}

TEST(SandboxServer, KeepsItsRowsAndTokensOverARestart) {
    auto options = Org::options_at_rest();
    options.database_path = testing::TempDir() + "sandbox_restart.db";
    for (const char* tail : {"", "-wal", "-shm"})
        std::remove((options.database_path + tail).c_str());
    std::string id;
    std::string token;
    {
        Org org(options);
        id = org.create("Contact", {{"LastName", "Kept"}, {"Score__c", 7}});
        token = org.token;
    }
    Org again(options);
    again.token = token;
    EXPECT_EQ(again.get("/sobjects/Contact/" + id).json["Score__c"], 7.0);
    EXPECT_EQ(again.query("SELECT COUNT() FROM Contact").json["totalSize"], 3);
}

TEST(SandboxServer, AWrongSeedNamesItsFileAndLine) {
    auto options = Org::options_at_rest();
    options.seed_folder = "/nowhere";
    EXPECT_THROW(Org{options}, std::runtime_error);
}

TEST(SandboxSpeed, TheDemoSeedLoadsAndReadsFast) {
    auto options = Org::options_at_rest();
    options.seed_folder = std::string(DUET_SOURCE_DIR) + "/packaging/demo/seed";
    const auto since = [](auto start) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now() - start)
            .count();
    };
    auto start = std::chrono::steady_clock::now();
    Org org(options);
    const auto seed_ms = since(start);
    start = std::chrono::steady_clock::now();
    const std::string job =
        org.post("/jobs/query", {{"operation", "query"},
                                 {"query",
                                  "SELECT Id, Name, StageName, Amount, CloseDate, AccountId, IsWon "
                                  "FROM Opportunity"}})
            .json["id"];
    org.get("/jobs/query/" + job);
    const auto results = org.get("/jobs/query/" + job + "/results");
    const auto bulk_ms = since(start);
    EXPECT_EQ(results.raw.header("Sforce-NumberOfRecords"), "8800");

    json records = json::array();
    const auto rows = org.query("SELECT Id FROM Opportunity LIMIT 200");
    for (const auto& row : rows.json["records"]) {
        records.push_back(
            {{"attributes", {{"type", "Opportunity"}}}, {"id", row["Id"]}, {"NextStep", "call"}});
    }
    start = std::chrono::steady_clock::now();
    const auto patched = org.patch("/composite/sobjects", {{"records", records}});
    const auto patch_ms = since(start);
    for (const auto& outcome : patched.json) EXPECT_TRUE(outcome["success"]) << outcome;
    RecordProperty("seed_ms", static_cast<int>(seed_ms));
    RecordProperty("bulk_ms", static_cast<int>(bulk_ms));
    RecordProperty("patch_ms", static_cast<int>(patch_ms));
    std::printf("seed %ld ms, bulk query of 8800 rows %ld ms, patch of 200 rows %ld ms\n",
                long{seed_ms}, long{bulk_ms}, long{patch_ms});
    // Ten times what an optimised build on an idle machine needs.
    EXPECT_LT(seed_ms, 30'000);
    EXPECT_LT(bulk_ms, 5'000);
    EXPECT_LT(patch_ms, 1'000);
}

}  // namespace
}  // namespace duet::sandbox::test
