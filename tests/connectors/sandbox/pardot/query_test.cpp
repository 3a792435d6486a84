#include <gtest/gtest.h>

#include "connectors/sandbox/http_message.h"
#include "tests/connectors/sandbox/pardot/pardot_client.h"

namespace duet::sandbox::testing {
namespace {

using nlohmann::json;
using Ids = std::vector<int>;

TEST(PardotQuery, WithoutFieldsIsCode13) {
    PardotServer server;
    for (const char* path : {"prospects", "prospects?fields=", "prospects/101"}) {
        const Reply reply = server.get(path);
        EXPECT_EQ(reply.status, 400);
        EXPECT_EQ(reply.json()["message"], "One or more required parameters are missing: fields");
        EXPECT_EQ(reply.code(), 13);
    }
}

TEST(PardotQuery, LastPageHasBothNextKeysAsNull) {
    PardotServer server;
    const Reply reply = server.get("lists?fields=name,id");
    EXPECT_EQ(reply.header("content-type"), "application/json; charset=utf-8");
    const auto body = nlohmann::ordered_json::parse(reply.body);
    EXPECT_TRUE(body.at("nextPageToken").is_null());
    EXPECT_TRUE(body.at("nextPageUrl").is_null());
    EXPECT_EQ(body.at("values").size(), 3U);
    EXPECT_EQ(body["values"][0].dump(), R"({"id":41,"name":"Newsletter"})");
    EXPECT_EQ(server.get("users?fields=id&email=nobody@x.example").json()["values"], json::array());
}

TEST(PardotQuery, IdComesFirstThenStandardThenCustomFieldsAndNullsArePresent) {
    PardotServer server;
    const Reply reply = server.get(
        "prospects/"
        "102?fields=stage__c,phone,email,id,campaign.name,contract_end__c,assignedTo.email");
    EXPECT_EQ(reply.body,
              R"({"id":102,"assignedTo":null,"campaign":{"name":"Website Tracking"},)"
              R"("email":"Kim@Acme.example","phone":null,"contract_end__c":null,"stage__c":null})");
}

TEST(PardotQuery, PagesFollowAnAbsoluteUrlWithNothingButFieldsAndToken) {
    PardotServer server;
    const json page =
        server.get("prospects?fields=id,%20email&limit=2&orderBy=updatedAt%20DESC").json();
    const auto url = page["nextPageUrl"].get<std::string>();
    EXPECT_EQ(
        url.rfind(
            server.sandbox().url() + "/api/v5/objects/prospects?fields=id,email&nextPageToken=", 0),
        0U);
    EXPECT_EQ(server.ids("prospects?fields=id&limit=1&orderBy=updatedAt%20DESC"),
              (Ids{102, 101, 103, 106}));
    // A token may be used again, and gives the same page.
    const std::string again =
        "prospects?fields=id&nextPageToken=" + url.substr(url.find("nextPageToken=") + 14);
    EXPECT_EQ(server.get(again).json()["values"], server.get(again).json()["values"]);
    EXPECT_EQ(server.ids(again), (Ids{103, 106}));
}

TEST(PardotQuery, TiesOnTheSortFieldArePagedOnce) {
    PardotServer server;
    // 103 and 106 share updatedAt with nothing in between.
    EXPECT_EQ(server.ids("prospects?fields=id&limit=1&orderBy=updatedAt"),
              (Ids{103, 106, 101, 102}));
    // No activity at all sorts first, and is not lost at a page's edge.
    EXPECT_EQ(server.ids("prospects?fields=id&limit=1&orderBy=lastActivityAt%20asc,id%20desc"),
              (Ids{106, 103, 101, 102}));
    EXPECT_EQ(server.ids("prospects?fields=id&limit=1&orderBy=lastActivityAt%20DESC"),
              (Ids{102, 101, 103, 106}));
}

TEST(PardotQuery, PagesHoldStillWhileRowsArriveAndLeave) {
    PardotServer server;
    const json page = server.get("prospects?fields=id&limit=2").json();
    EXPECT_EQ(server.call("DELETE", "prospects/101").status, 204);
    EXPECT_EQ(server.post("prospects", {{"email", "new@acme.example"}}).status, 201);
    const std::string next =
        "prospects?fields=id&nextPageToken=" + url_encode(page["nextPageToken"].get<std::string>());
    EXPECT_EQ(server.ids(next), (Ids{103, 106, 107}));
}

TEST(PardotQuery, NothingButFieldsMayAccompanyAToken) {
    PardotServer server;
    const std::string token = url_encode(
        server.get("prospects?fields=id&limit=1").json()["nextPageToken"].get<std::string>());
    const std::string path = "prospects?fields=id&nextPageToken=" + token;
    for (const char* more :
         {"&limit=5", "&orderBy=id", "&idGreaterThan=1", "&deleted=all", "&offset=1"}) {
        EXPECT_EQ(server.get(path + more).status, 400) << more;
    }
    server.set("token_lenient", "true");
    EXPECT_EQ(server.get(path + "&limit=5").status, 200);
}

TEST(PardotQuery, TokensExpireAfterFourHoursAndForgeriesAreRefused) {
    SandboxOptions options = PardotServer::standing_clock();
    options.token_life = std::chrono::hours(48);
    PardotServer server(options);
    const std::string path =
        "prospects?fields=id&nextPageToken=" +
        url_encode(
            server.get("prospects?fields=id&limit=1").json()["nextPageToken"].get<std::string>());
    server.advance(std::chrono::hours(4) - std::chrono::seconds(1));
    EXPECT_EQ(server.get(path).status, 200);
    server.advance(std::chrono::seconds(1));
    EXPECT_EQ(server.get(path).code(), 210);
    EXPECT_EQ(server.get("prospects?fields=id&nextPageToken=abcd").code(), 211);
    EXPECT_EQ(server.get("prospects?fields=id&nextPageToken=%7B%7D").code(), 211);
}

TEST(PardotQuery, AChainStopsAtItsCapWithAWarning) {
    PardotServer server;
    server.set("chain_cap", "3");
    const json first = server.get("prospects?fields=id&limit=2").json();
    const Reply last = server.get("prospects?fields=id&nextPageToken=" +
                                  url_encode(first["nextPageToken"].get<std::string>()));
    EXPECT_EQ(last.json()["values"].size(), 1U);
    EXPECT_TRUE(last.json()["nextPageToken"].is_null());
    EXPECT_EQ(last.header("pardot-warning").substr(0, 4), "203;");
    // Exactly as many rows as the cap: nothing was left out, so nothing is warned of.
    server.set("chain_cap", "4");
    EXPECT_EQ(server.get("prospects?fields=id&limit=4").header("pardot-warning"), "");
}

TEST(PardotQuery, LimitOffsetAndOrderAreChecked) {
    PardotServer server;
    for (const char* bad : {"limit=0", "limit=1001", "limit=x", "limit="}) {
        EXPECT_EQ(server.get(std::string{"lists?fields=id&"} + bad).code(), 23) << bad;
    }
    EXPECT_EQ(server.get("lists?fields=id&offset=2001").code(), 21);
    EXPECT_EQ(server.ids("lists?fields=id&offset=1"), (Ids{42, 43}));
    EXPECT_EQ(server.get("lists?fields=id&orderBy=title").code(), 19);
    EXPECT_EQ(server.get("lists?fields=id&orderBy=id%20up").code(), 20);
    EXPECT_EQ(server.ids("lists?fields=id&orderBy=name%20DESC"), (Ids{42, 41, 43}));
}

TEST(PardotQuery, FiltersCompareByTheSuffixesOfTheirKind) {
    PardotServer server;
    const auto ids = [&server](const std::string& filter) {
        return server.ids("prospects?fields=id&deleted=all&" + filter);
    };
    EXPECT_EQ(ids("id=103"), (Ids{103}));
    EXPECT_EQ(ids("idGreaterThan=104"), (Ids{105, 106}));
    EXPECT_EQ(ids("idGreaterThanOrEqualTo=105&idLessThan=106"), (Ids{105}));
    EXPECT_EQ(ids("idLessThanOrEqualTo=101"), (Ids{101}));
    EXPECT_EQ(ids("email=KIM@acme.example"), (Ids{101, 102}));
    EXPECT_EQ(ids("createdAtBefore=2017-04-01T10:00:00Z"), (Ids{101}));
    EXPECT_EQ(ids("createdAtBeforeOrEqualTo=2017-04-01T10:00:00Z"), (Ids{101, 102}));
    EXPECT_EQ(ids("updatedAtAfter=2017-12-01T10:00:00Z"), (Ids{102}));
    EXPECT_EQ(ids("updatedAtAfterOrEqualTo=2017-12-01T10:00:00Z"), (Ids{101, 102}));
    EXPECT_EQ(ids("assignedToId=12"), (Ids{101}));
    EXPECT_EQ(ids("userId=12"), (Ids{101}));
    EXPECT_EQ(server.ids("visitor-activities?fields=id&prospectId=101&type=11"), (Ids{72}));
    EXPECT_EQ(server.ids("list-memberships?fields=id&listId=41&prospectId=101"), (Ids{51}));
    EXPECT_EQ(server.ids("campaigns?fields=id&name=Webinar"), (Ids{21}));
}

TEST(PardotQuery, AnyOffsetIsReadAndABarePlusIsNot) {
    PardotServer server;
    const std::string path = "prospects?fields=id&updatedAtAfterOrEqualTo=";
    EXPECT_EQ(server.ids(path + "2017-11-30T22:00:00-12:00"), (Ids{101, 102}));
    EXPECT_EQ(server.ids(path + "2017-12-01T12:00:00%2B02:00"), (Ids{101, 102}));
    EXPECT_EQ(server.get(path + "2017-12-01T12:00:00+02:00").code(), 57);
    EXPECT_EQ(server.get(path + "yesterday").code(), 57);
    EXPECT_EQ(server.get(path + "2017-12-01").code(), 57);
}

TEST(PardotQuery, UnknownOrTooManyFiltersAreRefused) {
    PardotServer server;
    for (const char* odd :
         {"createdAfter=2017-01-01T00:00:00Z", "salesforceId=003", "emailAfter=x", "idAfter=3",
          "createdAtGreaterThan=2017-01-01T00:00:00Z", "firstName=x"}) {
        EXPECT_EQ(server.get(std::string{"prospects?fields=id&"} + odd).status, 400) << odd;
    }
    EXPECT_EQ(server.get("prospects?fields=id&id=x").code(), 56);
    // Two bounds on one field count once.
    EXPECT_EQ(server
                  .get("prospects?fields=id&idGreaterThan=1&idLessThan=200&email=x@y.example"
                       "&createdAtAfter=2017-01-01T00:00:00Z")
                  .status,
              200);
    EXPECT_EQ(
        server.get("prospects?fields=id&id=1&email=x@y.example&userId=1&assignedToId=1").code(),
        209);
    EXPECT_EQ(server.get("visitor-activities?fields=id&deleted=all").status, 400);
    EXPECT_EQ(server.get("lists?fields=id&deleted=maybe").code(), 50);
}

TEST(PardotQuery, DeletedRowsShowOnlyWhenAskedFor) {
    PardotServer server;
    EXPECT_EQ(server.ids("prospects?fields=id&deleted=true"), (Ids{104, 105}));
    EXPECT_EQ(server.ids("prospects?fields=id&deleted=all").size(), 6U);
    EXPECT_EQ(server.ids("list-memberships?fields=id"), (Ids{51, 53}));
    EXPECT_EQ(server.ids("list-memberships?fields=id&deleted=all"), (Ids{51, 52, 53}));
    const Reply binned = server.get("prospects/104?fields=id");
    EXPECT_EQ(binned.status, 404);
    EXPECT_EQ(binned.code(), 109);
    EXPECT_EQ(binned.header("pardot-warning"), "201;Record In Recycle Bin");
    EXPECT_EQ(server.get("prospects/104?fields=isDeleted&deleted=true").json()["isDeleted"], true);
    const Reply unknown = server.get("prospects/999?fields=id");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown.json()["message"], "The requested record was not found.");
    EXPECT_EQ(unknown.header("pardot-warning"), "");
    EXPECT_EQ(server.get("prospects/abc?fields=id").code(), 16);
}

TEST(PardotQuery, FieldsThatAreNotThereOrNotQueryableAreRefused) {
    PardotServer server;
    EXPECT_EQ(server.get("prospects?fields=id,nope").code(), 10000);
    EXPECT_EQ(server.get("prospects?fields=id,nope__c").code(), 10000);
    EXPECT_EQ(server.get("prospects?fields=nobody.name").code(), 10000);
    server.set("unknown_field_code", "180");
    EXPECT_EQ(server.get("prospects?fields=id,nope").code(), 180);
    EXPECT_EQ(server.get("prospects?fields=id,interests__c").code(), 224);
    EXPECT_EQ(server.get("prospects/101?fields=interests__c").json()["interests__c"],
              (json{"GTX", "MG"}));
    EXPECT_EQ(
        server.get("list-memberships?fields=prospect.campaign.name&id=51").json()["values"][0],
        (json{{"prospect", {{"campaign", {{"name", "Webinar"}}}}}}));
    EXPECT_EQ(server.get("list-memberships?fields=prospect.campaign.createdBy.email").code(), 193);
}

TEST(PardotQuery, TimesAreShownInTheUsersOffset) {
    PardotServer server;
    EXPECT_EQ(server.get("prospects/101?fields=updatedAt").json()["updatedAt"],
              "2017-12-01T10:00:00+00:00");
    server.set("user_offset", "-07:00");
    EXPECT_EQ(server.get("prospects/101?fields=updatedAt").json()["updatedAt"],
              "2017-12-01T03:00:00-07:00");
}

TEST(PardotQuery, UnchangedSinceIs304WithoutABody) {
    PardotServer server;
    auto headers = server.headers();
    headers.emplace_back("If-Modified-Since", "Fri, 01 Dec 2017 10:00:00 GMT");
    const std::string target = "/api/v5/objects/prospects/101?fields=id";
    const Reply same = server.raw("GET", target, "", headers);
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
    headers.back().second = "Fri, 01 Dec 2017 09:59:59 GMT";
    const Reply changed = server.raw("GET", target, "", headers);
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.header("last-modified"), "Fri, 01 Dec 2017 10:00:00 GMT");
}

TEST(PardotQuery, ReadsMayLagBehindWrites) {
    PardotServer server;
    server.set("read_lag_seconds", "30");
    ASSERT_EQ(server.get("prospects/101?fields=id").status, 200);  // the copy starts here
    server.advance(std::chrono::seconds(5));
    EXPECT_EQ(server.patch("prospects/101", {{"phone", "555-9"}}).status, 204);
    const Reply created = server.post("prospects?fields=id,phone", {{"email", "n@acme.example"}});
    EXPECT_EQ(created.status, 201);
    server.advance(std::chrono::seconds(29));
    EXPECT_EQ(server.get("prospects/101?fields=phone").json()["phone"], "555-1");
    EXPECT_EQ(server.get("prospects/107?fields=id").status, 404);
    EXPECT_EQ(server.ids("prospects?fields=id&updatedAtAfter=2018-01-01T00:00:00Z"), Ids{});
    server.advance(std::chrono::seconds(1));
    EXPECT_EQ(server.get("prospects/101?fields=phone").json()["phone"], "555-9");
    EXPECT_EQ(server.ids("prospects?fields=id&updatedAtAfter=2018-01-01T00:00:00Z"),
              (Ids{101, 107}));
    server.set("read_lag_seconds", "0");
    EXPECT_EQ(server.patch("prospects/101", {{"phone", "555-10"}}).status, 204);
    EXPECT_EQ(server.get("prospects/101?fields=phone").json()["phone"], "555-10");
}

}  // namespace
}  // namespace duet::sandbox::testing
