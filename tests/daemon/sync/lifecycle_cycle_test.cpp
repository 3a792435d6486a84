// A lifecycle of the documents' own through the whole cycle: over the real store, against two
// fakes.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/lifecycle_report.h"
#include "daemon/service/person.h"
#include "tests/world/lifecycle_documents.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kAccountPart = R"(  account: { customer: Sold, contract: bound }
)";

constexpr std::string_view kFits = "- { name: fits, when: Prospect.score >= 100";

WorldOptions three_stages(bool with_accounts = false) {
    WorldOptions options;
    options.documents = {
        {"people.yaml", kLifecyclePeople},
        {"lifecycle.yaml", std::string(kLifecycleRules) + (with_accounts ? kAccountPart : "")}};
    if (with_accounts) options.documents.push_back({"accounts.yaml", kLifecycleAccounts});
    options.adjust_catalogs = add_lifecycle_objects;
    return options;
}

class LifecycleCycle : public LifecycleTest {
protected:
    explicit LifecycleCycle(WorldOptions options = three_stages())
        : LifecycleTest(std::move(options)) {}

    std::string add_ada(const char* created = "2016-03-01T09:00", const std::string& account = {}) {
        Fields fields;
        fields.set("Email", text(kAda));
        fields.set("LastName", text("Lovelace"));
        fields.set("HasOptedOutOfEmail", Value{false});
        fields.set("CreatedDate", Value{at(created)});
        if (!account.empty()) fields.set("AccountId", text(account));
        return world.crm().add("Contact", std::move(fields));
    }

    /// The prospect that Duet made for her.
    RecordId prospect() { return world.with_email(Side::Marketing, kAda); }

    std::string visit(const char* when) { return add_visit(kAda, when); }

    std::vector<std::string> history(const RecordId& contact) {
        std::vector<std::string> found;
        const auto entity = world.entity_of(Side::Crm, contact);
        auto rows = world.store().lifecycle_rows(world.org().name, entity.id);
        if (!rows) return {"unreadable"};
        for (const lifecycle::Row& row : *rows)
            found.push_back(row.to + " " + format_instant(row.at).substr(0, 16) +
                            (row.skipped ? " skipped" : ""));
        return found;
    }

    Value of_ada(const char* field) { return world.value(Side::Crm, kAda, field); }

    static constexpr const char* kAda = "ada@example.com";
};

TEST_F(LifecycleCycle, AFirstLoadOfTwoYearsHasTheDatesOfWhatHappened) {
    const std::string contact = add_ada();
    add_deal(contact, "2017-03-01T12:00", "2017-05-20T12:00", true);
    settle();
    EXPECT_EQ(history({"Contact", contact}),
              (std::vector<std::string>{"Cold 2016-03-01T09:00", "Asleep 2016-05-30T00:00"}))
        << "the deal came when she was asleep: no transition leads from there";
    visit("2016-04-02T10:00");
    settle();
    EXPECT_EQ(history({"Contact", contact}),
              (std::vector<std::string>{"Cold 2016-03-01T09:00", "Warm 2016-04-02T10:00",
                                        "Asleep 2016-07-01T00:00"}));
    visit("2017-04-02T10:00");
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Sold"));
    EXPECT_EQ(world.value(Side::Marketing, kAda, "duet_stage__c"), text("Sold"));
    EXPECT_EQ(of_ada("First_Warm__c"), Value{at("2016-04-02T10:00")});
    EXPECT_EQ(world.value(Side::Marketing, kAda, "first_warm__c"), Value{at("2016-04-02T10:00")});
    EXPECT_EQ(of_ada("Cycle__c"), Value{Decimal{2}});
    const auto entity = world.entity_of(Side::Crm, {"Contact", contact});
    EXPECT_EQ(entity.stage, "Sold");
    EXPECT_EQ(entity.stage_since, Instant{at("2017-05-20T12:00")});
}

TEST_F(LifecycleCycle, OnceWrittenTheNextCycleSendsNothing) {
    add_ada("2017-12-01T09:00");
    settle();
    visit("2017-12-10T10:00");
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Warm"));
    world.clock.pass(300s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 0);
}

TEST_F(LifecycleCycle, TimeAloneMovesAPersonOnItsOwnDayAndNoOther) {
    const std::string contact = add_ada("2017-12-01T09:00");
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Cold"));
    const auto timer = world.entity_of(Side::Crm, {"Contact", contact}).timer;
    ASSERT_TRUE(timer);
    EXPECT_EQ(*timer, Instant{at("2018-03-01T00:00")}) << "90 days after 1 December";
    std::vector<int> days_on_which_something_was_decided;
    for (int day = 3; day <= 75; ++day) {
        world.clock.set_day(std::chrono::year_month_day{
            std::chrono::sys_days{std::chrono::year{2018} / 1 / 1} + std::chrono::days{day - 1}});
        auto fired = world.store().fire_timers(world.org().name, world.clock.now());
        ASSERT_TRUE(fired);
        if (*fired > 0) days_on_which_something_was_decided.push_back(day);
        ASSERT_TRUE(world.run_cycle());
        const bool is_asleep = of_ada("Duet_Stage__c") == text("Asleep");
        EXPECT_EQ(is_asleep, day >= 60) << "day " << day << " of 2018";
    }
    EXPECT_EQ(days_on_which_something_was_decided, std::vector<int>{60}) << "1 March";
    EXPECT_EQ(history({"Contact", contact}).back(), "Asleep 2018-03-01T00:00");
}

TEST_F(LifecycleCycle, WhatDuetAloneSawIsRemembered) {
    const std::string contact = add_ada("2017-12-01T09:00");
    settle();
    world.marketing().edit(prospect(), "score", Value{Decimal{120}});
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Warm"));
    const Value first = of_ada("First_Warm__c");
    EXPECT_GE(std::get<DateTime>(first), at("2018-01-02T00:00"));
    world.restart();
    world.clock.pass(86400s);
    world.marketing().edit(prospect(), "score", Value{Decimal{10}});
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Warm")) << "a score that falls revokes nothing";
    EXPECT_EQ(of_ada("First_Warm__c"), first);
    const auto entity = world.entity_of(Side::Crm, {"Contact", contact});
    auto spans = world.store().lifecycle_spans(world.org().name, entity.id);
    ASSERT_TRUE(spans);
    ASSERT_EQ(spans->size(), 1u);
    EXPECT_TRUE(spans->front().until);
}

class DatedCondition : public LifecycleCycle {
protected:
    DatedCondition() : LifecycleCycle(dated()) {}

    static WorldOptions dated() {
        WorldOptions options = three_stages();
        std::string& rules = options.documents[1].text;
        rules.insert(rules.find(kFits) + kFits.size(), ", since: Qualified_On__c");
        return options;
    }

    Value warm_since(const Value& qualified_on) {
        const RecordId contact{"Contact", add_ada("2017-12-01T09:00")};
        settle();
        world.crm().edit(contact, "Qualified_On__c", qualified_on);
        world.marketing().edit(prospect(), "score", Value{Decimal{120}});
        seen_from = DateTime{std::chrono::floor<std::chrono::milliseconds>(world.clock.now())};
        settle();
        return of_ada("First_Warm__c");
    }

    DateTime seen_from;
};

TEST_F(DatedCondition, HoldsFromItsOwnMoment) {
    EXPECT_EQ(warm_since(Value{at("2017-12-05T08:00")}), Value{at("2017-12-05T08:00")});
}

TEST_F(DatedCondition, HoldsFromWhenItWasSeenWhereItsMomentIsBlankOrToCome) {
    EXPECT_GE(std::get<DateTime>(warm_since(Value{at("2031-01-01T00:00")})), seen_from);
    EXPECT_LT(std::get<DateTime>(of_ada("First_Warm__c")), at("2019-01-01T00:00"));
}

TEST_F(LifecycleCycle, ADealThatIsWonLaterMovesItsPeople) {
    const std::string contact = add_ada("2017-12-01T09:00");
    const std::string open = add_deal(contact, "2017-12-05T12:00", "", false);
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Cold"));
    world.crm().edit({"Opportunity", open}, "ClosedAt__c", Value{at("2017-12-20T12:00")});
    world.crm().edit({"Opportunity", open}, "IsWon", Value{true});
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Sold"));
    EXPECT_EQ(history({"Contact", contact}).back(), "Sold 2017-12-20T12:00");
    EXPECT_EQ(history({"Contact", contact})[1], "Warm 2017-12-20T12:00 skipped");
}

TEST_F(LifecycleCycle, WhatIsDeletedDidNotHappen) {
    const std::string contact = add_ada("2017-12-01T09:00");
    settle();
    const std::string activity = visit("2017-12-10T10:00");
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Warm"));
    world.marketing().remove({"visitor-activity", activity});
    settle();
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Cold"));
    EXPECT_EQ(history({"Contact", contact}).size(), 1u);
}

TEST_F(LifecycleCycle, AConvertedLeadsHistoryIsTheContacts) {
    Fields fields;
    fields.set("Email", text(kAda));
    fields.set("LastName", text("Lovelace"));
    fields.set("Company", text("Acme"));
    fields.set("HasOptedOutOfEmail", Value{false});
    fields.set("CreatedDate", Value{at("2017-11-01T09:00")});
    const std::string lead = world.crm().add("Lead", std::move(fields));
    settle();
    visit("2017-11-10T10:00");
    settle();
    const std::string contact = world.crm().convert(lead);
    world.crm().edit({"Contact", contact}, "CreatedDate", Value{at("2018-01-02T00:00")});
    settle();
    EXPECT_EQ(history({"Contact", contact}),
              (std::vector<std::string>{"Cold 2017-11-01T09:00", "Warm 2017-11-10T10:00"}));
}

TEST_F(LifecycleCycle, ARuleThatCannotBeReadLeavesTheStage) {
    add_ada("2017-12-01T09:00");
    settle();
    visit("2017-12-10T10:00");
    settle();
    ASSERT_EQ(of_ada("Duet_Stage__c"), text("Warm"));
    world.marketing().hides_field("score");
    world.marketing().edit(prospect(), "lastName", text("King"));
    world.clock.pass(180s);
    std::vector<std::string> warnings;
    for (int i = 0; i < 3; ++i) {
        const auto report = world.run_cycle();
        ASSERT_TRUE(report);
        warnings.insert(warnings.end(), report->warnings.begin(), report->warnings.end());
    }
    EXPECT_EQ(of_ada("Duet_Stage__c"), text("Warm"));
    EXPECT_EQ(of_ada("LastName"), text("King")) << "the rest goes on";
    const bool is_told = std::any_of(warnings.begin(), warnings.end(), [](const std::string& one) {
        return one.starts_with("lifecycle: ");
    });
    EXPECT_TRUE(is_told);
}

TEST_F(LifecycleCycle, TheReportCountsWhoIsWhereAndHowTheyCame) {
    add_ada("2017-12-01T09:00");
    Fields fields;
    fields.set("Email", text("bob@example.com"));
    fields.set("LastName", text("Bell"));
    fields.set("HasOptedOutOfEmail", Value{false});
    fields.set("CreatedDate", Value{at("2017-12-20T09:00")});
    world.crm().add("Contact", std::move(fields));
    settle();
    visit("2017-12-11T09:00");
    settle();
    const auto answer = service::lifecycle_report(
        world.org(), {{"since", "2017-12-01"}, {"until", "2018-01-31"}, {"horizon_days", 10}});
    ASSERT_TRUE(answer) << answer.error().message;
    const nlohmann::json& told = *answer;
    EXPECT_EQ(told["people"], 2);
    EXPECT_EQ(told["stages"][0]["stage"], "Cold");
    EXPECT_EQ(told["stages"][0]["people"], 1);
    EXPECT_EQ(told["stages"][0]["entries"], 2);
    EXPECT_EQ(told["stages"][0]["exits"], 1);
    EXPECT_EQ(told["stages"][1]["people"], 1);
    const auto& step = told["steps"][0];
    EXPECT_EQ(step["to"], "Warm");
    EXPECT_EQ(step["cohort"]["entered"], 2);
    EXPECT_DOUBLE_EQ(step["cohort"]["rate"].get<double>(), 0.5);
    EXPECT_DOUBLE_EQ(step["days"]["median"].get<double>(), 10.0);
    EXPECT_EQ(told["whole"]["from"], "Warm");
    const auto wrong = service::lifecycle_report(world.org(), {{"since", "soon"}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, "DUET-6092");
}

TEST_F(LifecycleCycle, ExplainAndExportTellTheHistory) {
    add_ada("2017-12-01T09:00");
    settle();
    visit("2017-12-10T10:00");
    world.crm().edit(world.with_email(Side::Crm, kAda), "Rejected_On__c",
                     Value{at("2017-12-05T10:00")});
    settle();
    const auto told = service::explain(world.org(), kAda, {});
    ASSERT_TRUE(told) << told.error().message;
    const nlohmann::json& answer = told->contains("stages") ? *told : (*told)["entities"][0];
    ASSERT_EQ(answer["stages"].size(), 2U) << told->dump(1);
    EXPECT_EQ(answer["stages"][1]["to"], "Warm");
    EXPECT_EQ(answer["stages"][1]["at"], "2017-12-10T10:00:00.000Z");
    ASSERT_EQ(answer["refused_events"].size(), 1U) << "she was Cold when she was turned down";
    EXPECT_EQ(answer["refused_events"][0]["event"], "turned_down");
    const auto all = service::export_person(world.org(), kAda);
    ASSERT_TRUE(all);
    EXPECT_NE(all->dump().find("2017-12-10T10:00:00.000Z"), std::string::npos);
}

class AccountCycle : public LifecycleCycle {
protected:
    AccountCycle() : LifecycleCycle(three_stages(true)) {}

    Value of_account(const std::string& key) {
        return world.crm().records("Account").at(key).get("Duet_Stage__c");
    }
};

TEST_F(AccountCycle, AnAccountStandsWhereItsPeopleAndContractsPutIt) {
    Fields fields;
    fields.set("Name", text("Acme"));
    const std::string account = world.crm().add("Account", std::move(fields));
    add_ada("2017-12-01T09:00", account);
    settle();
    EXPECT_EQ(of_account(account), text("Cold"));
    visit("2017-12-10T10:00");
    settle();
    EXPECT_EQ(of_account(account), text("Warm"));
    Fields contract;
    contract.set("AccountId", text(account));
    contract.set("StartDate", Value{parse_date("2018-01-01").value()});
    contract.set("EndDate", Value{parse_date("2018-01-10").value()});
    world.crm().add("Contract", std::move(contract));
    settle();
    EXPECT_EQ(of_account(account), text("Sold"));
    world.clock.set_day(std::chrono::year{2018} / 1 / 11);
    world.run_until_quiet();
    EXPECT_EQ(of_account(account), text("Warm")) << "the contract's last day is over";
}

}  // namespace
}  // namespace duet::world
