#include <nlohmann/json.hpp>

#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using nlohmann::json;
using test::Bench;
using test::kSalesforce;

Write update(std::string key, std::string_view email = "a@b.example") {
    Write write{WriteKind::Update, {"Contact", std::move(key)}, {}, {}, {}};
    write.fields.set("Email", text(email));
    return write;
}

Write keyed(std::string key) {
    Write write{WriteKind::Create, {"Contact", {}}, {}, "Duet_Key__c", std::move(key)};
    write.fields.set("Email", text("a@b.example"));
    return write;
}

json done(std::string_view id) {
    return {{"id", id}, {"success", true}, {"errors", json::array()}};
}

json failed(std::string_view code, std::string_view message = "x") {
    return {{"success", false},
            {"errors", {{{"statusCode", code}, {"message", message}, {"fields", {"Email"}}}}}};
}

class SalesforceWriter : public testing::Test {
protected:
    SalesforceWriter() {
        bench.make("salesforce");
        on("GET", "/sobjects/Contact/describe")
            .always_replies(200, test::describe("Contact", {"Email:email", "Duet_Key__c:string",
                                                            "Score__c:double"}));
    }
    world::FakeTransport::Rule& on(std::string_view method, std::string_view path) {
        return bench.transport.on(method, std::string(kSalesforce) + std::string(path));
    }
    Result<std::vector<Result<Written>>> write(const std::vector<Write>& batch) {
        return bench.connector->write(batch, {});
    }
    json last_body() const { return json::parse(bench.transport.requests().back().body); }

    Bench bench;
};

TEST_F(SalesforceWriter, EachRecordOfACallHasItsOwnOutcome) {
    on("PATCH", "/composite/sobjects")
        .replies(200, json::array({done("003A"), failed("INVALID_EMAIL_ADDRESS", "Email: bad one"),
                                   failed("UNABLE_TO_LOCK_ROW"), failed("SOMETHING_NEW")})
                          .dump());
    auto outcomes = write({update("003A"), update("003B"), update("003C"), update("003D")});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    ASSERT_EQ(outcomes->size(), 4u);
    ASSERT_TRUE((*outcomes)[0]);
    EXPECT_EQ((*outcomes)[0]->id.key, "003A");
    EXPECT_EQ((*outcomes)[1].error().kind, ErrorKind::Rejected);
    EXPECT_EQ((*outcomes)[1].error().remote_code, "INVALID_EMAIL_ADDRESS");
    EXPECT_EQ((*outcomes)[1].error().message.find("bad one"), std::string::npos);
    EXPECT_EQ((*outcomes)[2].error().kind, ErrorKind::Transient);
    EXPECT_EQ((*outcomes)[3].error().kind, ErrorKind::Rejected);
    const auto request = bench.transport.requests().back();
    EXPECT_EQ(world::find_header(request.headers, "Sforce-Auto-Assign"), "FALSE");
    EXPECT_EQ(world::find_header(request.headers, "Sforce-Call-Options"), "client=Duet/0.1");
    EXPECT_EQ(last_body()["allOrNone"], false);
    EXPECT_EQ(last_body()["records"][0]["attributes"]["type"], "Contact");
}

TEST_F(SalesforceWriter, CreatesWithAKeyAreUpsertsAndTellWhatTheyDid) {
    json found = done("003A"), made = done("003B");
    found["created"] = false;
    made["created"] = true;
    on("PATCH", "/composite/sobjects/Contact/Duet_Key__c")
        .replies(200, json::array({found, made}).dump());
    auto outcomes = write({keyed("k1"), keyed("k2")});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    EXPECT_FALSE((*outcomes)[0]->created);
    EXPECT_TRUE((*outcomes)[1]->created);
    EXPECT_EQ((*outcomes)[1]->id, (RecordId{"Contact", "003B"}));
    EXPECT_EQ(last_body()["records"][0]["Duet_Key__c"], "k1");
    EXPECT_TRUE(bench.transport.requests().back().repeatable);
}

TEST_F(SalesforceWriter, OneKeyNeverComesTwiceInOneCall) {
    auto& rule = on("PATCH", "/composite/sobjects/Contact/Duet_Key__c");
    rule.replies(200, json::array({done("003A")}).dump())
        .replies(200, json::array({done("003A")}).dump());
    auto outcomes = write({keyed("k1"), keyed("k1")});
    ASSERT_TRUE(outcomes);
    EXPECT_TRUE((*outcomes)[1]);
    EXPECT_EQ(bench.transport.unused(), 0u);
}

TEST_F(SalesforceWriter, ACreateWithoutAKeyIsNeverRepeatable) {
    on("POST", "/composite/sobjects").fails(ErrorKind::InDoubt);
    Write create = keyed("");
    create.key_field.clear();
    const auto outcomes = write({create});
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().kind, ErrorKind::InDoubt);
    EXPECT_FALSE(bench.transport.requests().back().repeatable);
    EXPECT_EQ(bench.transport.requests().size(), 3u);  // sign-in, describe, one POST
}

// Campaign influence has no external id of its own: its key is a reference, by which nothing can be
// upserted.
TEST_F(SalesforceWriter, AKeyThatRefersToAnotherRecordMakesAPlainInsert) {
    on("GET", "/sobjects/CampaignInfluence/describe")
        .always_replies(200,
                        test::describe("CampaignInfluence",
                                       {"OpportunityId:reference:Opportunity",
                                        "CampaignId:reference:Campaign", "Influence:percent"}));
    on("POST", "/composite/sobjects")
        .replies(200, json::array({done("6XXa"), done("6XXb")}).dump());
    const auto row = [](const char* campaign, int share) {
        Write write{WriteKind::Create, {"CampaignInfluence", {}}, {}, "OpportunityId", "006A"};
        write.fields.set("OpportunityId", text("006A"));
        write.fields.set("CampaignId", text(campaign));
        write.fields.set("Influence", Value{Decimal{share}});
        return write;
    };
    const auto outcomes = write({row("701A", 60), row("701B", 40)});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    ASSERT_EQ(outcomes->size(), 2u);
    EXPECT_TRUE((*outcomes)[0]->created);
    EXPECT_EQ((*outcomes)[0]->id, (RecordId{"CampaignInfluence", "6XXa"}));
    EXPECT_EQ((*outcomes)[1]->id, (RecordId{"CampaignInfluence", "6XXb"}));
    const auto request = bench.transport.requests().back();
    EXPECT_EQ(request.method, "POST") << "one call, though both have one key";
    EXPECT_FALSE(request.repeatable) << "a second POST would make second rows";
    const json body = last_body();
    EXPECT_EQ(body["records"][0]["OpportunityId"], "006A") << "the key is a field like any other";
    EXPECT_EQ(body["records"][1]["CampaignId"], "701B");
    EXPECT_FALSE(body["records"][0].contains("id"));
}

TEST_F(SalesforceWriter, ALostAnswerToAPlainInsertLeavesItInDoubt) {
    on("GET", "/sobjects/CampaignInfluence/describe")
        .always_replies(
            200, test::describe("CampaignInfluence", {"OpportunityId:reference:Opportunity"}));
    on("POST", "/composite/sobjects").fails(ErrorKind::InDoubt);
    Write created{WriteKind::Create, {"CampaignInfluence", {}}, {}, "OpportunityId", "006A"};
    created.fields.set("OpportunityId", text("006A"));
    const auto outcomes = write({created});
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().kind, ErrorKind::InDoubt);
    EXPECT_EQ(bench.transport.requests().size(), 3u) << "sign-in, describe, one POST";
}

TEST_F(SalesforceWriter, MoreThan200RecordsTravelInSeveralCallsAndAreCountedBack) {
    std::vector<Write> batch;
    json first = json::array(), second = json::array();
    for (int i = 0; i < 201; ++i) {
        batch.push_back(update("003" + std::to_string(i)));
        (i < 200 ? first : second).push_back(done(batch.back().id.key));
    }
    on("PATCH", "/composite/sobjects").replies(200, first.dump()).replies(200, second.dump());
    auto outcomes = write(batch);
    ASSERT_TRUE(outcomes);
    ASSERT_EQ(outcomes->size(), 201u);
    EXPECT_EQ((*outcomes)[200]->id.key, "003200");
}

TEST_F(SalesforceWriter, AnUnknownOutcomeOfOneCallLeavesTheOthersKnown) {
    std::vector<Write> batch;
    json first = json::array();
    for (int i = 0; i < 201; ++i) batch.push_back(update("003" + std::to_string(i)));
    for (int i = 0; i < 200; ++i) first.push_back(done(batch[static_cast<std::size_t>(i)].id.key));
    on("PATCH", "/composite/sobjects").replies(200, first.dump()).fails(ErrorKind::InDoubt);
    auto outcomes = write(batch);
    ASSERT_TRUE(outcomes);
    EXPECT_TRUE((*outcomes)[199]);
    EXPECT_EQ((*outcomes)[200].error().kind, ErrorKind::InDoubt);
}

TEST_F(SalesforceWriter, AnswersForAnotherNumberOfRecordsAreInDoubt) {
    on("PATCH", "/composite/sobjects").replies(200, json::array({done("003A")}).dump());
    const auto outcomes = write({update("003A"), update("003B")});
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().kind, ErrorKind::InDoubt);
}

TEST_F(SalesforceWriter, ARecordThatSpoilsTheWholeCallIsFoundByHalving) {
    auto& rule = on("PATCH", "/composite/sobjects");
    const std::string spoiled = R"([{"errorCode":"JSON_PARSER_ERROR","message":"x"}])";
    rule.replies(400, spoiled)
        .replies(200, json::array({done("003A"), done("003B")}).dump())
        .replies(400, spoiled)
        .replies(200, json::array({done("003C")}).dump())
        .replies(400, spoiled);
    auto outcomes = write({update("003A"), update("003B"), update("003C"), update("003D")});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    EXPECT_TRUE((*outcomes)[0]);
    EXPECT_TRUE((*outcomes)[2]);
    EXPECT_EQ((*outcomes)[3].error().kind, ErrorKind::Rejected);
}

TEST_F(SalesforceWriter, AFieldThatTheObjectLacksRejectsItsRecordAlone) {
    on("PATCH", "/composite/sobjects").replies(200, json::array({done("003B")}).dump());
    Write odd = update("003A");
    odd.fields.set("Nope__c", text("x"));
    auto outcomes = write({odd, update("003B")});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    EXPECT_EQ((*outcomes)[0].error().remote_code, "INVALID_FIELD");
    EXPECT_TRUE((*outcomes)[1]);
}

TEST_F(SalesforceWriter, DeletingWhatIsDeletedIsDone) {
    on("DELETE", "/composite/sobjects?ids=003A,003B&allOrNone=false")
        .replies(200, json::array({done("003A"), failed("ENTITY_IS_DELETED")}).dump());
    Write first{WriteKind::Delete, {"Contact", "003A"}, {}, {}, {}};
    Write second{WriteKind::Delete, {"Contact", "003B"}, {}, {}, {}};
    auto outcomes = write({first, second});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    EXPECT_TRUE((*outcomes)[0]);
    EXPECT_TRUE((*outcomes)[1]);
}

TEST_F(SalesforceWriter, AUsedUpAllowanceStopsTheBatchAndSaysForHowLong) {
    on("PATCH", "/composite/sobjects")
        .replies(
            403,
            R"([{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}])",
            {{"Sforce-Limit-Info", "api-usage=15000/15000"}});
    const auto outcomes = write({update("003A")});
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().kind, ErrorKind::RateLimited);
    EXPECT_EQ(outcomes.error().retry_after, std::chrono::seconds{900});
    EXPECT_EQ(bench.connector->budget().used_today, 15000);
    EXPECT_EQ(bench.connector->budget().limit_per_day, 15000);
}

TEST_F(SalesforceWriter, BlankClearsAndDecimalsKeepTheirDigits) {
    on("PATCH", "/composite/sobjects").replies(200, json::array({done("003A")}).dump());
    Write write_one = update("003A", "");
    write_one.fields.set("Score__c", Value{*Decimal::parse("123456789012345.67")});
    ASSERT_TRUE(write({write_one}));
    const std::string body = bench.transport.requests().back().body;
    EXPECT_NE(body.find("\"Email\":null"), std::string::npos);
    EXPECT_NE(body.find("\"Score__c\":123456789012345.67"), std::string::npos);
}

}  // namespace
}  // namespace duet
