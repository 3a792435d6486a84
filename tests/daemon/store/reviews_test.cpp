#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

Link contact_link(const std::string& key) { return {Side::Crm, {"Contact", key}}; }
Link prospect(const std::string& key) { return {Side::Marketing, {"prospect", key}}; }

class ReviewsTest : public testing::Test {
protected:
    ReviewsTest() : store(good(open_sqlite(":memory:"))) {
        good(store->open_org("acme"));
        good(store->open_org("other"));
    }
    static Review review_of_prospect() {
        return {0,
                prospect("1"),
                "several",
                "2 records of salesforce match it",
                {contact_link("A"), contact_link("B")},
                at(1'514'764'800)};
    }
    EntityId add(const std::vector<Link>& records) {
        const EntityId entity = good(store->add_entity("acme", EntityKind::Person));
        for (const Link& link : records) {
            SeenRow row;
            row.side = link.side;
            row.record.id = link.id;
            good(store->put_seen("acme", row, {}, {}));
            good(store->link("acme", entity, link.side, link.id));
        }
        return entity;
    }
    std::unique_ptr<Store> store;
};

TEST_F(ReviewsTest, AreReadAsTheyWerePutAndKeepTheirNumber) {
    const auto id = good(store->put_review("acme", review_of_prospect()));
    const auto read = good(store->review("acme", id)).value();
    EXPECT_EQ(read.id, id);
    EXPECT_EQ(read.record, prospect("1"));
    EXPECT_EQ(read.doubt, "several");
    EXPECT_EQ(read.reason, "2 records of salesforce match it");
    EXPECT_EQ(read.candidates, (std::vector{contact_link("A"), contact_link("B")}));
    EXPECT_EQ(read.since, at(1'514'764'800));

    Review again = review_of_prospect();
    again.doubt = "taken";
    again.candidates = {contact_link("C")};
    again.since = at(1'600'000'000);
    EXPECT_EQ(good(store->put_review("acme", again)), id);
    EXPECT_EQ(good(store->review_of("acme", prospect("1")))->since, at(1'514'764'800));
    EXPECT_EQ(good(store->reviews("acme", 0, 9)).size(), 1U);
    EXPECT_EQ(good(store->review_counts("acme")),
              (std::map<std::string, std::int64_t>{{"taken", 1}}));
    EXPECT_TRUE(good(store->reviews_naming("acme", contact_link("A"))).empty());
    EXPECT_EQ(good(store->reviews_naming("acme", contact_link("C"))), std::vector{prospect("1")});
    EXPECT_TRUE(good(store->reviews("other", 0, 9)).empty());
}

TEST_F(ReviewsTest, OneThatIsRemovedLeavesNothingBehind) {
    good(store->put_review("acme", review_of_prospect()));
    good(store->remove_review("acme", prospect("1")));
    good(store->remove_review("acme", prospect("1")));
    EXPECT_FALSE(good(store->review_of("acme", prospect("1"))));
    EXPECT_TRUE(good(store->reviews_naming("acme", contact_link("A"))).empty());
    // Its number is not given again.
    EXPECT_EQ(good(store->put_review("acme", review_of_prospect())), 2);
}

TEST_F(ReviewsTest, AChoiceIsKeptPerRecordAndFoundByWhatWasChosen) {
    Choice choice{prospect("1"), contact_link("A"), {contact_link("A"), contact_link("B")}, at(7),
                  "ada",         "told so"};
    good(store->put_choice("acme", choice));
    const auto read = good(store->choice_of("acme", prospect("1"))).value();
    EXPECT_EQ(read.chosen, contact_link("A"));
    EXPECT_EQ(read.candidates, choice.candidates);
    EXPECT_EQ(read.by, "ada");
    EXPECT_EQ(read.because, "told so");
    EXPECT_EQ(good(store->choices_for("acme", contact_link("A"))).at(0).record, prospect("1"));
    choice.chosen.reset();
    good(store->put_choice("acme", choice));
    EXPECT_FALSE(good(store->choice_of("acme", prospect("1")))->chosen);
    EXPECT_TRUE(good(store->choices_for("acme", contact_link("A"))).empty());
    good(store->remove_choice("acme", prospect("1")));
    EXPECT_FALSE(good(store->choice_of("acme", prospect("1"))));
}

TEST_F(ReviewsTest, MeetingsCountLinksOrphansAndWhatWaits) {
    const EntityId both = add({contact_link("A"), prospect("1")});
    add({contact_link("B")});
    const EntityId waits = add({prospect("2")});
    good(store->set_ambiguous("acme", waits, "2 match it"));
    std::map<std::string, std::int64_t> found;
    for (const Meeting& met : good(store->meetings("acme"))) {
        found[std::string(met.crm ? "crm " : "") + (met.marketing ? "marketing " : "") +
              (met.waiting ? "waiting" : "")] = met.count;
        if (met.crm && met.marketing) {
            EXPECT_EQ(good(store->met("acme", met, 9)), std::vector{both});
        }
    }
    EXPECT_EQ(found, (std::map<std::string, std::int64_t>{
                         {"crm marketing ", 1}, {"crm ", 1}, {"marketing waiting", 1}}));
}

TEST_F(ReviewsTest, HistoryAndWritesUnderWayMoveToAnotherEntity) {
    const EntityId from = add({contact_link("A")});
    const EntityId to = add({contact_link("B")});
    AuditRow row;
    row.entity = from;
    row.field = "phone";
    good(store->add_audit("acme", row));
    InFlight write;
    write.entity = from;
    good(store->add_in_flight("acme", std::span(&write, 1)));
    good(store->move_history("acme", from, to));
    EXPECT_TRUE(good(store->audit_of("acme", from, 9)).empty());
    EXPECT_EQ(good(store->audit_of("acme", to, 9)).size(), 1U);
    EXPECT_EQ(good(store->in_flight_of("acme", to)).size(), 1U);
}

}  // namespace
}  // namespace duet::store
