#include <gtest/gtest.h>

#include "tests/connectors/sandbox/pardot/pardot_client.h"

namespace duet::sandbox::testing {
namespace {

using nlohmann::json;
using Ids = std::vector<int>;

constexpr const char* kUpsert = "prospects/do/upsertLatestByEmail";

TEST(PardotProspect, CreateAnswers201WithLocationAndStamps) {
    PardotServer server;
    const Reply reply = server.post(
        "prospects?fields=id,email,createdAt,updatedAt,campaignId,score,createdBy.email,optedOut",
        {{"email", "new@acme.example"}, {"firstName", "Ada"}, {"stage__c", "lead"}});
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.json(), (json{{"id", 107},
                                  {"email", "new@acme.example"},
                                  {"createdAt", "2018-01-02T09:00:00+00:00"},
                                  {"updatedAt", "2018-01-02T09:00:00+00:00"},
                                  {"campaignId", 22},  // the oldest one
                                  {"score", 0},
                                  {"createdBy", {{"email", "sync@reseller.example"}}},
                                  {"optedOut", false}}));
    EXPECT_EQ(reply.header("location")
                  .rfind(server.sandbox().url() + "/api/v5/objects/prospects/107?fields=", 0),
              0U);
    EXPECT_EQ(server.post("prospects", {{"email", "b@acme.example"}}).json(), (json{{"id", 108}}));
}

TEST(PardotProspect, UpdateAnswers204OrTheFieldsAskedFor) {
    PardotServer server;
    const Reply silent = server.patch("prospects/101", {{"jobTitle", "Buyer"}, {"phone", nullptr}});
    EXPECT_EQ(silent.status, 204);
    EXPECT_EQ(silent.body, "");
    const Reply shown = server.patch("prospects/101?fields=jobTitle,phone,updatedAt,updatedById",
                                     {{"contract_end__c", "2018-04-01"}});
    EXPECT_EQ(shown.status, 200);
    EXPECT_EQ(shown.json(), (json{{"jobTitle", "Buyer"},
                                  {"phone", nullptr},
                                  {"updatedAt", "2018-01-02T09:00:00+00:00"},
                                  {"updatedById", 11}}));
}

TEST(PardotProspect, ValuesComeBackAsTheyWereSent) {
    PardotServer server;
    for (const char* text :
         {"NA", "null", "0123", "1e5", "O'Neil \"x\", y", "line\nbreak", "Łódź", "true"}) {
        EXPECT_EQ(server.patch("prospects/101?fields=city", {{"city", text}}).json()["city"], text);
    }
    EXPECT_EQ(server.get("prospects/106?fields=phone,firstName,lastName").json(),
              (json{{"phone", "0123"}, {"firstName", "Null"}, {"lastName", "True"}}));
    EXPECT_EQ(server.patch("prospects/101?fields=interests__c", {{"interests__c", {"MG", "GTK"}}})
                  .json()["interests__c"],
              (json{"MG", "GTK"}));
}

TEST(PardotProspect, BadPropertiesAreRefusedAndNothingIsWritten) {
    PardotServer server;
    const auto code = [&server](const json& body) {
        return server.patch("prospects/101", body).code();
    };
    EXPECT_EQ(code({{"jobTitle", "Buyer"}, {"nope", 1}}), 180);
    EXPECT_EQ(code({{"jobTitle", "Buyer"}, {"nope__c", 1}}), 180);
    EXPECT_EQ(code({{"grade", "A"}}), 180);
    EXPECT_EQ(code({{"id", 5}}), 180);
    EXPECT_EQ(code({{"optedOut", "perhaps"}}), 50);
    EXPECT_EQ(code({{"score", "many"}}), 56);
    EXPECT_EQ(code({{"contract_end__c", "soon"}}), 57);
    EXPECT_EQ(code({{"contract_end__c", "2018-02-30"}}), 57);
    EXPECT_EQ(code({{"city", json::array({"a"})}}), 154);
    EXPECT_EQ(code({{"campaignId", 999}}), 38);
    server.set("unknown_property_code", "154");
    EXPECT_EQ(code({{"nope", 1}}), 154);
    EXPECT_EQ(server.get("prospects/101?fields=jobTitle,updatedAt").json(),
              (json{{"jobTitle", nullptr}, {"updatedAt", "2017-12-01T10:00:00+00:00"}}));
}

TEST(PardotProspect, TextOfAnySizeAndByteIsKept) {
    PardotServer server;
    const std::string zero("a\0b", 3), wide(131'072, 'x');
    for (const std::string& text : {zero, wide, std::string{"\xF0\x9F\x98\x80 \u202E"}}) {
        const Reply reply = server.patch("prospects/101?fields=comments", {{"comments", text}});
        EXPECT_EQ(reply.json()["comments"].get<std::string>(), text);
    }
    EXPECT_EQ(server.call("PATCH", "prospects/101", "{\"city\":\"\xC3\"}").code(), 150);
    EXPECT_EQ(server.patch("prospects/101?fields=city", {{"city", ""}}).json()["city"], nullptr);
}

TEST(PardotProspect, ARefusalAfterTheWriteTakesTheWriteBack) {
    PardotServer server;
    EXPECT_EQ(server.post("prospects?fields=nope", {{"email", "x@acme.example"}}).code(), 10000);
    EXPECT_EQ(server.ids("prospects?fields=id&email=x@acme.example"), Ids{});
    EXPECT_EQ(server.patch("prospects/101?fields=nope", {{"phone", "9"}}).code(), 10000);
    EXPECT_EQ(server.get("prospects/101?fields=phone").json()["phone"], "555-1");
}

TEST(PardotProspect, AddressIsRequiredAndChecked) {
    PardotServer server;
    EXPECT_EQ(server.post("prospects", {{"firstName", "x"}}).code(), 153);
    for (const std::string& bad :
         {std::string{"nobody"}, std::string{"a@b"}, std::string{"a b@c.example"},
          std::string{"@c.example"}, std::string{"a@@c.example"},
          std::string(250, 'a') + "@c.example"}) {
        EXPECT_EQ(server.post("prospects", {{"email", bad}}).code(), 4) << bad;
    }
    EXPECT_EQ(server.patch("prospects/101", {{"email", nullptr}}).code(), 4);
    server.set("invalid_email_code", "65");
    EXPECT_EQ(server.post("prospects", {{"email", "nobody"}}).code(), 65);
}

TEST(PardotProspect, SharedAddressesAreAnAccountsChoice) {
    PardotServer server;
    EXPECT_EQ(server.post("prospects", {{"email", "kim@acme.example"}}).status, 201);
    EXPECT_EQ(server.ids("prospects?fields=id&email=kim@acme.example").size(), 3U);
    server.set("ampsea", "false");
    EXPECT_EQ(server.post("prospects", {{"email", "KIM@acme.example"}}).code(), 9);
    EXPECT_EQ(server.patch("prospects/103", {{"email", "kim@acme.example"}}).code(), 54);
    EXPECT_EQ(server.patch("prospects/103", {{"email", "Lee@acme.example"}}).status, 204);
    // One address, one prospect: the binned one comes back.
    const Reply back = server.post("prospects?fields=id,firstName,isDeleted",
                                   {{"email", "gone@acme.example"}, {"firstName", "Back"}});
    EXPECT_EQ(back.status, 201);
    EXPECT_EQ(back.json(), (json{{"id", 105}, {"firstName", "Back"}, {"isDeleted", false}}));
}

TEST(PardotProspect, AnOptOutReachesEveryProspectWithTheAddress) {
    PardotServer server;
    EXPECT_EQ(server.patch("prospects/101", {{"optedOut", true}}).status, 204);
    const json other = server.get("prospects/102?fields=optedOut,updatedAt").json();
    EXPECT_EQ(other, (json{{"optedOut", true}, {"updatedAt", "2018-01-02T09:00:00+00:00"}}));
    EXPECT_EQ(server.patch("prospects/101", {{"optedOut", false}}).status, 204);
    EXPECT_EQ(server.get("prospects/102?fields=optedOut").json()["optedOut"], true);
}

TEST(PardotProspect, DeleteMovesToTheBinAndUndeleteBringsBackTheLatest) {
    PardotServer server;
    EXPECT_EQ(server.call("DELETE", "prospects/103").status, 204);
    EXPECT_EQ(server.call("DELETE", "prospects/103").status, 404);
    EXPECT_EQ(server.patch("prospects/103", {{"city", "x"}}).code(), 219);
    EXPECT_EQ(server.get("prospects/103?fields=isDeleted,updatedAt&deleted=true").json(),
              (json{{"isDeleted", true}, {"updatedAt", "2018-01-02T09:00:00+00:00"}}));
    const Reply back = server.post("prospects/do/undelete",
                                   {{"email", "gone@acme.example"}, {"fields", {"id", "email"}}});
    EXPECT_EQ(back.status, 200);
    EXPECT_EQ(back.json(), (json{{"id", 105}, {"email", "gone@acme.example"}}));
    EXPECT_EQ(server.post("prospects/do/undelete", {{"email", "no@acme.example"}}).code(), 109);
    EXPECT_EQ(server.post("prospects/do/undelete", json::object()).code(), 207);
}

TEST(PardotUpsert, UpdatesTheOneOfLatestActivityOrCreates) {
    PardotServer server;
    const Reply updated =
        server.post(kUpsert, {{"matchEmail", "kim@acme.example"},
                              {"prospect", {{"email", "kim.new@acme.example"}, {"firstName", "K"}}},
                              {"fields", {"id", "email"}}});
    EXPECT_EQ(updated.status, 200);
    EXPECT_EQ(updated.json(), (json{{"id", 102}, {"email", "kim.new@acme.example"}}));
    const Reply created =
        server.post(std::string{kUpsert} + "?fields=id,firstName",
                    {{"prospect", {{"email", "x@acme.example"}, {"firstName", "X"}}}});
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.json(), (json{{"id", 107}, {"firstName", "X"}}));
    EXPECT_NE(created.header("location"), "");
    const Reply again = server.post(
        kUpsert, {{"matchEmail", "x@acme.example"}, {"prospect", {{"firstName", "Y"}}}});
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.json(), (json{{"id", 107}}));
}

TEST(PardotUpsert, LatestMayBeByUpdateAndTheStatusMayDiffer) {
    PardotServer server;
    server.set("upsert_update_status", "201");
    EXPECT_EQ(server.patch("prospects/101", {{"city", "x"}}).status, 204);
    const json order{{"matchEmail", "kim@acme.example"}, {"prospect", {{"city", "y"}}}};
    EXPECT_EQ(server.post(kUpsert, order).json()["id"], 102);
    server.advance(std::chrono::seconds(1));
    EXPECT_EQ(server.patch("prospects/101", {{"city", "x"}}).status, 204);
    server.set("latest_by", "updatedAt");
    const Reply reply = server.post(kUpsert, order);
    EXPECT_EQ(reply.status, 201);
    EXPECT_EQ(reply.json()["id"], 101);
}

TEST(PardotUpsert, LooksIntoTheBinOnlyWhenToldTo) {
    PardotServer server;
    json order{{"matchEmail", "gone@acme.example"},
               {"prospect", {{"city", "x"}}},
               {"secondaryDeletedSearch", true}};
    const Reply back = server.post(std::string{kUpsert} + "?fields=id,isDeleted,city", order);
    EXPECT_EQ(back.json(), (json{{"id", 105}, {"isDeleted", false}, {"city", "x"}}));
    EXPECT_EQ(server.call("DELETE", "prospects/105").status, 204);
    order.erase("secondaryDeletedSearch");
    EXPECT_EQ(server.post(kUpsert, order).json()["id"], 107);
}

TEST(PardotUpsert, ArgumentsAreChecked) {
    PardotServer server;
    EXPECT_EQ(server.post(kUpsert, {{"matchEmail", "a@b.example"}}).code(), 207);
    EXPECT_EQ(server.post(kUpsert, {{"prospect", {{"firstName", "x"}}}}).code(), 207);
    EXPECT_EQ(server.post(kUpsert, {{"match", "x"}}).code(), 208);
    EXPECT_EQ(server.post(kUpsert, {{"matchEmail", 5}}).code(), 206);
    EXPECT_EQ(server.post(kUpsert, {{"matchEmail", "a"}, {"prospect", {{"city", "x"}}}}).code(), 4);
    EXPECT_EQ(server.get(kUpsert).code(), 60);
}

TEST(PardotProspect, CrmIdNamesContactOrLeadOnce) {
    PardotServer server;
    const Reply reply =
        server.patch("prospects/102?fields=salesforceId,salesforceContactId,salesforceLeadId",
                     {{"salesforceId", "00QSB00000A1b2c"}});
    EXPECT_EQ(reply.json(), (json{{"salesforceId", "00QSB00000A1b2c2AB"},
                                  {"salesforceContactId", nullptr},
                                  {"salesforceLeadId", "00QSB00000A1b2c2AB"}}));
    const auto code = [&server](const char* id) {
        return server.patch("prospects/103", {{"salesforceId", id}}).code();
    };
    EXPECT_EQ(code("short"), 79);
    EXPECT_EQ(code("001SB0000000001AAA"), 80);
    EXPECT_EQ(code("003SB0000000001"), 77);
    server.set("unique_salesforce_id", "false");
    EXPECT_EQ(code("003SB0000000001"), 0);
    EXPECT_EQ(server.patch("prospects/103?fields=salesforceContactId", {{"salesforceId", nullptr}})
                  .json()["salesforceContactId"],
              nullptr);
}

TEST(PardotProspect, IsAssignedByUserOrByCrmOwnerButNotBoth) {
    PardotServer server;
    const std::string shown = "prospects/102?fields=assignedToId,salesforceOwnerId,firstAssignedAt";
    const json expected{{"assignedToId", 12},
                        {"salesforceOwnerId", "005SB0000000002YAA"},
                        {"firstAssignedAt", "2018-01-02T09:00:00+00:00"}};
    EXPECT_EQ(server.patch(shown, {{"salesforceOwnerId", "005SB0000000002"}}).json(), expected);
    server.advance(std::chrono::seconds(5));
    EXPECT_EQ(server.patch(shown, {{"userId", 12}}).json(), expected);
    EXPECT_EQ(server.patch(shown, {{"salesforceOwnerId", "005SB0000000009"}}).code(), 10);
    EXPECT_EQ(server.patch("prospects/102", {{"userId", 99}}).code(), 10);
    EXPECT_EQ(
        server.patch("prospects/102", {{"userId", 12}, {"salesforceOwnerId", "005SB0000000002"}})
            .code(),
        125);
    EXPECT_EQ(server.patch("prospects/102?fields=assignedToId", {{"userId", nullptr}})
                  .json()["assignedToId"],
              nullptr);
}

}  // namespace
}  // namespace duet::sandbox::testing
