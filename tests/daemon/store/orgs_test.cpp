#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

using TwoOrgs = StoreTest;

/// Fills every table for one org; equal ids and numbers in every org, other values.
void fill(Store& store, const std::string& org) {
    good(store.set_fact(org, "documents_version", org));
    good(store.set_object_state(org, Side::Crm, "Contact", {Cursor{org}, true, {}, at(1)}));
    good(store.put_seen(org, contact("003A", org + "@example.com", "001A"), kReferences, kKeys));
    ChangedRow changed;
    changed.id = {"Contact", "003A"};
    changed.old_references = {{"AccountId", org}};
    good(store.add_changed(org, changed));
    Entity entity;
    entity.id = good(store.add_entity(org, EntityKind::Person));
    entity.kind = EntityKind::Person;
    entity.stage = org;
    entity.state = org;
    entity.timer = at(100);
    good(store.save_entity(org, entity));
    good(store.link(org, entity.id, Side::Crm, {"Contact", "003A"}));
    good(store.mark_dirty(org, entity.id, "edited"));
    std::vector<InFlight> flights(1);
    flights[0].entity = entity.id;
    flights[0].reasons = org;
    good(store.add_in_flight(org, flights));
    AuditRow audit;
    audit.entity = entity.id;
    audit.cycle = 1;
    audit.cause = org;
    good(store.add_audit(org, audit));
    Quarantined aside;
    aside.entity = entity.id;
    aside.message = org;
    good(store.put_quarantine(org, aside));
    Cause cause;
    cause.name = "shared";
    cause.message = org;
    good(store.put_cause(org, cause));
    good(store.set_comparison(org, Side::Crm, "Contact",
                              {1, ComparePhase::Read, org, at(1), 1, 1, 1, at(1)}));
    good(store.put_held(org, {"delete", 1, 1, 1, at(1), false}));
    good(store.start_cycle(org, at(1), org));
}

/// What an org holds, as text: all that its own fill() put there, once.
void expect_only(Store& store, const std::string& org) {
    SCOPED_TRACE(org);
    EXPECT_EQ(good(store.fact(org, "documents_version")), org);
    EXPECT_EQ(good(store.object_state(org, Side::Crm, "Contact")).cursor.text, org);
    EXPECT_EQ(good(store.seen(org, Side::Crm, {"Contact", "003A"}))->record.fields.get("Email"),
              text(org + "@example.com"));
    EXPECT_EQ(good(store.referring(org, Side::Crm, "Contact", "AccountId", "001A")).size(), 1U);
    for (const std::string other : {"acme", "globex"}) {
        EXPECT_EQ(
            good(store.with_key(org, Side::Crm, "Contact", "Email", other + "@example.com")).size(),
            other == org ? 1U : 0U);
    }
    int visits = 0;
    good(store.each_seen(org, Side::Crm, "Contact", [&](const SeenRow&) { return ++visits > 0; }));
    EXPECT_EQ(visits, 1);
    EXPECT_EQ(good(store.seen_counts(org)).at({Side::Crm, "Contact"}), 1);
    const auto changed = good(store.changed(org, 0, 9));
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed[0].old_references[0].second, org);
    EXPECT_EQ(good(store.entity(org, 1))->stage, org);
    EXPECT_EQ(good(store.links(org, 1)).size(), 1U);
    EXPECT_EQ(good(store.entity_of(org, Side::Crm, {"Contact", "003A"})), 1);
    EXPECT_EQ(good(store.entity_states(org, EntityKind::Person)),
              (std::map<std::string, std::int64_t>{{org, 1}}));
    EXPECT_EQ(good(store.stage_counts(org)), (std::map<std::string, std::int64_t>{{org, 1}}));
    EXPECT_EQ(good(store.dirty(org, 0, 9)), std::vector<EntityId>{1});
    ASSERT_EQ(good(store.in_flight(org)).size(), 1U);
    EXPECT_EQ(good(store.in_flight_of(org, 1))[0].reasons, org);
    ASSERT_EQ(good(store.audit_of(org, 1, 9)).size(), 1U);
    EXPECT_EQ(good(store.audit_of_cycle(org, 1, 9))[0].cause, org);
    ASSERT_EQ(good(store.quarantine(org, 9)).size(), 1U);
    EXPECT_EQ(good(store.quarantine_of(org, 1))[0].message, org);
    EXPECT_EQ(good(store.quarantine_due(org, at(1), 9)), std::vector<EntityId>{1});
    ASSERT_EQ(good(store.causes(org)).size(), 1U);
    EXPECT_EQ(good(store.cause(org, "shared"))->message, org);
    EXPECT_EQ(good(store.quarantine_counts(org)).at("").waiting, 1);
    EXPECT_EQ(good(store.comparison(org, Side::Crm, "Contact")).cursor, org);
    EXPECT_EQ(good(store.untold(org, Side::Crm, "Contact", 1, "", 9)).keys.size(), 1U);
    EXPECT_EQ(good(store.held(org)).size(), 1U);
    ASSERT_EQ(good(store.cycles(org, 9)).size(), 1U);
    EXPECT_EQ(good(store.cycles(org, 9))[0].trigger, org);
}

TEST_F(TwoOrgs, WithEqualIdsNeverSeeEachOther) {
    fill(store(), "acme");
    fill(store(), "globex");
    expect_only(store(), "acme");
    expect_only(store(), "globex");
}

TEST_F(TwoOrgs, WhatOneRemovesTheOtherKeeps) {
    fill(store(), "acme");
    fill(store(), "globex");
    const std::string org = "acme";
    good(store().remove_changed(org, 99));
    good(store().clear_dirty(org, 1));
    good(store().unlink(org, Side::Crm, {"Contact", "003A"}));
    good(store().remove_in_flight(org, 1));
    good(store().remove_quarantine(org, 1, Side::Crm, ""));
    good(store().remove_held(org, "delete"));
    good(store().fire_timers(org, at(100)));
    good(store().remove_entity(org, 1));
    good(store().mark_all_dirty(org, "documents"));
    good(store().doubt_all(org));
    good(store().put_seen(org, contact("003A", ""), {}, {}));
    good(store().set_fact(org, "documents_version", "x"));
    good(store().set_mode(org, Mode::Apply));
    expect_only(store(), "globex");
    EXPECT_EQ(good(store().mode("globex")), Mode::Observe);
    EXPECT_EQ(good(store().entity("globex", 1))->timer, at(100));
    EXPECT_FALSE(good(store().in_flight("globex"))[0].in_doubt);
}

}  // namespace
}  // namespace duet::store
