#include "connectors/sandbox/faults.h"

#include <chrono>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

Answer order_fault(Org& org, const json& fault) {
    return org.call("POST", "/sandbox/faults", fault.dump());
}

void must(Org& org, const json& fault) {
    const auto answer = order_fault(org, fault);
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
}

ApiRequest asked(const std::string& method, const std::string& path, const std::string& body = "") {
    ApiRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    return request;
}

TEST(SandboxFaults, OperationsHaveNames) {
    const std::string data = "/services/data/v60.0";
    const std::pair<ApiRequest, const char*> cases[] = {
        {asked("POST", "/services/oauth2/token"), "token"},
        {asked("GET", data + "/query"), "salesforce.query"},
        {asked("GET", data + "/queryAll"), "salesforce.query"},
        {asked("GET", data + "/query/0r8-2000"), "salesforce.query.more"},
        {asked("POST", data + "/sobjects/Lead/"), "salesforce.create"},
        {asked("GET", data + "/sobjects/Lead/00Q"), "salesforce.read"},
        {asked("PATCH", data + "/sobjects/Lead/00Q"), "salesforce.update"},
        {asked("DELETE", data + "/sobjects/Lead/00Q"), "salesforce.delete"},
        {asked("PATCH", data + "/sobjects/Lead/Key__c/1"), "salesforce.upsert"},
        {asked("GET", data + "/sobjects/Lead/describe"), "salesforce.describe"},
        {asked("GET", data + "/sobjects/Lead/deleted"), "salesforce.deleted"},
        {asked("POST", data + "/composite/sobjects"), "salesforce.collections.create"},
        {asked("PATCH", data + "/composite/sobjects"), "salesforce.collections.update"},
        {asked("PATCH", data + "/composite/sobjects/Lead/Key__c"), "salesforce.collections.upsert"},
        {asked("POST", data + "/composite/sobjects/Lead"), "salesforce.collections.read"},
        {asked("POST", data + "/composite/batch"), "salesforce.composite.batch"},
        {asked("POST", data + "/jobs/query"), "salesforce.bulk.query.create"},
        {asked("GET", data + "/jobs/query/750"), "salesforce.bulk.query.poll"},
        {asked("GET", data + "/jobs/query/750/results"), "salesforce.bulk.query.results"},
        {asked("PUT", data + "/jobs/ingest/750/batches"), "salesforce.bulk.ingest.upload"},
        {asked("PATCH", data + "/jobs/ingest/750"), "salesforce.bulk.ingest.close"},
        {asked("GET", data + "/limits"), "salesforce.limits"},
        {asked("POST", "/services/Soap/u/60.0", "<E><Body><merge/></Body></E>"),
         "salesforce.soap.merge"},
        {asked("GET", "/api/v5/objects/prospects"), "pardot.prospects.query"},
        {asked("POST", "/api/v5/objects/prospects"), "pardot.prospects.create"},
        {asked("GET", "/api/v5/objects/prospects/17"), "pardot.prospects.read"},
        {asked("DELETE", "/api/v5/objects/lists/17"), "pardot.lists.delete"},
        {asked("POST", "/api/v5/objects/prospects/do/undelete"), "pardot.prospects.undelete"}};
    for (const auto& [request, name] : cases) {
        EXPECT_EQ(operation_of(request), name) << request.method << " " << request.path;
    }
}

TEST(SandboxFaults, AStarStandsForAnyText) {
    EXPECT_TRUE(fits_pattern("/services/data/v60.0/limits", "*/data/v*/limits"));
    EXPECT_TRUE(fits_pattern("abcabd", "*abd"));
    EXPECT_TRUE(fits_pattern("", "*"));
    EXPECT_FALSE(fits_pattern("abc", "ab"));
    EXPECT_FALSE(fits_pattern("abc", "*d*"));
    EXPECT_FALSE(fits_pattern("", "a"));
}

TEST(SandboxFaults, TargetsChooseTheRequest) {
    Org org;
    must(org,
         {{"operation", "salesforce.create"}, {"holds", "Chosen"}, {"error", "QUERY_TIMEOUT"}});
    must(org, {{"path", "*/query"}, {"query", "FROM Lead"}, {"error", "QUERY_TIMEOUT"}});
    EXPECT_EQ(org.query("SELECT Id FROM Contact").status, 200);
    EXPECT_EQ(org.post("/sobjects/Lead", {{"LastName", "Other"}, {"Company", "C"}}).status, 201);
    EXPECT_EQ(org.call("GET", "/sandbox/faults").json["waiting"], 2);
    EXPECT_EQ(org.query("SELECT Id FROM Lead").code(), "QUERY_TIMEOUT");
    EXPECT_EQ(org.post("/sobjects/Lead", {{"LastName", "Chosen"}, {"Company", "C"}}).code(),
              "QUERY_TIMEOUT");
    EXPECT_EQ(org.call("GET", "/sandbox/faults").json["waiting"], 0);
}

TEST(SandboxFaults, SkipTimesAndRemovalDecideHowOften) {
    Org org;
    must(org, {{"path", "/limits"}, {"skip", 1}, {"times", 2}, {"status", 503}});
    std::vector<int> seen;
    for (int i = 0; i < 4; ++i) seen.push_back(org.get("/limits").status);
    EXPECT_EQ(seen, (std::vector<int>{200, 503, 503, 200}));
    const json endless{{"path", "/limits"}, {"times", 0}, {"status", 503}};
    const json id = order_fault(org, endless).json["id"];
    for (int i = 0; i < 5; ++i) EXPECT_EQ(org.get("/limits").status, 503);
    const json listed = org.call("GET", "/sandbox/faults").json["faults"];
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["id"], id);
    EXPECT_EQ(listed[0]["hits"], 5);
    EXPECT_EQ(org.call("DELETE", "/sandbox/faults/" + id.dump()).status, 200);
    EXPECT_EQ(org.call("DELETE", "/sandbox/faults/" + id.dump()).status, 404);
    EXPECT_EQ(org.get("/limits").status, 200);
}

TEST(SandboxFaults, AProbabilityDrawsTheSameWithTheSameSeed) {
    Org org;
    const auto draw = [&org](int seed) {
        org.call("DELETE", "/sandbox/faults");
        must(org, {{"path", "/limits"},
                   {"times", 0},
                   {"probability", 0.3},
                   {"seed", seed},
                   {"status", 503}});
        std::string drawn;
        for (int i = 0; i < 100; ++i) drawn += org.get("/limits").status == 503 ? 'x' : '.';
        return drawn;
    };
    const std::string first = draw(7);
    const auto hits = std::count(first.begin(), first.end(), 'x');
    EXPECT_GT(hits, 15);
    EXPECT_LT(hits, 45);
    EXPECT_EQ(draw(7), first);
    EXPECT_NE(draw(8), first);
}

TEST(SandboxFaults, ErrorsComeInTheWordsAndFormOfTheApiThatWasAsked) {
    Org org;
    const std::tuple<const char*, int, const char*, const char*> cases[] = {
        {"REQUEST_LIMIT_EXCEEDED", 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."},
        {"CONCURRENT_REQUESTS", 403, "REQUEST_LIMIT_EXCEEDED",
         "ConcurrentRequests (Concurrent API Requests) Limit exceeded."},
        {"UNABLE_TO_LOCK_ROW", 400, "UNABLE_TO_LOCK_ROW",
         "unable to obtain exclusive access to this record"},
        {"INVALID_SESSION_ID", 401, "INVALID_SESSION_ID", "Session expired or invalid"},
        {"SERVER_UNAVAILABLE", 503, "SERVER_UNAVAILABLE", "The server is currently unavailable"}};
    for (const auto& [error, status, code, words] : cases) {
        must(org, {{"path", "/limits"}, {"error", error}});
        const auto answer = org.get("/limits");
        EXPECT_EQ(answer.status, status) << error;
        EXPECT_EQ(answer.code(), code);
        EXPECT_EQ(answer.message(), words);
        EXPECT_NE(answer.raw.header("Sforce-Limit-Info"), "");
    }
    must(org, {{"path", "/limits"}, {"error", 502}});
    const auto gateway = org.get("/limits");
    EXPECT_EQ(gateway.status, 502);
    EXPECT_EQ(gateway.raw.header("Content-Type"), "text/html");
    EXPECT_EQ(gateway.raw.header("Sforce-Limit-Info"), "");
    must(org, {{"operation", "salesforce.soap.*"}, {"error", "UNABLE_TO_LOCK_ROW"}});
    const auto soap = org.soap("<getServerTimestamp/>");
    EXPECT_EQ(soap.status, 500);
    EXPECT_EQ(element(soap, "faultcode"), "sf:UNABLE_TO_LOCK_ROW");
    must(org, {{"path", "/api"}, {"error", 122}});
    const auto pardot = org.call("GET", "/api/v5/objects/lists?fields=id");
    EXPECT_EQ(pardot.status, 429);
    EXPECT_EQ(pardot.json["code"], 122);
    must(org, {{"path", "/limits"},
               {"status", 429},
               {"body", "slow"},
               {"content_type", "text/plain"},
               {"headers", {{"Retry-After", "7"}}}});
    const auto own = org.get("/limits");
    EXPECT_EQ(own.status, 429);
    EXPECT_EQ(own.raw.body, "slow");
    EXPECT_EQ(own.raw.header("Retry-After"), "7");
}

TEST(SandboxFaults, AWrongOrderIsRefusedByName) {
    Org org;
    const std::pair<json, const char*> cases[] = {
        {{{"pth", "/x"}}, "a fault has no member pth"},
        {{{"error", "NO_SUCH"}}, "no such error: NO_SUCH"},
        {{{"probability", 2}}, "a probability is between 0 and 1"},
        {{{"times", -1}}, "skip and times are 0 or more"},
        {{{"job_state", "Lost"}}, "job_state is Failed, Aborted or InProgress"},
        {{{"rows", {1}}, {"error", "502"}}, "rows fail with a Salesforce code in error"},
        {{{"times", "many"}}, "a member has the wrong type"}};
    for (const auto& [fault, why] : cases) {
        const auto answer = order_fault(org, fault);
        EXPECT_EQ(answer.status, 400) << fault;
        EXPECT_EQ(answer.json["error"], why);
    }
    EXPECT_EQ(org.call("GET", "/sandbox/faults").json["waiting"], 0);
}

TEST(SandboxFaults, AnAnswerIsCutAfterAnyByteAndTheWorkIsDone) {
    Org org;
    const json whole{{"LastName", "Whole"}, {"Company", "C"}};
    const std::string post =
        "POST /services/data/v60.0/sobjects/Lead HTTP/1.1\r\nHost: x\r\n"
        "Authorization: Bearer " +
        org.token + "\r\nContent-Length: ";
    const auto exchange = [&](const std::string& name) {
        const std::string body = json{{"LastName", name}, {"Company", "C"}}.dump();
        return org.client->exchange(post + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    for (const std::size_t k :
         {std::size_t{0}, std::size_t{1}, std::size_t{12}, std::size_t{200}}) {
        must(org, {{"operation", "salesforce.create"}, {"cut_at", k}});
        const std::string name = "Cut" + std::to_string(k);
        const std::string got = exchange(name);
        EXPECT_EQ(got.size(), k);
        EXPECT_EQ(got, std::string("HTTP/1.1 201 Created")
                           .substr(0, k)
                           .append(got.size() > 20 ? got.substr(20) : ""));
        EXPECT_EQ(
            org.query("SELECT COUNT() FROM Lead WHERE LastName='" + name + "'").json["totalSize"],
            1);
    }
    must(org, {{"operation", "salesforce.create"}, {"cut_at", 100'000}});
    EXPECT_EQ(org.post("/sobjects/Lead", whole).status, 201);
}

TEST(SandboxFaults, AHangingAnswerNeverComesAndTheServerStopsAllTheSame) {
    auto started = std::chrono::steady_clock::now();
    {
        Org org;
        must(org, {{"path", "/limits"}, {"hang", true}});
        const std::string got = org.client->exchange(
            "GET /services/data/v60.0/limits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
            org.token + "\r\n\r\n");
        EXPECT_EQ(got, "");
        EXPECT_EQ(org.get("/limits").status, 200);
        started = std::chrono::steady_clock::now();
    }
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(4));
}

}  // namespace
}  // namespace duet::sandbox::test
