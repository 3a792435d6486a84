#include <gtest/gtest.h>

#include "tests/connectors/sandbox/pardot/pardot_client.h"

namespace duet::sandbox::testing {
namespace {

using nlohmann::json;
using Ids = std::vector<int>;

TEST(PardotList, IsCreatedChangedAndDeleted) {
    PardotServer server;
    EXPECT_EQ(server.post("lists", {{"title", "x"}}).code(), 153);
    EXPECT_EQ(server.post("lists", {{"name", "x"}, {"isDynamic", true}}).code(), 180);
    const Reply created = server.post("lists?fields=id,name,isPublic,isDynamic",
                                      {{"name", "Upsell"}, {"isPublic", true}});
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.json(),
              (json{{"id", 44}, {"name", "Upsell"}, {"isPublic", true}, {"isDynamic", false}}));
    EXPECT_EQ(server.patch("lists/44?fields=title", {{"title", "T"}}).json()["title"], "T");
    EXPECT_EQ(server.patch("lists/44", {{"name", ""}}).code(), 154);
    EXPECT_EQ(server.call("DELETE", "lists/44").status, 204);
    EXPECT_EQ(server.ids("lists?fields=id&deleted=true"), (Ids{44}));
}

TEST(PardotList, InUseIsNotDeleted) {
    PardotServer server;
    const Reply refused = server.call("DELETE", "lists/41");
    EXPECT_EQ(refused.status, 405);
    EXPECT_EQ(refused.code(), 108);
    EXPECT_EQ(server.call("DELETE", "lists/43").status, 204);
    server.set("members_keep_list", "false");
    EXPECT_EQ(server.call("DELETE", "lists/41").status, 204);
}

TEST(PardotMembership, IsMadeOnce) {
    PardotServer server;
    const Reply created =
        server.post("list-memberships?fields=id,listId,prospectId,optedOut,isDeleted",
                    {{"listId", 41}, {"prospectId", 102}});
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.json(), (json{{"id", 54},
                                    {"listId", 41},
                                    {"prospectId", 102},
                                    {"optedOut", false},
                                    {"isDeleted", false}}));
    const Reply again = server.post("list-memberships", {{"listId", 41}, {"prospectId", 102}});
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(again.code(), 58);
}

TEST(PardotMembership, NeedsAListAndALivingProspect) {
    PardotServer server;
    const auto code = [&server](const json& body) {
        return server.post("list-memberships", body).code();
    };
    EXPECT_EQ(code({{"prospectId", 102}}), 153);
    EXPECT_EQ(code({{"listId", 41}}), 153);
    EXPECT_EQ(code({{"listId", 999}, {"prospectId", 102}}), 55);
    EXPECT_EQ(code({{"listId", 41}, {"prospectId", 999}}), 3);
    EXPECT_EQ(code({{"listId", 41}, {"prospectId", 104}}), 219);
}

TEST(PardotMembership, OfADynamicListBelongsToItsRule) {
    PardotServer server;
    EXPECT_EQ(server.post("list-memberships", {{"listId", 42}, {"prospectId", 102}}).code(), 154);
    EXPECT_EQ(server.call("DELETE", "list-memberships/53").code(), 154);
    server.set("dynamic_list_code", "59");
    EXPECT_EQ(server.post("list-memberships", {{"listId", 42}, {"prospectId", 102}}).code(), 59);
    EXPECT_EQ(server.ids("list-memberships?fields=id&listId=42"), (Ids{53}));
}

TEST(PardotMembership, OnlyOptedOutMayChange) {
    PardotServer server;
    EXPECT_EQ(server.patch("list-memberships/51?fields=optedOut", {{"optedOut", true}}).json(),
              (json{{"optedOut", true}}));
    EXPECT_EQ(server.patch("list-memberships/51", {{"listId", 43}}).code(), 180);
    EXPECT_EQ(server.patch("list-memberships/51", {{"prospectId", 102}}).code(), 180);
}

TEST(PardotMembership, DeletedRowsStayAndComeBackWhenAddedAgain) {
    PardotServer server;
    EXPECT_EQ(server.call("DELETE", "list-memberships/51").status, 204);
    EXPECT_EQ(server.ids("list-memberships?fields=id&listId=41"), Ids{});
    EXPECT_EQ(server.ids("list-memberships?fields=id&listId=41&deleted=all"
                         "&updatedAtAfterOrEqualTo=2018-01-02T09:00:00Z"),
              (Ids{51}));
    EXPECT_EQ(server.patch("list-memberships/51", {{"optedOut", true}}).code(), 219);
    const json body{{"listId", 41}, {"prospectId", 101}};
    EXPECT_EQ(server.post("list-memberships", body).json()["id"], 51);
    EXPECT_EQ(server.call("DELETE", "list-memberships/51").status, 204);
    server.set("readd_revives", "false");
    EXPECT_EQ(server.post("list-memberships", body).json()["id"], 54);
}

TEST(PardotMembership, StaysWhenItsProspectGoesToTheBin) {
    PardotServer server;
    EXPECT_EQ(server.call("DELETE", "prospects/101").status, 204);
    EXPECT_EQ(server.ids("list-memberships?fields=id&prospectId=101"), (Ids{51, 53}));
}

TEST(PardotCustomField, BecomesAFieldOfProspects) {
    PardotServer server;
    const Reply created = server.post("custom-fields?fields=id,fieldId,type",
                                      {{"name", "Hobby"}, {"fieldId", "hobby"}, {"type", "Text"}});
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.json(), (json{{"id", 34}, {"fieldId", "hobby"}, {"type", "text"}}));
    EXPECT_EQ(server.patch("prospects/101?fields=hobby__c", {{"hobby__c", "sailing"}}).json(),
              (json{{"hobby__c", "sailing"}}));
    EXPECT_EQ(server.get("prospects?fields=hobby__c&id=102").json()["values"][0],
              (json{{"hobby__c", nullptr}}));
}

TEST(PardotCustomField, NeedsANameAFreeIdAndAKnownType) {
    PardotServer server;
    const auto code = [&server](const char* field, const char* type) {
        return server.post("custom-fields", {{"name", "N"}, {"fieldId", field}, {"type", type}})
            .code();
    };
    EXPECT_EQ(server.post("custom-fields", {{"name", "N"}, {"type", "Text"}}).code(), 153);
    EXPECT_EQ(code("stage", "Text"), 245);
    EXPECT_EQ(code("STAGE", "Text"), 245);
    EXPECT_EQ(code("x\"; DROP TABLE pardot_prospects", "Text"), 154);
    EXPECT_EQ(code("fine", "Blob"), 154);
    EXPECT_EQ(server.patch("custom-fields/31", {{"name", "x"}}).code(), 60);
}

}  // namespace
}  // namespace duet::sandbox::testing
