#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

Edge hot() {
    Edge edge;
    edge.rule = "task hot";
    edge.version = "9f2c11d04ab7";
    edge.phase = "pending";
    edge.was_true = true;
    edge.target = "hot:003A:1";
    edge.before = "005B";
    edge.passed_at = at(1'514'764'800);
    return edge;
}

class EdgesTest : public testing::Test {
protected:
    EdgesTest() : store(good(open_sqlite(":memory:"))) {
        good(store->open_org("acme"));
        good(store->open_org("other"));
        entity = good(store->add_entity("acme", EntityKind::Person));
    }
    std::unique_ptr<Store> store;
    EntityId entity = 0;
};

TEST_F(EdgesTest, AreReadAsTheyWereSaved) {
    good(store->save_edge("acme", entity, hot()));
    auto edges = good(store->edges_of("acme", entity));
    ASSERT_EQ(edges.size(), 1u);
    EXPECT_EQ(edges[0].rule, "task hot");
    EXPECT_EQ(edges[0].version, "9f2c11d04ab7");
    EXPECT_EQ(edges[0].phase, "pending");
    EXPECT_TRUE(edges[0].was_true);
    EXPECT_EQ(edges[0].target, "hot:003A:1");
    EXPECT_EQ(edges[0].before, "005B");
    EXPECT_EQ(edges[0].passed_at, at(1'514'764'800));
    EXPECT_EQ(edges[0].closed_at, Instant{});
    Edge spent = hot();
    spent.phase = "spent";
    spent.closed_at = at(1'514'851'200);
    good(store->save_edge("acme", entity, spent));
    edges = good(store->edges_of("acme", entity));
    ASSERT_EQ(edges.size(), 1u);
    EXPECT_EQ(edges[0].phase, "spent");
    EXPECT_EQ(edges[0].closed_at, at(1'514'851'200));
}

TEST_F(EdgesTest, OfOneTargetAreFoundWhileTheyArePending) {
    good(store->save_edge("acme", entity, hot()));
    EXPECT_EQ(good(store->pending_for("acme", "hot:003A:1")), std::vector<EntityId>{entity});
    EXPECT_TRUE(good(store->pending_for("other", "hot:003A:1")).empty());
    Edge spent = hot();
    spent.phase = "spent";
    good(store->save_edge("acme", entity, spent));
    EXPECT_TRUE(good(store->pending_for("acme", "hot:003A:1")).empty());
}

TEST_F(EdgesTest, GoToTheSurvivorWhereThatKnowsNothing) {
    const EntityId survivor = good(store->add_entity("acme", EntityKind::Person));
    Edge known = hot();
    known.phase = "armed";
    good(store->save_edge("acme", survivor, known));
    good(store->save_edge("acme", entity, hot()));
    Edge other = hot();
    other.rule = "routing leads";
    good(store->save_edge("acme", entity, other));
    good(store->move_edges("acme", entity, survivor));
    const auto edges = good(store->edges_of("acme", survivor));
    ASSERT_EQ(edges.size(), 2u);
    EXPECT_EQ(edges[0].rule, "routing leads");
    EXPECT_EQ(edges[1].phase, "armed");
}

TEST_F(EdgesTest, GoWithTheirEntityAndAreOfOneOrg) {
    good(store->save_edge("acme", entity, hot()));
    EXPECT_TRUE(good(store->edges_of("other", entity)).empty());
    good(store->remove_entity("acme", entity));
    EXPECT_TRUE(good(store->edges_of("acme", entity)).empty());
}

}  // namespace
}  // namespace duet::store
