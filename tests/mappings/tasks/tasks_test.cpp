#include "mappings/tasks/tasks.h"

#include <gtest/gtest.h>

#include "tests/mappings/merge/decide_help.h"

namespace duet::tasks {
namespace {

using edges::Phase;
using namespace std::chrono_literals;

constexpr const char* kScore = R"(tasks:
  - name: score_passes_100
    when: Prospect.score >= 100
    rearm_when: Prospect.score <= 80
    rearm_after_days: 30
    close_when: Prospect.score < 50
    subject: Call {!FirstName} {!LastName}
    description: 'The score is {!TEXT(Prospect.score)}.'
    due_in_days: 1
    priority: High
    cap_per_cycle: 7
)";

/// One contact over time: what is decided is remembered, and planned tasks are made at once.
struct Life : merge::Case {
    explicit Life(const std::string& rules = kScore) : Case("", rules) {
        facts.values["FirstName"] = text("Ada");
        facts.values["LastName"] = text("Lovelace");
        facts.values["OwnerId"] = text("005000000000001AAA");
        inputs.tasks.resize(1);
    }

    /// Decides; `makes` says whether the CRM takes what is planned.
    merge::Decision look(bool makes = true) {
        Known& known = inputs.tasks.front();
        merge::Decision decision = decide();
        for (const edges::Edge& edge : decision.edges) known.edge = edge;
        for (const PlannedTask& task : decision.tasks) {
            if (makes) known.tasks.push_back({task.key, "00T" + task.key, true, {}, {}});
        }
        inputs.moment.now += 1h;
        return decision;
    }

    merge::Decision score(int points, bool makes = true) {
        facts.values["Prospect.score"] = Value{Decimal{points}};
        return look(makes);
    }

    void close_task() {
        Task& task = inputs.tasks.front().tasks.back();
        task.open = false;
        task.modified = inputs.moment.now;
    }

    [[nodiscard]] std::size_t made() const { return inputs.tasks.front().tasks.size(); }
};

// The reference's figures: 90, 104, 96, 110 are one crossing.
TEST(ScoreTask, OneTaskWhileTheScoreWandersAboveTheLevelOfRearming) {
    Life life;
    for (const int points : {90, 104, 96, 110}) life.score(points);
    EXPECT_EQ(life.made(), 1u);
}

// 104, closed, 75, 101 are two.
TEST(ScoreTask, ASecondOneAfterTheFirstIsClosedAndTheScoreFell) {
    Life life;
    life.score(90);
    life.score(104);
    life.close_task();
    life.score(75);
    EXPECT_EQ(life.made(), 1u);
    life.score(101);
    EXPECT_EQ(life.made(), 2u);
    EXPECT_NE(life.inputs.tasks[0].tasks[0].key, life.inputs.tasks[0].tasks[1].key);
}

TEST(ScoreTask, NoSecondOneWhileTheFirstIsOpen) {
    Life life;
    for (const int points : {90, 104, 75, 101, 70, 130}) life.score(points);
    EXPECT_EQ(life.made(), 1u);
    life.close_task();
    // Those crossings were the open task's: none of them is made up for.
    life.score(131);
    EXPECT_EQ(life.made(), 1u);
}

TEST(ScoreTask, ArmedAgainThirtyDaysAfterItWasClosed) {
    Life life;
    life.score(90);
    life.score(104);
    life.close_task();
    life.inputs.moment.now += 24h * 29;
    life.score(96);
    life.score(104);
    EXPECT_EQ(life.made(), 1u);
    life.inputs.moment.now += 24h * 2;
    life.score(96);
    EXPECT_EQ(life.made(), 1u);
    life.score(104);
    EXPECT_EQ(life.made(), 2u);
}

TEST(ScoreTask, NobodyIsCalledBecauseARuleIsNew) {
    Life life;
    life.score(140);
    life.score(150);
    EXPECT_EQ(life.made(), 0u);
    life.score(90);
    life.score(100);
    EXPECT_EQ(life.made(), 1u);
}

TEST(ScoreTask, SaysWhomToCallByWhen) {
    Life life;
    life.score(90);
    const auto decision = life.score(104);
    ASSERT_EQ(decision.tasks.size(), 1u);
    EXPECT_EQ(decision.state, merge::State::Planned);
    const PlannedTask& task = decision.tasks.front();
    EXPECT_EQ(task.key, "score_passes_100:003000000000001AAA:1");
    EXPECT_EQ(task.cap_per_cycle, 7);
    EXPECT_EQ(task.fields.get("Duet_Key__c"), text(task.key));
    EXPECT_EQ(task.fields.get("WhoId"), text("003000000000001AAA"));
    EXPECT_EQ(task.fields.get("OwnerId"), text("005000000000001AAA"));
    EXPECT_EQ(task.fields.get("Subject"), text("Call Ada Lovelace"));
    EXPECT_EQ(task.fields.get("Description"), text("The score is 104."));
    EXPECT_EQ(task.fields.get("ActivityDate"), Value{*parse_date("2018-01-03")});
    EXPECT_EQ(task.fields.get("Priority"), text("High"));
    EXPECT_EQ(task.fields.size(), 7u);
}

TEST(ScoreTask, IsPlannedUnderOneKeyUntilTheCrmHasIt) {
    Life life;
    life.score(90);
    const auto first = life.score(104, false);
    const auto second = life.score(60, false);
    ASSERT_EQ(first.tasks.size(), 1u);
    ASSERT_EQ(second.tasks.size(), 1u) << "a crossing that was seen is not forgotten";
    EXPECT_EQ(first.tasks[0].key, second.tasks[0].key);
    life.look();
    EXPECT_TRUE(life.look().tasks.empty());
    EXPECT_EQ(life.made(), 1u);
}

TEST(ScoreTask, IsClosedWhenItBecomesMoot) {
    Life life;
    life.score(90);
    life.score(104);
    EXPECT_TRUE(life.score(60).task_edits.empty());
    const auto decision = life.score(40);
    ASSERT_EQ(decision.task_edits.size(), 1u);
    EXPECT_EQ(decision.task_edits[0].field, "Status");
    EXPECT_EQ(decision.task_edits[0].after, text("Completed"));
    life.close_task();
    EXPECT_TRUE(life.score(40).task_edits.empty());
}

TEST(ScoreTask, IsNotMadeWhenItBecameMootBefore) {
    Life life;
    life.score(90);
    life.score(104, false);
    EXPECT_TRUE(life.score(40).tasks.empty());
    EXPECT_TRUE(life.score(41).tasks.empty());
    EXPECT_EQ(life.inputs.tasks[0].edge->phase, Phase::Armed) << "40 is below 80";
}

TEST(ScoreTask, WaitsForARecordInTheCrm) {
    Life life;
    life.without(Side::Crm);
    life.score(90);
    EXPECT_TRUE(life.score(104).tasks.empty());
    life.inputs.sides.crm = {&life.contact, life.catalogs.crm.find("Contact"), false, {}, true};
    EXPECT_EQ(life.score(103).tasks.size(), 1u);
}

TEST(ScoreTask, NothingIsDecidedWhileASideIsBehind) {
    Life life;
    life.score(90);
    life.inputs.sides.marketing.ready = false;
    const auto decision = life.score(104);
    EXPECT_EQ(decision.state, merge::State::Waiting);
    EXPECT_TRUE(decision.tasks.empty());
    EXPECT_TRUE(decision.edges.empty());
    life.inputs.sides.marketing.ready = true;
    EXPECT_EQ(life.score(104).tasks.size(), 1u);
}

TEST(ScoreTask, ARuleThatFailsChangesNothing) {
    Life life;
    life.score(90);
    life.facts.broken["Prospect.score"] = "the field cannot be read";
    const auto decision = life.look();
    EXPECT_TRUE(merge::warns_of(decision, "task score_passes_100: the field cannot be read"));
    EXPECT_TRUE(decision.edges.empty());
    life.facts.broken.clear();
    EXPECT_EQ(life.score(104).tasks.size(), 1u);
}

TEST(ScoreTask, OfNobodyIsNotMadeAndSaysSo) {
    Life life;
    life.score(90);
    life.facts.values["OwnerId"] = Value{};
    const auto decision = life.score(104);
    EXPECT_TRUE(decision.tasks.empty());
    EXPECT_TRUE(merge::warns_of(decision, "the owner is blank"));
    life.facts.values["OwnerId"] = text("005000000000001AAA");
    EXPECT_EQ(life.score(96).tasks.size(), 1u);
}

TEST(ScoreTask, AStoreMadeAnewLearnsFromTheTasksThatAreThere) {
    Life life;
    life.inputs.tasks[0].tasks = {{"score_passes_100:003000000000001AAA:4", "00T4", true, {}, {}}};
    life.score(90);
    life.score(104);
    EXPECT_EQ(life.made(), 1u);
    life.close_task();
    life.score(70);
    const auto decision = life.score(104);
    ASSERT_EQ(decision.tasks.size(), 1u);
    EXPECT_EQ(decision.tasks[0].key, "score_passes_100:003000000000001AAA:5");
}

TEST(ScoreTask, ATaskThatPeopleDeletedIsNotMadeAnew) {
    Life life;
    life.score(90);
    life.score(104);
    life.close_task();  // a deleted one is no longer open either
    EXPECT_TRUE(life.score(104).tasks.empty());
}

TEST(Task, WithoutARearmingRuleItIsArmedWhenFalseAndClosed) {
    Life life(R"(tasks:
  - { name: engaged, when: Prospect.score >= 10, subject: Look at this one }
)");
    for (const int points : {0, 20, 0, 20}) life.score(points);
    EXPECT_EQ(life.made(), 1u) << "it is open";
    life.close_task();
    life.score(20);
    EXPECT_EQ(life.made(), 1u);
    life.score(0);
    life.score(20);
    EXPECT_EQ(life.made(), 2u);
}

TEST(Task, ThatOpensWithTheDayIsLookedAtOnThatDay) {
    Life life(R"(tasks:
  - { name: contract, when: TODAY() >= Duet_Last_Engaged__c + 90, subject: Renew }
)");
    life.facts.values["Duet_Last_Engaged__c"] = Value{*parse_date("2017-12-31")};
    const auto decision = life.look();
    ASSERT_TRUE(decision.next_change);
    EXPECT_EQ(format_instant(*decision.next_change), "2018-03-31T00:00:00.000Z");
}

TEST(TaskKey, IsNeverUsedTwice) {
    EXPECT_EQ(next_key("hot", "003A", {}), "hot:003A:1");
    const std::vector<Task> known{{"hot:003A:9", "1", false, {}, {}},
                                  {"hot:003A:10", "2", false, {}, {}},
                                  {"hot:003B:77", "3", false, {}, {}}};
    EXPECT_EQ(next_key("hot", "003A", known), "hot:003A:11");
    EXPECT_TRUE(is_key_of("hot:003A:1", "hot"));
    EXPECT_FALSE(is_key_of("hotter:003A:1", "hot"));
    EXPECT_FALSE(is_key_of("hot", "hot"));
}

constexpr const char* kNotice = R"(tasks:
  - name: notice
    when: Prospect.score >= 100
    subject: New for you
    when_reassigned: follow
)";

const Value kAnn = text("005000000000001AAA");
const Value kBo = text("005000000000002AAA");
const Value kCy = text("005000000000003AAA");

/// A notice that was made for Ann, and read back.
struct Notice : Life {
    Notice() : Life(kNotice) {
        score(90);
        score(104);
        task().owner = kAnn;
        look();
    }
    Task& task() { return inputs.tasks.front().tasks.back(); }
    merge::Decision give_record(const Value& owner) {
        facts.values["OwnerId"] = owner;
        return look();
    }
};

TEST(FollowingTask, GoesToTheNewOwnerOfTheRecord) {
    Notice notice;
    const auto decision = notice.give_record(kBo);
    EXPECT_EQ(decision.state, merge::State::Planned);
    EXPECT_TRUE(decision.tasks.empty());
    ASSERT_EQ(decision.task_edits.size(), 1u);
    EXPECT_EQ(decision.task_edits[0].id, notice.task().id);
    EXPECT_EQ(decision.task_edits[0].field, "OwnerId");
    EXPECT_EQ(decision.task_edits[0].before, kAnn);
    EXPECT_EQ(decision.task_edits[0].after, kBo);
    EXPECT_EQ(notice.look().task_edits.size(), 1u) << "until the CRM has it";
    notice.task().owner = kBo;
    EXPECT_TRUE(notice.look().task_edits.empty());
    EXPECT_EQ(notice.give_record(kCy).task_edits.size(), 1u) << "and on";
}

TEST(FollowingTask, StaysWithWhomPeopleGaveIt) {
    Notice notice;
    notice.task().owner = kCy;
    EXPECT_TRUE(notice.look().task_edits.empty());
    const auto decision = notice.give_record(kBo);
    EXPECT_TRUE(decision.task_edits.empty());
    EXPECT_EQ(notice.made(), 1u);
}

TEST(FollowingTask, IsMadeForTheNextOwnerWhereTheFirstHasDoneIt) {
    Notice notice;
    notice.close_task();
    EXPECT_TRUE(notice.look().tasks.empty()) << "done is done";
    const auto decision = notice.give_record(kBo);
    ASSERT_EQ(decision.tasks.size(), 1u);
    EXPECT_EQ(decision.tasks[0].fields.get("OwnerId"), kBo);
    EXPECT_EQ(decision.tasks[0].key, "notice:003000000000001AAA:2");
    notice.task().owner = kBo;
    EXPECT_TRUE(notice.look().tasks.empty());
    EXPECT_EQ(notice.made(), 2u);
}

TEST(FollowingTask, OthersStayWhereTheyWereMade) {
    Life life;
    life.score(90);
    life.score(104);
    life.inputs.tasks.front().tasks.back().owner = kAnn;
    life.facts.values["OwnerId"] = kBo;
    const auto decision = life.look();
    EXPECT_TRUE(decision.task_edits.empty());
    EXPECT_TRUE(decision.tasks.empty());
}

}  // namespace
}  // namespace duet::tasks
