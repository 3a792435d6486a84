#include <set>

#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

TEST(SandboxDiscovery, ListsVersions41To67WithoutAToken) {
    Org org;
    org.token.clear();
    const auto answer = org.call("GET", "/services/data");
    ASSERT_EQ(answer.status, 200);
    ASSERT_EQ(answer.json.size(), 27U);
    EXPECT_EQ(answer.json.front()["version"], "41.0");
    EXPECT_EQ(answer.json.front()["label"], "Winter '18");
    EXPECT_EQ(
        answer.json[25],
        (json{{"label", "Spring '26"}, {"url", "/services/data/v66.0"}, {"version", "66.0"}}));
}

TEST(SandboxDiscovery, RetiredVersionsAreGoneAndFutureOnesUnknown) {
    Org org;
    EXPECT_EQ(org.call("GET", "/services/data/v30.0/limits").status, 410);
    EXPECT_EQ(org.call("GET", "/services/data/v99.0/limits").code(), "NOT_FOUND");
    for (const char* version : {"41.0", "59.0", "67.0"}) {
        EXPECT_EQ(org.call("GET", std::string("/services/data/v") + version + "/limits/").status,
                  200);
    }
}

TEST(SandboxDiscovery, EveryAnswerCountsDownTheLimitAndZeroRefuses) {
    auto options = Org::options_at_rest();
    options.salesforce_daily_calls = 2;
    Org org(options);
    EXPECT_EQ(org.get("/limits").raw.header("Sforce-Limit-Info"), "api-usage=1/2");
    const auto second = org.get("/limits");
    EXPECT_EQ(second.json["DailyApiRequests"], (json{{"Max", 2}, {"Remaining", 0}}));
    const auto third = org.get("/limits");
    EXPECT_EQ(third.status, 403);
    EXPECT_EQ(third.json, json::parse(R"([{"message":"TotalRequests Limit exceeded.",
                                           "errorCode":"REQUEST_LIMIT_EXCEEDED"}])"));
    EXPECT_EQ(third.raw.header("Sforce-Limit-Info"), "api-usage=2/2");
}

TEST(SandboxDiscovery, CountsRecordsAndLeavesEmptyObjectsOut) {
    Org org;
    const auto answer = org.get("/limits/recordCount?sObjects=Lead,Contact");
    EXPECT_EQ(answer.json, json::parse(R"({"sObjects":[{"count":2,"name":"Contact"}]})"));
}

TEST(SandboxDiscovery, AnAdministratorChangesWhatACustomFieldTakes) {
    Org org;
    const std::string contact = org.create("Contact", {{"LastName", "Field"}});
    const auto change = [&org](const json& order) {
        return org.call("POST", "/sandbox/salesforce/field", order.dump()).status;
    };
    const auto described = [&org](const std::string& name) {
        const json object = org.get("/sobjects/Contact/describe").json;
        for (const json& field : object["fields"]) {
            if (field["name"] == name) return field;
        }
        return json();
    };
    const auto write = [&](const char* field, const char* value) {
        return org.patch("/sobjects/Contact/" + contact, {{field, value}});
    };
    ASSERT_EQ(described("Tier__c")["picklistValues"].size(), 2U);
    EXPECT_EQ(write("Tier__c", "Third").code(), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    const auto before = org.get("/sobjects/Contact/describe").raw.header("Last-Modified");
    EXPECT_EQ(org.get("/sobjects/Contact/describe", {{"If-Modified-Since", before}}).status, 304);
    org.set_clock("2018-01-03T03:04:05Z");
    EXPECT_EQ(change({{"object", "contact"},
                      {"name", "tier__c"},
                      {"options", json::array({"Gold", "Silver", "Third"})}}),
              200);
    org.sign_in();
    EXPECT_EQ(org.get("/sobjects/Contact/describe", {{"If-Modified-Since", before}}).status, 200);
    EXPECT_EQ(described("Tier__c")["picklistValues"].size(), 3U);
    EXPECT_EQ(write("Tier__c", "Third").status, 204);
    EXPECT_EQ(change({{"object", "Contact"}, {"name", "Ext__c"}, {"length", 3}}), 200);
    EXPECT_EQ(described("Ext__c")["length"], 3);
    EXPECT_EQ(write("Ext__c", "four").code(), "STRING_TOO_LONG");
    for (const json& wrong : {json{{"object", "Contact"}, {"name", "LastName"}, {"length", 3}},
                              json{{"object", "Contact"}, {"name", "Ext__c"}, {"length", 0}},
                              json{{"object", "Contact"}, {"name", "Ext__c"}, {"options", {"a"}}},
                              json{{"object", "Nothing"}, {"name", "Ext__c"}, {"length", 3}}})
        EXPECT_EQ(change(wrong), 400) << wrong;
}

TEST(SandboxDiscovery, DescribeGlobalNamesEveryObjectWithItsFlags) {
    Org org;
    const auto answer = org.get("/sobjects/");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json["maxBatchSize"], 200);
    std::set<std::string> names;
    for (const auto& object : answer.json["sobjects"]) {
        names.insert(object["name"]);
        EXPECT_TRUE(object["queryable"]);
        EXPECT_TRUE(object.contains("keyPrefix"));
    }
    for (const char* name : {"Account", "Contact", "Lead", "Opportunity", "OpportunityContactRole",
                             "OpportunityLineItem", "OpportunityStage", "Product2", "Campaign",
                             "CampaignMember", "CampaignMemberStatus", "Task", "Event", "User",
                             "Organization", "Pricebook2", "PricebookEntry"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

TEST(SandboxDiscovery, FieldsHaveAll57KeysAndKnownTypes) {
    static const std::set<std::string> kTypes = {
        "id",       "string",  "picklist", "multipicklist", "reference", "textarea",
        "phone",    "url",     "email",    "boolean",       "int",       "double",
        "currency", "percent", "date",     "datetime",      "address"};
    Org org;
    const auto answer = org.get("/sobjects/contact/describe");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json["name"], "Contact");
    bool email = false;
    for (const auto& field : answer.json["fields"]) {
        EXPECT_EQ(field.size(), 57U) << field["name"];
        EXPECT_TRUE(kTypes.contains(field["type"])) << field["name"];
        if (field["name"] == "Email") {
            email = true;
            EXPECT_TRUE(field["idLookup"]);
            EXPECT_EQ(field["byteLength"], 240);
        }
        if (field["name"] == "MailingCity") {
            EXPECT_EQ(field["compoundFieldName"], "MailingAddress");
        }
        if (field["name"] == "Ext__c") {
            EXPECT_TRUE(field["externalId"]);
        }
        if (field["name"] == "Tier__c") {
            EXPECT_EQ(field["picklistValues"].size(), 2U);
        }
        if (field["name"] == "AccountId") {
            EXPECT_EQ(field["relationshipName"], "Account");
        }
    }
    EXPECT_TRUE(email);
    EXPECT_EQ(org.get("/sobjects/XYZZY/describe").code(), "NOT_FOUND");
}

TEST(SandboxDiscovery, DescribeAnswers304ToACopyThatIsFresh) {
    Org org;
    const auto first = org.get("/sobjects/Lead/describe");
    const std::string stamp = first.raw.header("Last-Modified");
    EXPECT_EQ(stamp, "Tue, 02 Jan 2018 03:04:05 GMT");
    EXPECT_EQ(org.get("/sobjects/Lead/describe", {{"If-Modified-Since", stamp}}).status, 304);
    EXPECT_EQ(
        org.get("/sobjects/Lead/describe", {{"If-Modified-Since", "Mon, 01 Jan 2018 00:00:00 GMT"}})
            .status,
        200);
}

TEST(SandboxDiscovery, ResourceListLeadsToTheIdentity) {
    Org org;
    const auto answer = org.get("");
    const std::string identity = answer.json["identity"];
    const auto who = org.call("GET", identity.substr(org.sandbox->url().size()));
    EXPECT_EQ(who.status, 200);
    EXPECT_EQ(who.json["username"], "sync@acme.example");
    EXPECT_EQ(who.json["urls"]["rest"], org.sandbox->url() + "/services/data/v{version}/");
}

TEST(SandboxDiscovery, PrettyPrintIndentsAndKeepsTheOrder) {
    Org org;
    const auto plain = org.get("/limits/recordCount?sObjects=Contact");
    const auto pretty = org.get("/limits/recordCount?sObjects=Contact", {{"X-PrettyPrint", "1"}});
    EXPECT_EQ(pretty.json, plain.json);
    EXPECT_NE(pretty.raw.body.find("\n      \"count\" : 2,"), std::string::npos) << pretty.raw.body;
}

}  // namespace
}  // namespace duet::sandbox::test
