#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

using WriteStore = StoreTest;

InFlight update_of(EntityId entity) {
    InFlight flight;
    flight.cycle = 3;
    flight.entity = entity;
    flight.side = Side::Marketing;
    flight.write.kind = WriteKind::Create;
    flight.write.id = {"prospect", ""};
    flight.write.fields.set("email", text("a@example.com"));
    flight.write.fields.set("phone", Blank{});
    flight.write.key_field = "email";
    flight.write.key_value = "a@example.com";
    flight.before.set("phone", text("1555"));
    flight.reasons = R"({"phone":{"rule":"people.yaml:3"}})";
    flight.sent_at = at(100);
    return flight;
}

TEST_F(WriteStore, WritesInFlightComeBackWithIdsInOrder) {
    std::vector<InFlight> writes{update_of(1), update_of(2), update_of(1)};
    good(store().add_in_flight("acme", writes));
    EXPECT_EQ(writes[0].id, 1);
    EXPECT_EQ(writes[2].id, 3);

    const auto found = good(store().in_flight("acme"));
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].id, 1);
    EXPECT_EQ(found[0].cycle, 3);
    EXPECT_EQ(found[0].entity, 1);
    EXPECT_EQ(found[0].side, Side::Marketing);
    EXPECT_EQ(found[0].write.kind, WriteKind::Create);
    EXPECT_EQ(found[0].write.id, writes[0].write.id);
    EXPECT_EQ(found[0].write.fields, writes[0].write.fields);
    EXPECT_EQ(found[0].write.key_field, "email");
    EXPECT_EQ(found[0].write.key_value, "a@example.com");
    EXPECT_EQ(found[0].before, writes[0].before);
    EXPECT_EQ(found[0].reasons, writes[0].reasons);
    EXPECT_EQ(found[0].sent_at, at(100));
    EXPECT_FALSE(found[0].in_doubt);
    EXPECT_EQ(good(store().in_flight_of("acme", 1)).size(), 2U);
    EXPECT_TRUE(good(store().in_flight("globex")).empty());
}

TEST_F(WriteStore, AfterAStartEveryWriteStillInFlightIsInDoubt) {
    std::vector<InFlight> writes{update_of(1), update_of(2)};
    std::vector<InFlight> others{update_of(1)};
    good(store().add_in_flight("acme", writes));
    good(store().add_in_flight("globex", others));
    good(store().remove_in_flight("acme", writes[0].id));
    EXPECT_EQ(good(store().doubt_all("acme")), 1);
    EXPECT_TRUE(good(store().in_flight("acme"))[0].in_doubt);
    EXPECT_FALSE(good(store().in_flight("globex"))[0].in_doubt);
}

TEST_F(WriteStore, ALookUpOfAWriteInDoubtIsRemembered) {
    std::vector<InFlight> writes{update_of(1)};
    good(store().add_in_flight("acme", writes));
    writes[0].in_doubt = true;
    writes[0].lookups = 2;
    writes[0].look_after = at(160);
    good(store().update_in_flight("acme", writes[0]));
    const auto found = good(store().in_flight("acme"));
    EXPECT_TRUE(found[0].in_doubt);
    EXPECT_EQ(found[0].lookups, 2);
    EXPECT_EQ(found[0].look_after, at(160));
    EXPECT_EQ(bad(store().update_in_flight("globex", writes[0])).code, "DUET-4009");
}

TEST_F(WriteStore, TheAuditTellsAnEntitysStoryNewestFirstAndACyclesOldestFirst) {
    for (int i = 1; i <= 3; ++i) {
        AuditRow row;
        row.cycle = i == 3 ? 2 : 1;
        row.at = at(i);
        row.entity = 5;
        row.side = Side::Crm;
        row.kind = WriteKind::Update;
        row.record = {"Contact", "003A"};
        row.field = "Phone";
        row.before = text("old");
        row.after = i == 3 ? Value{} : text("new " + std::to_string(i));
        row.rule = "people.yaml:3";
        row.cause = "pardot changed it";
        row.documents = "d1";
        good(store().add_audit("acme", row));
    }
    const auto story = good(store().audit_of("acme", 5, 2));
    ASSERT_EQ(story.size(), 2U);
    EXPECT_EQ(story[0].id, 3);
    EXPECT_EQ(story[0].cycle, 2);
    EXPECT_TRUE(is_blank(story[0].after));
    EXPECT_EQ(story[1].after, text("new 2"));
    EXPECT_EQ(story[1].at, at(2));
    EXPECT_EQ(story[1].entity, 5);
    EXPECT_EQ(story[1].kind, WriteKind::Update);
    EXPECT_EQ(story[1].record, (RecordId{"Contact", "003A"}));
    EXPECT_EQ(story[1].field, "Phone");
    EXPECT_EQ(story[1].before, text("old"));
    EXPECT_EQ(story[1].rule, "people.yaml:3");
    EXPECT_EQ(story[1].cause, "pardot changed it");
    EXPECT_EQ(story[1].documents, "d1");
    const auto cycle = good(store().audit_of_cycle("acme", 1, 10));
    ASSERT_EQ(cycle.size(), 2U);
    EXPECT_EQ(cycle[0].id, 1);
    EXPECT_TRUE(good(store().audit_of("globex", 5, 10)).empty());
}

TEST_F(WriteStore, AQuarantineRowIsOnePerWriteAndComesDueOnTime) {
    Quarantined row;
    row.entity = 5;
    row.side = Side::Marketing;
    row.slot = "update prospect 9";
    row.record = {"prospect", "9"};
    row.code = "DUET-5001";
    row.remote_code = "61";
    row.message = "Invalid address.";
    row.fingerprint = "f1";
    row.first_at = at(1);
    row.last_at = at(2);
    row.attempts = 1;
    row.retry_at = at(100);
    good(store().put_quarantine("acme", row));
    row.attempts = 2;
    row.retry_at = at(200);
    good(store().put_quarantine("acme", row));
    row.side = Side::Crm;
    good(store().put_quarantine("acme", row));

    const auto of = good(store().quarantine_of("acme", 5));
    ASSERT_EQ(of.size(), 2U);
    EXPECT_EQ(of[1].side, Side::Marketing);
    EXPECT_EQ(of[1].record, (RecordId{"prospect", "9"}));
    EXPECT_EQ(of[1].code, "DUET-5001");
    EXPECT_EQ(of[1].remote_code, "61");
    EXPECT_EQ(of[1].message, "Invalid address.");
    EXPECT_EQ(of[1].fingerprint, "f1");
    EXPECT_EQ(of[1].first_at, at(1));
    EXPECT_EQ(of[1].last_at, at(2));
    EXPECT_EQ(of[1].attempts, 2);
    EXPECT_EQ(of[1].retry_at, at(200));
    EXPECT_EQ(good(store().quarantine("acme", 1)).size(), 1U);
    EXPECT_TRUE(good(store().quarantine_due("acme", at(199), 9)).empty());
    EXPECT_EQ(good(store().quarantine_due("acme", at(200), 9)), std::vector<EntityId>{5});
    EXPECT_TRUE(good(store().quarantine_due("globex", at(200), 9)).empty());
    good(store().remove_quarantine("acme", 5, Side::Crm, "update prospect 9"));
    EXPECT_EQ(good(store().quarantine_of("acme", 5)).size(), 1U);
}

TEST_F(WriteStore, ACauseHoldsBackItsRowsLetsFewOfThemTryAndFreesAllButThoseDropped) {
    Cause cause;
    cause.name = "pardot/prospect/154/phone";
    cause.side = Side::Marketing;
    cause.object = "prospect";
    cause.remote_code = "154";
    cause.field = "phone";
    cause.catalog = "c1";
    cause.documents = "d1";
    cause.failures = 3;
    cause.retry_at = at(300);
    good(store().put_cause("acme", cause));
    for (EntityId entity = 1; entity <= 5; ++entity) {
        Quarantined row;
        row.entity = entity;
        row.slot = "update";
        row.retry_at = at(100);
        row.cause = entity == 5 ? "" : cause.name;
        row.field = "phone";
        row.value_class = "a text";
        row.dropped_by = entity == 4 ? "bob" : "";
        good(store().put_quarantine("acme", row));
    }
    EXPECT_EQ(good(store().quarantine_due("acme", at(200), 9)), std::vector<EntityId>{5});
    EXPECT_EQ(good(store().quarantine_due("acme", at(300), 2)), (std::vector<EntityId>{1, 2, 5}));
    EXPECT_EQ(good(store().quarantine_by_cause("acme", cause.name, 9)).size(), 4U);
    EXPECT_EQ(good(store().quarantine_by_cause("acme", cause.name, 9))[3].dropped_by, "bob");
    const auto counts = good(store().quarantine_counts("acme"));
    EXPECT_EQ(counts.at(cause.name).waiting, 3);
    EXPECT_EQ(counts.at(cause.name).dropped, 1);
    const auto read = good(store().cause("acme", cause.name));
    EXPECT_EQ(read->failures, 3);
    EXPECT_EQ(read->side, Side::Marketing);
    EXPECT_EQ(read->catalog, "c1");
    EXPECT_EQ(read->retry_at, at(300));

    good(store().free_cause("acme", cause.name, at(50)));
    EXPECT_FALSE(good(store().cause("acme", cause.name)));
    EXPECT_EQ(good(store().quarantine_due("acme", at(50), 9)), (std::vector<EntityId>{1, 2, 3}));
}

TEST_F(WriteStore, AHeldKindStaysUntilRemoved) {
    good(store().put_held("acme", {"delete", 120, 50, 3, at(7), false}));
    good(store().put_held("acme", {"delete", 121, 50, 4, at(7), true}));
    const auto held = good(store().held("acme"));
    ASSERT_EQ(held.size(), 1U);
    EXPECT_EQ(held[0].kind, "delete");
    EXPECT_EQ(held[0].count, 121);
    EXPECT_EQ(held[0].limit, 50);
    EXPECT_EQ(held[0].cycle, 4);
    EXPECT_EQ(held[0].since, at(7));
    EXPECT_TRUE(held[0].released);
    good(store().remove_held("globex", "delete"));
    EXPECT_EQ(good(store().held("acme")).size(), 1U);
    good(store().remove_held("acme", "delete"));
    EXPECT_TRUE(good(store().held("acme")).empty());
}

TEST_F(WriteStore, CyclesAreNumberedPerOrgAndListedNewestFirst) {
    EXPECT_EQ(good(store().start_cycle("acme", at(1), "interval")), 1);
    EXPECT_EQ(good(store().start_cycle("acme", at(2), "sync")), 2);
    EXPECT_EQ(good(store().start_cycle("globex", at(3), "demo")), 1);
    CycleRow row;
    row.id = 2;
    row.started = at(2);
    row.ended = at(9);
    row.trigger = "sync";
    row.pulled = 28;
    row.repeats = 1;
    row.echoes = 2;
    row.unchanged = 3;
    row.planned = 4;
    row.filtered = 5;
    row.quarantined = 6;
    row.waiting = 7;
    row.written = 8;
    row.error = "stopped";
    good(store().save_cycle("acme", row));
    const auto cycles = good(store().cycles("acme", 10));
    ASSERT_EQ(cycles.size(), 2U);
    EXPECT_EQ(cycles[0].id, 2);
    EXPECT_EQ(cycles[0].started, at(2));
    EXPECT_EQ(cycles[0].ended, at(9));
    EXPECT_EQ(cycles[0].trigger, "sync");
    EXPECT_EQ(cycles[0].pulled, 28);
    EXPECT_EQ(cycles[0].repeats, 1);
    EXPECT_EQ(cycles[0].echoes, 2);
    EXPECT_EQ(cycles[0].unchanged, 3);
    EXPECT_EQ(cycles[0].planned, 4);
    EXPECT_EQ(cycles[0].filtered, 5);
    EXPECT_EQ(cycles[0].quarantined, 6);
    EXPECT_EQ(cycles[0].waiting, 7);
    EXPECT_EQ(cycles[0].written, 8);
    EXPECT_EQ(cycles[0].error, "stopped");
    EXPECT_EQ(cycles[1].ended, Instant{});
    EXPECT_EQ(good(store().cycles("acme", 1)).size(), 1U);
    row.id = 3;
    EXPECT_EQ(bad(store().save_cycle("acme", row)).code, "DUET-4009");
}

}  // namespace
}  // namespace duet::store
