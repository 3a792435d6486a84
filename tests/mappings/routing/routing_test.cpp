#include "mappings/routing/routing.h"

#include <gtest/gtest.h>

#include "tests/mappings/merge/decide_help.h"

namespace duet::routing {
namespace {

using edges::Phase;

/// Users by what they are called.
class Book final : public Owners {
public:
    std::map<std::string, Owner, std::less<>> known;
    std::map<std::string, std::int64_t, std::less<>> loads;
    std::map<std::string, Counters, std::less<>> robins;

    std::variant<Owner, std::string> find(std::string_view name) const override {
        const auto found = known.find(name);
        if (found == known.end()) return std::string("is no user or queue");
        return found->second;
    }
    std::variant<std::int64_t, std::string> load(const document::Routing&,
                                                 const std::string& owner) const override {
        const auto found = loads.find(owner);
        return found == loads.end() ? std::int64_t{0} : found->second;
    }
    Counters counters(std::string_view robin) const override {
        const auto found = robins.find(robin);
        return found == robins.end() ? Counters{} : found->second;
    }
};

constexpr const char* kCreate = R"(create:
  salesforce:
    when: NOT(ISBLANK(Prospect.email))
    object: Lead
    key: Duet_Key__c
fields:
  - { salesforce: { lead: Company }, pardot: company, direction: to_salesforce }
)";

constexpr const char* kRouting = R"(routing:
  - name: leads
    at_create: act
    trigger: Prospect.score >= 100
    open_when: NOT(ISPICKVAL(Status, "Unqualified"))
    rules:
      - { name: known_company, when: 'Company = "Acme"', owner: Ann }
      - { name: small, when: NumberOfEmployees < 1000, round_robin: [{ user: Bo, weight: 3 }, { user: Cy, capacity: 2 }, Di] }
      - { name: big, when: NumberOfEmployees >= 1000, owner_from: Account.OwnerId }
      - { name: rest, owner: Queue }
)";

/// A lead, or a prospect that becomes one, and who gets it.
struct Desk : merge::Case {
    Desk() : Case(kCreate, kRouting) {
        book.known = {{"Ann", {"005A"}}, {"Bo", {"005B"}},    {"Cy", {"005C"}},
                      {"Di", {"005D"}},  {"Queue", {"00GQ"}}, {"005E", {"005E"}}};
        inputs.owners = &book;
        inputs.routings.resize(1);
        lead.id = {"Lead", "00Q000000000001AAA"};
        lead.fields.set("OwnerId", text("005Z"));
        inputs.sides.crm = {&lead, catalogs.crm.find("Lead"), false, {}, true};
        facts.values["Prospect.email"] = text("ada@example.com");
    }

    void is_new() { without(Side::Crm); }

    merge::Decision look() {
        merge::Decision decision = decide();
        for (const edges::Edge& edge : decision.edges) inputs.routings[0].edge = edge;
        for (const Turn& turn : decision.turns) book.robins[turn.robin] = turn.counters;
        return decision;
    }

    /// What the lead's owner becomes when the trigger comes true; empty: it stays.
    std::string routed() {
        facts.values["Prospect.score"] = Value{Decimal{10}};
        look();
        facts.values["Prospect.score"] = Value{Decimal{100}};
        const auto decision = look();
        const auto* write = merge::write_of(decision, Side::Crm, "OwnerId");
        return write == nullptr ? std::string{} : display(write->after);
    }

    void employees(int count) { facts.values["NumberOfEmployees"] = Value{Decimal{count}}; }

    Book book;
    Record lead;
};

TEST(Routing, TheFirstRuleThatIsTrueDecides) {
    Desk acme;
    acme.facts.values["Company"] = text("Acme");
    acme.employees(10);
    EXPECT_EQ(acme.routed(), "005A");
    Desk small;
    small.employees(999);
    EXPECT_EQ(small.routed(), "005B");
    Desk unknown;
    EXPECT_EQ(unknown.routed(), "00GQ");
}

// The borders of the reference: below a thousand by phone, from a thousand in the field.
TEST(Routing, SizeDecidesAtAThousandAndABlankSizeGoesToTheQueue) {
    Desk small;
    small.employees(999);
    EXPECT_EQ(small.routed(), "005B");
    Desk big;
    big.employees(1000);
    big.facts.values["Account.OwnerId"] = text("005E");
    EXPECT_EQ(big.routed(), "005E");
    Desk none;
    EXPECT_EQ(none.routed(), "00GQ");
}

TEST(Routing, HappensOnceWhenTheTriggerComesTrue) {
    Desk desk;
    desk.employees(10);
    EXPECT_EQ(desk.routed(), "005B");
    // Not written yet: the same one, without another turn.
    const auto again = desk.look();
    EXPECT_EQ(display(merge::write_of(again, Side::Crm, "OwnerId")->after), "005B");
    EXPECT_TRUE(again.turns.empty());
    desk.lead.fields.set("OwnerId", text("005B"));
    EXPECT_EQ(merge::write_of(desk.look(), Side::Crm, "OwnerId"), nullptr);
    EXPECT_EQ(desk.inputs.routings[0].edge->phase, Phase::Spent);
    desk.lead.fields.set("OwnerId", text("005Z"));
    EXPECT_EQ(desk.routed(), "") << "people may give it to somebody else, and it stays so";
}

TEST(Routing, AnOwnerThatPeopleGiveMeanwhileStays) {
    Desk desk;
    desk.employees(10);
    desk.routed();
    desk.lead.fields.set("OwnerId", text("005X"));
    EXPECT_EQ(merge::write_of(desk.look(), Side::Crm, "OwnerId"), nullptr);
    EXPECT_EQ(desk.inputs.routings[0].edge->phase, Phase::Spent);
}

TEST(Routing, IsAChangeOfOwnerForTheBrake) {
    Desk desk;
    desk.employees(10);
    desk.routed();
    const auto decision = desk.look();
    const auto* write = merge::write_of(decision, Side::Crm, "OwnerId");
    ASSERT_NE(write, nullptr);
    EXPECT_TRUE(write->owner);
    EXPECT_EQ(write->reason, merge::Reason::Routed);
    EXPECT_EQ(write->before, text("005Z"));
}

TEST(Routing, TurnsGoRoundWithWeightsAndWithoutThoseWhoAreFullOrGone) {
    Desk desk;
    desk.employees(10);
    const auto turns = [&](int count) {
        std::string taken;
        for (int i = 0; i < count; ++i) {
            desk.inputs.routings[0].edge.reset();
            taken += desk.routed();
        }
        return taken;
    };
    EXPECT_EQ(turns(5), "005B005C005B005D005B");
    desk.book.loads["005C"] = 2;
    desk.book.known["Di"].active = false;
    EXPECT_EQ(turns(2), "005B005B");
    desk.book.known["Bo"].active = false;
    EXPECT_EQ(turns(1), "00GQ") << "the next rule";
}

TEST(Routing, AnInactiveOwnerIsPassedOverAndReported) {
    Desk desk;
    desk.facts.values["Company"] = text("Acme");
    desk.employees(10);
    desk.book.known["Ann"].active = false;
    desk.facts.values["Prospect.score"] = Value{Decimal{10}};
    desk.look();
    desk.facts.values["Prospect.score"] = Value{Decimal{100}};
    const auto decision = desk.look();
    EXPECT_EQ(display(merge::write_of(decision, Side::Crm, "OwnerId")->after), "005B");
    EXPECT_TRUE(merge::warns_of(decision, "routing leads.known_company: owner 1 is not active"));
}

TEST(Routing, ALeadThatDuetMakesHasItsOwnerFromTheStart) {
    Desk desk;
    desk.is_new();
    desk.facts.values["Prospect.company"] = text("Acme");
    const auto decision = desk.look();
    ASSERT_EQ(decision.creates.size(), 1u);
    EXPECT_EQ(decision.creates[0].fields.get("OwnerId"), text("005A"))
        << "the rule reads what the lead will start with";
    // Held back, it is planned again with the same owner.
    desk.facts.values["Prospect.company"] = text("Another");
    EXPECT_EQ(desk.look().creates[0].fields.get("OwnerId"), text("005A"));
    desk.lead.fields.set("OwnerId", text("005A"));
    desk.inputs.sides.crm = {&desk.lead, desk.catalogs.crm.find("Lead"), false, {}, true};
    EXPECT_EQ(merge::write_of(desk.look(), Side::Crm, "OwnerId"), nullptr);
    EXPECT_EQ(desk.inputs.routings[0].edge->phase, Phase::Armed) << "the trigger is still to come";
    desk.employees(10);
    desk.facts.values["Prospect.score"] = Value{Decimal{100}};
    EXPECT_NE(merge::write_of(desk.look(), Side::Crm, "OwnerId"), nullptr);
}

TEST(Routing, ANewLeadWhoseTriggerHoldsIsRoutedOnce) {
    Desk desk;
    desk.is_new();
    desk.facts.values["Prospect.score"] = Value{Decimal{120}};
    EXPECT_EQ(desk.look().creates[0].fields.get("OwnerId"), text("00GQ"));
    desk.lead.fields.set("OwnerId", text("00GQ"));
    desk.inputs.sides.crm = {&desk.lead, desk.catalogs.crm.find("Lead"), false, {}, true};
    EXPECT_EQ(merge::write_of(desk.look(), Side::Crm, "OwnerId"), nullptr);
    EXPECT_EQ(desk.inputs.routings[0].edge->phase, Phase::Spent);
}

TEST(Routing, ARuleThatFailsLeavesTheTriggerUnspent) {
    Desk desk;
    desk.facts.values["Prospect.score"] = Value{Decimal{10}};
    desk.look();
    desk.facts.broken["NumberOfEmployees"] = "the field cannot be read";
    desk.facts.values["Prospect.score"] = Value{Decimal{100}};
    const auto decision = desk.look();
    EXPECT_TRUE(merge::warns_of(decision, "small: the field cannot be read"));
    EXPECT_TRUE(decision.edges.empty());
    desk.facts.broken.clear();
    EXPECT_NE(merge::write_of(desk.look(), Side::Crm, "OwnerId"), nullptr);
}

TEST(Routing, NothingIsDecidedWhileASideIsBehind) {
    Desk desk;
    desk.facts.values["Prospect.score"] = Value{Decimal{10}};
    desk.look();
    desk.inputs.sides.marketing.ready = false;
    desk.facts.values["Prospect.score"] = Value{Decimal{100}};
    const auto decision = desk.look();
    EXPECT_EQ(decision.state, merge::State::Waiting);
    EXPECT_TRUE(decision.edges.empty());
    EXPECT_TRUE(decision.turns.empty());
    EXPECT_EQ(merge::write_of(decision, Side::Crm, "OwnerId"), nullptr);
}

TEST(Routing, ContactsAreNotRoutedByARoutingOfLeads) {
    Desk desk;
    desk.inputs.sides.crm = {&desk.contact, desk.catalogs.crm.find("Contact"), false, {}, true};
    desk.contact.fields.set("OwnerId", text("005Z"));
    EXPECT_EQ(desk.routed(), "");
}

}  // namespace
}  // namespace duet::routing
