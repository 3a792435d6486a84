#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

TEST(SandboxSoap, WithoutALiveSessionEveryOperationIsRefused) {
    Org org;
    org.token = "00DSB0000004321!nobody";
    const auto refused = org.soap("<undelete><ids>00QSB00000A1b2c2AB</ids></undelete>");
    EXPECT_EQ(refused.status, 500);
    EXPECT_EQ(element(refused, "faultcode"), "sf:INVALID_SESSION_ID");
    EXPECT_EQ(element(refused, "sf:exceptionCode"), "INVALID_SESSION_ID");
    EXPECT_EQ(refused.raw.header("Content-Type"), "text/xml; charset=utf-8");
}

TEST(SandboxSoap, CallsCountTowardsTheDailyLimitAndTellTheUsage) {
    auto options = Org::options_at_rest();
    options.salesforce_daily_calls = 1;
    Org org(options);
    const auto first = org.soap("<getServerTimestamp/>");
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(element(first, "timestamp"), "2018-01-02T03:04:05.000Z");
    EXPECT_EQ(element(first, "current"), "1");
    EXPECT_EQ(element(first, "limit"), "1");
    EXPECT_EQ(element(first, "type"), "API REQUESTS");
    const auto second = org.soap("<getServerTimestamp/>");
    EXPECT_EQ(element(second, "faultcode"), "sf:REQUEST_LIMIT_EXCEEDED");
}

TEST(SandboxSoap, TheUserIsToldAndLogoutEndsTheSession) {
    Org org;
    EXPECT_EQ(element(org.soap("<getUserInfo/>"), "userName"), "sync@acme.example");
    EXPECT_EQ(org.soap("<logout/>").status, 200);
    EXPECT_EQ(element(org.soap("<getUserInfo/>"), "faultcode"), "sf:INVALID_SESSION_ID");
    EXPECT_EQ(org.get("/limits").code(), "INVALID_SESSION_ID");
}

TEST(SandboxSoap, UnknownOperationsAndBrokenMessagesAreClientFaults) {
    Org org;
    const auto unknown = org.soap("<describeTabs/>");
    EXPECT_EQ(element(unknown, "faultcode"), "soapenv:Client");
    EXPECT_NE(element(unknown, "faultstring").find("{urn:partner.soap.sforce.com}describeTabs"),
              std::string::npos);
    for (const char* body : {"", "<a/>", "<Envelope><Body/></Envelope>", "<Envelope>"}) {
        const auto answer = org.call("POST", "/services/Soap/u/60.0", body);
        EXPECT_EQ(answer.status, 500) << body;
        EXPECT_EQ(element(answer, "faultcode"), "soapenv:Client") << body;
    }
    EXPECT_EQ(org.call("GET", "/services/Soap/u/60.0").status, 405);
    EXPECT_EQ(org.call("POST", "/services/Soap/x/60.0", "<a/>").status, 404);
}

TEST(SandboxSoap, DeleteTellsEachRowAndAllOrNoneTakesAllBack) {
    Org org;
    const std::string lead = org.create("Lead", {{"LastName", "A"}, {"Company", "C"}});
    const std::string ids = "<delete><ids>" + lead + "</ids><ids>nonsense</ids></delete>";
    const auto none =
        org.soap(ids, "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>");
    EXPECT_EQ(elements(none, "success"), (std::vector<std::string>{"false", "false"}));
    EXPECT_EQ(elements(none, "statusCode"),
              (std::vector<std::string>{"ALL_OR_NONE_OPERATION_ROLLED_BACK", "MALFORMED_ID"}));
    EXPECT_EQ(org.get("/sobjects/Lead/" + lead).status, 200);
    const auto some = org.soap(ids);
    EXPECT_EQ(elements(some, "success"), (std::vector<std::string>{"true", "false"}));
    EXPECT_EQ(elements(some, "id"), (std::vector<std::string>{lead, ""}));
    EXPECT_EQ(org.get("/sobjects/Lead/" + lead).status, 404);
}

TEST(SandboxSoap, MoreIdsThanACallTakesAreRefusedAsAWhole) {
    Org org;
    std::string ids;
    for (int i = 0; i < 201; ++i) ids += "<ids>00QSB00000A1b2c2AB</ids>";
    EXPECT_EQ(element(org.soap("<undelete>" + ids + "</undelete>"), "faultcode"),
              "sf:EXCEEDED_ID_LIMIT");
    std::string leads;
    for (int i = 0; i < 101; ++i) leads += "<leadConverts><leadId>x</leadId></leadConverts>";
    EXPECT_EQ(element(org.soap("<convertLead>" + leads + "</convertLead>"), "faultcode"),
              "sf:EXCEEDED_LEAD_CONVERT_LIMIT");
}

}  // namespace
}  // namespace duet::sandbox::test
