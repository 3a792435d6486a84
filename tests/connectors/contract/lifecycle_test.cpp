// Conversions, merges, bins and broken calls as the connectors tell of them.
#include <nlohmann/json.hpp>

#include "tests/connectors/contract/rehearsal.h"

namespace duet {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using test::Pulled;
using test::Rehearsal;

const Selection kLead{"Lead", {"LastName", "Email", "Status"}};
const Selection kEveryContact{"Contact", {"LastName", "Email", "AccountId"}};
const Selection kMember{"CampaignMember", {"Status"}};
const Selection kEveryProspect{"prospect", {"email", "firstName", "salesforceId"}};

class Lifecycle : public testing::Test {
protected:
    /// Creates a record and gives its key.
    static std::string make(Connector& connector, const std::string& object,
                            const std::map<std::string, std::string>& fields) {
        Write create{WriteKind::Create, {object, {}}, {}, {}, {}};
        for (const auto& [name, value] : fields) create.fields.set(name, text(value));
        auto outcomes = connector.write(std::vector<Write>{create}, {});
        if (!outcomes || !outcomes->front()) {
            ADD_FAILURE() << object << " was not made";
            return {};
        }
        return outcomes->front()->id.key;
    }
    std::string lead(const std::string& name) {
        return make(*salesforce, "Lead", {{"LastName", name}, {"Company", "Acme"}});
    }
    void remove(Connector& connector, const std::string& object, const std::string& key) {
        const std::vector<Write> batch{{WriteKind::Delete, {object, key}, {}, {}, {}}};
        auto outcomes = connector.write(batch, {});
        ASSERT_TRUE(outcomes);
        ASSERT_TRUE(outcomes->front()) << outcomes->front().error().message;
    }
    static Change read_one(Connector& connector, const Selection& what, const std::string& key) {
        const std::vector<std::string> keys{key};
        auto read = connector.read(what, keys, {});
        if (!read || read->size() != 1) {
            ADD_FAILURE() << "not read: " << key;
            return {};
        }
        return read->front();
    }

    Rehearsal rehearsal;
    std::unique_ptr<Connector> salesforce =
        rehearsal.connector("salesforce", {{"bulk_threshold_rows", 1'000'000}});
    std::unique_ptr<Connector> pardot = rehearsal.connector("pardot", json::object());
};

TEST_F(Lifecycle, AConvertedLeadIsReportedWithTheContactItBecame) {
    const std::string key = lead("Calder");
    const std::string campaign = make(*salesforce, "Campaign", {{"Name", "Letters"}});
    const std::string member =
        make(*salesforce, "CampaignMember", {{"CampaignId", campaign}, {"LeadId", key}});
    Cursor leads, contacts, members;
    test::pull(*salesforce, kLead, leads);
    test::pull(*salesforce, kEveryContact, contacts);
    test::pull(*salesforce, kMember, members);
    rehearsal.pass(seconds{3600});
    rehearsal.soap(
        "<convertLead><leadConverts><convertedStatus>Closed - Converted"
        "</convertedStatus><leadId>" +
        key + "</leadId></leadConverts></convertLead>");
    const Pulled news = test::pull(*salesforce, kLead, leads);
    ASSERT_TRUE(news.by_key.contains(key));
    const Change& change = news.by_key.at(key);
    EXPECT_EQ(change.kind, ChangeKind::Converted);
    EXPECT_EQ(change.survivor.object, "Contact");
    EXPECT_EQ(display(change.record.fields.get("LastName")), "Calder");
    EXPECT_EQ(display(change.record.fields.get("Status")), "Closed - Converted");
    const Pulled made = test::pull(*salesforce, kEveryContact, contacts);
    ASSERT_TRUE(made.by_key.contains(change.survivor.key));
    EXPECT_EQ(made.by_key.at(change.survivor.key).kind, ChangeKind::Upserted);
    const Pulled moved = test::pull(*salesforce, kMember, members);
    ASSERT_TRUE(moved.by_key.contains(member));
    EXPECT_EQ(display(moved.by_key.at(member).record.fields.get("ContactId")), change.survivor.key);
    const Change again = read_one(*salesforce, kLead, key);
    EXPECT_EQ(again.kind, ChangeKind::Converted);
    EXPECT_EQ(again.survivor, change.survivor);

    Write edit{WriteKind::Update, {"Lead", key}, {}, {}, {}};
    edit.fields.set("Phone", text("1"));
    auto refused = salesforce->write(std::vector<Write>{edit}, {});
    ASSERT_TRUE(refused);
    ASSERT_FALSE(refused->front());
    EXPECT_EQ(refused->front().error().kind, ErrorKind::Rejected);
    EXPECT_EQ(refused->front().error().remote_code, "CANNOT_UPDATE_CONVERTED_LEAD");
}

TEST_F(Lifecycle, AMergedRecordIsReportedWithItsSurvivor) {
    for (const char* object : {"Contact", "Lead", "Account"}) {
        SCOPED_TRACE(object);
        const bool account = std::string_view(object) == "Account";
        const auto record = [&](const std::string& name) {
            if (std::string_view(object) == "Lead") return lead(name);
            return make(*salesforce, object, {{account ? "Name" : "LastName", name}});
        };
        const std::string winner = record("Kept"), loser = record("Lost");
        const Selection what{object, {account ? "Name" : "LastName"}};
        Cursor cursor;
        test::pull(*salesforce, what, cursor);
        rehearsal.pass(seconds{3600});
        rehearsal.soap("<merge><request><masterRecord><type>" + std::string(object) +
                       "</type><Id>" + winner + "</Id></masterRecord><recordToMergeIds>" + loser +
                       "</recordToMergeIds></request></merge>");
        const Pulled news = test::pull(*salesforce, what, cursor);
        ASSERT_TRUE(news.by_key.contains(loser));
        EXPECT_EQ(news.by_key.at(loser).kind, ChangeKind::Merged);
        EXPECT_EQ(news.by_key.at(loser).survivor, (RecordId{object, winner}));
        ASSERT_TRUE(news.by_key.contains(winner));
        EXPECT_EQ(news.by_key.at(winner).kind, ChangeKind::Upserted);
        const Change again = read_one(*salesforce, what, loser);
        EXPECT_EQ(again.kind, ChangeKind::Merged);
        EXPECT_EQ(again.survivor.key, winner);
    }
}

TEST_F(Lifecycle, AnUndeletedSalesforceRecordComesBackAsItIs) {
    const std::string key = lead("Binned");
    Cursor cursor;
    test::pull(*salesforce, kLead, cursor);
    rehearsal.pass(seconds{3600});
    remove(*salesforce, "Lead", key);
    EXPECT_EQ(test::pull(*salesforce, kLead, cursor).by_key.at(key).kind, ChangeKind::Deleted);
    rehearsal.pass(seconds{3600});
    rehearsal.soap("<undelete><ids>" + key + "</ids></undelete>");
    const Pulled news = test::pull(*salesforce, kLead, cursor);
    ASSERT_TRUE(news.by_key.contains(key));
    EXPECT_EQ(news.by_key.at(key).kind, ChangeKind::Upserted);
    EXPECT_EQ(display(news.by_key.at(key).record.fields.get("LastName")), "Binned");
}

TEST_F(Lifecycle, AnErasedSalesforceRecordIsFoundOutByReadingItsKey) {
    const std::string key = lead("Erased");
    remove(*salesforce, "Lead", key);
    Cursor cursor;
    test::pull(*salesforce, kLead, cursor);
    rehearsal.soap("<emptyRecycleBin><ids>" + key + "</ids></emptyRecycleBin>");
    EXPECT_FALSE(test::pull(*salesforce, kLead, cursor).by_key.contains(key));
    EXPECT_EQ(read_one(*salesforce, kLead, key).kind, ChangeKind::Deleted);
}

TEST_F(Lifecycle, PardotsBinComesAndGoes) {
    const std::string key = make(*pardot, "prospect", {{"email", "bin@acme.example"}});
    Cursor cursor;
    test::pull(*pardot, kEveryProspect, cursor);
    rehearsal.pass(seconds{600});
    remove(*pardot, "prospect", key);
    Pulled news = test::pull(*pardot, kEveryProspect, cursor);
    ASSERT_TRUE(news.by_key.contains(key));
    EXPECT_EQ(news.by_key.at(key).kind, ChangeKind::Deleted);
    EXPECT_EQ(read_one(*pardot, kEveryProspect, key).kind, ChangeKind::Deleted);
    auto found = pardot->find(kEveryProspect, "email", "bin@acme.example", {});
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->empty());

    rehearsal.pass(seconds{600});
    rehearsal.control("pardot/undelete", {{"prospect", std::stoll(key)}});
    news = test::pull(*pardot, kEveryProspect, cursor);
    ASSERT_TRUE(news.by_key.contains(key));
    EXPECT_EQ(news.by_key.at(key).kind, ChangeKind::Upserted);
    EXPECT_EQ(display(news.by_key.at(key).record.fields.get("email")), "bin@acme.example");

    remove(*pardot, "prospect", key);
    rehearsal.control("pardot/erase", {{"prospects", {std::stoll(key)}}});
    EXPECT_EQ(read_one(*pardot, kEveryProspect, key).kind, ChangeKind::Deleted);
}

TEST_F(Lifecycle, OfMergedProspectsTheOthersAreReportedAsDeleted) {
    const std::string winner = make(*pardot, "prospect", {{"email", "a@acme.example"}});
    const std::string loser =
        make(*pardot, "prospect", {{"email", "b@acme.example"}, {"firstName", "Bea"}});
    Cursor cursor;
    test::pull(*pardot, kEveryProspect, cursor);
    rehearsal.pass(seconds{600});
    rehearsal.control("pardot/merge",
                      {{"prospect", std::stoll(winner)}, {"others", {std::stoll(loser)}}});
    const Pulled news = test::pull(*pardot, kEveryProspect, cursor);
    ASSERT_TRUE(news.by_key.contains(loser));
    EXPECT_EQ(news.by_key.at(loser).kind, ChangeKind::Deleted);
    ASSERT_TRUE(news.by_key.contains(winner));
    EXPECT_EQ(display(news.by_key.at(winner).record.fields.get("firstName")), "Bea");
}

TEST_F(Lifecycle, ALockedRowOfACollectionIsToBeTriedAgainAndTheOthersAreDone) {
    std::vector<Write> batch;
    for (int i = 0; i < 5; ++i) {
        Write create{WriteKind::Create, {"Lead", {}}, {}, "Duet_Key__c", "l-" + std::to_string(i)};
        create.fields.set("LastName", text("Row"));
        create.fields.set("Company", text("Acme"));
        batch.push_back(std::move(create));
    }
    ASSERT_TRUE(salesforce->check(std::vector<Selection>{kLead}, {}));
    rehearsal.control("faults", {{"operation", "salesforce.collections.*"}, {"rows", {2}}});
    auto outcomes = salesforce->write(batch, {});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        ASSERT_EQ(static_cast<bool>((*outcomes)[i]), i != 2);
        if (i != 2) continue;
        EXPECT_EQ((*outcomes)[i].error().kind, ErrorKind::Transient);
        EXPECT_EQ((*outcomes)[i].error().remote_code, "UNABLE_TO_LOCK_ROW");
    }
}

TEST_F(Lifecycle, ARowThatBecomesVisibleLateArrivesWithinTheOverlap) {
    Cursor cursor;
    test::pull(*salesforce, kLead, cursor);
    rehearsal.pass(seconds{3600});
    lead("Early");
    test::pull(*salesforce, kLead, cursor);
    rehearsal.control("faults",
                      {{"path", "/sobjects"}, {"stamp_behind_seconds", 120}, {"times", 0}});
    const std::string late = lead("Late");
    EXPECT_TRUE(test::pull(*salesforce, kLead, cursor).by_key.contains(late));
}

TEST_F(Lifecycle, ASessionThatEndsBetweenPagesIsRenewed) {
    Cursor cursor;
    ASSERT_TRUE(salesforce->check({}, {}));
    rehearsal.control("faults",
                      {{"operation", "salesforce.query"}, {"skip", 1}, {"expire_tokens", true}});
    const Pulled all = test::pull(*salesforce, kEveryContact, cursor, 200);
    Cursor second;
    EXPECT_EQ(all.by_key.size(), test::pull(*salesforce, kEveryContact, second, 200).by_key.size());
}

TEST_F(Lifecycle, ASpentQuotaIsNamedOnBothSides) {
    ASSERT_TRUE(salesforce->check({}, {}));
    ASSERT_TRUE(pardot->check({}, {}));
    rehearsal.control("limits", {{"salesforce_daily_calls", 1}, {"pardot_daily_calls", 1}});
    for (Connector* side : {salesforce.get(), pardot.get()}) {
        const auto refused = side->check({}, {});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, ErrorKind::RateLimited) << refused.error().message;
    }
}

TEST_F(Lifecycle, ABulkJobThatFailsOrLosesRowsIsNeverTakenForWhole) {
    auto bulk =
        rehearsal.connector("salesforce", {{"bulk_poll_seconds", 0}, {"bulk_threshold_rows", 100}});
    const auto read_all = [&]() -> Result<std::size_t> {
        Cursor cursor;
        std::size_t rows = 0;
        for (int page = 0; page < 50; ++page) {
            auto got = bulk->changes(kEveryContact, cursor, 2000, {});
            if (!got) return got.error();
            rows += got->changes.size();
            cursor = got->next;
            if (got->last) break;
        }
        return rows;
    };
    const auto whole = read_all();
    ASSERT_TRUE(whole) << whole.error().message;
    rehearsal.control("faults", {{"operation", "salesforce.bulk.query.create"}, {"lose_rows", 1}});
    const auto short_of_one = read_all();
    EXPECT_TRUE(!short_of_one || *short_of_one >= *whole);
    rehearsal.control("faults",
                      {{"operation", "salesforce.bulk.query.create"}, {"job_state", "Failed"}});
    const auto failed = read_all();
    EXPECT_TRUE(!failed || *failed >= *whole);
}

}  // namespace
}  // namespace duet
