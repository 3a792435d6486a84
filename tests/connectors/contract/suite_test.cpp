// What connectors/connector.h promises, kept by every connector and by the doubles that stand in
// for one in tests of the engine.
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "tests/connectors/contract/subject.h"

namespace duet {
namespace {

using std::chrono::seconds;
using test::Subject;

std::string email(int i) { return "p" + std::to_string(i) + "@example.com"; }

class ConnectorContract : public testing::TestWithParam<test::SubjectKind> {
protected:
    /// Everything after `cursor`, the last word on each record; the cursor moves to the end.
    std::map<std::string, Change> pull(Connector& connector, Cursor& cursor,
                                       std::size_t limit = 500) {
        std::map<std::string, Change> found;
        for (int pages = 0; pages < 200; ++pages) {
            auto page = connector.changes(subject->selection(), cursor, limit, {});
            if (!page) {
                ADD_FAILURE() << page.error().message;
                return found;
            }
            for (Change& change : page->changes) {
                found.insert_or_assign(change.record.id.key, std::move(change));
            }
            cursor = page->next;
            EXPECT_LE(cursor.text.size(), 4096u);
            if (page->last) return found;
        }
        ADD_FAILURE() << "the pages have no end";
        return found;
    }
    std::map<std::string, Change> pull(Cursor& cursor) { return pull(connector(), cursor); }

    Connector& connector() { return subject->connector(); }

    Result<Written> write(const Write& write) {
        auto outcomes = connector().write(std::vector<Write>{write}, {});
        if (!outcomes) return std::move(outcomes).error();
        if (outcomes->size() != 1) ADD_FAILURE() << outcomes->size() << " outcomes for one write";
        return outcomes->front();
    }

    std::string name(const Change& change) {
        return display(change.record.fields.get(subject->name_field));
    }
    Change read(const std::string& key) {
        const std::vector<std::string> keys{key};
        auto changes = connector().read(subject->selection(), keys, {});
        if (!changes || changes->size() != 1) {
            ADD_FAILURE() << "not one record for one key";
            return {};
        }
        return changes->front();
    }

    std::unique_ptr<Subject> subject = GetParam().make();
};

TEST_P(ConnectorContract, CheckPassesWhatIsThereAndNamesWhatIsNot) {
    const std::vector<Selection> there{subject->selection()};
    EXPECT_TRUE(connector().check(there, {}));
    const std::vector<Selection> not_there{{subject->object, {"no_such_field"}}};
    EXPECT_FALSE(connector().check(not_there, {}));
    const std::vector<Selection> no_object{{"no_such_object", {}}};
    EXPECT_FALSE(connector().check(no_object, {}));
}

TEST_P(ConnectorContract, DiscoverDescribesObjectsAndFields) {
    auto catalog = connector().discover({});
    ASSERT_TRUE(catalog) << catalog.error().message;
    const ObjectInfo* object = catalog->find(subject->object);
    ASSERT_NE(object, nullptr);
    for (const std::string& field : {subject->email_field, subject->name_field}) {
        ASSERT_NE(object->find(field), nullptr) << field;
        EXPECT_TRUE(object->find(field)->updatable) << field;
    }
}

TEST_P(ConnectorContract, EveryRecordArrivesWhateverThePageAndManyWithOneStamp) {
    std::set<std::string> keys;
    for (int i = 0; i < 11; ++i) keys.insert(subject->add(email(i), "Doe"));
    subject->pass(seconds{600});
    for (const std::size_t limit : {1u, 3u, 11u, 500u}) {
        SCOPED_TRACE(limit);
        Cursor cursor;
        const auto found = pull(connector(), cursor, limit);
        EXPECT_EQ(found.size(), keys.size());
        for (const auto& [key, change] : found) {
            EXPECT_TRUE(keys.contains(key));
            EXPECT_EQ(change.kind, ChangeKind::Upserted);
            EXPECT_EQ(change.record.id.object, subject->object);
            EXPECT_EQ(name(change), "Doe");
        }
    }
}

TEST_P(ConnectorContract, AnEditArrivesAfterTheCursor) {
    const std::string key = subject->add(email(1), "Doe");
    subject->add(email(2), "Doe");
    Cursor cursor;
    const auto all = pull(cursor);
    subject->pass(seconds{3600});
    subject->rename(key, "Roe");
    const auto news = pull(cursor);
    ASSERT_TRUE(news.contains(key));
    EXPECT_EQ(name(news.at(key)), "Roe");
    EXPECT_GT(news.at(key).record.modified, all.at(key).record.modified);
}

TEST_P(ConnectorContract, OneCursorGivesTheSameAgainAndInAnotherProcess) {
    for (int i = 0; i < 7; ++i) subject->add(email(i), "Doe");
    subject->pass(seconds{600});
    auto first = connector().changes(subject->selection(), {}, 3, {});
    ASSERT_TRUE(first) << first.error().message;
    const Cursor from = first->next;
    Cursor once = from, again = from, elsewhere = from;
    const auto rest = pull(connector(), once, 3);
    const auto same = pull(connector(), again, 3);
    const auto other = pull(subject->another_connector(), elsewhere, 3);
    for (const auto& [key, change] : rest) {
        EXPECT_TRUE(same.contains(key));
        EXPECT_TRUE(other.contains(key));
    }
    EXPECT_EQ(rest.size(), same.size());
}

TEST_P(ConnectorContract, ADeletionArrivesAsOne) {
    const std::string key = subject->add(email(1), "Doe");
    subject->add(email(2), "Doe");
    Cursor cursor;
    pull(cursor);
    subject->pass(seconds{3600});
    subject->remove(key);
    const auto news = pull(cursor);
    ASSERT_TRUE(news.contains(key));
    EXPECT_EQ(news.at(key).kind, ChangeKind::Deleted);
    EXPECT_EQ(read(key).kind, ChangeKind::Deleted);
}

TEST_P(ConnectorContract, ReadGivesEachKeyAskedForAndDeletedForTheMissing) {
    const std::string key = subject->add(email(1), "Doe");
    const std::string gone = subject->add(email(2), "Doe");
    subject->remove(gone);
    const std::vector<std::string> keys{gone, key};
    auto changes = connector().read(subject->selection(), keys, {});
    ASSERT_TRUE(changes) << changes.error().message;
    std::map<std::string, ChangeKind> kinds;
    for (const Change& change : *changes) kinds[change.record.id.key] = change.kind;
    EXPECT_EQ(kinds, (std::map<std::string, ChangeKind>{{key, ChangeKind::Upserted},
                                                        {gone, ChangeKind::Deleted}}));
}

TEST_P(ConnectorContract, FindGivesThoseThatHoldTheValueAndNoOthers) {
    const std::string key = subject->add(email(1), "Doe");
    subject->add(email(11), "Doe");
    auto found = connector().find(subject->selection(), subject->email_field, email(1), {});
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->front().id, (RecordId{subject->object, key}));
    auto none = connector().find(subject->selection(), subject->email_field, email(3), {});
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_TRUE(none->empty());
}

TEST_P(ConnectorContract, ACreateTellsItsKeyAndIsFoundByTheOneItCarries) {
    const Write create = subject->create(email(1), "Doe");
    const auto written = write(create);
    ASSERT_TRUE(written) << written.error().message;
    EXPECT_TRUE(written->created);
    EXPECT_EQ(subject->with_email(email(1)), 1u);
    auto found = connector().find(subject->selection(), create.key_field, create.key_value, {});
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(found->size(), 1u);
    EXPECT_EQ(found->front().id, written->id);
}

TEST_P(ConnectorContract, ACreateThatIsSentTwiceMakesOneRecord) {
    if (!subject->upserts) GTEST_SKIP() << "the double makes two, so that tests see it";
    const Write create = subject->create(email(1), "Doe");
    const auto first = write(create);
    const auto second = write(create);
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(first->created);
    EXPECT_FALSE(second->created);
    EXPECT_EQ(first->id, second->id);
    EXPECT_EQ(subject->with_email(email(1)), 1u);
}

TEST_P(ConnectorContract, EachWriteOfABatchHasItsOwnOutcomeInOrder) {
    std::vector<Write> batch;
    for (int i = 0; i < 5; ++i) {
        batch.push_back(subject->update(subject->add(email(i), "Doe"), "Roe"));
    }
    batch[3].fields.set("no_such_field", text("x"));
    auto outcomes = connector().write(batch, {});
    ASSERT_TRUE(outcomes) << outcomes.error().message;
    ASSERT_EQ(outcomes->size(), batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
        ASSERT_EQ(static_cast<bool>((*outcomes)[i]), i != 3) << i;
        EXPECT_EQ(name(read(batch[i].id.key)), i == 3 ? "Doe" : "Roe");
        if (i == 3) {
            EXPECT_EQ((*outcomes)[i].error().kind, ErrorKind::Rejected);
        } else {
            EXPECT_EQ((*outcomes)[i]->id, batch[i].id);
            EXPECT_FALSE((*outcomes)[i]->created);
        }
    }
}

TEST_P(ConnectorContract, AWriteChangesWhatItNamesAndNothingElse) {
    const std::string key = subject->add(email(1), "Doe");
    ASSERT_TRUE(write(subject->update(key, "Roe")));
    const Change now = read(key);
    EXPECT_EQ(name(now), "Roe");
    EXPECT_EQ(display(now.record.fields.get(subject->email_field)), email(1));
}

TEST_P(ConnectorContract, ADeleteIsDoneAndAgainIsDone) {
    const std::string key = subject->add(email(1), "Doe");
    EXPECT_TRUE(write(subject->removal(key)));
    EXPECT_EQ(subject->with_email(email(1)), 0u);
    const auto again = write(subject->removal(key));
    EXPECT_TRUE(again) << again.error().message;
}

TEST_P(ConnectorContract, OurOwnWriteComesBackAsItWasSent) {
    static const std::vector<std::string> kTexts{"NA",          "null",
                                                 "None",        "NaN",
                                                 "0.0",         "1e5",
                                                 "007",         "false",
                                                 "-0",          "O'Neil \"x\", y",
                                                 "line\nbreak", "Ærøskøbing 東京",
                                                 "=1+1"};
    const std::string key = subject->add(email(1), "Doe");
    Cursor cursor;
    pull(cursor);
    for (const std::string& sent : kTexts) {
        SCOPED_TRACE(sent);
        subject->pass(seconds{600});
        const auto written = write(subject->update(key, sent));
        ASSERT_TRUE(written) << written.error().message;
        EXPECT_EQ(name(read(key)), sent);
        const auto news = pull(cursor);
        ASSERT_TRUE(news.contains(key));
        EXPECT_EQ(name(news.at(key)), sent);
    }
}

TEST_P(ConnectorContract, AStopIsTransientAndNothingIsDone) {
    const std::string key = subject->add(email(1), "Doe");
    ASSERT_TRUE(connector().check(std::vector<Selection>{subject->selection()}, {}));
    std::stop_source stopped;
    stopped.request_stop();
    const std::stop_token stop = stopped.get_token();
    const auto page = connector().changes(subject->selection(), {}, 10, stop);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, ErrorKind::Transient);
    const std::vector<std::string> keys{key};
    const auto changes = connector().read(subject->selection(), keys, stop);
    ASSERT_FALSE(changes);
    EXPECT_EQ(changes.error().kind, ErrorKind::Transient);
    auto outcomes = connector().write(std::vector<Write>{subject->update(key, "Roe")}, stop);
    const Error error = outcomes ? outcomes->front().error() : outcomes.error();
    EXPECT_EQ(error.kind, ErrorKind::Transient);
    EXPECT_EQ(name(read(key)), "Doe");
}

TEST_P(ConnectorContract, ACursorThatIsNotItsOwnIsBroken) {
    subject->add(email(1), "Doe");
    for (const char* text : {"x", "{\"v\":99}", "[]", "\xff"}) {
        const auto page = connector().changes(subject->selection(), Cursor{text}, 10, {});
        ASSERT_FALSE(page) << text;
        EXPECT_EQ(page.error().kind, ErrorKind::Broken) << page.error().message;
    }
}

TEST_P(ConnectorContract, AnObjectThatIsNotThereIsAnErrorAndNoEmptyPage) {
    EXPECT_FALSE(connector().changes({"no_such_object", {}}, {}, 10, {}));
}

TEST_P(ConnectorContract, CallsAreCounted) {
    subject->add(email(1), "Doe");
    const std::int64_t before = connector().budget().calls_made;
    Cursor cursor;
    pull(cursor);
    EXPECT_EQ(connector().budget().calls_made > before, subject->calls_cost);
    EXPECT_EQ(connector().budget().used_today.has_value(), subject->calls_cost);
    EXPECT_EQ(connector().budget().told_at.has_value(), subject->calls_cost);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, ConnectorContract, testing::ValuesIn(test::subject_kinds()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace duet
