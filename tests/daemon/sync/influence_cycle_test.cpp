// Rows of campaign influence through the whole cycle: over the real store, against two fakes.
#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "daemon/sync/undo.h"
#include "tests/world/influence_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

std::string document(const std::string& model, const std::string& more = "") {
    return R"(entity: opportunity
objects: { salesforce: Opportunity, pardot: opportunity }
match: [crm_id]
fields:
  - salesforce: Credited__c
    value: Attribution.Ours_Id
attribution:
  - name: Ours
    model: )" +
           model + R"(
    when: IsWon
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CloseDate
    influence_model: Ours_Model
    touches:
      - object: CampaignMember
        where: HasResponded
        time: CreatedDate
        campaign: CampaignId
)" + more;
}

WorldOptions options_of(const std::string& text) {
    WorldOptions options;
    options.adjust_catalogs = add_influence_objects;
    options.documents = acme_documents();
    options.documents.push_back({"opportunities.yaml", text});
    return options;
}

DateTime at(const char* day) { return *parse_instant(std::string(day) + "T12:00:00Z"); }

/// One won deal of Ada's with two campaigns; the daemon has not run yet.
class InfluenceCycle : public testing::Test {
protected:
    explicit InfluenceCycle(const std::string& text = document("linear"))
        : world(options_of(text)) {
        world.settings.brake["create"] = {1000, 1};
        model = add("CampaignInfluenceModel",
                    {{"DeveloperName", text_("Ours_Model")}, {"ModelType", text_("Custom")}});
        ada = world.add_contact("ada@example.com");
        bo = world.add_contact("bo@example.com");
        spring = campaign("Spring");
        fair = campaign("Fair");
        deal = won_deal();
        role(deal, ada);
        touch(spring, ada, "2017-10-01");
        touch(fair, ada, "2017-10-02");
    }

    static Value text_(const std::string& words) { return text(words); }
    std::string add(const std::string& object, const std::map<std::string, Value>& values) {
        Fields fields;
        for (const auto& [name, value] : values) fields.set(name, value);
        return world.crm().add(object, std::move(fields));
    }
    std::string campaign(const std::string& name) {
        return add("Campaign", {{"Name", text(name)}, {"Type", text("Email")}});
    }
    std::string won_deal(bool is_won = true) {
        return add("Opportunity", {{"Name", text("Deal")},
                                   {"IsWon", Value{is_won}},
                                   {"IsClosed", Value{true}},
                                   {"Lapsed__c", Value{false}},
                                   {"CreatedDate", Value{at("2017-11-01")}},
                                   {"CloseDate", Value{*parse_date("2017-12-01")}}});
    }
    std::string role(const std::string& opportunity, const std::string& contact) {
        return add("OpportunityContactRole",
                   {{"OpportunityId", text(opportunity)}, {"ContactId", text(contact)}});
    }
    std::string touch(const std::string& campaign, const std::string& contact, const char* day) {
        return add("CampaignMember", {{"CampaignId", text(campaign)},
                                      {"ContactId", text(contact)},
                                      {"HasResponded", Value{true}},
                                      {"CreatedDate", Value{at(day)}}});
    }
    std::string row(const std::string& campaign, const std::string& contact, const char* percent,
                    const std::string& of_model) {
        return add("CampaignInfluence", {{"OpportunityId", text(deal)},
                                         {"CampaignId", text(campaign)},
                                         {"ContactId", text(contact)},
                                         {"ModelId", text(of_model)},
                                         {"Influence", Value{*Decimal::parse(percent)}}});
    }
    void settle() {
        world.clock.pass(90s);
        world.run_until_quiet();
    }
    /// "campaign contact" -> percent, of one deal and our model.
    std::map<std::string, double> rows(const std::string& of_deal) {
        std::map<std::string, double> found;
        for (const auto& [key, fields] : world.crm().records("CampaignInfluence")) {
            if (fields.get("OpportunityId") != text(of_deal) ||
                fields.get("ModelId") != text(model)) {
                continue;
            }
            const std::string name =
                display(fields.get("CampaignId")) + " " + display(fields.get("ContactId"));
            EXPECT_EQ(found.count(name), 0U) << "one row a key";
            found[name] = std::get<Decimal>(fields.get("Influence")).to_double();
        }
        return found;
    }
    std::map<std::string, double> rows() { return rows(deal); }
    [[nodiscard]] std::string by(const std::string& campaign, const std::string& contact) const {
        return campaign + " " + contact;
    }
    static double sum(const std::map<std::string, double>& rows) {
        double total = 0;
        for (const auto& [name, percent] : rows) total += percent;
        return total;
    }
    std::size_t writes() { return world.crm().writes().size(); }

    World world;
    std::string model, ada, bo, spring, fair, deal;
};

TEST_F(InfluenceCycle, AWonDealGetsRowsThatComeToTheWholeAndTheNextCycleSendsNothing) {
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
    const auto before = writes();
    world.clock.pass(90s);
    world.run_until_quiet();
    EXPECT_EQ(writes(), before);
}

TEST_F(InfluenceCycle, ADealThatIsNotWonGetsNoRows) {
    const std::string lost = won_deal(false);
    role(lost, ada);
    settle();
    EXPECT_TRUE(rows(lost).empty());
}

TEST_F(InfluenceCycle, ALateContactRoleRecomputesItsOwnDealAndNoOther) {
    const std::string other = won_deal();
    role(other, ada);
    touch(fair, bo, "2017-10-03");
    settle();
    std::set<store::EntityId> decided;
    role(deal, bo);
    world.clock.pass(90s);
    sync::Cycle cycle(world.org(), "test");
    world.org().settings = world.settings;
    const auto report =
        cycle.run({}, [&](const sync::EntityPlan& plan) { decided.insert(plan.entity.id); });
    ASSERT_TRUE(report);
    EXPECT_EQ(decided,
              std::set<store::EntityId>{world.entity_of(Side::Crm, {"Opportunity", deal}).id});
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{
                  {by(spring, ada), 33.34}, {by(fair, ada), 33.33}, {by(fair, bo), 33.33}}));
    EXPECT_EQ(rows(other).size(), 2U);
}

TEST_F(InfluenceCycle, AMemberWhoDidNotRespondAfterAllTakesTheRowAway) {
    const std::string member = touch(fair, bo, "2017-10-03");
    role(deal, bo);
    settle();
    EXPECT_EQ(rows().size(), 3U);
    world.crm().edit({"CampaignMember", member}, "HasResponded", Value{false});
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
}

TEST_F(InfluenceCycle, AMergedCampaignMovesItsShare) {
    settle();
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(fair))
            world.crm().edit({"CampaignMember", key}, "CampaignId", text(campaign("Autumn")));
    }
    world.crm().remove({"Campaign", fair});
    settle();
    EXPECT_EQ(rows().size(), 2U);
    EXPECT_EQ(rows().count(by(fair, ada)), 0U);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
}

TEST_F(InfluenceCycle, SomebodyElsesHandIsCorrected) {
    settle();
    std::string first;
    for (const auto& [key, fields] : world.crm().records("CampaignInfluence")) {
        if (first.empty()) first = key;
    }
    world.crm().edit({"CampaignInfluence", first}, "Influence", Value{Decimal{10}});
    row(spring, ada, "5", model);  // the same key once more
    row(spring, bo, "5", model);   // nobody's touch
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 50}, {by(fair, ada), 50}}));
    EXPECT_NE(world.crm().find_record({"CampaignInfluence", first}), nullptr);
}

TEST_F(InfluenceCycle, RowsOfOtherModelsAreNotTouched) {
    const std::string primary =
        add("CampaignInfluenceModel",
            {{"DeveloperName", text("Primary")}, {"ModelType", text("PrimaryCampaignSource")}});
    const std::string theirs = row(spring, ada, "100", primary);
    settle();
    EXPECT_EQ(world.crm().versions({"CampaignInfluence", theirs}), 1U);
    EXPECT_EQ(rows().size(), 2U);
}

TEST_F(InfluenceCycle, ADealWhoseRolesVanishLosesItsRows) {
    const std::string late = role(deal, bo);
    settle();
    for (const auto& [key, fields] : world.crm().records("OpportunityContactRole"))
        world.crm().remove({"OpportunityContactRole", key});
    settle();
    EXPECT_TRUE(rows().empty());
}

/// At no moment do the rows of a deal come to more than the whole, whoever watches.
TEST_F(InfluenceCycle, NoMomentExceedsTheWhole) {
    settle();
    double most = 0;
    SideWatch watch;
    watch.on_write = [&](const Write&, const RecordId&) { most = std::max(most, sum(rows())); };
    watch.on_call = [&] { most = std::max(most, sum(rows())); };
    world.crm().watch(watch);
    role(deal, bo);
    touch(campaign("Autumn"), bo, "2017-10-05");
    settle();
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(spring)) world.crm().remove({"CampaignMember", key});
    }
    touch(spring, bo, "2017-10-06");
    settle();
    EXPECT_LE(most, 100 + 1e-9);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    world.crm().watch({});
}

TEST_F(InfluenceCycle, WhereADeleteIsRefusedTheRestWaits) {
    settle();
    std::string doomed;
    for (const auto& [key, fields] : world.crm().records("CampaignInfluence")) {
        if (fields.get("CampaignId") == text(spring)) doomed = key;
    }
    world.crm().rejects_record(doomed, "INSUFFICIENT_ACCESS");
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(spring)) world.crm().remove({"CampaignMember", key});
    }
    world.clock.pass(90s);
    for (int i = 0; i < 3; ++i) {
        world.run_cycle();
        EXPECT_LE(sum(rows()), 100);
    }
    EXPECT_EQ(rows().size(), 2U);
    world.crm().accepts_all();
    world.clock.pass(25h);
    world.run_until_quiet();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(fair, ada), 100}}));
}

TEST_F(InfluenceCycle, WhatTheBrakeHoldsHoldsTheRestOfItsDeal) {
    settle();
    world.settings.brake["delete"] = {0, 0};
    for (const auto& [key, fields] : world.crm().records("CampaignMember")) {
        if (fields.get("CampaignId") == text(spring)) world.crm().remove({"CampaignMember", key});
    }
    world.clock.pass(90s);
    world.run_cycle();
    EXPECT_EQ(rows().size(), 2U);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    world.settings.brake["delete"] = {100, 1};
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(fair, ada), 100}}));
}

TEST_F(InfluenceCycle, ALostAnswerMakesNoSecondRow) {
    for (const auto& [key, fields] : world.crm().records("OpportunityContactRole"))
        world.crm().remove({"OpportunityContactRole", key});
    world.crm().edit({"Opportunity", deal}, "Credited__c", text(spring));
    settle();
    ASSERT_TRUE(rows().empty());
    role(deal, ada);
    world.clock.pass(90s);
    world.crm().loses_next_answer();
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.in_doubt, 2);
    settle();
    EXPECT_EQ(rows().size(), 2U);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    EXPECT_EQ(world.crm().creates("CampaignInfluence"), 2);
}

TEST_F(InfluenceCycle, AnUndoLeavesRowsThatFollowFromTouches) {
    settle();
    sync::UndoSelection selection;
    selection.since = Instant{};
    selection.entities = {world.entity_of(Side::Crm, {"Opportunity", deal}).id};
    const auto plan = sync::plan_undo(world.org(), selection, {});
    ASSERT_TRUE(plan);
    for (const auto& write : plan->writes)
        EXPECT_NE(write.in_flight.write.id.object, "CampaignInfluence");
    const bool is_told = std::any_of(plan->kept.begin(), plan->kept.end(), [](const auto& kept) {
        return kept.why.find("follow from touches") != std::string::npos;
    });
    EXPECT_TRUE(is_told);
}

TEST_F(InfluenceCycle, WithoutTheModelOnlyTheRowsWaitAndItIsSaid) {
    world.crm().edit({"CampaignInfluenceModel", model}, "DeveloperName", text("Another"));
    world.clock.pass(90s);
    std::string told;
    for (int i = 0; i < 4; ++i) {
        const auto report = world.run_cycle();
        for (const std::string& warning : report->warnings) told += warning + "\n";
    }
    EXPECT_TRUE(world.crm().records("CampaignInfluence").empty());
    EXPECT_NE(told.find("DUET-5060"), std::string::npos) << told;
    EXPECT_EQ(world.crm().value({"Opportunity", deal}, "Credited__c"), text(spring))
        << "everything else goes on";
    world.crm().edit({"CampaignInfluenceModel", model}, "DeveloperName", text("Ours_Model"));
    settle();
    EXPECT_EQ(rows().size(), 2U) << "the rows follow when the model appears";
}

TEST_F(InfluenceCycle, TheCrmsOwnModelIsNeverWritten) {
    world.crm().edit({"CampaignInfluenceModel", model}, "ModelType", text("FirstTouch"));
    settle();
    EXPECT_TRUE(world.crm().records("CampaignInfluence").empty());
}

class LapsedInfluence : public InfluenceCycle {
protected:
    LapsedInfluence() : InfluenceCycle(document("linear", "    keep_when: Lapsed__c\n")) {}
};

TEST_F(LapsedInfluence, ALapsedDealKeepsItsRowsAndAReopenedOneLosesThem) {
    settle();
    ASSERT_EQ(rows().size(), 2U);
    world.crm().edit({"Opportunity", deal}, "Lapsed__c", Value{true});
    world.crm().edit({"Opportunity", deal}, "IsWon", Value{false});
    settle();
    EXPECT_EQ(rows().size(), 2U);
    world.crm().edit({"Opportunity", deal}, "Lapsed__c", Value{false});
    settle();
    EXPECT_TRUE(rows().empty());
}

class LearntInfluence : public InfluenceCycle {
protected:
    LearntInfluence() : InfluenceCycle(document("markov:1", "    learn_days: 2\n")) {
        // C1>C2>C3 converts, C1 does not, C2>C3 does not: removal effects 1/2, 1, 1.
        autumn = campaign("Autumn");
        touch(autumn, ada, "2017-10-03");
        for (const bool both : {false, true}) {
            const std::string who = world.add_contact(both ? "cy@example.com" : "di@example.com");
            role(won_deal(false), who);
            touch(both ? fair : spring, who, "2017-10-01");
            if (both) touch(autumn, who, "2017-10-02");
        }
    }
    std::string autumn;
};

TEST_F(LearntInfluence, SharesFollowFromAllJourneysAndNewOnesAreLearntInTheirTime) {
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{
                          {by(spring, ada), 20}, {by(fair, ada), 40}, {by(autumn, ada), 40}}));
    // Another journey converts with the first campaign alone.
    const std::string next = won_deal();
    role(next, bo);
    touch(spring, bo, "2017-10-04");
    settle();
    EXPECT_EQ(rows(next), (std::map<std::string, double>{{by(spring, bo), 100}}));
    EXPECT_DOUBLE_EQ(rows()[by(spring, ada)], 20) << "its time has not come";
    world.clock.pass(49h);
    settle();
    EXPECT_GT(rows()[by(spring, ada)], 20);
    EXPECT_DOUBLE_EQ(sum(rows()), 100);
    const auto before = writes();
    const auto lesson = world.store().fact("acme", "attribution.lessons");
    world.clock.pass(49h);
    settle();
    EXPECT_EQ(writes(), before);
    EXPECT_EQ(*world.store().fact("acme", "attribution.lessons"), *lesson)
        << "nothing happened, so nothing is learnt";
}

class MilestoneInfluence : public InfluenceCycle {
protected:
    MilestoneInfluence()
        : InfluenceCycle(document("w", "    qualified: Qualified__c\n    known: CreatedDate\n")) {}
};

TEST_F(MilestoneInfluence, TheFirstWhoQualifiedIsTheLeadsMilestone) {
    const std::string late = campaign("Late");
    touch(late, ada, "2017-11-20");
    settle();
    // First Spring; nobody's lead moment is known: Spring, too; created after Fair.
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{{by(spring, ada), 66.67}, {by(fair, ada), 33.33}}));
    world.crm().edit({"Contact", ada}, "Qualified__c", Value{*parse_date("2017-10-20")});
    settle();
    EXPECT_EQ(rows(),
              (std::map<std::string, double>{{by(spring, ada), 33.33}, {by(fair, ada), 66.67}}));
}

class AccountInfluence : public InfluenceCycle {
protected:
    AccountInfluence() : InfluenceCycle(document("linear", "    people_of: role_else_account\n")) {}
};

TEST_F(AccountInfluence, WhereNobodyHasARoleTheAccountsPeopleCount) {
    const std::string account = add("Account", {{"Name", text("Acme")}});
    world.crm().edit({"Contact", bo}, "AccountId", text(account));
    world.crm().edit({"Opportunity", deal}, "AccountId", text(account));
    touch(fair, bo, "2017-10-09");
    settle();
    EXPECT_EQ(rows().size(), 2U) << "Ada has a role, so only she counts";
    for (const auto& [key, fields] : world.crm().records("OpportunityContactRole"))
        world.crm().remove({"OpportunityContactRole", key});
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(fair, bo), 100}}));
    // Somebody who joins the account brings her touches along.
    world.crm().edit({"Contact", ada}, "AccountId", text(account));
    settle();
    EXPECT_EQ(rows().size(), 3U);
}

class WeighedInfluence : public InfluenceCycle {
protected:
    WeighedInfluence()
        : InfluenceCycle(document("custom",
                                  "    weights: { campaign_type: { Webinar: 3 }, position: "
                                  "{ first: 2 } }\n")) {}
};

TEST_F(WeighedInfluence, NumbersByTypeAndPlaceAreMultiplied) {
    world.crm().edit({"Campaign", fair}, "Type", text("Webinar"));
    settle();
    EXPECT_EQ(rows(), (std::map<std::string, double>{{by(spring, ada), 40}, {by(fair, ada), 60}}));
}

}  // namespace
}  // namespace duet::world
