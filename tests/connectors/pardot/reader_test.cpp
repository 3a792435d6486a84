#include <set>

#include <nlohmann/json.hpp>

#include "tests/connectors/help/connector_help.h"

namespace duet {
namespace {

using nlohmann::json;
using test::Bench;
using test::kPardot;

json row(int id, std::string_view stamp) {
    return {
        {"id", id}, {"updatedAt", stamp}, {"isDeleted", false}, {"name", "n"}, {"campaignId", 7}};
}

std::string page(const std::vector<json>& rows, const json& token = nullptr) {
    return json{{"nextPageToken", token}, {"nextPageUrl", nullptr}, {"values", rows}}.dump();
}

constexpr std::string_view kAtRest = R"({"v":1,"mode":"read","mark":"2018-01-01T00:10:00.000Z"})";

class PardotReader : public testing::Test {
protected:
    void start(const json& more = json::object()) { bench.make("pardot", more); }
    world::FakeTransport::Rule& lists() {
        return bench.transport.on("GET", std::string(kPardot) + "/lists?");
    }
    Result<ChangePage> changes(const Cursor& from, std::size_t limit = 1000) {
        return bench.connector->changes({"list", {"name"}}, from, limit, {});
    }
    bool asked(std::string_view part) const {
        return bench.last_url().find(part) != std::string::npos;
    }

    Bench bench;
};

TEST_F(PardotReader, ReadsHistoryByIdAndGoesOnFromBeforeItsFirstRow) {
    start();
    lists()
        .replies(200, page({row(9, "2018-01-01T00:10:00+00:00")}))
        .replies(200,
                 page({row(1, "2018-01-01T00:00:00+00:00"), row(2, "2018-01-01T00:20:00Z")}, "t"))
        .replies(200, page({row(9, "2018-01-01T00:10:00Z")}))
        .replies(200, page({row(2, "2018-01-01T00:20:00Z")}));
    auto first = changes({}, 2);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(first->backfill);
    EXPECT_TRUE(asked("orderBy=id ASC&limit=2&deleted=all"));
    auto second = changes(first->next, 2);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_TRUE(asked("&idGreaterThan=2&"));
    EXPECT_FALSE(second->last);
    auto third = changes(second->next, 2);
    ASSERT_TRUE(third) << third.error().message;
    EXPECT_FALSE(third->backfill);
    EXPECT_TRUE(third->last);
    // The newest stamp at the beginning, less the overlap and the read lag.
    EXPECT_TRUE(asked("updatedAtAfterOrEqualTo=2018-01-01T00:08:00Z&orderBy=updatedAt ASC"))
        << bench.last_url();
}

TEST_F(PardotReader, NothingButFieldsTravelsWithAPageToken) {
    start();
    lists()
        .replies(200, page({row(1, "2018-01-01T00:10:00Z")}, "to=ken"))
        .replies(200, page({row(2, "2018-01-01T00:10:00Z")}));
    auto first = changes({std::string(kAtRest)});
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_FALSE(first->last);
    auto second = changes(first->next);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->last);
    EXPECT_EQ(bench.last_url(), std::string(kPardot) +
                                    "/lists?fields=campaignId,id,isDeleted,name,updatedAt"
                                    "&nextPageToken=to=ken");
}

TEST_F(PardotReader, RepeatsThePageWhenTheCursorExpires) {
    for (const char* code : {"210", "211"}) {
        SCOPED_TRACE(code);
        Bench fresh;
        fresh.make("pardot");
        fresh.transport.on("GET", std::string(kPardot) + "/lists?")
            .replies(200,
                     page({row(1, "2018-01-01T00:09:00Z"), row(2, "2018-01-01T00:11:00Z")}, "t"))
            .replies(400, "{\"code\":" + std::string(code) + ",\"message\":\"x\"}")
            .replies(200, page({row(2, "2018-01-01T00:11:00Z"), row(3, "2018-01-01T00:11:00Z")}));
        const Selection what{"list", {"name"}};
        auto first = fresh.connector->changes(what, {std::string(kAtRest)}, 1000, {});
        ASSERT_TRUE(first);
        auto second = fresh.connector->changes(what, first->next, 1000, {});
        ASSERT_TRUE(second) << second.error().message;
        EXPECT_NE(fresh.last_url().find("updatedAtAfterOrEqualTo=2018-01-01T00:11:00Z&"),
                  std::string::npos);
        EXPECT_EQ(second->changes.size(), 2u);
        EXPECT_TRUE(second->last);
    }
}

TEST_F(PardotReader, LeavesAChainBelowTheCapAndBeginsAnotherAtTheLastStamp) {
    start({{"chain_cap", 5}});
    lists()
        .replies(200, page({row(1, "2018-01-01T00:09:00Z"), row(2, "2018-01-01T00:10:00Z")}, "t1"))
        .replies(200, page({row(3, "2018-01-01T00:11:00Z"), row(4, "2018-01-01T00:12:00Z")}, "t2"))
        .replies(200, page({row(4, "2018-01-01T00:12:00Z"), row(5, "2018-01-01T00:12:30Z")}));
    auto read = changes({std::string(kAtRest)}, 2);
    read = changes(read->next, 2);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_FALSE(read->last);
    read = changes(read->next, 2);
    ASSERT_TRUE(read);
    EXPECT_TRUE(asked("updatedAtAfterOrEqualTo=2018-01-01T00:12:00Z&orderBy"));
    EXPECT_TRUE(read->last);
}

TEST_F(PardotReader, AChainThatTheVendorEndsAtItsCapIsNotTheEnd) {
    start();
    lists().replies(200, page({row(1, "2018-01-01T00:11:00Z")}),
                    {{"Pardot-Warning", "203;Result set truncated"}});
    auto read = changes({std::string(kAtRest)});
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->last);
}

TEST_F(PardotReader, MoreTiesThanAChainHoldsAreReadById) {
    start({{"chain_cap", 2}});
    const std::string_view tie = "2018-01-01T00:12:00Z";
    lists()
        .replies(200, page({row(5, tie), row(6, tie)}, "t"))  // a chain of ties ...
        .replies(200, page({row(5, tie), row(6, tie)}, "t"))  // ... and the same one again
        .replies(200, page({row(1, tie), row(5, tie)}, "t"))  // by id
        .replies(200, page({row(6, tie), row(7, tie)}))
        .replies(200, page({row(8, "2018-01-01T00:13:00Z")}));
    auto read = changes({std::string(kAtRest)}, 2);
    std::set<std::string> seen;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(read) << read.error().message;
        for (const Change& change : read->changes) seen.insert(change.record.id.key);
        if (i == 2) {
            EXPECT_TRUE(asked("updatedAtBeforeOrEqualTo=2018-01-01T00:12:00Z&orderBy=id"));
        } else if (i == 3) {
            EXPECT_TRUE(asked("&idGreaterThan=5&"));
        }
        if (read->last) break;
        read = changes(read->next, 2);
    }
    EXPECT_TRUE(asked("updatedAtAfter=2018-01-01T00:12:00Z&orderBy=updatedAt"));
    EXPECT_EQ(seen, (std::set<std::string>{"1", "5", "6", "7", "8"}));
    EXPECT_TRUE(read->last);
}

TEST_F(PardotReader, RowsOutOfOrderAreAnErrorBecauseOthersMayBeMissing) {
    start();
    lists().replies(200, page({row(1, "2018-01-01T00:12:00Z"), row(2, "2018-01-01T00:11:00Z")}));
    const auto read = changes({std::string(kAtRest)});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, "DUET-3115");
}

TEST_F(PardotReader, StampsAreReadInUtcAndBinnedRowsAreDeleted) {
    start();
    json gone = row(1, "2018-01-01T03:00:00-07:00");
    gone["isDeleted"] = true;
    lists().replies(200, page({gone}));
    auto read = changes({std::string(kAtRest)});
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->changes.size(), 1u);
    EXPECT_EQ(read->changes[0].kind, ChangeKind::Deleted);
    EXPECT_EQ(read->changes[0].record.modified, parse_instant("2018-01-01T10:00:00Z"));
    EXPECT_EQ(display(read->changes[0].record.fields.get("campaignId")), "7");
}

TEST_F(PardotReader, VisitorActivitiesAreReadByIdFromATimeOfCreationOn) {
    start();
    const std::string path = std::string(kPardot) + "/visitor-activities?";
    const auto activity = [](int id, const char* stamp) {
        return json{{"id", id}, {"createdAt", stamp}, {"type", 1}};
    };
    bench.transport.on("GET", path)
        .replies(200, page({activity(5, "2018-01-01T00:10:00Z")}))
        .replies(200,
                 page({activity(4, "2018-01-01T00:09:00Z"), activity(5, "2018-01-01T00:10:00Z")}))
        .replies(200, page({activity(6, "2018-01-01T00:11:00Z")}, "t"))
        .replies(200, page({activity(7, "2018-01-01T00:11:00Z")}));
    const Selection what{"visitor-activity", {"type"}};
    auto read = bench.connector->changes(what, {}, 10, {});
    ASSERT_TRUE(read) << read.error().message;
    read = bench.connector->changes(what, read->next, 10, {});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(asked("createdAtAfterOrEqualTo=2018-01-01T00:08:00Z&orderBy=id ASC"));
    EXPECT_FALSE(asked("deleted="));
    read = bench.connector->changes(what, read->next, 10, {});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(asked("&idGreaterThan=6&"));
    EXPECT_TRUE(read->last);
}

TEST_F(PardotReader, FieldsOfSeveralValuesAreReadOneRecordAtATimeOnly) {
    start();
    bench.transport.on("GET", std::string(kPardot) + "/custom-fields?")
        .always_replies(
            200,
            page({{{"id", 1}, {"fieldId", "hobby"}, {"name", "Hobby"}, {"type", "multi-select"}},
                  {{"id", 2}, {"fieldId", "tier"}, {"name", "Tier"}, {"type", "Text"}}}));
    bench.transport.on("GET", std::string(kPardot) + "/prospects?")
        .replies(200, page({}))
        .replies(200, page({}));
    bench.transport.on("GET", std::string(kPardot) + "/prospects/5?")
        .replies(
            200,
            R"({"id":5,"updatedAt":"2018-01-01T00:00:00Z","isDeleted":false,"hobby__c":["a","b"]})");
    const Selection what{"prospect", {"hobby__c", "tier__c"}};
    ASSERT_TRUE(bench.connector->changes(what, {}, 10, {}));
    EXPECT_TRUE(asked("tier__c"));
    EXPECT_FALSE(asked("hobby__c"));
    const std::vector<std::string> keys{"5"};
    auto read = bench.connector->read(what, keys, {});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(display((*read)[0].record.fields.get("hobby__c")), "a;b");
    const auto status = bench.connector->check(std::vector<Selection>{what}, {});
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("hobby__c (it holds several values"), std::string::npos);
}

TEST_F(PardotReader, BodiesDeclaredLatin1KeepTheirAccents) {
    start();
    json one = row(1, "2018-01-01T00:11:00Z");
    one["name"] = "X";
    std::string body = page({one});
    body.replace(body.find("\"X\""), 3, "\"Andr\xe9\"");
    lists().replies(200, body, {{"Content-Type", "application/json; charset=ISO-8859-1"}});
    auto read = changes({std::string(kAtRest)});
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(display(read->changes[0].record.fields.get("name")), "Andr\xc3\xa9");
}

}  // namespace
}  // namespace duet
