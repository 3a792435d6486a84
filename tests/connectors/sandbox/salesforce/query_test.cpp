#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

void add_leads(Org& org, int count) {
    for (int from = 0; from < count; from += 200) {
        json records = json::array();
        for (int i = from; i < std::min(count, from + 200); ++i) {
            records.push_back({{"attributes", {{"type", "Lead"}}},
                               {"LastName", "L" + std::to_string(i)},
                               {"Company", "C"}});
        }
        ASSERT_EQ(org.post("/composite/sobjects", {{"records", records}}).status, 200);
    }
}

TEST(SandboxQuery, RowsHaveTheVendorsShape) {
    Org org;
    const auto answer = org.query(
        "SELECT id, LastName, HasOptedOutOfEmail, LastModifiedDate, Account.Name, "
        "Account.AnnualRevenue,"
        " MailingAddress FROM Contact WHERE Ext__c = 'c-1'");
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_EQ(
        answer.raw.body,
        R"({"totalSize":1,"done":true,"records":[{"attributes":{"type":"Contact",)"
        R"("url":"/services/data/v60.0/sobjects/Contact/003SB00000X9y8ZYAR"},)"
        R"("Id":"003SB00000X9y8ZYAR","LastName":"Okafor, \"The First\"","HasOptedOutOfEmail":false,)"
        R"("LastModifiedDate":"2017-03-01T08:00:00.000+0000","Account":{"attributes":{"type":"Account",)"
        R"("url":"/services/data/v60.0/sobjects/Account/001SB00000pQrStYAK"},"Name":"Acme",)"
        R"("AnnualRevenue":1055.0},"MailingAddress":null}]})");
}

TEST(SandboxQuery, AParentThatIsNotThereIsNull) {
    Org org;
    const auto answer = org.query("SELECT Account.Name FROM Contact WHERE LastName = 'Nobody'");
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_TRUE(answer.json["records"][0]["Account"].is_null());
}

TEST(SandboxQuery, CountsWithoutRows) {
    Org org;
    EXPECT_EQ(org.query("SELECT COUNT() FROM Contact").raw.body,
              R"({"totalSize":2,"done":true,"records":[]})");
}

TEST(SandboxQuery, RefusesInTheVendorsWords) {
    Org org;
    const auto answer = org.query("SELECT Id,Nope FROM Lead");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "INVALID_FIELD");
    EXPECT_NE(answer.message().find("No such column 'Nope' on entity 'Lead'"), std::string::npos);
    EXPECT_EQ(org.query("SELECT Id FROM XYZZY").code(), "INVALID_TYPE");
    EXPECT_EQ(org.query("SELECT FROM").code(), "MALFORMED_QUERY");
    EXPECT_EQ(org.get("/query").code(), "MALFORMED_QUERY");
}

TEST(SandboxQuery, PagesCanBeReadAgainUnderBothNames) {
    Org org;
    add_leads(org, 450);
    const auto first = org.get("/query/?q=" + encoded("SELECT Id FROM Lead ORDER BY Id"),
                               {{"Sforce-Query-Options", "batchSize=200"}});
    ASSERT_EQ(first.status, 200);
    EXPECT_EQ(first.json["totalSize"], 450);
    EXPECT_FALSE(first.json["done"]);
    EXPECT_EQ(first.json["records"].size(), 200U);
    const std::string next = first.json["nextRecordsUrl"];
    EXPECT_EQ(next.rfind("/services/data/v60.0/query/0r8", 0), 0U) << next;
    EXPECT_EQ(next.substr(next.size() - 4), "-200");

    org.create("Lead", {{"LastName", "Later"}, {"Company", "C"}});
    const std::string locator = next.substr(next.rfind('/') + 1);
    const auto second = org.get("/query/" + locator);
    const auto again = org.get("/queryAll/" + locator);
    EXPECT_EQ(second.json, again.json);
    EXPECT_EQ(second.json["totalSize"], 450);
    const std::string last = second.json["nextRecordsUrl"];
    const auto third = org.call("GET", last);
    EXPECT_TRUE(third.json["done"]);
    EXPECT_EQ(third.json["records"].size(), 50U);
    EXPECT_FALSE(third.json.contains("nextRecordsUrl"));
}

TEST(SandboxQuery, AForeignLocatorIsRefused) {
    Org org;
    add_leads(org, 300);
    const auto first = org.get("/query?q=" + encoded("SELECT Id FROM Lead"),
                               {{"Sforce-Query-Options", "batchSize=200"}});
    const std::string next = first.json["nextRecordsUrl"];
    Org other;
    EXPECT_EQ(other.call("GET", next).code(), "INVALID_QUERY_LOCATOR");
    EXPECT_EQ(other.get("/query/nonsense").code(), "INVALID_QUERY_LOCATOR");
}

TEST(SandboxQuery, QueryAllShowsDeletedRows) {
    Org org;
    EXPECT_EQ(org.remove("/sobjects/Contact/003SB00000X9y8a").status, 204);
    EXPECT_EQ(org.query("SELECT Id FROM Contact").json["totalSize"], 1);
    const auto all = org.get("/queryAll?q=" +
                             encoded("SELECT Id, IsDeleted FROM Contact WHERE IsDeleted = true"));
    ASSERT_EQ(all.json["totalSize"], 1) << all.raw.body;
    EXPECT_EQ(all.json["records"][0]["Id"], "003SB00000X9y8aYAB");
}

TEST(SandboxQuery, ColumnTitlesAndPlansAreServed) {
    Org org;
    const auto columns =
        org.get("/query?q=" + encoded("SELECT Id, Account.Name FROM Contact") + "&columns=true");
    ASSERT_EQ(columns.status, 200);
    EXPECT_EQ(columns.json["entityName"], "Contact");
    EXPECT_EQ(columns.json["columnMetadata"][1]["joinColumns"][0]["columnName"], "Name");
    const auto plan = org.get("/query?explain=" + encoded("SELECT Id FROM Contact"));
    EXPECT_EQ(plan.json["plans"][0]["sobjectType"], "Contact");
}

TEST(SandboxQuery, SubqueriesNest) {
    Org org;
    const auto answer = org.query(
        "SELECT Name, (SELECT LastName FROM Contacts), (SELECT Id FROM Opportunities) FROM "
        "Account");
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    const json& row = answer.json["records"][0];
    EXPECT_EQ(row["Contacts"]["totalSize"], 1);
    EXPECT_EQ(row["Contacts"]["records"][0]["attributes"]["type"], "Contact");
    EXPECT_TRUE(row["Opportunities"].is_null());
}

}  // namespace
}  // namespace duet::sandbox::test
