// What is wrong in tasks and routing, and what is read of them.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kPeople = R"(entity: person
match: [crm_id]
create:
  salesforce: { when: NOT(ISBLANK(Prospect.lastName)), object: Lead, key: Duet_Key__c }
)";

std::string offline(const std::string& text) {
    return findings_of({{"people.yaml", kPeople}, {"a.yaml", text}}, nullptr);
}

std::string checked(const std::string& text) {
    return findings_of({{"people.yaml", kPeople}, {"a.yaml", text}}, &test_catalogs());
}

std::string task(const std::string& more) {
    return "tasks:\n  - name: hot\n    when: Prospect.score >= 100\n" + more;
}

std::string routing(const std::string& more) { return "routing:\n  - name: leads\n" + more; }

bool says(const std::string& findings, const std::string& words) {
    return findings.find(words) != std::string::npos;
}

TEST(TaskRules, HaveTheManualsDefaults) {
    const auto documents = load_good(
        {{"people.yaml", kPeople}, {"a.yaml", task("    subject: Call\n")}}, &test_catalogs());
    ASSERT_EQ(documents.tasks.size(), 1u);
    const TaskRule& rule = documents.tasks.front();
    EXPECT_EQ(rule.entity, EntityKind::Person);
    EXPECT_EQ(rule.owner.formula.text(), "OwnerId");
    EXPECT_EQ(rule.closed_status, "Completed");
    EXPECT_EQ(rule.first_sight, FirstSight::Wait);
    EXPECT_EQ(rule.cap_per_cycle, 100);
    EXPECT_FALSE(rule.due_in_days);
    EXPECT_FALSE(rule.follows_owner);
    EXPECT_EQ(rule.version.size(), 12u);
}

TEST(TaskRules, ThoseThatFollowReadWhoseTheTaskIs) {
    const auto reads_owner = [](const Documents& documents) {
        const auto all = needs(documents, test_catalogs());
        return std::any_of(all.begin(), all.end(), [](const Need& need) {
            return need.object == "Task" &&
                   std::count(need.fields.begin(), need.fields.end(), "OwnerId") > 0;
        });
    };
    const std::string follows = task("    subject: Call\n    when_reassigned: follow\n");
    const auto documents =
        load_good({{"people.yaml", kPeople}, {"a.yaml", follows}}, &test_catalogs());
    EXPECT_TRUE(documents.tasks.front().follows_owner);
    EXPECT_TRUE(reads_owner(documents));
    EXPECT_FALSE(reads_owner(load_good(
        {{"people.yaml", kPeople}, {"a.yaml", task("    subject: Call\n")}}, &test_catalogs())));
    EXPECT_TRUE(says(offline(task("    subject: Call\n    when_reassigned: stay\n")), "follow"));
}

TEST(TaskRules, AMergeFieldThatIsWrongIsShownWhereItStands) {
    EXPECT_EQ(checked(task("    subject: Call {!FirstNam}\n")),
              "a.yaml:4:21: error: There is no field \"FirstNam\". [DUET-2011]\n"
              "    4 |     subject: Call {!FirstNam}\n"
              "      |                     ^~~~~~~~\n"
              "  did you mean \"FirstName\"?\n");
}

TEST(TaskRules, AKeyThatWouldDoNothingIsRefused) {
    EXPECT_TRUE(says(offline(task("    subject: Call\n    closed_status: Done\n")),
                     "\"closed_status\" has no effect here"));
    EXPECT_TRUE(says(offline(task("    subject: Call\n    due_days: 3\n")),
                     "unknown key \"due_days\" in a task rule"));
}

TEST(TaskRules, NeedANameThatCanBeRemembered) {
    EXPECT_TRUE(says(offline("tasks:\n  - { name: Too hot, when: 'TRUE', subject: Call }\n"),
                     "cannot be remembered by"));
    EXPECT_TRUE(says(offline("tasks:\n  - { name: hot, when: 'TRUE', subject: Call }\n"
                             "  - { name: HOT, when: 'TRUE', subject: Call }\n"),
                     "the task rule \"HOT\" is already defined"));
}

TEST(TaskRules, MustBeAboutAnEntityThatIsThere) {
    EXPECT_TRUE(says(offline(task("    subject: Call\n    entity: account\n")),
                     "no document has entity: account"));
}

TEST(TaskRules, AnswerYesOrNoAndNameAnOwnersId) {
    EXPECT_TRUE(says(checked("tasks:\n  - { name: hot, when: Prospect.score, subject: Call }\n"),
                     "true or false is needed"));
    EXPECT_TRUE(says(checked(task("    subject: Call\n    owner: Prospect.score\n")), "DUET-2012"));
}

TEST(TaskRules, NeedTheKeyFieldInTheOrg) {
    PerSide<Catalog> catalogs = test_catalogs();
    for (ObjectInfo& object : catalogs.crm.objects) {
        if (object.name != "Task") continue;
        std::erase_if(object.fields, [](const auto& field) { return field.name == "Duet_Key__c"; });
    }
    const std::string found =
        findings_of({{"people.yaml", kPeople}, {"a.yaml", task("    subject: Call\n")}}, &catalogs);
    EXPECT_TRUE(says(found, "tasks need Duet_Key__c of Task in salesforce")) << found;
    EXPECT_TRUE(says(found, "deploy packaging/salesforce")) << found;
}

TEST(TaskRules, WhatTheyReadIsPulled) {
    const auto documents =
        load_good({{"people.yaml", kPeople},
                   {"a.yaml", task("    subject: Call {!Title}\n    owner: Account.OwnerId\n")}},
                  &test_catalogs());
    std::map<std::string, std::vector<std::string>> needed;
    for (const Need& need : needs(documents, test_catalogs())) needed[need.object] = need.fields;
    using Names = std::vector<std::string>;
    EXPECT_EQ(needed["Task"], (Names{"Duet_Key__c", "IsClosed", "Status", "WhoId"}));
    EXPECT_EQ(needed["Account"], (Names{"OwnerId"}));
    EXPECT_EQ(needed["Contact"], (Names{"AccountId", "Title"}));
    EXPECT_EQ(needed["prospect"].back(), "score");
}

TEST(RoutingRules, NeedAWayToBeginAndExactlyOneOwner) {
    EXPECT_TRUE(says(offline(routing("    rules: [{ name: rest, owner: Ann }]\n")),
                     "this routing never begins"));
    EXPECT_TRUE(says(offline(routing("    at_create: act\n    rules: [{ name: rest }]\n")),
                     "needs one of owner, owner_from and round_robin"));
    EXPECT_TRUE(says(offline(routing("    at_create: act\n    rules: [{ name: rest, owner: Ann, "
                                     "round_robin: [Bo] }]\n")),
                     "needs one of owner, owner_from and round_robin"));
}

TEST(RoutingRules, AKeyThatWouldDoNothingIsRefused) {
    EXPECT_TRUE(says(offline(routing("    at_create: act\n    at_first_sight: act\n"
                                     "    rules: [{ name: rest, owner: Ann }]\n")),
                     "\"at_first_sight\" has no effect here"));
    EXPECT_TRUE(says(offline(routing("    at_create: act\n    open_when: IsConverted\n"
                                     "    rules: [{ name: rest, owner: Ann }]\n")),
                     "\"open_when\" has no effect here"));
    EXPECT_TRUE(says(offline(routing("    objects: Contact\n    at_create: act\n"
                                     "    rules: [{ name: rest, owner: Ann }]\n")),
                     "\"at_create\" has no effect here: no create rule makes Contact"));
}

TEST(RoutingRules, ATurnIsTakenByEachOnce) {
    EXPECT_TRUE(says(offline(routing("    at_create: act\n"
                                     "    rules: [{ name: rest, round_robin: [Ann, { user: ann, "
                                     "weight: 2 }] }]\n")),
                     "\"ann\" takes turns already"));
}

TEST(RoutingRules, TheOwnerHasOneWriter) {
    const std::string people = kPeople + "fields:\n  - { salesforce: OwnerId, pardot: jobTitle }\n";
    const std::string found = findings_of(
        {{"people.yaml", people},
         {"a.yaml", routing("    at_create: act\n    rules: [{ name: rest, owner: Ann }]\n")}},
        nullptr);
    EXPECT_TRUE(says(found, "\"OwnerId\" of Lead is already written by the rule at people.yaml"))
        << found;
}

TEST(RoutingRules, WhatTheyReadIsPulled) {
    const auto documents = load_good(
        {{"people.yaml", kPeople},
         {"a.yaml", routing("    trigger: Prospect.score > 9\n    open_when: NOT(IsConverted)\n"
                            "    rules: [{ name: rest, round_robin: [{ user: Ann, capacity: 3 }] "
                            "}]\n")}},
        &test_catalogs());
    std::map<std::string, std::vector<std::string>> needed;
    for (const Need& need : needs(documents, test_catalogs())) needed[need.object] = need.fields;
    using Names = std::vector<std::string>;
    EXPECT_EQ(needed["Lead"], (Names{"Duet_Key__c", "IsConverted", "OwnerId"}));
    EXPECT_EQ(needed["User"], (Names{"Email", "IsActive", "Name", "Username"}));
    EXPECT_EQ(needed["Group"], (Names{"Email", "Name", "Type"}));
}

}  // namespace
}  // namespace duet::document
