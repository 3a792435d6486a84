#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

using Counts = std::map<std::string, std::int64_t>;
using Ids = std::vector<EntityId>;
using EntityStore = StoreTest;

TEST_F(EntityStore, NumbersStartAtOneInEachOrgAndAreNeverReused) {
    EXPECT_EQ(good(store().add_entity("acme", EntityKind::Person)), 1);
    EXPECT_EQ(good(store().add_entity("acme", EntityKind::Person)), 2);
    EXPECT_EQ(good(store().add_entity("globex", EntityKind::Account)), 1);
    good(store().remove_entity("acme", 2));
    EXPECT_EQ(good(store().add_entity("acme", EntityKind::Person)), 3);
}

TEST_F(EntityStore, AnEntityComesBackAsItWasSaved) {
    Entity entity;
    entity.id = good(store().add_entity("acme", EntityKind::Person));
    entity.kind = EntityKind::Person;
    entity.agreed["Email"] = {text("a@example.com"), text("a@example.com")};
    entity.agreed["Phone"] = {text("+1 555"), text("1555")};
    entity.agreed["Title"] = {Blank{}, Blank{}};
    entity.agreed["Score"] = {*decode("n7"), Blank{}};
    entity.stage = "MQL";
    entity.stage_since = at(1'514'764'800);
    entity.timer = at(1'514'764'900);
    entity.state = "planned";
    entity.reason = "Phone differs";
    good(store().save_entity("acme", entity));

    const auto found = good(store().entity("acme", entity.id));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, entity.id);
    EXPECT_EQ(found->kind, EntityKind::Person);
    ASSERT_EQ(found->agreed.size(), 4U);
    for (const auto& [name, halves] : entity.agreed) {
        EXPECT_EQ(found->agreed.at(name).crm, halves.crm) << name;
        EXPECT_EQ(found->agreed.at(name).marketing, halves.marketing) << name;
    }
    EXPECT_EQ(found->stage, "MQL");
    EXPECT_EQ(found->stage_since, entity.stage_since);
    EXPECT_EQ(found->timer, entity.timer);
    EXPECT_EQ(found->state, "planned");
    EXPECT_EQ(found->reason, "Phone differs");
    EXPECT_FALSE(good(store().entity("acme", 99)));
}

TEST_F(EntityStore, WhyARecordCouldNotBeMatchedStaysUntilCleared) {
    Entity entity;
    entity.id = good(store().add_entity("acme", EntityKind::Person));
    entity.kind = EntityKind::Person;
    good(store().set_ambiguous("acme", entity.id, "two contacts have this address"));
    EXPECT_EQ(good(store().entity("acme", entity.id))->ambiguous, "two contacts have this address");
    good(store().set_ambiguous("acme", entity.id, ""));
    EXPECT_EQ(good(store().entity("acme", entity.id))->ambiguous, "");
    entity.ambiguous = "again";
    good(store().save_entity("acme", entity));
    EXPECT_EQ(good(store().entity("acme", entity.id))->ambiguous, "again");
    EXPECT_EQ(bad(store().set_ambiguous("acme", 9, "x")).code, "DUET-4009");
}

TEST_F(EntityStore, SavingAnEntityThatIsNotThereFails) {
    Entity entity;
    entity.id = 7;
    EXPECT_EQ(bad(store().save_entity("acme", entity)).code, "DUET-4009");
}

TEST_F(EntityStore, ARecordBelongsToOneEntityAtMost) {
    const auto one = good(store().add_entity("acme", EntityKind::Person));
    const auto two = good(store().add_entity("acme", EntityKind::Person));
    const RecordId record{"Contact", "003A"};
    good(store().link("acme", one, Side::Crm, record));
    good(store().link("acme", one, Side::Marketing, {"prospect", "9"}));
    good(store().link("acme", two, Side::Crm, record));
    EXPECT_EQ(good(store().entity_of("acme", Side::Crm, record)), two);
    const auto links = good(store().links("acme", one));
    ASSERT_EQ(links.size(), 1U);
    EXPECT_EQ(links[0].side, Side::Marketing);
    EXPECT_EQ(links[0].id, (RecordId{"prospect", "9"}));
    good(store().unlink("acme", Side::Crm, record));
    EXPECT_FALSE(good(store().entity_of("acme", Side::Crm, record)));
}

TEST_F(EntityStore, ALinkedEntityIsNotRemoved) {
    const auto id = good(store().add_entity("acme", EntityKind::Person));
    good(store().link("acme", id, Side::Crm, {"Contact", "003A"}));
    EXPECT_EQ(bad(store().remove_entity("acme", id)).code, "DUET-4009");
    good(store().unlink("acme", Side::Crm, {"Contact", "003A"}));
    good(store().mark_dirty("acme", id, "edited"));
    good(store().remove_entity("acme", id));
    EXPECT_FALSE(good(store().entity("acme", id)));
    EXPECT_EQ(good(store().dirty_count("acme")), 0);
}

TEST_F(EntityStore, ALinkToNoEntityIsRefused) {
    EXPECT_EQ(bad(store().link("acme", 5, Side::Crm, {"Contact", "003A"})).code, "DUET-4009");
}

TEST_F(EntityStore, StatesAndStagesAreCountedAsTheyChange) {
    for (int i = 0; i < 3; ++i) good(store().add_entity("acme", EntityKind::Person));
    const auto account = good(store().add_entity("acme", EntityKind::Account));
    EXPECT_EQ(good(store().entity_states("acme", EntityKind::Person)), (Counts{{"", 3}}));

    Entity person;
    person.kind = EntityKind::Person;
    person.id = 1;
    person.state = "clean";
    person.stage = "MQL";
    good(store().save_entity("acme", person));
    good(store().save_entity("acme", person));
    person.id = 2;
    person.stage = "SQL";
    good(store().save_entity("acme", person));
    EXPECT_EQ(good(store().entity_states("acme", EntityKind::Person)),
              (Counts{{"", 1}, {"clean", 2}}));
    EXPECT_EQ(good(store().entity_states("acme", EntityKind::Account)), (Counts{{"", 1}}));
    EXPECT_EQ(good(store().stage_counts("acme")), (Counts{{"MQL", 1}, {"SQL", 1}}));

    good(store().remove_entity("acme", 2));
    good(store().remove_entity("acme", account));
    EXPECT_EQ(good(store().stage_counts("acme")), (Counts{{"MQL", 1}}));
    EXPECT_EQ(good(store().entity_states("acme", EntityKind::Account)), Counts{});
    EXPECT_EQ(good(store().stage_counts("globex")), Counts{});
}

TEST_F(EntityStore, BrokenValidationsAreCountedByRuleAndOutcomeAsTheyChange) {
    using Broken = std::map<std::string, Counts>;
    for (int i = 0; i < 2; ++i) good(store().add_entity("acme", EntityKind::Person));
    EXPECT_EQ(good(store().broken_counts("acme")), Broken{});
    Entity person;
    person.kind = EntityKind::Person;
    person.id = 1;
    person.broken = {{"needs \"title\", \u00e9", "held"}, {"odd", "warned"}};
    good(store().save_entity("acme", person));
    good(store().save_entity("acme", person));
    EXPECT_EQ(good(store().entity("acme", 1))->broken, person.broken);
    person.id = 2;
    person.broken = {{"odd", "failed"}};
    good(store().save_entity("acme", person));
    EXPECT_EQ(good(store().broken_counts("acme")),
              (Broken{{"needs \"title\", \u00e9", {{"held", 1}}},
                      {"odd", {{"failed", 1}, {"warned", 1}}}}));
    person.broken.clear();
    good(store().save_entity("acme", person));
    good(store().remove_entity("acme", 1));
    EXPECT_EQ(good(store().broken_counts("acme")), Broken{});
    EXPECT_EQ(good(store().broken_counts("globex")), Broken{});
}

TEST_F(EntityStore, WhatIsNewComesBeforeWhatAFirstLoadLeft) {
    for (int i = 0; i < 3; ++i) good(store().add_entity("acme", EntityKind::Person));
    good(store().mark_dirty_later("acme", 1, "Contact"));
    good(store().mark_dirty_later("acme", 2, "Contact"));
    good(store().mark_dirty("acme", 3, "Contact"));
    good(store().mark_dirty_later("acme", 3, "Contact"));
    EXPECT_EQ(good(store().dirty_fresh("acme", 0, 9)), std::vector<EntityId>{3});
    good(store().mark_dirty("acme", 1, "timer"));
    EXPECT_EQ(good(store().dirty_fresh("acme", 0, 9)), (std::vector<EntityId>{1, 3}));
    EXPECT_EQ(good(store().dirty_later_count("acme")), 1);
    EXPECT_EQ(good(store().dirty("acme", 0, 9)), (std::vector<EntityId>{1, 2, 3}));
    good(store().clear_dirty("acme", 2));
    EXPECT_EQ(good(store().dirty_later_count("acme")), 0);
}

TEST_F(EntityStore, ChangedRowsComeOldestFirstUntilRemoved) {
    for (const char* key : {"c", "a", "b"}) {
        ChangedRow row;
        row.side = Side::Marketing;
        row.id = {"prospect", key};
        row.cycle = 4;
        row.old_references = {{"campaignId", "7"}, {"assignedToId", "\"8\""}};
        good(store().add_changed("acme", row));
    }
    const auto two = good(store().changed("acme", 0, 2));
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[0].id.key, "c");
    EXPECT_EQ(two[1].id.key, "a");
    EXPECT_LT(two[0].sequence, two[1].sequence);
    EXPECT_EQ(two[0].side, Side::Marketing);
    EXPECT_EQ(two[0].cycle, 4);
    ASSERT_EQ(two[0].old_references.size(), 2U);
    EXPECT_EQ(two[0].old_references[1].second, "\"8\"");
    const auto third = good(store().changed("acme", two[1].sequence, 2));
    ASSERT_EQ(third.size(), 1U);
    EXPECT_EQ(third[0].id.key, "b");
    good(store().remove_changed("acme", two[1].sequence));
    const auto rest = good(store().changed("acme", 0, 10));
    ASSERT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest[0].id.key, "b");
}

TEST_F(EntityStore, DirtyEntitiesComeByIdAfterTheGivenOne) {
    for (const EntityId id : {3, 1, 2, 3}) good(store().mark_dirty("acme", id, "edited"));
    EXPECT_EQ(good(store().dirty_count("acme")), 3);
    EXPECT_EQ(good(store().dirty("acme", 0, 2)), (Ids{1, 2}));
    EXPECT_EQ(good(store().dirty("acme", 2, 2)), Ids{3});
    good(store().clear_dirty("acme", 3));
    EXPECT_EQ(good(store().dirty("acme", 0, 10)), (Ids{1, 2}));
}

TEST_F(EntityStore, ATimerFiresOnceAndOnItsTime) {
    Entity entity;
    entity.kind = EntityKind::Person;
    for (const std::int64_t due : {100, 200, 300}) {
        entity.id = good(store().add_entity("acme", EntityKind::Person));
        entity.timer = at(due);
        good(store().save_entity("acme", entity));
    }
    good(store().add_entity("acme", EntityKind::Person));
    EXPECT_EQ(good(store().fire_timers("acme", at(99))), 0);
    EXPECT_EQ(good(store().fire_timers("acme", at(200))), 2);
    EXPECT_EQ(good(store().dirty("acme", 0, 10)), (Ids{1, 2}));
    EXPECT_FALSE(good(store().entity("acme", 1))->timer);
    EXPECT_EQ(good(store().fire_timers("acme", at(200))), 0);
    EXPECT_EQ(good(store().entity("acme", 3))->timer, at(300));
}

TEST_F(EntityStore, NewDocumentsMakeEveryEntityOfTheOrgDirty) {
    for (int i = 0; i < 3; ++i) good(store().add_entity("acme", EntityKind::Person));
    good(store().add_entity("globex", EntityKind::Person));
    good(store().mark_dirty("acme", 2, "edited"));
    good(store().mark_all_dirty("acme", "documents"));
    EXPECT_EQ(good(store().dirty("acme", 0, 10)), (Ids{1, 2, 3}));
    EXPECT_EQ(good(store().dirty_count("globex")), 0);
}

TEST_F(StoreTest, AnAllowanceIsKeptPerRuleAndGoesWithItsEntity) {
    const EntityId id = good(store().add_entity("acme", EntityKind::Person));
    const Allowance mail{id,    "mail", {"crm.HasOptedOutOfEmail", "marketing.optedOut"},
                         at(5), "ada",  "she wrote \"yes\""};
    good(store().put_allowance("acme", mail));
    good(store().put_allowance("acme", {id, "phone", {"crm.DoNotCall"}, at(6), "bob", "by phone"}));
    const auto kept = good(store().allowances("acme", id));
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].rule, "mail");
    EXPECT_EQ(kept[0].flags, mail.flags);
    EXPECT_EQ(kept[0].at, at(5));
    EXPECT_EQ(kept[0].by, "ada");
    EXPECT_EQ(kept[0].because, mail.because);
    EXPECT_TRUE(good(store().allowances("globex", id)).empty());
    good(store().remove_allowance("acme", id, "mail"));
    EXPECT_EQ(good(store().allowances("acme", id)).size(), 1U);
    good(store().remove_entity("acme", id));
    EXPECT_TRUE(good(store().allowances("acme", id)).empty());
}

}  // namespace
}  // namespace duet::store
