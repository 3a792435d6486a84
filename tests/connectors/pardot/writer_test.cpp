#include <nlohmann/json.hpp>

#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using nlohmann::json;
using test::Bench;
using test::kPardot;

class PardotWriter : public testing::Test {
protected:
    PardotWriter() {
        bench.make("pardot");
        on("GET", "/custom-fields?").always_replies(200, R"({"nextPageToken":null,"values":[]})");
    }
    world::FakeTransport::Rule& on(std::string_view method, std::string_view path) {
        return bench.transport.on(method, std::string(kPardot) + std::string(path));
    }
    std::vector<Result<Written>> write(const std::vector<Write>& batch) {
        auto outcomes = bench.connector->write(batch, {});
        if (!outcomes) return {Result<Written>(outcomes.error())};
        return *std::move(outcomes);
    }
    http::Request last() const { return bench.transport.requests().back(); }

    Bench bench;
};

Write prospect(std::string key) {
    Write made{WriteKind::Update, {"prospect", std::move(key)}, {}, {}, {}};
    made.fields.set("firstName", text("Kim"));
    return made;
}

Write member(std::string list, std::string person) {
    Write made{WriteKind::Create, {"list-membership", {}}, {}, {}, {}};
    made.fields.set("listId", text(list));
    made.fields.set("prospectId", text(person));
    return made;
}

TEST_F(PardotWriter, AnUpdateTellsItsStamp) {
    on("PATCH", "/prospects/5?fields=id,updatedAt")
        .replies(200, R"({"id":5,"updatedAt":"2018-01-01T00:00:00-07:00"})");
    auto outcomes = write({prospect("5")});
    ASSERT_TRUE(outcomes[0]) << outcomes[0].error().message;
    EXPECT_EQ(outcomes[0]->stamp, parse_instant("2018-01-01T07:00:00Z"));
    EXPECT_EQ(last().body, R"({"firstName":"Kim"})");
    EXPECT_EQ(world::find_header(last().headers, "Pardot-Business-Unit-Id"), "0UvSB0000000001AAA");
}

TEST_F(PardotWriter, AProspectKeyedByItsAddressIsUpserted) {
    on("POST", "/prospects/do/upsertLatestByEmail")
        .replies(201, R"({"id":5,"updatedAt":"2018-01-01T00:00:00Z"})")
        .replies(200, R"({"id":6,"updatedAt":"2018-01-01T00:00:00Z"})");
    Write create = prospect("");
    create.kind = WriteKind::Create;
    create.key_field = "email";
    create.key_value = "kim@acme.example";
    create.fields.set("campaignId", text("7"));
    create.fields.set("employees", Value{Decimal{12}});
    create.fields.set("score", Value{Decimal{3}});
    auto outcomes = write({create, create});
    ASSERT_TRUE(outcomes[0]) << outcomes[0].error().message;
    EXPECT_EQ(outcomes[0]->id.key, "5");
    EXPECT_TRUE(outcomes[0]->created);
    EXPECT_FALSE(outcomes[1]->created);
    EXPECT_TRUE(last().repeatable);
    const json body = json::parse(last().body);
    EXPECT_EQ(body["matchEmail"], "kim@acme.example");
    EXPECT_EQ(body["prospect"]["email"], "kim@acme.example");
    EXPECT_EQ(body["prospect"]["campaignId"], 7);
    EXPECT_EQ(body["prospect"]["employees"], "12");
    EXPECT_EQ(body["prospect"]["score"], 3);
}

TEST_F(PardotWriter, AnyOtherCreateIsNeverRepeatable) {
    on("POST", "/prospects?fields=id,updatedAt").fails(ErrorKind::InDoubt);
    Write create = prospect("");
    create.kind = WriteKind::Create;
    auto outcomes = write({create});
    EXPECT_EQ(outcomes[0].error().kind, ErrorKind::InDoubt);
    EXPECT_FALSE(last().repeatable);
}

TEST_F(PardotWriter, ACreateThatMayNotBeReadIsInDoubtAndNotRepeated) {
    on("POST", "/lists?fields=id,updatedAt").replies(204);
    Write create{WriteKind::Create, {"list", {}}, {}, {}, {}};
    create.fields.set("name", text("Upsell"));
    auto outcomes = write({create});
    EXPECT_EQ(outcomes[0].error().kind, ErrorKind::InDoubt);
}

TEST_F(PardotWriter, AMembershipThatIsThereAlreadyIsDone) {
    on("POST", "/list-memberships?").replies(400, R"({"code":58,"message":"x"})");
    on("GET", "/list-memberships?")
        .replies(200, R"({"nextPageToken":null,"values":[{"id":91,"listId":1,"prospectId":2,)"
                      R"("updatedAt":"2018-01-01T00:00:00Z","isDeleted":false}]})");
    auto outcomes = write({member("1", "2")});
    ASSERT_TRUE(outcomes[0]) << outcomes[0].error().message;
    EXPECT_EQ(outcomes[0]->id.key, "91");
    EXPECT_FALSE(outcomes[0]->created);
    EXPECT_NE(bench.last_url().find("&listId=1&prospectId=2&"), std::string::npos);
}

TEST_F(PardotWriter, DeletingWhatIsGoneIsDone) {
    on("DELETE", "/list-memberships/91").replies(404, R"({"code":109,"message":"x"})");
    auto outcomes = write({{WriteKind::Delete, {"list-membership", "91"}, {}, {}, {}}});
    EXPECT_TRUE(outcomes[0]);
}

TEST_F(PardotWriter, OneUnknownOutcomeDoesNotStopTheRest) {
    on("PATCH", "/prospects/").fails(ErrorKind::InDoubt).replies(204);
    auto outcomes = write({prospect("5"), prospect("6")});
    ASSERT_EQ(outcomes.size(), 2u);
    EXPECT_EQ(outcomes[0].error().kind, ErrorKind::InDoubt);
    ASSERT_TRUE(outcomes[1]) << outcomes[1].error().message;
    EXPECT_FALSE(outcomes[1]->stamp);
}

TEST_F(PardotWriter, AUsedUpAllowanceEndsTheBatch) {
    on("PATCH", "/prospects/")
        .replies(204)
        .replies(429, R"({"code":122,"message":"Daily API rate limit met"})",
                 {{"x-api-usage", "25000/25000"}});
    auto outcomes = write({prospect("5"), prospect("6"), prospect("7")});
    ASSERT_EQ(outcomes.size(), 3u);
    EXPECT_TRUE(outcomes[0]);
    EXPECT_EQ(outcomes[2].error().kind, ErrorKind::RateLimited);
    EXPECT_EQ(outcomes[2].error().retry_after, std::chrono::hours{2});
    EXPECT_EQ(bench.connector->budget().limit_per_day, 25'000);
    EXPECT_EQ(bench.transport.unexpected().size(), 0u);
}

TEST_F(PardotWriter, WhatTheApiLetsNobodyWriteIsRefusedUnsent) {
    Write opportunity{WriteKind::Update, {"opportunity", "1"}, {}, {}, {}};
    Write grade = prospect("5");
    grade.fields.set("grade", text("A"));
    for (const Write& refused : {opportunity, grade}) {
        const auto outcomes = write({refused});
        EXPECT_EQ(outcomes[0].error().code, "DUET-3122");
    }
    EXPECT_TRUE(bench.transport.unexpected().empty());
}

TEST_F(PardotWriter, ARefusedTokenIsRenewedOnceEvenForAWrite) {
    on("PATCH", "/prospects/5")
        .replies(401, R"({"code":184,"message":"access_token is invalid, unknown, or malformed"})")
        .replies(204);
    EXPECT_TRUE(write({prospect("5")})[0]);
    EXPECT_EQ(bench.sign_ins(), 2u);
}

}  // namespace
}  // namespace duet
