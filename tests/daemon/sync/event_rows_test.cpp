// Rows in the CRM that tell of people's moves: over the real store, against two fakes.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "daemon/sync/undo.h"
#include "tests/world/lifecycle_documents.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kAsked = "  event_rows: { object: Duet_Lifecycle_Event__c";
constexpr const char* kRows = "Duet_Lifecycle_Event__c";

void add_rows_object(PerSide<Catalog>& catalogs) {
    using enum FieldType;
    add_lifecycle_objects(catalogs);
    ObjectInfo rows;
    rows.name = rows.label = kRows;
    FieldInfo id = made_field("Id", Id);
    id.creatable = id.updatable = false;
    FieldInfo key = made_field("Duet_Key__c");
    key.unique_key = true;
    rows.fields = {id,
                   key,
                   made_field("Duet_Account__c", Id, "Account"),
                   made_field("Duet_Contact__c", Id, "Contact"),
                   made_field("Duet_Lead__c", Id, "Lead"),
                   made_field("Duet_Campaign__c", Id, "Campaign"),
                   made_field("Duet_Owner__c", Id, "User"),
                   made_field("Duet_At__c", DateTime),
                   made_field("Duet_Cycle__c", Number),
                   made_field("Duet_From__c"),
                   made_field("Duet_To__c"),
                   made_field("Duet_Trigger__c"),
                   made_field("Duet_Record__c"),
                   made_field("Duet_Skipped__c", Boolean)};
    catalogs.crm.objects.push_back(std::move(rows));
}

WorldOptions options_of(const std::string& more = "") {
    WorldOptions options;
    options.documents = {{"people.yaml", kLifecyclePeople},
                         {"lifecycle.yaml", std::string(kLifecycleRules) + kAsked + more + " }\n"}};
    options.adjust_catalogs = add_rows_object;
    return options;
}

class EventRowsCycle : public LifecycleTest {
protected:
    explicit EventRowsCycle(WorldOptions options = options_of())
        : LifecycleTest(std::move(options)) {
        world.settings.brake["create"] = {1000, 1};
    }

    std::string contact(const std::string& email, const char* created = "2017-12-01T09:00") {
        return add("Contact", {{"Email", text(email)},
                               {"LastName", text("Doe")},
                               {"OwnerId", text("005xx0000012345AAA")},
                               {"CreatedDate", Value{at(created)}}});
    }
    /// "from > to, when, why" of the rows that refer to the person, in order; "x" a skipped one.
    std::vector<std::string> rows_of(const std::string& person,
                                     const std::string& field = "Duet_Contact__c") {
        std::vector<std::string> found;
        for (const auto& [key, row] : world.crm().records(kRows)) {
            if (row.get(field) != text(person)) continue;
            found.push_back(display(row.get("Duet_At__c")).substr(0, 16) + " " +
                            display(row.get("Duet_From__c")) + " > " +
                            display(row.get("Duet_To__c")) + " " +
                            display(row.get("Duet_Trigger__c")) +
                            (row.get("Duet_Skipped__c") == Value{true} ? " x" : ""));
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    std::vector<std::string> told(const RecordId& person) {
        std::vector<std::string> found;
        auto rows =
            world.store().lifecycle_rows(world.org().name, world.entity_of(Side::Crm, person).id);
        if (!rows) return {"unreadable"};
        for (const lifecycle::Row& row : *rows) {
            found.push_back(display(Value{row.at}).substr(0, 16) + " " + row.from + " > " + row.to +
                            " " + row.event + (row.skipped ? " x" : ""));
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    std::size_t writes() { return world.crm().writes().size(); }
    std::string any_row() { return world.crm().records(kRows).begin()->first; }
};

TEST_F(EventRowsCycle, EachMoveIsARowAndTheNextCycleSendsNothing) {
    const std::string ada = contact("ada@example.com");
    settle();
    add_visit("ada@example.com", "2017-12-10T10:00");
    add_deal(ada, "2017-12-15T10:00", "2017-12-20T12:00", true);
    settle();
    EXPECT_EQ(rows_of(ada), told({"Contact", ada}));
    ASSERT_EQ(rows_of(ada).size(), 3U);
    EXPECT_EQ(rows_of(ada).back(), "2017-12-20T12:00 Warm > Sold deal_won");
    for (const auto& [key, row] : world.crm().records(kRows)) {
        const bool is_met = row.get("Duet_Trigger__c") == text("met");
        EXPECT_EQ(row.get("Duet_Owner__c"), is_met ? text("005xx0000012345AAA") : Value{});
        EXPECT_EQ(row.get("Duet_Cycle__c"), Value{Decimal{1}});
    }
    const auto before = writes();
    settle();
    EXPECT_EQ(writes(), before);
}

TEST_F(EventRowsCycle, ALateFactChangesThatPersonsRowsOnly) {
    const std::string ada = contact("ada@example.com");
    const std::string bo = contact("bo@example.com");
    settle();
    add_deal(ada, "2017-12-15T10:00", "2017-12-20T12:00", true);
    add_deal(bo, "2017-12-15T10:00", "2017-12-20T12:00", true);
    settle();
    const auto of_bo = rows_of(bo);
    EXPECT_EQ(rows_of(ada)[2], "2017-12-20T12:00 Cold > Warm deal_won x");
    const auto before = world.crm().records(kRows).size();
    add_visit("ada@example.com", "2017-12-10T10:00");
    settle();
    EXPECT_EQ(rows_of(ada), told({"Contact", ada}));
    EXPECT_EQ(rows_of(ada)[1], "2017-12-10T10:00 Cold > Warm came_by");
    EXPECT_EQ(rows_of(bo), of_bo);
    EXPECT_EQ(world.crm().records(kRows).size(), before) << "what held no more was replaced";
}

TEST_F(EventRowsCycle, AConvertedLeadsRowsFollowToTheContact) {
    const std::string lead = add("Lead", {{"Email", text("ada@example.com")},
                                          {"LastName", text("Doe")},
                                          {"Company", text("Acme")},
                                          {"CreatedDate", Value{at("2017-11-01T09:00")}}});
    settle();
    add_visit("ada@example.com", "2017-12-10T10:00");
    settle();
    ASSERT_EQ(rows_of(lead, "Duet_Lead__c").size(), 2U);
    const std::string contact = world.crm().convert(lead);
    world.crm().edit({"Contact", contact}, "CreatedDate", Value{at("2018-01-02T00:00")});
    settle();
    EXPECT_EQ(rows_of(contact), told({"Contact", contact}));
    EXPECT_EQ(rows_of(contact).size(), 2U);
    EXPECT_TRUE(rows_of(lead, "Duet_Lead__c").empty());
    EXPECT_EQ(world.crm().creates(kRows), 2) << "none was made anew";
}

TEST_F(EventRowsCycle, OfTwoPeopleWhoAreOneEachMoveStaysOnce) {
    const std::string ada = contact("ada@example.com");
    const std::string twin = contact("twin@example.com", "2017-11-01T09:00");
    settle();
    add_visit("ada@example.com", "2017-12-10T10:00");
    settle();
    ASSERT_EQ(rows_of(ada).size(), 2U);
    world.crm().merge({"Contact", twin}, {"Contact", ada});
    // As Salesforce does with what referred to the loser.
    for (const auto& [key, row] : world.crm().records(kRows)) {
        if (row.get("Duet_Contact__c") == text(twin))
            world.crm().edit({kRows, key}, "Duet_Contact__c", text(ada));
    }
    settle();
    EXPECT_EQ(rows_of(ada), told({"Contact", ada}));
    EXPECT_EQ(world.crm().records(kRows).size(), rows_of(ada).size());
}

TEST_F(EventRowsCycle, ADeletedPersonsRowsGoEvenWhenTheCrmEmptiedTheirReferences) {
    const std::string ada = contact("ada@example.com");
    const std::string bo = contact("bo@example.com");
    settle();
    ASSERT_EQ(rows_of(ada).size(), 1U);
    for (const auto& [key, row] : world.crm().records(kRows)) {
        if (row.get("Duet_Contact__c") == text(ada))
            world.crm().edit({kRows, key}, "Duet_Contact__c", Value{});
    }
    world.crm().remove({"Contact", ada});
    settle();
    EXPECT_EQ(world.crm().records(kRows).size(), 1U);
    EXPECT_EQ(rows_of(bo).size(), 1U);
}

TEST_F(EventRowsCycle, SomebodyElsesHandIsCorrectedAndTheirOwnRowsStay) {
    const std::string ada = contact("ada@example.com");
    settle();
    add_visit("ada@example.com", "2017-12-10T10:00");
    settle();
    world.crm().edit({kRows, any_row()}, "Duet_To__c", text("Elsewhere"));
    const std::string theirs =
        add(kRows, {{"Duet_Contact__c", text(ada)}, {"Duet_To__c", text("Theirs")}});
    settle();
    EXPECT_EQ(rows_of(ada).size(), 3U);
    EXPECT_NE(world.crm().find_record({kRows, theirs}), nullptr);
    world.crm().remove({kRows, theirs});
    EXPECT_EQ(rows_of(ada), told({"Contact", ada}));
    world.crm().remove({kRows, any_row()});
    settle();
    EXPECT_EQ(rows_of(ada), told({"Contact", ada})) << "a row that somebody deleted is made again";
}

TEST_F(EventRowsCycle, ALostAnswerMakesNoSecondRow) {
    const std::string ada = contact("ada@example.com");
    settle();
    add_visit("ada@example.com", "2017-12-10T10:00");
    world.clock.pass(180s);
    bool is_next = true;
    SideWatch watch;
    watch.on_write = [&](const Write& write, const RecordId&) {
        if (write.id.object == kRows && is_next) is_next = false;
    };
    world.crm().watch(watch);
    for (int i = 0; i < 4 && is_next; ++i) {
        world.crm().loses_next_answer();
        world.run_cycle();
        world.clock.pass(60s);
    }
    world.crm().watch({});
    EXPECT_FALSE(is_next);
    settle();
    EXPECT_EQ(rows_of(ada), told({"Contact", ada}));
    EXPECT_EQ(world.crm().creates(kRows), 2);
}

TEST_F(EventRowsCycle, WhereADeleteIsHeldTheRowsInItsPlaceWait) {
    const std::string ada = contact("ada@example.com");
    settle();
    add_deal(ada, "2017-12-15T10:00", "2017-12-20T12:00", true);
    settle();
    const auto before = rows_of(ada);
    world.settings.brake["delete"] = {0, 0};
    add_visit("ada@example.com", "2017-12-10T10:00");
    world.clock.pass(180s);
    for (int i = 0; i < 3; ++i) world.run_cycle();
    EXPECT_EQ(rows_of(ada), before);
    world.settings.brake["delete"] = {100, 1};
    settle();
    EXPECT_EQ(rows_of(ada), told({"Contact", ada}));
}

TEST_F(EventRowsCycle, AnUndoLeavesThem) {
    const std::string ada = contact("ada@example.com");
    settle();
    sync::UndoSelection selection;
    selection.since = Instant{};
    selection.entities = {world.entity_of(Side::Crm, {"Contact", ada}).id};
    const auto plan = sync::plan_undo(world.org(), selection, {});
    ASSERT_TRUE(plan);
    for (const auto& write : plan->writes) EXPECT_NE(write.in_flight.write.id.object, kRows);
    EXPECT_TRUE(std::any_of(plan->kept.begin(), plan->kept.end(), [](const auto& kept) {
        return kept.why.find("follow from the lifecycle") != std::string::npos;
    }));
}

class CappedEventRows : public EventRowsCycle {
protected:
    CappedEventRows() : EventRowsCycle(options_of(", cap_per_cycle: 2")) {}
};

TEST_F(CappedEventRows, OneCycleMakesNoMoreThanTheDocumentSays) {
    for (const char* name : {"a", "b", "c", "d", "e"}) contact(std::string(name) + "@example.com");
    world.clock.pass(180s);
    std::size_t before = 0;
    for (int i = 0; i < 12; ++i) {
        world.run_cycle();
        const std::size_t now = world.crm().records(kRows).size();
        EXPECT_LE(now - before, 2U);
        before = now;
        world.clock.pass(60s);
    }
    EXPECT_EQ(before, 5U);
}

}  // namespace
}  // namespace duet::world
