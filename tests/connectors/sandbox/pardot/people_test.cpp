// What people do in Pardot's pages, and the vendor's own connector.
#include <gtest/gtest.h>

#include "tests/connectors/sandbox/pardot/pardot_client.h"

namespace duet::sandbox::testing {
namespace {

using nlohmann::json;
using Ids = std::vector<int>;

Reply person(PardotServer& server, const std::string& action, const json& order) {
    return server.raw("POST", "/sandbox/pardot/" + action, order.dump(), {});
}

json shown(PardotServer& server, int prospect, const std::string& fields) {
    return server.get("prospects/" + std::to_string(prospect) + "?deleted=true&fields=" + fields)
        .json();
}

/// A Salesforce record, made over its API; its id.
std::string in_crm(PardotServer& server, const std::string& object, const json& fields) {
    const Reply made = server.raw("POST", "/services/data/v60.0/sobjects/" + object, fields.dump(),
                                  server.headers());
    EXPECT_EQ(made.status, 201) << made.body;
    return made.json().value("id", "");
}

Reply soap(PardotServer& server, const std::string& operation) {
    return server.raw("POST", "/services/Soap/u/60.0",
                      "<Envelope><Header><SessionHeader><sessionId>" + server.token() +
                          "</sessionId></SessionHeader></Header><Body>" + operation +
                          "</Body></Envelope>",
                      {{"Content-Type", "text/xml"}});
}

/// The seed's own links name people that this Salesforce side has not.
void drop_links(PardotServer& server) {
    for (const char* path : {"prospects/101", "prospects/103"}) {
        ASSERT_EQ(server.patch(path, {{"salesforceId", nullptr}}).status, 204);
    }
}

void link(PardotServer& server, int prospect, const std::string& crm_id) {
    const std::string path = "prospects/" + std::to_string(prospect);
    ASSERT_EQ(server.patch(path, {{"salesforceId", crm_id}}).status, 204);
}

int follow(PardotServer& server) {
    return person(server, "follow-crm", json::object()).json().value("changed", -1);
}

TEST(PardotPeople, AMergeFillsBlanksKeepsRefusalsAndBinsTheOthers) {
    PardotServer server;
    ASSERT_EQ(server.patch("prospects/101", {{"score", 10}, {"phone", nullptr}}).status, 204);
    ASSERT_EQ(server.patch("prospects/106", {{"score", 5}, {"isDoNotCall", true}}).status, 204);
    server.advance(std::chrono::seconds(60));
    const Reply merged = person(
        server, "merge",
        {{"prospect", 101}, {"others", {106, 103}}, {"fields", {{"firstName", "Kimberley"}}}});
    ASSERT_EQ(merged.status, 200) << merged.body;
    EXPECT_EQ(shown(server, 101,
                    "firstName,lastName,phone,score,optedOut,isDoNotCall,isDeleted,updatedAt"),
              (json{{"firstName", "Kimberley"},
                    {"lastName", "Olsen"},
                    {"phone", "0123"},
                    {"score", 15},
                    {"optedOut", true},
                    {"isDoNotCall", true},
                    {"isDeleted", false},
                    {"updatedAt", "2018-01-02T09:01:00+00:00"}}));
    for (const int other : {103, 106}) {
        EXPECT_EQ(shown(server, other, "isDeleted,salesforceId,updatedAt"),
                  (json{{"isDeleted", true},
                        {"salesforceId", nullptr},
                        {"updatedAt", "2018-01-02T09:01:00+00:00"}}));
    }
    EXPECT_EQ(server.ids("prospects?fields=id&deleted=true"), (Ids{103, 104, 105, 106}));
}

TEST(PardotPeople, MembershipsAndActivitiesComeAlongAndAnOptOutStays) {
    PardotServer server;
    const int mine =
        server.post("list-memberships", {{"listId", 41}, {"prospectId", 106}}).json()["id"];
    ASSERT_EQ(server.patch("list-memberships/51", {{"optedOut", true}}).status, 204);
    ASSERT_EQ(person(server, "merge", {{"prospect", 106}, {"others", {101}}}).status, 200);
    EXPECT_EQ(server.ids("list-memberships?fields=id&prospectId=106"), (Ids{53, mine}));
    EXPECT_EQ(server.get("list-memberships/" + std::to_string(mine) + "?fields=optedOut")
                  .json()["optedOut"],
              true);
    EXPECT_EQ(server.ids("list-memberships?fields=id&prospectId=101"), Ids{});
    EXPECT_EQ(server.ids("visitor-activities?fields=id&prospectId=106"), (Ids{71, 72, 73}));
}

TEST(PardotPeople, ALinkedProspectTakesNothingOfAnothersLink) {
    PardotServer server;
    const std::string links = "salesforceId,salesforceLeadId,salesforceContactId";
    const json mine = shown(server, 101, links);
    ASSERT_NE(mine["salesforceContactId"], nullptr) << mine.dump();
    const int lead = server
                         .post("prospects", {{"email", "lead@example.com"},
                                             {"salesforceId", "00QSB0000000999AAA"}})
                         .json()["id"];
    ASSERT_NE(shown(server, lead, links)["salesforceLeadId"], nullptr);
    ASSERT_EQ(person(server, "merge", {{"prospect", 101}, {"others", {lead}}}).status, 200);
    EXPECT_EQ(shown(server, 101, links), mine);
}

TEST(PardotPeople, AWrongMergeChangesNothing) {
    PardotServer server;
    EXPECT_EQ(person(server, "merge", {{"prospect", 101}, {"others", {104}}}).code(), 109);
    EXPECT_EQ(person(server, "merge", {{"prospect", 104}, {"others", {101}}}).code(), 109);
    EXPECT_EQ(person(server, "merge", {{"prospect", 101}, {"others", {101}}}).code(), 207);
    EXPECT_EQ(person(server, "merge",
                     {{"prospect", 101}, {"others", {102}}, {"fields", {{"nothing", 1}}}})
                  .code(),
              180);
    EXPECT_EQ(person(server, "merge", {{"prospect", 101}}).status, 400);
    EXPECT_EQ(person(server, "nothing", json::object()).code(), 205);
    EXPECT_EQ(server.ids("prospects?fields=id"), (Ids{101, 102, 103, 106}));
}

TEST(PardotPeople, OneOfSeveralInTheBinIsRestoredByItsId) {
    PardotServer server;
    EXPECT_EQ(person(server, "undelete", {{"prospect", 101}}).code(), 109);
    EXPECT_EQ(person(server, "undelete", {{"prospect", 104}}).status, 200);
    EXPECT_EQ(shown(server, 104, "isDeleted,updatedAt"),
              (json{{"isDeleted", false}, {"updatedAt", "2018-01-02T09:00:00+00:00"}}));
    EXPECT_EQ(server.ids("prospects?fields=id&deleted=true"), Ids{105});
}

TEST(PardotPeople, AnErasedProspectLeavesNoTraceAndItsIdIsNeverGivenAgain) {
    PardotServer server;
    server.set("read_lag_seconds", "30");
    EXPECT_EQ(server.ids("prospects?fields=id&deleted=all").size(), 6U);
    EXPECT_EQ(person(server, "erase", {{"prospects", {106}}}).code(), 108) << "not in the bin";
    ASSERT_EQ(server.call("DELETE", "prospects/106").status, 204);
    ASSERT_EQ(server.call("DELETE", "prospects/101").status, 204);
    ASSERT_EQ(person(server, "erase", {{"prospects", {106, 101}}}).status, 200);
    EXPECT_EQ(server.ids("prospects?fields=id&deleted=all"), (Ids{102, 103, 104, 105}));
    EXPECT_EQ(server.ids("list-memberships?fields=id&deleted=all"), Ids{52});
    EXPECT_EQ(server.ids("visitor-activities?fields=id"), Ids{});
    EXPECT_EQ(server.post("prospects", {{"email", "n@acme.example"}}).json()["id"], 107);
}

TEST(PardotPeople, AConvertedLeadsProspectIsLinkedToTheContact) {
    PardotServer server;
    drop_links(server);
    const std::string lead = in_crm(server, "Lead", {{"LastName", "L"}, {"Company", "C"}});
    link(server, 102, lead);
    follow(server);
    EXPECT_EQ(follow(server), 0) << "what is in step stays as it is";
    follow(server);
    EXPECT_EQ(follow(server), 0) << "what is in step stays as it is";
    ASSERT_EQ(soap(server,
                   "<convertLead><leadConverts><convertedStatus>Closed - Converted"
                   "</convertedStatus><leadId>" +
                       lead + "</leadId></leadConverts></convertLead>")
                  .status,
              200);
    follow(server);
    const json now = shown(server, 102, "salesforceId,salesforceLeadId,salesforceContactId");
    EXPECT_EQ(now["salesforceLeadId"], nullptr);
    EXPECT_EQ(now["salesforceId"], now["salesforceContactId"]);
    EXPECT_EQ(now["salesforceId"].get<std::string>().substr(0, 3), "003");
}

TEST(PardotPeople, ADeletedContactMarksAndBinsItsProspectUntilItIsUndeleted) {
    PardotServer server;
    drop_links(server);
    const std::string contact = in_crm(server, "Contact", {{"LastName", "P"}});
    link(server, 102, contact);
    ASSERT_EQ(
        server
            .raw("DELETE", "/services/data/v60.0/sobjects/Contact/" + contact, "", server.headers())
            .status,
        204);
    follow(server);
    EXPECT_EQ(shown(server, 102, "salesforceId,isDeleted"),
              (json{{"salesforceId", "[[crm_deleted]]"}, {"isDeleted", true}}));
    EXPECT_EQ(follow(server), 0);
    ASSERT_EQ(soap(server, "<undelete><ids>" + contact + "</ids></undelete>").status, 200);
    EXPECT_EQ(follow(server), 1);
    EXPECT_EQ(shown(server, 102, "salesforceId,isDeleted"),
              (json{{"salesforceId", contact}, {"isDeleted", false}}));

    server.set("crm_deletes_bin", "false");
    ASSERT_EQ(
        server
            .raw("DELETE", "/services/data/v60.0/sobjects/Contact/" + contact, "", server.headers())
            .status,
        204);
    EXPECT_EQ(follow(server), 1);
    EXPECT_EQ(shown(server, 102, "salesforceId,isDeleted"),
              (json{{"salesforceId", "[[crm_deleted]]"}, {"isDeleted", false}}));
}

TEST(PardotPeople, AfterACrmMergeTheSurvivorHasOneProspect) {
    PardotServer server;
    drop_links(server);
    const auto contact = [&server](const char* name) {
        return in_crm(server, "Contact", {{"LastName", name}});
    };
    const auto merge = [&server](const std::string& master, const std::string& loser) {
        const Reply merged = soap(server, "<merge><request><masterRecord><type>Contact</type><Id>" +
                                              master + "</Id></masterRecord><recordToMergeIds>" +
                                              loser + "</recordToMergeIds></request></merge>");
        EXPECT_NE(merged.body.find("<success>true"), std::string::npos) << merged.body;
    };
    const std::string first = contact("A"), second = contact("B"), third = contact("C");
    link(server, 102, first);
    link(server, 106, second);
    merge(first, second);
    follow(server);
    EXPECT_EQ(shown(server, 106, "isDeleted")["isDeleted"], true);
    EXPECT_EQ(shown(server, 102, "salesforceId")["salesforceId"], first);
    merge(third, first);
    follow(server);
    EXPECT_EQ(shown(server, 102, "salesforceId,isDeleted"),
              (json{{"salesforceId", third}, {"isDeleted", false}}));
}

}  // namespace
}  // namespace duet::sandbox::testing
