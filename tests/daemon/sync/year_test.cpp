// Time alone, a cycle a day for a year: over the real store, against two fakes. And what happened
// over two years, told to the daemon in a hundred orders.
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kYearPeople = R"yaml(entity: person
match: [crm_id, email]
rollups:
  - { name: Last_Won, of: OpportunityContactRole, where: Opportunity.IsWon, function: MAX, field: Opportunity.CloseDate }
  - { name: Contract_End, of: Contract, via: Account, function: MAX, field: EndDate }
  - { name: Views, of: { pardot: visitor-activity }, where: "AND(type = 20, createdAt > NOW() - 30)", function: COUNT }
fields:
  - { salesforce: LastName, pardot: lastName, winner: salesforce }
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { name: stage, salesforce: Duet_Stage__c, pardot: duet_stage__c, direction: both, value: Duet.Stage }
  - { salesforce: First_Warm__c, pardot: first_warm__c, direction: both, value: Duet.First_Warm }
  - { salesforce: Cycle__c, value: Duet.Cycle }
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)yaml";

constexpr const char* kLists = R"yaml(lists:
  - { pardot_list: Upsell, member_when: "AND(TODAY() >= Rollup.Last_Won + 90, TODAY() < Rollup.Last_Won + 150)" }
  - { pardot_list: Renewal early, member_when: "AND(TODAY() >= Rollup.Contract_End - 90, TODAY() < Rollup.Contract_End - 30)" }
  - { pardot_list: Renewal late, member_when: "AND(TODAY() >= Rollup.Contract_End - 30, TODAY() <= Rollup.Contract_End)" }
  - { pardot_list: Interested, member_when: Rollup.Views >= 3 }
)yaml";

constexpr const char* kYearLifecycle = R"yaml(lifecycle:
  cycle_starts_at: Warm
  stages:
    - { name: Cold, rank: 1 }
    - { name: Warm, rank: 2 }
    - { name: Talks, rank: 3 }
    - { name: Sold, rank: 4 }
    - { name: Asleep, rank: -1 }
  events:
    - { name: met, object: [Lead, Contact], at: CreatedDate }
    - { name: turned_down, object: Contact, at: Rejected_On__c }
    - { name: came_by, object: { pardot: visitor-activity }, where: type = 4, at: createdAt }
  deals:
    through: OpportunityContactRole
    deal: Opportunity
    joined: CreatedDate
    created: CreatedDate
    closed: ClosedAt__c
    won: IsWon
    close_date: CloseDate
    lapses:
      - { name: overdue, past_close_over: 30, in_stage_over: 30 }
  transitions:
    - { on: met, from: new, to: Cold, elsewhere: ignore }
    - { on: came_by, from: [Cold, Asleep], to: Warm, new_cycle_from: Asleep, elsewhere: ignore }
    - { on: turned_down, from: Warm, to: Asleep, elsewhere: ignore }
    - { on: deal_opened, from: { ranks: [1, 2] }, to: Talks, elsewhere: ignore }
    - { on: deal_lapsed, from: Talks, to: Asleep, elsewhere: ignore }
    - { on: deal_won, from: { ranks: [1, 3] }, to: Sold, elsewhere: ignore }
  timers:
    - { name: dozed_off, from: [Cold, Warm], to: Asleep, days: 90, since: [stage, came_by] }
)yaml";

WorldOptions documents() {
    WorldOptions options;
    options.documents = {
        {"people.yaml", kYearPeople}, {"lists.yaml", kLists}, {"lifecycle.yaml", kYearLifecycle}};
    options.adjust_catalogs = add_lifecycle_objects;
    return options;
}

struct Years {
    Years() : world(documents()) {
        for (const char* list : {"Upsell", "Renewal early", "Renewal late", "Interested"})
            lists[list] = world.add_list(list);
    }

    std::string contact(const std::string& name, const char* created,
                        const std::string& account = {}) {
        Fields fields;
        fields.set("Email", text(name + "@example.com"));
        fields.set("LastName", text(name));
        fields.set("HasOptedOutOfEmail", Value{false});
        fields.set("CreatedDate", Value{at(created)});
        if (!account.empty()) fields.set("AccountId", text(account));
        return world.crm().add("Contact", std::move(fields));
    }
    std::string prospect(const std::string& name) {
        return world.with_email(Side::Marketing, name + "@example.com").key;
    }
    void activity(const std::string& prospect, const std::string& when, int type) {
        Fields fields;
        fields.set("prospectId", text(prospect));
        fields.set("type", Value{Decimal{type}});
        fields.set("createdAt", Value{at(when)});
        world.marketing().add("visitor-activity", std::move(fields));
    }
    std::string deal(const char* created, const char* closed, const char* close_date) {
        Fields fields;
        fields.set("CreatedDate", Value{at(created)});
        if (*closed != '\0') fields.set("ClosedAt__c", Value{at(closed)});
        fields.set("CloseDate", Value{day(close_date)});
        fields.set("IsWon", Value{*closed != '\0'});
        fields.set("IsClosed", Value{*closed != '\0'});
        return world.crm().add("Opportunity", std::move(fields));
    }
    void role(const std::string& deal, const std::string& contact, const char* created) {
        Fields fields;
        fields.set("OpportunityId", text(deal));
        fields.set("ContactId", text(contact));
        fields.set("CreatedDate", Value{at(created)});
        world.crm().add("OpportunityContactRole", std::move(fields));
    }
    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }
    Value of(const std::string& name, const char* field) {
        return world.value(Side::Crm, name + "@example.com", field);
    }
    /// "list person", of everybody who is on one.
    std::set<std::string> seats() {
        std::set<std::string> found;
        for (const auto& [key, fields] : world.marketing().records("list-membership")) {
            for (const auto& [list, id] : lists) {
                if (fields.get("listId") != text(id)) continue;
                for (const char* name : kNames) {
                    if (fields.get("prospectId") == text(prospect(name)))
                        found.insert(list + " " + name);
                }
            }
        }
        return found;
    }

    static constexpr const char* kNames[] = {"upsold", "renewed", "dozing", "lapsed", "curious"};
    World world;
    std::map<std::string, std::string> lists;
};

TEST(Years, EachThingHappensOnItsOwnDayAndOnEveryOtherNothingIsLookedAt) {
    Years years;
    World& world = years.world;
    const std::string upsold = years.contact("upsold", "2017-12-20T09:00");
    years.role(years.deal("2017-12-21T09:00", "2017-12-30T12:00", "2017-12-30"), upsold,
               "2017-12-21T09:00");
    const std::string account = world.crm().add("Account", Fields{});
    Fields contract;
    contract.set("AccountId", text(account));
    contract.set("StartDate", Value{day("2017-10-01")});
    contract.set("EndDate", Value{day("2018-09-30")});
    world.crm().add("Contract", std::move(contract));
    years.contact("renewed", "2017-12-10T09:00", account);
    years.contact("dozing", "2017-12-30T09:00");
    years.role(years.deal("2017-12-15T09:00", "", "2018-02-10"),
               years.contact("lapsed", "2017-12-14T09:00"), "2017-12-15T09:00");
    years.contact("curious", "2017-12-28T09:00");
    years.settle();
    for (const char* when : {"2017-12-30T10:00", "2017-12-31T11:00", "2018-01-01T12:00"})
        years.activity(years.prospect("curious"), when, 20);
    years.settle();
    EXPECT_EQ(years.seats(), std::set<std::string>{"Interested curious"});

    // From which day on what is so; nothing else may change, and no other day may look at
    // anybody.
    const std::map<std::string, std::function<bool(Date)>> seated{
        {"Upsell upsold",
         [](Date today) { return today >= day("2018-03-30") && today < day("2018-05-29"); }},
        {"Renewal early renewed",
         [](Date today) { return today >= day("2018-07-02") && today < day("2018-08-31"); }},
        {"Renewal late renewed",
         [](Date today) { return today >= day("2018-08-31") && today <= day("2018-09-30"); }},
        // The first of three views is thirty days old at ten o'clock.
        {"Interested curious", [](Date today) { return today < day("2018-01-30"); }}};
    const std::map<std::string, const char*> asleep_from{{"renewed", "2018-03-10"},
                                                         {"dozing", "2018-03-30"},
                                                         {"curious", "2018-03-28"},
                                                         {"lapsed", "2018-03-13"}};
    std::set<std::string> busy;
    for (Date today = day("2018-01-04"); today < day("2019-01-04"); today += std::chrono::days{1}) {
        world.clock.set_day(std::chrono::year_month_day{today});
        const auto report = world.run_cycle();
        ASSERT_TRUE(report);
        if (report->decisions > 0 || report->sent.done > 0) {
            busy.insert(format_date(today));
            while (world.run_cycle()->sent.done > 0) {
            }
        }
        std::set<std::string> expected;
        for (const auto& [seat, is_on] : seated) {
            if (is_on(today)) expected.insert(seat);
        }
        ASSERT_EQ(years.seats(), expected) << format_date(today);
        for (const auto& [name, from] : asleep_from) {
            ASSERT_EQ(years.of(name, "Duet_Stage__c") == text("Asleep"), today >= day(from))
                << name << " on " << format_date(today);
        }
    }
    // On each of three days a view is thirty days old.
    EXPECT_EQ(busy, (std::set<std::string>{"2018-01-30", "2018-01-31", "2018-02-01", "2018-03-10",
                                           "2018-03-13", "2018-03-28", "2018-03-30", "2018-05-29",
                                           "2018-07-02", "2018-08-31", "2018-10-01"}));
}

/// Two years of one person, as records that come one by one in any order.
class Story : public Years {
public:
    /// Everything comes with the first load where `order` is empty; else with a cycle after those
    /// of which `paused` says so.
    Story(std::vector<std::size_t> order, const std::function<bool()>& paused) {
        ada_ = contact("ada", "2016-03-01T09:00");
        settle();
        const auto all = steps();
        if (order.empty()) {
            order.resize(all.size());
            std::iota(order.begin(), order.end(), 0U);
        }
        for (const std::size_t step : order) {
            all[step]();
            if (!paused()) continue;
            world.clock.pass(180s);
            EXPECT_TRUE(world.run_cycle());
        }
        settle();
    }

    static constexpr std::size_t kSteps = 6;

    std::vector<std::string> told() {
        const auto entity = world.entity_of(Side::Crm, {"Contact", ada_});
        auto rows = world.store().lifecycle_rows(world.org().name, entity.id);
        if (!rows) return {"unreadable"};
        std::vector<std::string> found;
        for (const lifecycle::Row& row : *rows) {
            found.push_back(row.from + " > " + row.to + " " + format_instant(row.at) + " " +
                            row.event + " " + std::to_string(row.cycle) +
                            (row.skipped ? " skipped" : ""));
        }
        for (const char* field : {"Duet_Stage__c", "First_Warm__c", "Cycle__c"})
            found.push_back(display(of("ada", field)));
        return found;
    }

private:
    std::vector<std::function<void()>> steps() {
        std::vector<std::function<void()>> all;
        for (const char* when : {"2016-04-02T10:00", "2016-12-10T08:00", "2017-06-01T10:00"})
            all.emplace_back([this, when] { activity(prospect("ada"), when, 4); });
        all.emplace_back([this] {
            world.crm().edit({"Contact", ada_}, "Rejected_On__c", Value{at("2016-05-01T09:00")});
        });
        all.emplace_back([this] {
            role(deal("2017-01-05T09:00", "2017-03-20T12:00", "2017-03-20"), ada_,
                 "2017-01-06T09:00");
        });
        all.emplace_back(
            [this] { role(deal("2016-01-10T09:00", "", "2016-02-01"), ada_, "2016-03-02T09:00"); });
        return all;
    }

    std::string ada_;
};

TEST(Years, AHundredOrdersOfArrivalGiveTheSameHistoryAndFields) {
    const auto expected = Story({}, [] { return false; }).told();
    ASSERT_GT(expected.size(), 6U);
    std::mt19937 random(7);  // any seed: every order must give the same
    std::vector<std::size_t> order(Story::kSteps);
    std::iota(order.begin(), order.end(), 0U);
    for (int round = 0; round < 100; ++round) {
        std::shuffle(order.begin(), order.end(), random);
        EXPECT_EQ(Story(order, [&] { return random() % 2 == 0; }).told(), expected)
            << "round " << round;
    }
}

}  // namespace
}  // namespace duet::world
