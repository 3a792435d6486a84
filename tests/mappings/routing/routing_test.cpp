#include "mappings/routing/routing.h"

#include <gtest/gtest.h>

#include "mappings/merge/evaluate.h"
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
    std::map<std::string, std::map<std::string, Value, std::less<>>, std::less<>> users;
    std::map<std::string, std::string, std::less<>> domains;  // who owns the only account with it
    std::string unreadable;                                   // a user

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
    std::variant<bool, std::string> holds(const document::Rule& rule,
                                          const std::string& user) const override {
        merge::MapFacts facts;
        if (const auto one = users.find(user); one != users.end()) facts.values = one->second;
        if (user == unreadable) return std::string("the field cannot be read");
        std::optional<DateTime> ignored;
        return merge::ask(rule, facts, {}, ignored).yes;
    }
    std::optional<std::string> account_owner(const document::LeadsByDomain&,
                                             const std::string& domain) const override {
        const auto found = domains.find(domain);
        return found == domains.end() ? std::nullopt : std::optional(found->second);
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
    explicit Desk(const char* rules = kRouting, const char* people = kCreate)
        : Case(people, rules) {
        book.known = {{"Ann", {"005A"}},
                      {"Bo", {"005B"}},
                      {"Cy", {"005C"}},
                      {"Di", {"005D"}},
                      {"Queue", {"00GQ", true, false}},
                      {"005E", {"005E"}}};
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

/// The reference's order.
constexpr const char* kInOrder = R"yaml(entity: account
match: [crm_id]
routing:
  - name: leads
    at_create: act
    trigger: Prospect.score >= 100
    away_when: On_Leave__c
    rules:
      - name: account_owner
        owner_from: Account.OwnerId
        owner_when: NOT(ISPICKVAL(Sales_Role__c, "CSM"))
      - { name: open_deal, owner_from: Department }
      - name: same_domain
        leads_by_domain: { lead: Lead, email: Email, website: Website, public_domains: [gmail.com] }
      - name: territory
        territories:
          country: Country
          postal_code: PostalCode
          table:
            - { name: finland, country: Finland, owner: Ann }
            - { name: helsinki, country: Finland, postal_prefix: '00', round_robin: [Bo, Cy] }
      - { name: small, when: NumberOfEmployees < 1000, round_robin: [{ user: Bo, weight: 3 }, Cy, Di] }
      - { name: rest, owner: Queue }
)yaml";

constexpr const char* kCreateWithAddress = R"(create:
  salesforce:
    when: NOT(ISBLANK(Prospect.email))
    object: Lead
    key: Duet_Key__c
fields:
  - { salesforce: Email, pardot: email, direction: to_salesforce, blank: fill_only }
)";

struct OrderedDesk : Desk {
    OrderedDesk() : Desk(kInOrder, kCreateWithAddress) {
        book.known["005A"] = {"005A"};
        book.known["005B"] = {"005B"};
        book.known["005D"] = {"005D"};
        book.domains = {{"acme.example", "005D"}, {"gmail.com", "005D"}};
        facts.values["Account.OwnerId"] = text("005E");
        facts.values["Department"] = text("005B");
        facts.values["Email"] = text("lee@acme.example");
        facts.values["Country"] = text("Finland");
        employees(10);
    }
};

TEST(RoutingOrder, EachStepIsAskedWhenThoseBeforeItKnowNobody) {
    const auto routed = [](int without) {
        OrderedDesk desk;
        if (without >= 1) desk.facts.values.erase("Account.OwnerId");
        if (without >= 2) desk.facts.values.erase("Department");
        if (without >= 3) desk.facts.values["Email"] = text("lee@other.example");
        if (without >= 4) desk.facts.values.erase("Country");
        if (without >= 5) desk.facts.values.erase("NumberOfEmployees");
        return desk.routed();
    };
    EXPECT_EQ(routed(0), "005E");
    EXPECT_EQ(routed(1), "005B");
    EXPECT_EQ(routed(2), "005D");
    EXPECT_EQ(routed(3), "005A");
    EXPECT_EQ(routed(4), "005B");
    EXPECT_EQ(routed(5), "00GQ");
}

TEST(RoutingOrder, AnAccountsOwnerWhoseRoleMayNotWorkTheCaseIsPassedOver) {
    OrderedDesk desk;
    desk.book.users["005E"]["Sales_Role__c"] = text("CSM");
    EXPECT_EQ(desk.routed(), "005B");
    OrderedDesk seller;
    seller.book.users["005E"]["Sales_Role__c"] = text("AE");
    EXPECT_EQ(seller.routed(), "005E");
    // The same role elsewhere: only that rule asks for it.
    OrderedDesk deal;
    deal.facts.values.erase("Account.OwnerId");
    deal.book.users["005B"]["Sales_Role__c"] = text("CSM");
    EXPECT_EQ(deal.routed(), "005B");
}

TEST(RoutingOrder, TheRuleThatDecidedIsTold) {
    OrderedDesk desk;
    for (const char* path : {"Account.OwnerId", "Department", "Email"})
        desk.facts.values.erase(path);
    desk.facts.values["Prospect.score"] = Value{Decimal{10}};
    desk.look();
    desk.facts.values["Prospect.score"] = Value{Decimal{100}};
    const auto decision = desk.look();
    EXPECT_EQ(merge::write_of(decision, Side::Crm, "OwnerId")->detail, "rule territory.finland");
}

TEST(RoutingOrder, AnInactiveOwnerIsNobody) {
    OrderedDesk desk;
    desk.book.known["005E"].active = false;
    EXPECT_EQ(desk.routed(), "005B");
}

TEST(RoutingOrder, WhoIsAwayGetsNothingByAnyRule) {
    OrderedDesk desk;
    for (const char* away : {"005E", "005B", "005D", "005A"})
        desk.book.users[away]["On_Leave__c"] = Value{true};
    const auto decision = [&] {
        desk.routed();
        return desk.look();
    }();
    EXPECT_EQ(display(merge::write_of(decision, Side::Crm, "OwnerId")->after), "005C");
    EXPECT_TRUE(decision.warnings.empty()) << "to be away is no fault of the documents";
}

// Weights 3, 1, 1: whoever is on leave is skipped and keeps the counter.
TEST(RoutingOrder, WhoIsOnLeaveIsSkippedInTheTurnAndKeepsTheCounter) {
    OrderedDesk desk;
    for (const char* path : {"Account.OwnerId", "Department", "Country"})
        desk.facts.values.erase(path);
    desk.facts.values["Email"] = text("lee@other.example");
    const auto turns = [&](int count) {
        std::string taken;
        for (int i = 0; i < count; ++i) {
            desk.inputs.routings[0].edge.reset();
            taken += desk.routed();
        }
        return taken;
    };
    EXPECT_EQ(turns(1), "005B");
    const Counters before = desk.book.robins["leads.small"];
    desk.book.users["005C"]["On_Leave__c"] = Value{true};
    EXPECT_EQ(turns(2), "005D005B");
    EXPECT_EQ(desk.book.robins["leads.small"].at("005C"), before.at("005C"));
    desk.book.users.clear();
    EXPECT_EQ(turns(2), "005B005C");
}

TEST(RoutingOrder, APublicDomainIsNobodys) {
    OrderedDesk desk;
    desk.facts.values.erase("Account.OwnerId");
    desk.facts.values.erase("Department");
    desk.facts.values["Email"] = text("lee@Gmail.com");
    EXPECT_EQ(desk.routed(), "005A");
}

TEST(RoutingOrder, TheDomainIsOfTheNamedObjectOnly) {
    OrderedDesk desk;
    desk.facts.values.erase("Account.OwnerId");
    desk.facts.values.erase("Department");
    desk.documents.routings[0].objects.push_back("Contact");
    desk.inputs.sides.crm = {&desk.contact, desk.catalogs.crm.find("Contact"), false, {}, true};
    desk.contact.fields.set("OwnerId", text("005Z"));
    EXPECT_EQ(desk.routed(), "005A") << "the territory";
}

TEST(RoutingOrder, ALeadThatDuetMakesIsRoutedByTheAddressThatItWillHave) {
    OrderedDesk desk;
    desk.is_new();
    desk.facts.values.erase("Account.OwnerId");
    for (const char* path : {"Department", "Email", "Country"}) desk.facts.values.erase(path);
    desk.facts.values["Prospect.email"] = text("lee@acme.example");
    EXPECT_EQ(desk.look().creates[0].fields.get("OwnerId"), text("005D"));
}

TEST(RoutingOrder, TheNextTerritoryDecidesWhereNobodyOfTheFirstIsFree) {
    const auto routed = [](std::vector<const char*> away) {
        OrderedDesk desk;
        for (const char* path : {"Account.OwnerId", "Department", "Email"})
            desk.facts.values.erase(path);
        desk.facts.values["PostalCode"] = text("00100");
        for (const char* one : away) desk.book.users[one]["On_Leave__c"] = Value{true};
        return desk.routed();
    };
    EXPECT_EQ(routed({}), "005B");
    EXPECT_EQ(routed({"005B"}), "005C");
    EXPECT_EQ(routed({"005B", "005C"}), "005A");
    EXPECT_EQ(routed({"005A", "005B", "005C"}), "005D") << "the next rule";
}

TEST(RoutingOrder, AUserWhoCannotBeReadLeavesTheTriggerUnspent) {
    OrderedDesk desk;
    desk.facts.values["Prospect.score"] = Value{Decimal{10}};
    desk.look();
    desk.book.unreadable = "005E";
    desk.facts.values["Prospect.score"] = Value{Decimal{100}};
    const auto decision = desk.look();
    EXPECT_TRUE(merge::warns_of(decision, "account_owner: the field cannot be read"));
    EXPECT_TRUE(decision.edges.empty());
}

}  // namespace
}  // namespace duet::routing
