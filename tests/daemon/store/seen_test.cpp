#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

using Strings = std::vector<std::string>;
using SeenStore = StoreTest;

TEST_F(SeenStore, ANewOrgObservesAndEveryTakeOverRaisesItsFence) {
    EXPECT_EQ(good(store().mode("acme")), Mode::Observe);
    EXPECT_EQ(good(store().fence("acme")), 1);
    good(store().set_mode("acme", Mode::Apply));
    good(store().open_org("acme"));
    EXPECT_EQ(good(store().mode("acme")), Mode::Apply);
    EXPECT_EQ(good(store().fence("acme")), 2);
    EXPECT_EQ(good(store().fence("globex")), 1);
}

TEST_F(SeenStore, AnOrgNobodyOpenedIsNamedInTheError) {
    EXPECT_EQ(bad(store().mode("initech")).code, "DUET-4011");
    EXPECT_EQ(bad(store().fence("initech")).code, "DUET-4011");
    const Error error = bad(store().set_mode("initech", Mode::Plan));
    EXPECT_EQ(error.code, "DUET-4011");
    EXPECT_NE(error.message.find("initech"), std::string::npos);
}

TEST_F(SeenStore, FactsAreKeptPerOrgAndEmptyWhenUnset) {
    EXPECT_EQ(good(store().fact("acme", "catalog.crm")), "");
    good(store().set_fact("acme", "catalog.crm", "{}"));
    good(store().set_fact("acme", "catalog.crm", R"({"objects":[]})"));
    EXPECT_EQ(good(store().fact("acme", "catalog.crm")), R"({"objects":[]})");
    EXPECT_EQ(good(store().fact("globex", "catalog.crm")), "");
}

TEST_F(SeenStore, ObjectStateComesBackAsItWasSet) {
    const auto none = good(store().object_state("acme", Side::Crm, "Contact"));
    EXPECT_EQ(none.cursor.text, "");
    EXPECT_FALSE(none.backfilled);
    EXPECT_FALSE(none.high_water);

    const ObjectState state{Cursor{"page 3"}, true, stamp(1'514'764'800), at(1'514'764'801)};
    good(store().set_object_state("acme", Side::Crm, "Contact", state));
    const auto found = good(store().object_state("acme", Side::Crm, "Contact"));
    EXPECT_EQ(found.cursor, state.cursor);
    EXPECT_TRUE(found.backfilled);
    EXPECT_EQ(found.high_water, state.high_water);
    EXPECT_EQ(found.read_at, state.read_at);
    EXPECT_EQ(good(store().object_state("acme", Side::Marketing, "Contact")).cursor.text, "");

    good(store().set_object_state("acme", Side::Crm, "Contact", ObjectState{}));
    EXPECT_FALSE(good(store().object_state("acme", Side::Crm, "Contact")).high_water);
}

TEST_F(SeenStore, KeepsBetweenWhichReadsAFieldTookItsValue) {
    SeenRow row = contact("003A", "ann@example.com", "001A");
    row.changed = {{"", {stamp(1'514'764'800), stamp(1'514'764'900)}},
                   {"Phone \"x\"", {DateTime{}, stamp(1'514'765'000), true}}};
    good(store().put_seen("acme", row, {}, {}));
    EXPECT_EQ(good(store().seen("acme", Side::Crm, row.record.id))->changed, row.changed);
    row.changed.clear();
    good(store().put_seen("acme", row, {}, {}));
    EXPECT_TRUE(good(store().seen("acme", Side::Crm, row.record.id))->changed.empty());
}

TEST_F(SeenStore, KeepsWhenTheLastReadThatReachedTheEndBegan) {
    ObjectState state;
    state.polled_at = at(1'514'764'801);
    good(store().set_object_state("acme", Side::Crm, "Contact", state));
    EXPECT_EQ(good(store().object_state("acme", Side::Crm, "Contact")).polled_at, state.polled_at);
}

TEST_F(SeenStore, ASeenRowComesBackWithEveryTypeOfValue) {
    SeenRow row = contact("003A", "ann@example.com", "001A");
    row.record.fields.set("Amount", *decode("n12.50"));
    row.record.fields.set("Birthdate", *decode("d1980-02-29"));
    row.record.fields.set("HasOptedOutOfEmail", true);
    row.record.fields.set("Title", Blank{});
    row.deleted = true;
    row.survivor = {"Contact", "003B"};
    row.written_at = Instant{std::chrono::microseconds{1'514'764'800'000'001}};
    good(store().put_seen("acme", row, kReferences, kKeys));

    const auto found = good(store().seen("acme", Side::Crm, row.record.id));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->record.id, row.record.id);
    EXPECT_EQ(found->record.fields, row.record.fields);
    EXPECT_EQ(found->record.modified, row.record.modified);
    EXPECT_TRUE(found->deleted);
    EXPECT_EQ(found->survivor, row.survivor);
    EXPECT_EQ(found->written_at, row.written_at);
    EXPECT_FALSE(good(store().seen("acme", Side::Marketing, row.record.id)));
}

TEST_F(SeenStore, AReplacedRowLeavesNoOldReferenceOrKeyBehind) {
    good(store().put_seen("acme", contact("003B", "b@example.com", "001A"), kReferences, kKeys));
    good(store().put_seen("acme", contact("003A", "a@example.com", "001A"), kReferences, kKeys));
    EXPECT_EQ(good(store().referring("acme", Side::Crm, "Contact", "AccountId", "001A")),
              (Strings{"003A", "003B"}));

    good(store().put_seen("acme", contact("003A", "new@example.com", "001Z"), kReferences, kKeys));
    EXPECT_EQ(good(store().referring("acme", Side::Crm, "Contact", "AccountId", "001A")),
              Strings{"003B"});
    EXPECT_EQ(good(store().referring("acme", Side::Crm, "Contact", "AccountId", "001Z")),
              Strings{"003A"});
    EXPECT_EQ(good(store().with_key("acme", Side::Crm, "Contact", "Email", "a@example.com")),
              Strings{});
    EXPECT_EQ(good(store().with_key("acme", Side::Crm, "Contact", "Email", "new@example.com")),
              Strings{"003A"});
}

TEST_F(SeenStore, NewDocumentsThatIndexOtherFieldsTakeEffectRowByRow) {
    const SeenRow row = contact("003A", "a@example.com", "001A");
    good(store().put_seen("acme", row, kReferences, kKeys));
    good(store().put_seen("acme", row, {}, Strings{"AccountId"}));
    EXPECT_EQ(good(store().referring("acme", Side::Crm, "Contact", "AccountId", "001A")),
              Strings{});
    EXPECT_EQ(good(store().with_key("acme", Side::Crm, "Contact", "Email", "a@example.com")),
              Strings{});
    EXPECT_EQ(good(store().with_key("acme", Side::Crm, "Contact", "AccountId", "001a")),
              Strings{"003A"});
}

TEST_F(SeenStore, KeysAreFoundWhateverTheirCaseAndBlanks) {
    good(store().put_seen("acme", contact("003A", " Ann@Example.COM "), kReferences, kKeys));
    good(store().put_seen("acme", contact("003B", "J\xC3\x96RG@example.com"), kReferences, kKeys));
    EXPECT_EQ(good(store().with_key("acme", Side::Crm, "Contact", "Email", "ANN@example.com")),
              Strings{"003A"});
    EXPECT_EQ(
        good(store().with_key("acme", Side::Crm, "Contact", "Email", "j\xC3\xB6rg@example.com")),
        Strings{"003B"});
}

TEST_F(SeenStore, ABlankFieldIsNoKeyAndNoReference) {
    good(store().put_seen("acme", contact("003A", "", ""), kReferences, kKeys));
    EXPECT_EQ(good(store().with_key("acme", Side::Crm, "Contact", "Email", "")), Strings{});
    EXPECT_EQ(good(store().referring("acme", Side::Crm, "Contact", "AccountId", "")), Strings{});
}

TEST_F(SeenStore, EachSeenVisitsInOrderOfKeyAcrossPagesAndMayWrite) {
    for (int i = 1200; i > 0; --i) {
        good(store().put_seen("acme", contact(std::to_string(10'000 + i), ""), {}, {}));
    }
    Strings visited;
    good(store().each_seen("acme", Side::Crm, "Contact", [&](const SeenRow& row) {
        visited.push_back(row.record.id.key);
        good(store().mark_dirty("acme", static_cast<EntityId>(visited.size()), "visited"));
        return true;
    }));
    ASSERT_EQ(visited.size(), 1200U);
    EXPECT_TRUE(std::is_sorted(visited.begin(), visited.end()));
    EXPECT_EQ(good(store().dirty_count("acme")), 1200);
}

TEST_F(SeenStore, EachSeenStopsWhenTheVisitorHasEnough) {
    for (const char* key : {"1", "2", "3"}) {
        good(store().put_seen("acme", contact(key, ""), {}, {}));
    }
    int visits = 0;
    good(store().each_seen("acme", Side::Crm, "Contact",
                           [&](const SeenRow&) { return ++visits < 2; }));
    EXPECT_EQ(visits, 2);
}

TEST_F(SeenStore, CountsFollowDeletionsUndeletionsAndRepeats) {
    using SeenCounts = std::map<std::pair<Side, std::string>, std::int64_t>;
    SeenRow row = contact("003A", "");
    good(store().put_seen("acme", row, {}, {}));
    good(store().put_seen("acme", row, {}, {}));
    good(store().put_seen("acme", contact("003B", ""), {}, {}));
    EXPECT_EQ(good(store().seen_counts("acme")), (SeenCounts{{{Side::Crm, "Contact"}, 2}}));
    row.deleted = true;
    good(store().put_seen("acme", row, {}, {}));
    good(store().put_seen("acme", row, {}, {}));
    EXPECT_EQ(good(store().seen_counts("acme")), (SeenCounts{{{Side::Crm, "Contact"}, 1}}));
    row.deleted = false;
    good(store().put_seen("acme", row, {}, {}));
    EXPECT_EQ(good(store().seen_counts("acme")), (SeenCounts{{{Side::Crm, "Contact"}, 2}}));
}

TEST_F(SeenStore, AFullCompareKnowsWhatItsPassDidNotMeet) {
    for (const char* key : {"1", "2", "3", "4"}) {
        SeenRow row = contact(key, std::string(key) + "@example.com");
        row.deleted = key[0] == '3';
        row.compare_pass = key[0] == '1' ? 2 : 1;
        good(store().put_seen("acme", row, kReferences, kKeys));
    }
    const auto first = good(store().untold("acme", Side::Crm, "Contact", 2, "", 2));
    EXPECT_EQ(first.keys, std::vector<std::string>{"2"});
    EXPECT_EQ(first.last, "2");
    good(store().note_compared("acme", Side::Crm, {"Contact", "2"}, 2));
    EXPECT_TRUE(good(store().untold("acme", Side::Crm, "Contact", 2, "", 2)).keys.empty());
    const auto rest = good(store().untold("acme", Side::Crm, "Contact", 2, "2", 9));
    EXPECT_EQ(rest.keys, std::vector<std::string>{"4"});
    EXPECT_EQ(rest.last, "") << "there are no more";
    EXPECT_EQ(good(store().seen("acme", Side::Crm, {"Contact", "2"}))->compare_pass, 2);

    EXPECT_EQ(good(store().comparison("acme", Side::Crm, "Contact")).pass, 0);
    good(store().set_comparison("acme", Side::Crm, "Contact",
                                {2, ComparePhase::Ask, "2", at(5), 40, 3, 1, at(4)}));
    const auto stands = good(store().comparison("acme", Side::Crm, "Contact"));
    EXPECT_EQ(stands.phase, ComparePhase::Ask);
    EXPECT_EQ(stands.cursor, "2");
    EXPECT_EQ(stands.told, 40);
    EXPECT_EQ(stands.found, 3);
    EXPECT_EQ(stands.last_found, 1);
    EXPECT_EQ(stands.began_at, at(5));
    EXPECT_EQ(stands.agreed_at, at(4));
}

}  // namespace
}  // namespace duet::store
