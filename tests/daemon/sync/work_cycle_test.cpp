// The work queue, response times, engagement and lapsed deals through the whole cycle: over the
// real store, against two fakes.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "daemon/service/work_report.h"
#include "tests/world/lifecycle_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kPeople = R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: Email, pardot: email, winner: salesforce }
  - { salesforce: LastName, pardot: lastName, winner: salesforce }
  - { salesforce: In_Queue__c, value: Queue.Member }
  - { salesforce: Rank__c, value: Queue.Rank, blank: propagate }
  - { salesforce: Reason__c, value: Queue.Reason, blank: propagate }
  - { salesforce: Engaged__c, value: Score.Engagement }
create:
  pardot: { when: NOT(ISBLANK(Email)), object: prospect, key: email }
)";

constexpr const char* kAccounts = R"(entity: account
match: []
objects: { salesforce: Account, pardot: [] }
fields:
  - { salesforce: Engaged__c, value: Score.Engagement }
)";

constexpr const char* kWork = R"(timers:
  - name: Answer
    starts: [{ kind: form, object: { pardot: visitor-activity }, where: type = 4, time: createdAt, within_minutes: 1440 }]
    answers: [{ object: Task, where: IsClosed, time: Done__c }]
queue:
  reasons:
    - { name: wants an answer, when: 'OR(Timer.Answer = "RUNNING", Timer.Answer = "WARNING", Timer.Answer = "BREACHED")' }
  leave_when: HasOptedOutOfEmail
  breached_when: Timer.Answer = "BREACHED"
  due: Timer.Answer_Due
  score: Prospect.score
  owner: OwnerId
  score_bands: [50, 100]
scoring:
  points: [{ type: form, object: { pardot: visitor-activity }, where: type = 4, time: createdAt, points: 50 }]
  account: { unknown_role_percent: 100 }
routing:
  - name: nobody_answered
    objects: [Contact]
    trigger: Timer.Answer_Reassign
    times: every
    owner_now: passed_over
    rules: [{ name: turns, round_robin: [ann@example.com, bo@example.com] }]
)";

void add_work_objects(PerSide<Catalog>& catalogs) {
    add_lifecycle_objects(catalogs);
    for (ObjectInfo& known : catalogs.crm.objects) {
        const bool is_person = known.name == "Contact" || known.name == "Lead";
        if (known.name == "Task")
            known.fields.push_back(made_field("Done__c", FieldType::DateTime));
        if (known.name == "Account" || is_person)
            known.fields.push_back(made_field("Engaged__c", FieldType::Number));
        if (!is_person) continue;
        known.fields.push_back(made_field("In_Queue__c", FieldType::Boolean));
        known.fields.push_back(made_field("Rank__c", FieldType::Number));
        known.fields.push_back(made_field("Reason__c"));
    }
}

WorldOptions with_work() {
    WorldOptions options;
    options.documents = {
        {"people.yaml", kPeople}, {"accounts.yaml", kAccounts}, {"work.yaml", kWork}};
    options.adjust_catalogs = add_work_objects;
    return options;
}

std::string mail(const std::string& name) { return name + "@example.com"; }

class WorkCycle : public testing::Test {
protected:
    WorkCycle() : world(with_work()) {
        for (const char* name : {"ann", "bo"}) {
            Fields fields;
            fields.set("Name", text(name));
            fields.set("Email", text(mail(name)));
            fields.set("IsActive", Value{true});
            users[name] = world.crm().add("User", std::move(fields));
        }
        world.run_until_quiet();
    }

    std::string add(const std::string& name, const std::string& owner = "ann",
                    const std::string& account = {}) {
        Fields fields;
        fields.set("Email", text(mail(name)));
        fields.set("LastName", text(name));
        fields.set("HasOptedOutOfEmail", Value{false});
        fields.set("OwnerId", text(users.at(owner)));
        if (!account.empty()) fields.set("AccountId", text(account));
        const std::string key = world.crm().add("Contact", std::move(fields));
        settle();
        return key;
    }

    void form(const std::string& name, DateTime when) {
        Fields fields;
        fields.set("prospectId", text(world.with_email(Side::Marketing, mail(name)).key));
        fields.set("type", Value{Decimal{4}});
        fields.set("createdAt", Value{when});
        world.marketing().add("visitor-activity", std::move(fields));
    }

    void answer(const std::string& contact, DateTime when) {
        Fields fields;
        fields.set("WhoId", text(contact));
        fields.set("IsClosed", Value{true});
        fields.set("Done__c", Value{when});
        world.crm().add("Task", std::move(fields));
    }

    void settle() {
        world.clock.pass(180s);
        world.run_until_quiet();
    }

    DateTime now() { return std::chrono::floor<std::chrono::milliseconds>(world.clock.now()); }

    Value of(const std::string& name, const char* field) {
        return world.value(Side::Crm, mail(name), field);
    }

    nlohmann::json queue(nlohmann::json body = nlohmann::json::object()) {
        auto told = service::queue_report(world.org(), body);
        EXPECT_TRUE(told) << told.error().message;
        return told ? *told : nlohmann::json{};
    }

    World world;
    std::map<std::string, std::string> users;
};

TEST_F(WorkCycle, TheQueueIsOneRowAPersonInOrder) {
    for (const char* name : {"early", "late", "over", "out", "calm"}) add(name, "ann");
    add("other", "bo");
    form("late", now() - 1h);
    form("early", now() - 2h);
    form("other", now() - 3h);
    form("over", now() - 30h);
    form("over", now() - 25h);  // and again: still one row
    form("out", now() - 1h);
    world.crm().edit(world.with_email(Side::Crm, mail("out")), "HasOptedOutOfEmail", Value{true});
    settle();
    std::vector<std::string> people;
    const auto all = queue();
    for (const auto& line : all["queue"]) people.push_back(line["record"].get<std::string>());
    const auto record = [&](const char* name) {
        return "Contact " + world.with_email(Side::Crm, mail(name)).key;
    };
    EXPECT_EQ(people, (std::vector<std::string>{record("over"), record("other"), record("early"),
                                                record("late")}));
    EXPECT_TRUE(all["queue"][0]["breached"].get<bool>());
    EXPECT_EQ(all["queue"][1]["owner_name"], "bo");
    const auto ann = queue({{"owner", "ann@example.com"}, {"limit", 2}});
    ASSERT_EQ(ann["queue"].size(), 2U);
    EXPECT_EQ(ann["queue"][1]["record"], record("early"));
    EXPECT_EQ(ann["people"], 4);
    // And the field sorts as the command does.
    EXPECT_LT(of("over", "Rank__c"), of("other", "Rank__c"));
    EXPECT_LT(of("other", "Rank__c"), of("early", "Rank__c"));
    EXPECT_LT(of("early", "Rank__c"), of("late", "Rank__c"));
    EXPECT_TRUE(is_blank(of("calm", "Rank__c")));
}

TEST_F(WorkCycle, ANewcomerWritesOnlyItsOwnPlace) {
    for (const char* name : {"a", "b", "c"}) {
        add(name);
        form(name, now());
    }
    settle();
    const Value before = of("a", "Rank__c");
    ASSERT_FALSE(is_blank(before));
    const auto writes = [&] { return world.crm().records("Contact").size(); };
    ASSERT_EQ(writes(), 3U);
    add("d");
    form("d", now());
    world.clock.pass(180s);
    const auto report = world.run_cycle();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sent.done, 1) << "one record, however many fields";
    EXPECT_EQ(of("a", "Rank__c"), before);
    EXPECT_EQ(of("d", "Reason__c"), text("wants an answer"));
}

TEST_F(WorkCycle, WhoIsAnsweredLeavesAndTheRankGoes) {
    const std::string ada = add("ada");
    form("ada", now());
    settle();
    EXPECT_EQ(of("ada", "In_Queue__c"), Value{true});
    answer(ada, now());
    settle();
    EXPECT_EQ(of("ada", "In_Queue__c"), Value{false});
    EXPECT_TRUE(is_blank(of("ada", "Rank__c")));
    EXPECT_TRUE(is_blank(of("ada", "Reason__c")));
}

TEST_F(WorkCycle, ReassigningMovesTheRowAndMakesNoSecondOne) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    const Value rank = of("ada", "Rank__c");
    world.crm().edit({"Contact", ada}, "OwnerId", text(users.at("bo")));
    settle();
    EXPECT_EQ(queue({{"owner", "ann"}})["queue"].size(), 0U);
    const auto bo = queue({{"owner", "bo"}});
    ASSERT_EQ(bo["queue"].size(), 1U);
    EXPECT_EQ(queue()["queue"].size(), 1U);
    EXPECT_EQ(of("ada", "Rank__c"), rank) << "the timer goes on, whoever owns her";
}

TEST_F(WorkCycle, AttainmentLeavesOutWhatIsNotOver) {
    const std::string met = add("met");
    const std::string late = add("late");
    for (const char* name : {"broken", "running"}) add(name);
    const DateTime long_ago = now() - 240h;
    form("met", long_ago);
    answer(met, long_ago + 24h);
    form("late", long_ago);
    answer(late, long_ago + 24h + 1s);
    form("broken", now() - 30h);
    form("running", now());
    settle();
    const auto told = service::answers_report(world.org(), nlohmann::json::object());
    ASSERT_TRUE(told) << told.error().message;
    const auto& timer = (*told)["timers"][0];
    EXPECT_EQ(timer["MET"], 1);
    EXPECT_EQ(timer["MET_LATE"], 1);
    EXPECT_EQ(timer["BREACHED"], 1);
    EXPECT_EQ(timer["RUNNING"], 1);
    EXPECT_NEAR(timer["attainment"].get<double>(), 1.0 / 3, 1e-12);
    EXPECT_EQ(timer["kinds"][0]["kind"], "form");
    const auto recent =
        service::answers_report(world.org(), {{"since", format_instant(now() - 48h)}});
    ASSERT_TRUE(recent);
    EXPECT_EQ((*recent)["timers"][0]["attainment"], 0.0);
}

TEST_F(WorkCycle, TwiceTheTimeGivesItToSomebodyElseEachTime) {
    const std::string ada = add("ada", "ann");
    form("ada", now());
    settle();
    EXPECT_EQ(of("ada", "OwnerId"), text(users.at("ann")));
    world.clock.pass(48h);
    world.run_until_quiet();
    EXPECT_EQ(of("ada", "OwnerId"), text(users.at("bo"))) << "never who did not answer";
    answer(ada, now());
    settle();
    form("ada", now());
    settle();
    world.clock.pass(48h);
    world.run_until_quiet();
    EXPECT_EQ(of("ada", "OwnerId"), text(users.at("ann")));
}

TEST_F(WorkCycle, DecayIsWrittenWhenItPassesAStepAndOnNoOtherDay) {
    Fields company;
    company.set("Name", text("Acme"));
    const std::string account = world.crm().add("Account", std::move(company));
    const std::string ada = add("ada", "ann", account);
    form("ada", now());
    answer(ada, now());
    settle();
    EXPECT_EQ(of("ada", "Engaged__c"), Value{Decimal{45}}) << "50, three minutes ago";
    EXPECT_EQ(world.crm().records("Account").at(account).get("Engaged__c"), Value{Decimal{45}});
    std::set<std::string> seen;
    int days_with_writes = 0;
    for (int day = 0; day < 30; ++day) {
        world.clock.pass(24h);
        const Value before = of("ada", "Engaged__c");
        world.run_until_quiet();
        const Value after = of("ada", "Engaged__c");
        seen.insert(display(after));
        if (before != after) ++days_with_writes;
    }
    EXPECT_EQ(days_with_writes, 5) << "45, 40, 35, 30, 25, and 25 is passed on the thirtieth day";
    EXPECT_EQ(of("ada", "Engaged__c"), Value{Decimal{20}});
    EXPECT_EQ(world.crm().records("Account").at(account).get("Engaged__c"), Value{Decimal{20}});
}

constexpr const char* kDeals = R"(entity: opportunity
match: []
objects: { salesforce: Opportunity, pardot: [] }
)";

constexpr const char* kClosing = R"(lifecycle:
  stages: [{ name: Cold, rank: 1 }, { name: Sold, rank: 2 }]
  events: [{ name: met, object: Contact, at: CreatedDate }]
  deals:
    through: OpportunityContactRole
    deal: Opportunity
    joined: CreatedDate
    created: CreatedDate
    closed: IF(IsClosed, ClosedAt__c, NULL)
    won: IsWon
    lapses: [{ name: silent, quiet_from: 60 }]
    close_lapsed: { after_days: 30, set: { StageName: Closed Lost } }
  transitions:
    - { on: met, from: new, to: Cold, elsewhere: ignore }
    - { on: deal_won, from: Cold, to: Sold }
)";

TEST(LapsedDeals, AreClosedThirtyDaysLaterAndNotADayBefore) {
    WorldOptions options;
    options.documents = {{"people.yaml", "entity: person\nmatch: [email]\n"},
                         {"deals.yaml", kDeals},
                         {"lifecycle.yaml", kClosing}};
    options.adjust_catalogs = add_work_objects;
    World world(std::move(options));
    Fields fields;
    const DateTime made = std::chrono::floor<std::chrono::days>(world.clock.now());
    fields.set("CreatedDate", Value{made});
    fields.set("IsWon", Value{false});
    fields.set("IsClosed", Value{false});
    fields.set("StageName", text("Proposal"));
    const std::string deal = world.crm().add("Opportunity", std::move(fields));
    world.clock.pass(180s);
    world.run_until_quiet();
    const auto stage = [&] { return world.crm().records("Opportunity").at(deal).get("StageName"); };
    for (int day = 1; day <= 92; ++day) {
        world.clock.pass(24h);
        world.run_until_quiet();
        EXPECT_EQ(stage(), text(day < 90 ? "Proposal" : "Closed Lost")) << "day " << day;
    }
}

}  // namespace
}  // namespace duet::world
