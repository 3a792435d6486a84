#include "daemon/sync/identity.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "daemon/store/store.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::sync {
namespace {

using store::EntityId;
using store::SeenRow;

template <class T>
T good(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << result.error().code << ": " << result.error().message;
        throw std::runtime_error(result.error().message);
    }
    return *std::move(result);
}

constexpr const char* kContactA = "003000000000001AAA";
constexpr const char* kContactB = "003000000000002AAA";
constexpr const char* kContactC = "003000000000003AAA";
constexpr const char* kLead = "00Q000000000001AAA";

class IdentityTest : public testing::Test {
protected:
    explicit IdentityTest(const std::string& match = "[crm_id, email]")
        : documents_(document::load_good(
              {{"people.yaml", "entity: person\nmatch: " + match +
                                   "\nfields:\n  - salesforce: Email\n    pardot: email\n"}},
              &document::test_catalogs())),
          model_(documents_, document::test_catalogs()) {
        forget_everything();
    }

    void forget_everything() {
        identity_.reset();
        store_ = good(store::open_sqlite(":memory:"));
        good(store_->open_org("acme"));
        identity_.emplace(*store_, "acme", model_);
    }
    Identity& identity() { return *identity_; }

    static SeenRow row(Side side, const char* object, const std::string& key,
                       const std::string& email) {
        SeenRow made;
        made.side = side;
        made.record.id = {object, key};
        made.record.fields.set(side == Side::Crm ? "Email" : "email", text(email));
        return made;
    }
    static SeenRow contact(const std::string& key, const std::string& email) {
        return row(Side::Crm, "Contact", key, email);
    }
    static SeenRow lead(const std::string& key, const std::string& email) {
        return row(Side::Crm, "Lead", key, email);
    }
    static SeenRow prospect(const std::string& key, const std::string& email,
                            const std::string& contact_id = "") {
        SeenRow made = row(Side::Marketing, "prospect", key, email);
        made.record.fields.set("salesforceContactId", text(contact_id));
        return made;
    }
    static SeenRow gone_into(SeenRow lost, const char* object, const char* survivor) {
        lost.survivor = {object, survivor};
        return lost;
    }

    void put(const SeenRow& seen) {
        const ObjectModel* object = model_.find(seen.side, seen.record.id.object);
        if (object != nullptr) {
            good(store_->put_seen("acme", seen, object->references, object->keys));
        }
    }
    /// Stores the row as a page would, and settles it: its entity, 0 for none.
    EntityId see(const SeenRow& seen) {
        put(seen);
        return good(identity_->settle(seen.side, seen.record.id)).value_or(0);
    }
    void link(EntityId entity, const SeenRow& seen) {
        good(store_->link("acme", entity, seen.side, seen.record.id));
    }
    /// How many records were asked, a hundred at most.
    int settle_until_nobody_asks() {
        int asked = 0;
        std::int64_t after = 0;
        while (asked < 100) {
            const auto rows = good(store_->changed("acme", after, 1));
            if (rows.empty()) break;
            after = rows.front().sequence;
            good(identity_->settle(rows.front().side, rows.front().id));
            ++asked;
        }
        return asked;
    }
    EntityId entity_of(const SeenRow& seen) {
        return good(store_->entity_of("acme", seen.side, seen.record.id)).value_or(0);
    }
    store::Entity entity(EntityId id) { return good(store_->entity("acme", id)).value(); }
    bool exists(EntityId id) { return good(store_->entity("acme", id)).has_value(); }
    void agree(EntityId id, const char* phone) {
        store::Entity changed = entity(id);
        changed.agreed["phone"] = {text(phone), text(phone)};
        changed.stage = "MQL";
        good(store_->save_entity("acme", changed));
    }
    std::string agreed_phone(EntityId id) {
        const auto agreed = entity(id).agreed;
        const auto found = agreed.find("phone");
        return found == agreed.end() ? "" : display(found->second.crm);
    }

private:
    document::Documents documents_;
    Model model_;
    std::unique_ptr<store::Store> store_;
    std::optional<Identity> identity_;
};

TEST_F(IdentityTest, TheIdThatAProspectHoldsMakesThemOneWhicheverComesFirst) {
    const EntityId first = see(contact(kContactA, "ada@example.com"));
    EXPECT_NE(first, 0);
    EXPECT_EQ(see(prospect("1", "other@example.com", kContactA)), first);

    const EntityId second = see(prospect("2", "eve@example.com", kContactB));
    EXPECT_NE(second, first);
    EXPECT_EQ(see(contact(kContactB, "")), second);
}

TEST_F(IdentityTest, AnIdOfFifteenCharactersIsTheSameId) {
    const std::string short_id = std::string(kContactA).substr(0, 15);
    const EntityId first = see(contact(kContactA, ""));
    EXPECT_EQ(see(prospect("1", "", short_id)), first);

    const EntityId second = see(prospect("2", "", std::string(kContactB).substr(0, 15)));
    EXPECT_EQ(see(contact(kContactB, "")), second);
}

TEST_F(IdentityTest, TheIdGoesBeforeTheAddress) {
    const EntityId by_address = see(contact(kContactA, "ada@example.com"));
    const EntityId by_id = see(contact(kContactB, "eve@example.com"));
    EXPECT_EQ(see(prospect("1", "ada@example.com", kContactB)), by_id);
    EXPECT_NE(by_id, by_address);
}

TEST_F(IdentityTest, AnAddressMatchesWithoutCaseAndOuterSpace) {
    const EntityId one = see(contact(kContactA, "Ada@Example.com"));
    EXPECT_EQ(see(prospect("1", " ada@example.COM ")), one);
}

TEST_F(IdentityTest, NoAddressMatchesNobody) {
    const EntityId one = see(contact(kContactA, ""));
    EXPECT_NE(see(prospect("1", "")), one);
}

TEST_F(IdentityTest, AContactIsPreferredToALeadWithTheSameAddress) {
    const EntityId of_lead = see(lead(kLead, "ada@example.com"));
    const EntityId of_contact = see(contact(kContactA, "ada@example.com"));
    EXPECT_NE(of_lead, of_contact);
    EXPECT_EQ(see(prospect("1", "ada@example.com")), of_contact);
    // The lead, looked at again, does not take the prospect away.
    EXPECT_EQ(see(lead(kLead, "ada@example.com")), of_lead);
    EXPECT_EQ(entity_of(prospect("1", "")), of_contact);
}

TEST_F(IdentityTest, TwoContactsWithOneAddressWaitUntilOneIsGone) {
    const EntityId a = see(contact(kContactA, "ada@example.com"));
    const EntityId b = see(contact(kContactB, "ada@example.com"));
    const EntityId alone = see(prospect("1", "ada@example.com"));
    EXPECT_NE(alone, a);
    EXPECT_NE(alone, b);
    EXPECT_EQ(entity(alone).ambiguous, "2 records of salesforce match it");
    EXPECT_EQ(entity(b).ambiguous, "2 records of salesforce share its Email");

    SeenRow deleted = contact(kContactB, "ada@example.com");
    deleted.deleted = true;
    see(deleted);
    const EntityId joined = see(prospect("1", "ada@example.com"));
    EXPECT_EQ(entity_of(contact(kContactA, "")), joined);
    EXPECT_EQ(entity(joined).ambiguous, "");
}

TEST_F(IdentityTest, TwoProspectsWithOneAddressWait) {
    see(prospect("1", "ada@example.com"));
    const EntityId second = see(prospect("2", "ada@example.com"));
    EXPECT_EQ(entity(second).ambiguous, "2 records of pardot share its email");
    const EntityId alone = see(contact(kContactA, "ada@example.com"));
    EXPECT_EQ(entity(alone).ambiguous, "2 records of pardot match it");
    EXPECT_EQ(entity_of(prospect("1", "")) == alone || entity_of(prospect("2", "")) == alone,
              false);
}

TEST_F(IdentityTest, WhatStoodAloneIsMatchedOnceItsAddressIsMended) {
    const EntityId one = see(contact(kContactA, "ada@example.com"));
    const EntityId lonely = see(prospect("1", "typo@example.com"));
    EXPECT_NE(lonely, one);
    const EntityId joined = see(prospect("1", "ada@example.com"));
    EXPECT_EQ(entity_of(contact(kContactA, "")), joined);
    EXPECT_EQ(entity_of(prospect("1", "")), joined);
    EXPECT_NE(exists(one), exists(lonely));  // the emptied one is gone
}

TEST_F(IdentityTest, AMatchIsKeptWhenItsAddressChanges) {
    const EntityId one = see(contact(kContactA, "ada@example.com"));
    see(prospect("1", "ada@example.com"));
    const EntityId other = see(contact(kContactB, "new@example.com"));
    EXPECT_EQ(see(prospect("1", "new@example.com")), one);
    EXPECT_NE(other, one);
}

TEST_F(IdentityTest, AConvertedLeadHandsItsPartnerToTheContact) {
    const EntityId one = see(lead(kLead, "ada@example.com"));
    see(prospect("1", "ada@example.com"));
    agree(one, "7");
    const EntityId of_contact = see(contact(kContactA, "ada@example.com"));
    EXPECT_NE(of_contact, one);
    const EntityId now = see(gone_into(lead(kLead, "ada@example.com"), "Contact", kContactA));
    EXPECT_EQ(now, of_contact);
    EXPECT_EQ(entity_of(prospect("1", "")), now);
    EXPECT_EQ(agreed_phone(now), "7");
    EXPECT_EQ(entity(now).stage, "MQL");
    EXPECT_FALSE(exists(one));
}

TEST_F(IdentityTest, AConversionSeenBeforeItsContactKeepsTheEntity) {
    const EntityId one = see(lead(kLead, "ada@example.com"));
    see(prospect("1", "ada@example.com"));
    agree(one, "7");
    EXPECT_EQ(see(gone_into(lead(kLead, "ada@example.com"), "Contact", kContactA)), one);
    EXPECT_EQ(see(contact(kContactA, "ada@example.com")), one);
    EXPECT_EQ(agreed_phone(one), "7");
}

TEST_F(IdentityTest, AMergedRecordHandsItsPartnerToTheSurvivor) {
    const EntityId lost = see(contact(kContactA, "ada@example.com"));
    see(prospect("1", "ada@example.com"));
    agree(lost, "7");
    const EntityId kept = see(contact(kContactB, "countess@example.com"));
    EXPECT_EQ(see(gone_into(contact(kContactA, "ada@example.com"), "Contact", kContactB)), kept);
    EXPECT_EQ(entity_of(prospect("1", "")), kept);
    EXPECT_EQ(agreed_phone(kept), "7");
}

TEST_F(IdentityTest, ASurvivorThatHasAPartnerKeepsItAndWhatItAgreed) {
    const EntityId lost = see(contact(kContactA, "ada@example.com"));
    see(prospect("1", "ada@example.com"));
    agree(lost, "7");
    const EntityId kept = see(contact(kContactB, "eve@example.com"));
    see(prospect("2", "eve@example.com"));
    EXPECT_EQ(see(gone_into(contact(kContactA, "ada@example.com"), "Contact", kContactB)), kept);
    EXPECT_EQ(entity_of(prospect("2", "")), kept);
    EXPECT_EQ(entity_of(prospect("1", "")), lost);
    // What the other pair agreed on says nothing about this one.
    EXPECT_EQ(agreed_phone(kept), "");
    EXPECT_EQ(agreed_phone(lost), "7");
}

TEST_F(IdentityTest, ARecordThatWasNeverKnownAliveHasNoEntity) {
    SeenRow deleted = contact(kContactA, "ada@example.com");
    deleted.deleted = true;
    EXPECT_EQ(see(deleted), 0);
    EXPECT_NE(see(prospect("1", "ada@example.com")), 0);
}

TEST_F(IdentityTest, AnObjectThatNoDocumentDescribesHasNoEntity) {
    EXPECT_EQ(see(row(Side::Crm, "Account", "001", "")), 0);
}

TEST_F(IdentityTest, SettlingAgainChangesNothing) {
    const EntityId one = see(contact(kContactA, "ada@example.com"));
    EXPECT_EQ(see(prospect("1", "ada@example.com")), one);
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(see(contact(kContactA, "ada@example.com")), one);
        EXPECT_EQ(see(prospect("1", "ada@example.com")), one);
    }
}

TEST_F(IdentityTest, AStrongerRuleIsHeardWhoeverIsAskedFirst) {
    const SeenRow by_address = prospect("1", "ada@acme.example");
    const SeenRow by_id = prospect("2", "old@acme.example", kContactA);
    const SeenRow ada = contact(kContactA, "ada@acme.example");
    std::vector<const SeenRow*> asked{&by_address, &by_id, &ada};
    std::sort(asked.begin(), asked.end());
    do {
        forget_everything();
        for (const SeenRow* row : asked) put(*row);
        for (const SeenRow* row : asked) good(identity().settle(row->side, row->record.id));
        EXPECT_NE(entity_of(ada), 0);
        EXPECT_EQ(entity_of(ada), entity_of(by_id));
        EXPECT_NE(entity_of(ada), entity_of(by_address));
    } while (std::next_permutation(asked.begin(), asked.end()));
}

/// Customers have a number, which the sides keep under different names.
class NumberedPeople : public IdentityTest {
protected:
    explicit NumberedPeople(const std::string& match =
                                "[{ external_id: { salesforce: Title, pardot: source } }, email]")
        : IdentityTest(match) {}
    static SeenRow numbered(SeenRow row, const std::string& number) {
        row.record.fields.set(row.side == Side::Crm ? "Title" : "source", text(number));
        return row;
    }
};

TEST_F(NumberedPeople, AreOneByTheNumberWhicheverComesFirst) {
    const EntityId first = see(numbered(contact(kContactA, "ada@example.com"), "C-1"));
    EXPECT_EQ(see(numbered(prospect("1", "other@example.com"), "C-1")), first);
    const EntityId second = see(numbered(prospect("2", "eve@example.com"), "C-2"));
    EXPECT_NE(second, first);
    EXPECT_EQ(see(numbered(contact(kContactB, "countess@example.com"), "C-2")), second);
}

TEST_F(NumberedPeople, GoByTheNumberBeforeTheAddress) {
    const EntityId by_address = see(numbered(contact(kContactA, "ada@example.com"), "C-1"));
    const EntityId by_number = see(numbered(contact(kContactB, "eve@example.com"), "C-2"));
    EXPECT_EQ(see(numbered(prospect("1", "ada@example.com"), "C-2")), by_number);
    EXPECT_NE(by_number, by_address);
    // Without a number the address decides.
    const EntityId third = see(contact(kContactC, "bea@example.com"));
    EXPECT_EQ(see(prospect("2", "bea@example.com")), third);
}

TEST_F(NumberedPeople, WithOneNumberTwiceWait) {
    see(numbered(contact(kContactA, "ada@example.com"), "C-1"));
    see(numbered(contact(kContactB, "eve@example.com"), "C-1"));
    const EntityId alone = see(numbered(prospect("1", "ada@example.com"), "C-1"));
    EXPECT_EQ(entity(alone).ambiguous, "2 records of salesforce match it");
}

class PeopleByAddressFirst : public IdentityTest {
protected:
    PeopleByAddressFirst() : IdentityTest("[email, crm_id]") {}
};

TEST_F(PeopleByAddressFirst, AreOneByTheAddressAndThenByTheId) {
    const EntityId by_address = see(contact(kContactA, "ada@example.com"));
    const EntityId other = see(contact(kContactB, "eve@example.com"));
    EXPECT_EQ(see(prospect("1", "ada@example.com", kContactB)), by_address);
    EXPECT_NE(other, by_address);
    const EntityId by_id = see(contact(kContactC, "bea@example.com"));
    EXPECT_EQ(see(prospect("2", "nobody@example.com", kContactC)), by_id);
}

TEST_F(IdentityTest, MergedRecordsOfBothSidesDoNotAskForEachOtherForever) {
    const EntityId one = see(contact(kContactA, "ada@example.com"));
    see(prospect("1", "ada@example.com"));
    const EntityId survivors = see(contact(kContactB, "eve@example.com"));
    see(prospect("2", "eve@example.com"));
    const SeenRow gone_lead = gone_into(lead(kLead, ""), "Contact", kContactB);
    const SeenRow gone_prospect = gone_into(prospect("3", ""), "prospect", "2");
    for (const SeenRow* gone : {&gone_lead, &gone_prospect}) {
        put(*gone);
        link(one, *gone);
    }
    see(gone_lead);
    EXPECT_LT(settle_until_nobody_asks(), 20);
    EXPECT_EQ(entity_of(gone_lead), survivors);
    EXPECT_EQ(entity_of(contact(kContactA, "")), one);
    EXPECT_EQ(entity_of(prospect("1", "")), one);
}

}  // namespace
}  // namespace duet::sync
