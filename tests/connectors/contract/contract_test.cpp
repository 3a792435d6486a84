#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "tests/connectors/contract/rehearsal.h"

namespace duet {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using test::Pulled;
using test::Rehearsal;

const Selection kContact{"Contact",
                         {"LastName", "Email", "Duet_Key__c", "HasOptedOutOfEmail", "CreatedDate",
                          "Duet_Email_Clicks__c"}};
const Selection kProspect{
    "prospect",
    {"email", "firstName", "score", "optedOut", "duet_key__c", "interests__c", "lastActivityAt"}};

Write update(RecordId id, std::string_view field, Value value) {
    Write write{WriteKind::Update, std::move(id), {}, {}, {}};
    write.fields.set(field, std::move(value));
    return write;
}

Result<Written> write_one(Connector& connector, const Write& write) {
    auto outcomes = connector.write(std::vector<Write>{write}, {});
    if (!outcomes) return std::move(outcomes).error();
    return outcomes->front();
}

class Contract : public testing::Test {
protected:
    Rehearsal rehearsal;
    std::unique_ptr<Connector> salesforce =
        rehearsal.connector("salesforce", {{"bulk_poll_seconds", 0}, {"bulk_threshold_rows", 500}});
    std::unique_ptr<Connector> pardot = rehearsal.connector("pardot", json::object());
};

TEST_F(Contract, SalesforceDescribesWhatDuetNeeds) {
    auto catalog = salesforce->discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    for (const char* object : {"Account", "Contact", "Lead", "Opportunity", "Campaign", "Task"}) {
        EXPECT_NE(catalog->find(object), nullptr) << object;
    }
    const FieldInfo* key = catalog->find("Contact")->find("Duet_Key__c");
    ASSERT_NE(key, nullptr);
    EXPECT_TRUE(key->unique_key);
    EXPECT_EQ(catalog->find("Contact")->find("AccountId")->relationship, "Account");
    EXPECT_TRUE(salesforce->check(std::vector<Selection>{kContact}, {}));
    EXPECT_TRUE(salesforce->budget().used_today.has_value());
}

TEST_F(Contract, SalesforceNamesItsInfluenceModels) {
    auto catalog = salesforce->discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    const ObjectInfo* models = catalog->find("CampaignInfluenceModel");
    ASSERT_NE(models, nullptr);
    const auto& names = models->find("DeveloperName")->options;
    EXPECT_NE(std::find(names.begin(), names.end(), "Primary_Campaign_Source"), names.end());
    // The rows of the deals' primary sources are there to be read.
    Cursor cursor;
    const Pulled rows =
        test::pull(*salesforce, {"CampaignInfluence", {"OpportunityId", "Influence"}}, cursor, 700);
    ASSERT_FALSE(rows.by_key.empty());
    EXPECT_EQ(rows.by_key.begin()->second.record.fields.get("Influence"), Value{Decimal{100}});
}

TEST_F(Contract, BulkAndRestReadTheSameRecords) {
    auto by_rest = rehearsal.connector("salesforce", {{"bulk_threshold_rows", 1'000'000}});
    for (const Selection& what :
         {kContact, Selection{"Opportunity", {"Name", "Amount", "CloseDate", "IsWon", "StageName"}},
          Selection{"Task", {"Subject", "ActivityDate"}}}) {
        SCOPED_TRACE(what.object);
        Cursor bulk_cursor, rest_cursor;
        auto begun = salesforce->changes(what, {}, 700, {});
        ASSERT_TRUE(begun) << begun.error().message;
        EXPECT_NE(begun->next.text.find("\"job\""), std::string::npos);
        bulk_cursor = begun->next;
        const Pulled bulk = test::pull(*salesforce, what, bulk_cursor, 700);
        const Pulled rest = test::pull(*by_rest, what, rest_cursor, 300);
        ASSERT_FALSE(rest.by_key.empty());
        ASSERT_EQ(bulk.by_key.size(), rest.by_key.size());
        for (const auto& [key, change] : rest.by_key) {
            ASSERT_TRUE(bulk.by_key.contains(key)) << key;
            const Change& other = bulk.by_key.at(key);
            EXPECT_EQ(encode(other.record.fields), encode(change.record.fields));
            EXPECT_EQ(other.record.modified, change.record.modified);
            EXPECT_EQ(other.kind, change.kind);
        }
    }
}

TEST_F(Contract, ASalesforceEditArrivesOnceItIsMade) {
    Cursor cursor;
    const Pulled all = test::pull(*salesforce, kContact, cursor);
    const RecordId id = all.by_key.begin()->second.record.id;
    rehearsal.pass(seconds{3600});
    auto written = write_one(*salesforce, update(id, "LastName", text("O'Neil \"N/A\"\nnull")));
    ASSERT_TRUE(written) << written.error().message;
    const Pulled news = test::pull(*salesforce, kContact, cursor);
    ASSERT_TRUE(news.by_key.contains(id.key));
    EXPECT_EQ(display(news.by_key.at(id.key).record.fields.get("LastName")),
              "O'Neil \"N/A\"\nnull");
    EXPECT_LT(news.rows, all.rows);
    auto found = salesforce->find(kContact, "LastName", "O'Neil \"N/A\"\nnull", {});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->size(), 1u);
}

TEST_F(Contract, ASalesforceCreateWithAKeyMakesOneRecordWhateverHappensToTheAnswer) {
    Write create{WriteKind::Create, {"Lead", {}}, {}, "Duet_Key__c", "k-1"};
    create.fields.set("LastName", text("Okafor"));
    create.fields.set("Company", text("Acme"));
    ASSERT_TRUE(salesforce->check(std::vector<Selection>{{"Lead", {"Company"}}}, {}));
    rehearsal.control("faults", {{"path", "/composite/sobjects"}, {"drop_after", true}});
    auto outcomes = salesforce->write(std::vector<Write>{create}, {});
    const auto count = [&] {
        auto found = salesforce->find({"Lead", {"Company"}}, "Duet_Key__c", "k-1", {});
        return found ? found->size() : std::size_t{99};
    };
    if (!outcomes) {
        EXPECT_EQ(outcomes.error().kind, ErrorKind::InDoubt);
    } else {
        EXPECT_TRUE(outcomes->front());
    }
    EXPECT_EQ(count(), 1u);
    auto again = write_one(*salesforce, create);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE(again->created);
    EXPECT_EQ(count(), 1u);
}

TEST_F(Contract, APardotCreateWhoseAnswerIsLostIsInDoubtAndWasSentOnce) {
    std::vector<Write> batch;
    for (const char* name : {"First", "Second"}) {
        Write create{WriteKind::Create, {"list", {}}, {}, {}, {}};
        create.fields.set("name", text(name));
        batch.push_back(std::move(create));
    }
    ASSERT_TRUE(pardot->check({}, {}));
    rehearsal.control("faults", {{"path", "/lists"}, {"method", "POST"}, {"drop_after", true}});
    auto outcomes = pardot->write(batch, {});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    ASSERT_FALSE((*outcomes)[0]);
    EXPECT_EQ((*outcomes)[0].error().kind, ErrorKind::InDoubt);
    EXPECT_TRUE((*outcomes)[1]) << (*outcomes)[1].error().message;
    auto found = pardot->find({"list", {"name"}}, "name", "First", {});
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->size(), 1u);
}

TEST_F(Contract, ASignedAssertionSignsIn) {
    const test::RsaKey key;
    Rehearsal with_key(key.public_pem());
    const test::SecretFile file(key.private_pem());
    const json auth{{"flow", "jwt_bearer"},
                    {"client_id", "duet-sandbox-client"},
                    {"username", "dustin.brinkmann@hardware-reseller.example"},
                    {"key_file", file.path()}};
    EXPECT_TRUE(with_key.connector("salesforce", {{"auth", auth}})->check({}, {}));
    const test::RsaKey other;
    const test::SecretFile wrong(other.private_pem());
    json bad = auth;
    bad["key_file"] = wrong.path();
    const auto refused = with_key.connector("salesforce", {{"auth", bad}})->check({}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::Unauthenticated);
}

TEST_F(Contract, OneBadRowOf200IsTheOnlyOneRefused) {
    std::vector<Write> batch;
    for (int i = 0; i < 200; ++i) {
        Write create{WriteKind::Create, {"Lead", {}}, {}, "Duet_Key__c", "b-" + std::to_string(i)};
        create.fields.set("LastName", text("Row"));
        create.fields.set("Company", text("Acme"));
        if (i == 120) create.fields.set("Email", text("no address"));
        batch.push_back(std::move(create));
    }
    auto outcomes = salesforce->write(batch, {});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (i == 120) {
            ASSERT_FALSE((*outcomes)[i]);
            EXPECT_EQ((*outcomes)[i].error().remote_code, "INVALID_EMAIL_ADDRESS");
        } else {
            ASSERT_TRUE((*outcomes)[i]) << (*outcomes)[i].error().message;
            EXPECT_TRUE((*outcomes)[i]->created);
        }
    }
}

TEST_F(Contract, ManySalesforceRowsOfOneStampAllArriveAcrossPages) {
    Cursor cursor;
    const Selection lead{"Lead", {"LastName", "Duet_Key__c"}};
    test::pull(*salesforce, lead, cursor);
    rehearsal.pass(seconds{3600});
    std::vector<Write> batch;
    for (int i = 0; i < 130; ++i) {  // the sandbox's clock stands still: one stamp for all
        Write create{WriteKind::Create, {"Lead", {}}, {}, "Duet_Key__c", "t-" + std::to_string(i)};
        create.fields.set("LastName", text("Tie"));
        create.fields.set("Company", text("Acme"));
        batch.push_back(std::move(create));
    }
    ASSERT_TRUE(salesforce->write(batch, {}));
    const Pulled news = test::pull(*salesforce, lead, cursor, 26);  // 130 is five full pages
    std::size_t ties = 0;
    for (const auto& [key, change] : news.by_key) {
        if (display(change.record.fields.get("LastName")) == "Tie") ++ties;
    }
    EXPECT_EQ(ties, 130u);
    EXPECT_EQ(news.rows, news.by_key.size());  // within a pass nothing comes twice
}

TEST_F(Contract, MorePardotTiesThanAChainHoldsAllArrive) {
    auto small = rehearsal.connector("pardot", {{"chain_cap", 30}});
    Cursor cursor;
    test::pull(*small, kProspect, cursor);
    rehearsal.pass(seconds{3600});
    std::vector<Write> batch;
    for (int i = 0; i < 75; ++i) {
        Write create{WriteKind::Create,
                     {"prospect", {}},
                     {},
                     "email",
                     "tie" + std::to_string(i) + "@acme.example"};
        create.fields.set("firstName", text("Tie"));
        batch.push_back(std::move(create));
    }
    auto outcomes = small->write(batch, {});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    for (const auto& outcome : *outcomes) ASSERT_TRUE(outcome) << outcome.error().message;
    const Pulled news = test::pull(*small, kProspect, cursor, 10);
    std::size_t ties = 0;
    for (const auto& [key, change] : news.by_key) {
        if (display(change.record.fields.get("firstName")) == "Tie") ++ties;
    }
    EXPECT_EQ(ties, 75u);
}

TEST_F(Contract, APassThatARestartInterruptsGoesOnFromItsCursor) {
    for (const char* kind : {"salesforce", "pardot"}) {
        SCOPED_TRACE(kind);
        const bool crm = std::string_view(kind) == "salesforce";
        const Selection what = crm ? kContact : kProspect;
        Cursor cursor;
        std::set<std::string> keys;
        for (int page = 0; page < 100; ++page) {
            auto fresh = crm ? rehearsal.connector(kind, {{"bulk_poll_seconds", 0}})
                             : rehearsal.connector(kind, json::object());
            auto read = fresh->changes(what, cursor, 200, {});
            ASSERT_TRUE(read) << read.error().message;
            for (const Change& change : read->changes) keys.insert(change.record.id.key);
            cursor = read->next;
            EXPECT_LE(cursor.text.size(), 4096u);
            if (read->last) break;
        }
        EXPECT_EQ(keys.size(), crm ? 1029u : 1635u);
    }
}

TEST_F(Contract, ASalesforceDeletionIsSeenByChangesAndByRead) {
    Cursor cursor;
    const Selection lead{"Lead", {"LastName"}};
    const Pulled all = test::pull(*salesforce, lead, cursor);
    const RecordId id = all.by_key.begin()->second.record.id;
    rehearsal.pass(seconds{60});
    ASSERT_TRUE(write_one(*salesforce, {WriteKind::Delete, id, {}, {}, {}}));
    ASSERT_TRUE(write_one(*salesforce, {WriteKind::Delete, id, {}, {}, {}}));  // gone is gone
    const Pulled news = test::pull(*salesforce, lead, cursor);
    ASSERT_TRUE(news.by_key.contains(id.key));
    EXPECT_EQ(news.by_key.at(id.key).kind, ChangeKind::Deleted);
    const std::vector<std::string> keys{id.key, std::next(all.by_key.begin())->first};
    auto read = salesforce->read(lead, keys, {});
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2u);
    for (const Change& change : *read) {
        EXPECT_EQ(change.kind == ChangeKind::Deleted, change.record.id.key == id.key);
    }
}

TEST_F(Contract, ExpiredTokensAreRenewedOnBothSides) {
    ASSERT_TRUE(salesforce->check({}, {}));
    ASSERT_TRUE(pardot->check({}, {}));
    rehearsal.control("expire-tokens", json::object());
    EXPECT_TRUE(salesforce->check({}, {}));
    rehearsal.control("expire-tokens", json::object());
    EXPECT_TRUE(pardot->check({}, {}));
}

TEST_F(Contract, PardotDescribesWhatDuetNeeds) {
    auto catalog = pardot->discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    EXPECT_EQ(catalog->objects.size(), 8u);
    ASSERT_NE(catalog->find("prospect")->find("duet_key__c"), nullptr);
}

TEST_F(Contract, EveryPardotObjectIsReadWholeInPagesOfAnySize) {
    const std::map<std::string, std::size_t> rows{
        {"prospect", 1635},  {"list", 35},         {"list-membership", 998},
        {"campaign", 14},    {"opportunity", 276}, {"visitor-activity", 6000},
        {"custom-field", 7}, {"user", 42}};
    for (const auto& [object, count] : rows) {
        SCOPED_TRACE(object);
        auto described = pardot->discover({});
        ASSERT_TRUE(described);
        Selection what{object, {}};
        for (const FieldInfo& field : described->find(object)->fields) {
            what.fields.push_back(field.name);
        }
        Cursor cursor;
        const Pulled all = test::pull(*pardot, what, cursor, 450);
        EXPECT_EQ(all.by_key.size(), count);
    }
}

TEST_F(Contract, PardotChainsThatMeetTheCapLoseNoRow) {
    auto small = rehearsal.connector("pardot", {{"chain_cap", 300}});
    auto large = rehearsal.connector("pardot", json::object());
    const Cursor start{R"({"v":1,"mode":"read"})"};  // everything, in the order of updatedAt
    Cursor one = start, two = start;
    const Pulled chained = test::pull(*small, kProspect, one, 100);
    const Pulled whole = test::pull(*large, kProspect, two, 1000);
    EXPECT_EQ(chained.by_key.size(), 1635u);
    EXPECT_EQ(whole.by_key.size(), 1635u);
    EXPECT_GT(chained.rows, whole.rows);
}

TEST_F(Contract, APardotEditTellsItsStampAndArrives) {
    Cursor cursor;
    const Pulled all = test::pull(*pardot, kProspect, cursor);
    const RecordId id = all.by_key.begin()->second.record.id;
    rehearsal.pass(seconds{600});
    Write write = update(id, "firstName", text("Ærøskøbing NA"));
    write.fields.set("score", Value{Decimal{41}});
    write.fields.set("duet_key__c", text("007"));
    auto written = write_one(*pardot, write);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_EQ(written->stamp, parse_instant("2018-01-02T00:10:00Z"));
    const Pulled news = test::pull(*pardot, kProspect, cursor);
    ASSERT_TRUE(news.by_key.contains(id.key));
    const Record& record = news.by_key.at(id.key).record;
    EXPECT_EQ(display(record.fields.get("firstName")), "Ærøskøbing NA");
    EXPECT_EQ(display(record.fields.get("score")), "41");
    EXPECT_EQ(display(record.fields.get("duet_key__c")), "007");
    EXPECT_EQ(record.modified, written->stamp);
    EXPECT_LT(news.rows, all.rows);
}

TEST_F(Contract, APardotProspectIsMadeOnceByItsAddress) {
    Write create{WriteKind::Create, {"prospect", {}}, {}, "email", "kim+a&b@acme.example"};
    create.fields.set("firstName", text("Kim"));
    auto first = write_one(*pardot, create);
    ASSERT_TRUE(first) << first.error().message;
    EXPECT_TRUE(first->created);
    auto second = write_one(*pardot, create);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_FALSE(second->created);
    EXPECT_EQ(second->id, first->id);
    auto found = pardot->find(kProspect, "email", "kim+a&b@acme.example", {});
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->front().id, first->id);
}

TEST_F(Contract, APardotMembershipIsAddedOnceAndRemovedOnce) {
    auto kim = write_one(*pardot, [] {
        Write create{WriteKind::Create, {"prospect", {}}, {}, "email", "kim@acme.example"};
        create.fields.set("firstName", text("Kim"));
        return create;
    }());
    ASSERT_TRUE(kim) << kim.error().message;
    Write member{WriteKind::Create, {"list-membership", {}}, {}, {}, {}};
    member.fields.set("listId", text("4411"));
    member.fields.set("prospectId", text(kim->id.key));
    auto first = write_one(*pardot, member);
    ASSERT_TRUE(first) << first.error().message;
    auto second = write_one(*pardot, member);
    ASSERT_TRUE(second) << second.error().message;
    EXPECT_EQ(second->id, first->id);
    EXPECT_FALSE(second->created);
    const Selection what{"list-membership", {"optedOut"}};
    auto of_kim = pardot->find(what, "prospectId", kim->id.key, {});
    ASSERT_TRUE(of_kim) << of_kim.error().message;
    ASSERT_EQ(of_kim->size(), 1u);
    EXPECT_EQ(display(of_kim->front().fields.get("listId")), "4411");
    const Write removal{WriteKind::Delete, first->id, {}, {}, {}};
    ASSERT_TRUE(write_one(*pardot, removal));
    auto again = write_one(*pardot, removal);
    EXPECT_TRUE(again) << again.error().message;
    const std::vector<std::string> keys{first->id.key, "999999"};
    auto read = pardot->read(what, keys, {});
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2u);
    EXPECT_EQ((*read)[0].kind, ChangeKind::Deleted);
    EXPECT_EQ((*read)[1].kind, ChangeKind::Deleted);
}

}  // namespace
}  // namespace duet
