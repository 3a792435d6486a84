// Before a create that would write over whoever holds its key, the side is asked who does.
#include "daemon/sync/holders.h"

#include <algorithm>

#include "daemon/sync/erase.h"
#include "daemon/sync/settle_done.h"
#include "daemon/sync/undo.h"
#include "tests/laws/laws.h"

namespace duet::world {
namespace {

/// A marketing system that makes prospects as Pardot's upsertLatestByEmail does, and one person of
/// the CRM whom it does not know.
class UpsertWorld : public testing::Test {
protected:
    explicit UpsertWorld(std::chrono::seconds lag = 0s) : world(options(lag)) {
        world.run_until_quiet();
        world.clock.pass(2min);
        bob = {"Contact", world.add_contact(kBob, "Doe")};
        world.crm().edit(bob, "FirstName", text("Bob"));
    }
    static WorldOptions options(std::chrono::seconds lag) {
        WorldOptions options;
        options.marketing_lag = lag;
        const std::string flag = "pardot: optedOut, consent: strictest";
        std::string& people = options.documents.front().text;
        people.replace(people.find(flag), flag.size(),
                       "pardot: [optedOut, { not: agrees__c }], consent: strictest");
        const std::string out = "salesforce: HasOptedOutOfEmail,";
        people.replace(people.find(out), out.size(),
                       "salesforce: [HasOptedOutOfEmail, { not: Agrees__c }],");
        options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
            for (const Side side : kSides) {
                for (ObjectInfo& object : catalogs[side].objects) {
                    FieldInfo agrees;
                    agrees.name = agrees.label = side == kCrm ? "Agrees__c" : "agrees__c";
                    agrees.type = FieldType::Boolean;
                    if (object.entity == EntityKind::Person) object.fields.push_back(agrees);
                }
            }
        };
        options.adjust = [](SideOptions&, SideOptions& marketing) {
            marketing.upserts = {{"prospect", "email"}};
        };
        return options;
    }
    /// Once prospects were read, and before anything is written.
    void meanwhile(std::function<void()> act) {
        world.org().on_progress = [this, act = std::move(act)](const sync::Progress& progress) {
            if (progress.object == "prospect" && progress.done && !std::exchange(acted_, true))
                act();
        };
    }
    RecordId form(const std::string& email = kBob) {
        const RecordId made{"prospect", world.add_prospect(email, "Doe")};
        world.marketing().edit(made, "firstName", text("Rob"));
        world.marketing().edit(made, "phone", text("5550100"));
        return made;
    }
    std::string doubt(Side side, const RecordId& id) {
        const auto entry = *world.store().review_of("acme", {side, id});
        return entry ? entry->doubt : "";
    }
    bool are_one(const RecordId& crm, const RecordId& marketing) {
        return world.entity_of(kCrm, crm).id == world.entity_of(kMarketing, marketing).id;
    }
    std::vector<store::AuditRow> audit() {
        return *world.store().audit_of("acme", world.entity_of(kCrm, bob).id, 100);
    }

    World world;
    RecordId bob;
    bool acted_ = false;
};

TEST_F(UpsertWorld, SomebodyMadeSinceTheLastPollIsMetAsAnyStranger) {
    RecordId made;
    meanwhile([&] { made = form(); });
    world.run_cycle();
    EXPECT_EQ(world.marketing().value(made, "firstName"), text("Rob")) << "nobody had met it";
    EXPECT_EQ(world.marketing().creates("prospect") + world.marketing().updates("prospect"), 0);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(bob, made));
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
    // Two values: the rule decides. A value beats a blank.
    EXPECT_EQ(world.marketing().value(made, "firstName"), text("Bob"));
    EXPECT_EQ(world.crm().value(bob, "Phone"), text("5550100"));
    const auto rows = audit();
    EXPECT_TRUE(std::none_of(rows.begin(), rows.end(), [](const store::AuditRow& row) {
        return row.kind == WriteKind::Create;
    }));
}

TEST_F(UpsertWorld, AnOptOutOfSomebodyMadeMeanwhileWins) {
    world.crm().edit(bob, "Agrees__c", Value{true});
    RecordId made;
    meanwhile([&] {
        made = form();
        world.marketing().edit(made, "agrees__c", Value{false});
    });
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().value(made, "agrees__c"), Value{false});
    EXPECT_EQ(world.crm().value(bob, "Agrees__c"), Value{false});
    EXPECT_EQ(world.crm().value(bob, "HasOptedOutOfEmail"), Value{true});
}

TEST_F(UpsertWorld, OfTwoWhoHoldTheAddressNeitherIsWrittenTo) {
    RecordId one, two;
    meanwhile([&] {
        one = form();
        two = form();
    });
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().writes().size(), 0U);
    EXPECT_EQ(doubt(kCrm, bob), "several");
    EXPECT_FALSE(are_one(bob, one));
    EXPECT_FALSE(are_one(bob, two));
}

TEST_F(UpsertWorld, NothingIsMadeWhileNobodyCanBeAsked) {
    meanwhile([&] { world.marketing().rejects_find(true); });
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_GT(report->sent.not_sent, 0);
    EXPECT_EQ(world.marketing().creates("prospect"), 0);
    EXPECT_NE(world.entity_of(kCrm, bob).reason.find("who holds its email could not be asked"),
              std::string::npos);
    world.marketing().rejects_find(false);
    world.run_until_quiet();
    EXPECT_EQ(world.marketing().creates("prospect"), 1);
}

TEST_F(UpsertWorld, SomebodyWhoWasErasedIsNotWrittenOverNorAskedForInEachCycle) {
    const RecordId gone{"Contact", world.add_contact("gone@example.com", "Doe")};
    world.run_until_quiet();
    const RecordId prospect = world.with_email(kMarketing, "gone@example.com");
    const store::EntityId entities[] = {world.entity_of(kCrm, gone).id};
    ASSERT_TRUE(sync::erase(world.org(), entities, "", "bob"));
    // The prospect that stays there takes the address of somebody whom Duet has yet to make.
    const RecordId eve{"Contact", world.add_contact("eve@example.com", "Doe")};
    meanwhile(
        [&] { world.marketing().edits_silently(prospect, "email", text("eve@example.com")); });
    const auto before = world.marketing().updates("prospect");
    world.run_cycle();
    EXPECT_EQ(world.marketing().updates("prospect"), before);
    const auto aside = *world.store().quarantine_of("acme", world.entity_of(kCrm, eve).id);
    ASSERT_EQ(aside.size(), 1U);
    EXPECT_NE(aside.front().message.find("that is not this one's"), std::string::npos);
}

/// Reads lag behind, so that who was made just now cannot be found.
class LaggingUpsertWorld : public UpsertWorld {
protected:
    LaggingUpsertWorld() : UpsertWorld(60s) {}

    /// The one row that tells of a record that was written over.
    std::vector<store::AuditRow> written_over() {
        auto rows = audit();
        std::erase_if(rows, [](const store::AuditRow& row) {
            return !row.field.empty() || row.cause.find(sync::kWasThere) == std::string::npos;
        });
        return rows;
    }
};

TEST_F(LaggingUpsertWorld, ARecordThatWasWrittenOverIsLookedAtAndToldInTheAudit) {
    RecordId made;
    meanwhile([&] { made = form(); });
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.in_doubt, 1) << "the vendor said that it made nobody";
    ASSERT_EQ(world.store().in_flight("acme")->size(), 1U);
    EXPECT_EQ(written_over().size(), 1U);
    world.run_until_quiet();
    EXPECT_TRUE(are_one(bob, made));
    EXPECT_EQ(world.marketing().creates("prospect"), 0);
    EXPECT_EQ(written_over().size(), 1U);
    // What was not written over travels as of any stranger.
    EXPECT_EQ(world.crm().value(bob, "Phone"), text("5550100"));
    // Somebody else made it, so that no undo may delete it.
    sync::UndoSelection wanted;
    wanted.cycle = report->counts.id;
    const auto undo = sync::plan_undo(world.org(), wanted, {});
    ASSERT_TRUE(undo) << undo.error().message;
    EXPECT_TRUE(std::none_of(
        undo->writes.begin(), undo->writes.end(),
        [](const sync::PlannedWrite& write) { return write.in_flight.side == kMarketing; }));
}

TEST_F(LaggingUpsertWorld, AYesThatWasWrittenOverAnUnknownAnswerCountsForNothing) {
    world.crm().edit(bob, "Agrees__c", Value{true});
    RecordId made;
    meanwhile([&] {
        made = form();
        world.marketing().edit(made, "agrees__c", Value{false});
    });
    world.run_until_quiet();
    EXPECT_TRUE(are_one(bob, made));
    EXPECT_EQ(world.marketing().value(made, "agrees__c"), Value{false});
    EXPECT_EQ(world.marketing().value(made, "optedOut"), Value{true});
    EXPECT_EQ(world.crm().value(bob, "HasOptedOutOfEmail"), Value{true});
}

TEST_F(LaggingUpsertWorld, AYesGoesAlongWithWhomTheVendorMade) {
    world.crm().edit(bob, "Agrees__c", Value{true});
    world.run_until_quiet();
    EXPECT_EQ(world.value(kMarketing, kBob, "agrees__c"), Value{true});
    EXPECT_EQ(world.crm().value(bob, "HasOptedOutOfEmail"), Value{false});
}

/// Eve's prospect takes Bob's address just before Duet makes a prospect for Bob.
class TakenAddress : public LaggingUpsertWorld {
protected:
    void happens(bool is_named_by_id) {
        eve = {"Contact", world.add_contact("eve@example.com", "Doe")};
        world.crm().edit(eve, "FirstName", text("Eve"));
        world.crm().remove(bob);
        world.run_until_quiet();
        hers = world.with_email(kMarketing, "eve@example.com");
        if (is_named_by_id) world.marketing().edit(hers, "salesforceContactId", text(eve.key));
        world.run_until_quiet();
        world.crm().undelete(bob);
        acted_ = false;
        meanwhile([&] { world.marketing().edit(hers, "email", text(kBob)); });
        world.run_until_quiet();
    }
    RecordId eve, hers;
};

TEST_F(TakenAddress, WhatWasWrittenOverItIsPutBack) {
    happens(true);
    EXPECT_TRUE(are_one(eve, hers));
    EXPECT_FALSE(are_one(bob, hers));
    EXPECT_EQ(world.crm().value(eve, "FirstName"), text("Eve"));
    EXPECT_EQ(world.marketing().value(hers, "firstName"), text("Eve"));
    EXPECT_EQ(world.crm().value(eve, "Email"), text(kBob)) << "that is what people typed";
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
    EXPECT_NE(doubt(kCrm, bob), "");
}

TEST_F(TakenAddress, ThePartnerIsNotTaken) {
    happens(false);
    EXPECT_TRUE(are_one(eve, hers));
    EXPECT_FALSE(are_one(bob, hers));
    EXPECT_EQ(doubt(kCrm, bob), "taken");
    EXPECT_EQ(written_over().size(), 1U);
    EXPECT_EQ(world.crm().value(eve, "FirstName"), text("Eve"))
        << "what Duet wrote by mistake is no word of hers";
    EXPECT_EQ(world.marketing().records("prospect").size(), 1U);
}

}  // namespace
}  // namespace duet::world
