#include <fstream>
#include <iterator>

#include "tests/daemon/store/store_fixture.h"

namespace duet::store {
namespace {

const std::vector<std::string> kAnn{"key:ann@example.com", "id:0:Contact:003A"};

class TombstonesTest : public testing::Test {
protected:
    TombstonesTest() { open(); }
    void open() {
        store.reset();
        store = good(open_sqlite(folder.file()));
        good(store->open_org("acme"));
    }
    /// Everything that is on disk.
    [[nodiscard]] std::string bytes() const {
        std::string all;
        for (const char* suffix : {"", "-wal"}) {
            std::ifstream in(folder.file() + suffix, std::ios::binary);
            all.append(std::istreambuf_iterator<char>(in), {});
        }
        return all;
    }
    Folder folder;
    std::unique_ptr<Store> store;
};

TEST_F(TombstonesTest, TellWhoWasErasedAndNothingElse) {
    EXPECT_EQ(good(store->tombstones("acme")), 0);
    good(store->add_tombstones("acme", kAnn, 1));
    open();
    EXPECT_EQ(good(store->tombstones("acme")), 2);
    const std::vector<std::string> asked{"key:bob@example.com", kAnn[0]};
    EXPECT_EQ(good(store->are_erased("acme", asked)), (std::vector<char>{0, 1}));
    EXPECT_EQ(good(store->are_erased("globex", asked)), (std::vector<char>{0, 0}));
    EXPECT_EQ(bytes().find("ann@example"), std::string::npos);
}

TEST_F(TombstonesTest, OfTwoStoresHaveNothingInCommon) {
    good(store->add_tombstones("acme", kAnn, 1));
    const std::string mine = bytes();
    const Folder other_folder;
    const auto other = good(open_sqlite(other_folder.file()));
    good(other->open_org("acme"));
    good(other->add_tombstones("acme", kAnn, 1));
    // The key of a store is random: a digest of one says nothing in another.
    EXPECT_NE(good(store->fact("", "tombstone_key")), good(other->fact("", "tombstone_key")));
}

TEST_F(TombstonesTest, AreTakenBackTogether) {
    good(store->add_tombstones("acme", kAnn, 1));
    const std::vector<std::string> bob{"key:bob@example.com"};
    good(store->add_tombstones("acme", bob, 2));
    const std::vector<std::string> by_address{kAnn[0]};
    EXPECT_EQ(good(store->remove_tombstones("acme", by_address)), 1);
    EXPECT_EQ(good(store->are_erased("acme", kAnn)), (std::vector<char>{0, 0}));
    EXPECT_EQ(good(store->are_erased("acme", bob)), (std::vector<char>{1}));
}

TEST_F(TombstonesTest, ASweepAndAScrubLeaveNoByteOfThePerson) {
    constexpr const char* kAddress = "Marker.Ann@example.com";
    SeenRow row = contact("003AMARKERKEY000", kAddress);
    const EntityId entity = good(store->add_entity("acme", EntityKind::Person));
    for (int i = 0; i < 50; ++i) {
        row.record.fields.set("Phone", text(std::string(static_cast<std::size_t>(i) * 40, 'x')));
        good(store->put_seen("acme", row, kReferences, kKeys));
    }
    good(store->link("acme", entity, Side::Crm, row.record.id));
    AuditRow audit;
    audit.entity = entity;
    audit.record = row.record.id;
    audit.field = "Email";
    audit.after = text(kAddress);
    good(store->add_audit("acme", audit));
    audit.entity = entity + 100;  // of somebody merged into her long ago
    audit.record.key = "003B";
    good(store->add_audit("acme", audit));
    Quarantined aside;
    aside.entity = entity;
    aside.message = std::string(kAddress) + " is no address.";
    good(store->put_quarantine("acme", aside));
    good(store->set_ambiguous("acme", entity, "two share marker.ann@example.com"));
    good(store->mark_dirty("acme", entity, "test"));
    good(store->add_changed("acme", {0, Side::Crm, row.record.id, 1, {}}));
    ASSERT_NE(bytes().find("MARKERKEY"), std::string::npos);

    const std::vector<Link> records{{Side::Crm, row.record.id}};
    const std::vector<std::string> texts{kAddress};
    {
        auto transaction = good(store->begin());
        good(store->remove_seen("acme", Side::Crm, row.record.id));
        const auto removed = good(store->sweep("acme", entity, records, texts));
        EXPECT_EQ(removed.at("audit"), 2);
        EXPECT_EQ(removed.at("links"), 1);
        EXPECT_EQ(removed.at("quarantine"), 1);
        EXPECT_EQ(removed.at("changed"), 1);
        good(store->remove_entity("acme", entity));
        good(transaction.commit());
    }
    good(store->scrub());
    const std::string left = bytes();
    for (const char* marker : {"arker.", "MARKERKEY", "xxxx"})
        EXPECT_EQ(left.find(marker), std::string::npos) << marker;
    EXPECT_TRUE(good(store->with_key("acme", Side::Crm, "Contact", "Email", kAddress)).empty());
    EXPECT_TRUE(good(store->seen_counts("acme")).empty());
    EXPECT_TRUE(good(store->entity_states("acme", EntityKind::Person)).empty());
}

TEST_F(TombstonesTest, AReceiptIsKept) {
    EXPECT_EQ(good(store->add_erasure("acme", {0, at(9), "ada", {{"audit", 3}}})), 1);
    EXPECT_EQ(good(store->add_erasure("acme", {0, at(9), "ada", {}})), 2);
    const auto receipts = good(store->erasures("acme"));
    ASSERT_EQ(receipts.size(), 2U);
    EXPECT_EQ(receipts[0].removed.at("audit"), 3);
    EXPECT_EQ(receipts[0].by, "ada");
}

}  // namespace
}  // namespace duet::store
