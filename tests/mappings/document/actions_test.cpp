// What is wrong in tasks and routing, and what is read of them.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kCreatedPeople = R"(entity: person
match: [crm_id]
create:
  salesforce: { when: NOT(ISBLANK(Prospect.lastName)), object: Lead, key: Duet_Key__c }
)";

std::string offline_with_people(const std::string& text) {
    return findings_of({{"people.yaml", kCreatedPeople}, {"a.yaml", text}}, nullptr);
}

std::string checked_with_people(const std::string& text) {
    return findings_of({{"people.yaml", kCreatedPeople}, {"a.yaml", text}}, &test_catalogs());
}

std::string task(const std::string& more) {
    return "tasks:\n  - name: hot\n    when: Prospect.score >= 100\n" + more;
}

std::string routing(const std::string& more) { return "routing:\n  - name: leads\n" + more; }

TEST(TaskRules, HaveTheManualsDefaults) {
    const auto documents =
        load_good({{"people.yaml", kCreatedPeople}, {"a.yaml", task("    subject: Call\n")}},
                  &test_catalogs());
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
        load_good({{"people.yaml", kCreatedPeople}, {"a.yaml", follows}}, &test_catalogs());
    EXPECT_TRUE(documents.tasks.front().follows_owner);
    EXPECT_TRUE(reads_owner(documents));
    EXPECT_FALSE(reads_owner(
        load_good({{"people.yaml", kCreatedPeople}, {"a.yaml", task("    subject: Call\n")}},
                  &test_catalogs())));
    EXPECT_TRUE(says(offline_with_people(task("    subject: Call\n    when_reassigned: stay\n")),
                     "follow"));
}

TEST(TaskRules, AMergeFieldThatIsWrongIsShownWhereItStands) {
    EXPECT_EQ(checked_with_people(task("    subject: Call {!FirstNam}\n")),
              "a.yaml:4:21: error: There is no field \"FirstNam\". [DUET-2011]\n"
              "    4 |     subject: Call {!FirstNam}\n"
              "      |                     ^~~~~~~~\n"
              "  did you mean \"FirstName\"?\n");
}

TEST(TaskRules, AKeyThatWouldDoNothingIsRefused) {
    EXPECT_TRUE(says(offline_with_people(task("    subject: Call\n    closed_status: Done\n")),
                     "\"closed_status\" has no effect here"));
    EXPECT_TRUE(says(offline_with_people(task("    subject: Call\n    due_days: 3\n")),
                     "unknown key \"due_days\" in a task rule"));
}

TEST(TaskRules, NeedANameThatCanBeRemembered) {
    EXPECT_TRUE(
        says(offline_with_people("tasks:\n  - { name: Too hot, when: 'TRUE', subject: Call }\n"),
             "cannot be remembered by"));
    EXPECT_TRUE(says(offline_with_people("tasks:\n  - { name: hot, when: 'TRUE', subject: Call }\n"
                                         "  - { name: HOT, when: 'TRUE', subject: Call }\n"),
                     "the task rule \"HOT\" is already defined"));
}

TEST(TaskRules, MustBeAboutAnEntityThatIsThere) {
    EXPECT_TRUE(says(offline_with_people(task("    subject: Call\n    entity: account\n")),
                     "no document has entity: account"));
}

TEST(TaskRules, AnswerYesOrNoAndNameAnOwnersId) {
    EXPECT_TRUE(says(
        checked_with_people("tasks:\n  - { name: hot, when: Prospect.score, subject: Call }\n"),
        "true or false is needed"));
    EXPECT_TRUE(says(checked_with_people(task("    subject: Call\n    owner: Prospect.score\n")),
                     "DUET-2012"));
}

TEST(TaskRules, NeedTheKeyFieldInTheOrg) {
    PerSide<Catalog> catalogs = test_catalogs();
    for (ObjectInfo& object : catalogs.crm.objects) {
        if (object.name != "Task") continue;
        std::erase_if(object.fields, [](const auto& field) { return field.name == "Duet_Key__c"; });
    }
    const std::string found = findings_of(
        {{"people.yaml", kCreatedPeople}, {"a.yaml", task("    subject: Call\n")}}, &catalogs);
    EXPECT_TRUE(says(found, "tasks need Duet_Key__c of Task in salesforce")) << found;
    EXPECT_TRUE(says(found, "deploy packaging/salesforce")) << found;
}

TEST(TaskRules, WhatTheyReadIsPulled) {
    const auto documents =
        load_good({{"people.yaml", kCreatedPeople},
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
    EXPECT_TRUE(says(offline_with_people(routing("    rules: [{ name: rest, owner: Ann }]\n")),
                     "this routing never begins"));
    EXPECT_TRUE(
        says(offline_with_people(routing("    at_create: act\n    rules: [{ name: rest }]\n")),
             "needs one of owner, owner_from and round_robin"));
    EXPECT_TRUE(says(
        offline_with_people(routing("    at_create: act\n    rules: [{ name: rest, owner: Ann, "
                                    "round_robin: [Bo] }]\n")),
        "needs one of owner, owner_from and round_robin"));
}

TEST(RoutingRules, AKeyThatWouldDoNothingIsRefused) {
    EXPECT_TRUE(says(offline_with_people(routing("    at_create: act\n    at_first_sight: act\n"
                                                 "    rules: [{ name: rest, owner: Ann }]\n")),
                     "\"at_first_sight\" has no effect here"));
    EXPECT_TRUE(says(offline_with_people(routing("    at_create: act\n    open_when: IsConverted\n"
                                                 "    rules: [{ name: rest, owner: Ann }]\n")),
                     "\"open_when\" has no effect here"));
    EXPECT_TRUE(says(offline_with_people(routing("    objects: Contact\n    at_create: act\n"
                                                 "    rules: [{ name: rest, owner: Ann }]\n")),
                     "\"at_create\" has no effect here: no create rule makes Contact"));
}

TEST(RoutingRules, ATurnIsTakenByEachOnce) {
    EXPECT_TRUE(says(
        offline_with_people(routing("    at_create: act\n"
                                    "    rules: [{ name: rest, round_robin: [Ann, { user: ann, "
                                    "weight: 2 }] }]\n")),
        "\"ann\" takes turns already"));
}

TEST(RoutingRules, TheOwnerHasOneWriter) {
    const std::string people =
        kCreatedPeople + "fields:\n  - { salesforce: OwnerId, pardot: jobTitle }\n";
    const std::string found = findings_of(
        {{"people.yaml", people},
         {"a.yaml", routing("    at_create: act\n    rules: [{ name: rest, owner: Ann }]\n")}},
        nullptr);
    EXPECT_TRUE(says(found, "\"OwnerId\" of Lead is already written by the rule at people.yaml"))
        << found;
}

std::string territories(const std::string& more) {
    return routing(
        "    trigger: Prospect.score > 9\n    rules:\n      - name: by_place\n"
        "        territories:\n" +
        more);
}

TEST(Territories, NeedAnOwnerAConditionAndAFormulaForEach) {
    EXPECT_TRUE(
        says(offline_with_people(territories("          country: Country\n          table:\n"
                                             "            - { name: north, country: Finland }\n")),
             "a territory needs one of owner and round_robin"));
    EXPECT_TRUE(
        says(offline_with_people(territories("          table:\n"
                                             "            - { name: north, owner: Ann }\n")),
             "a territory needs a country, region, postal_prefix or industry"));
    EXPECT_TRUE(
        says(offline_with_people(territories("          country: Country\n          table:\n"
                                             "            - { name: a, postal_prefix: '0', "
                                             "owner: Ann }\n")),
             "add \"postal_code\", a formula"));
    EXPECT_TRUE(
        says(offline_with_people(territories("          country: Country\n"
                                             "          postal_code: PostalCode\n          table:\n"
                                             "            - { name: a, postal_prefix: '0', "
                                             "owner: Ann }\n")),
             "\"country\" has no effect here: no territory has a country"));
    EXPECT_TRUE(says(
        checked_with_people(territories("          country: Prospect.score\n          table:\n"
                                        "            - { name: a, country: Finland, owner: Ann "
                                        "}\n")),
        "DUET-2012"));
}

TEST(Territories, APrefixOfNothingWouldBeEverybodys) {
    EXPECT_TRUE(
        says(offline_with_people(territories("          postal_code: PostalCode\n          table:\n"
                                             "            - { name: a, postal_prefix: ' - ', "
                                             "owner: Ann }\n")),
             "\" - \" is no postal_prefix"));
}

TEST(Territories, NobodyComesToATwin) {
    const std::string table =
        "          country: Country\n          table:\n"
        "            - { name: a, country: Finland, owner: Ann }\n";
    EXPECT_TRUE(
        says(offline_with_people(territories(table + "            - { name: A, country: Norway, "
                                                     "owner: Bo }\n")),
             "there is a territory \"A\" already"));
    EXPECT_TRUE(
        says(offline_with_people(territories(table + "            - { name: b, country: Finland, "
                                                     "owner: Bo }\n")),
             "nobody comes here: \"a\" holds the same"));
    EXPECT_TRUE(
        says(offline_with_people(territories(table + "            - { name: b, country: FINLAND, "
                                                     "owner: Bo }\n")),
             "nobody comes here: \"a\" holds the same"));
}

TEST(RoutingRules, ADomainIsOfAnAccountAndALead) {
    const std::string rule =
        "    trigger: Prospect.score > 9\n    rules:\n      - name: same_domain\n"
        "        leads_by_domain: { lead: Lead, email: Email, website: Website, "
        "public_domains: [gmail.com] }\n";
    EXPECT_TRUE(says(offline_with_people(routing(rule)),
                     "accounts own domains, but no document has entity"));
    const std::vector<Source> whole{{"people.yaml", kCreatedPeople},
                                    {"accounts.yaml", "entity: account\nmatch: [crm_id]\n"},
                                    {"a.yaml", routing(rule)}};
    EXPECT_EQ(findings_of(whole, &test_catalogs()), "");
    std::map<std::string, std::vector<std::string>> needed;
    for (const Need& need : needs(load_good(whole, &test_catalogs()), test_catalogs()))
        needed[need.object] = need.fields;
    using Names = std::vector<std::string>;
    EXPECT_EQ(needed["Account"], (Names{"OwnerId", "Website"}));
    EXPECT_EQ(needed["Lead"], (Names{"Duet_Key__c", "Email", "OwnerId"}));
}

TEST(RoutingRules, ConditionsOverUsersNameFieldsOfUsers) {
    const std::string rules = "    rules: [{ name: rest, owner: Ann, owner_when: ";
    EXPECT_TRUE(says(
        checked_with_people(routing("    trigger: Prospect.score > 9\n    away_when: Company\n" +
                                    rules + "IsActive }]\n")),
        "There is no field \"Company\""));
    const auto documents = load_good(
        {{"people.yaml", kCreatedPeople},
         {"a.yaml", routing("    trigger: Prospect.score > 9\n    away_when: On_Leave__c\n" +
                            rules + "'ISPICKVAL(Sales_Role__c, \"AE\")' }]\n")}},
        &test_catalogs());
    std::map<std::string, std::vector<std::string>> needed;
    for (const Need& need : needs(documents, test_catalogs())) needed[need.object] = need.fields;
    EXPECT_EQ(needed["User"], (std::vector<std::string>{"Email", "IsActive", "Name", "On_Leave__c",
                                                        "Sales_Role__c", "Username"}));
}

TEST(RoutingRules, WhatCountsAgainstACapacityMayNameFieldsOfEachObject) {
    const std::string open =
        "    objects: [Lead, Contact]\n    trigger: Prospect.score > 9\n"
        "    rules: [{ name: rest, round_robin: [{ user: Ann, capacity: 3 }] }]\n    open_when: ";
    EXPECT_EQ(checked_with_people(routing(open + "AND(NOT(IsConverted), ISBLANK(AccountId))\n")),
              "");
    EXPECT_TRUE(
        says(checked_with_people(routing(open + "IsClosed\n")), "There is no field \"IsClosed\""));
}

TEST(Rollups, TheFirstAndTheLastNeedAnOrder) {
    const auto rollup = [](const std::string& more) {
        return findings_of({{"people.yaml", kCreatedPeople + "rollups:\n  - { name: A, of: Task, " +
                                                more + "}\n"}},
                           &test_catalogs());
    };
    EXPECT_EQ(rollup("function: LAST, field: OwnerId, order_by: CreatedDate "), "");
    EXPECT_TRUE(says(rollup("function: LAST, field: OwnerId "),
                     "FIRST and LAST need the key \"order_by\""));
    EXPECT_TRUE(says(rollup("function: FIRST, order_by: CreatedDate "),
                     "every function but COUNT needs the key \"field\""));
    EXPECT_TRUE(says(rollup("function: MAX, field: CreatedDate, order_by: CreatedDate "),
                     "only FIRST and LAST have an order"));
    EXPECT_TRUE(says(rollup("function: LAST, field: OwnerId, order_by: Subject "),
                     "by which nothing comes first"));
}

TEST(RoutingRules, WhatTheyReadIsPulled) {
    const auto documents = load_good(
        {{"people.yaml", kCreatedPeople},
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
