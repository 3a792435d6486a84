#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/connectors/sandbox/soql/world.h"

namespace duet::sandbox::soql {
namespace {

using Rows = std::vector<std::string>;

const std::string kAcme = test_id("001", 1);
const std::string kAcmeChild = test_id("001", 2);
const std::string kUser = test_id("005", 1);
const std::string kQueue = test_id("00G", 1);

Row contact(int number, const std::string& name, Row more) {
    more["Id"] = test_id("003", number);
    more["LastName"] = name;
    more.try_emplace("IsDeleted", std::int64_t{0});
    return more;
}

class SoqlTranslation : public testing::Test {
protected:
    SoqlTranslation() {
        world_.insert("User", {{"Id", kUser}, {"Name", "Ann"}, {"Email", "ann@x.org"}});
        world_.insert("Group", {{"Id", kQueue}, {"Name", "Queue"}, {"Type", "Queue"}});
        world_.insert("Account", {{"Id", kAcme},
                                  {"IsDeleted", std::int64_t{0}},
                                  {"Name", "Acme"},
                                  {"OwnerId", kUser},
                                  {"Type", "Customer"},
                                  {"BillingCity", "Genève"}});
        world_.insert("Account", {{"Id", kAcmeChild},
                                  {"IsDeleted", std::int64_t{0}},
                                  {"Name", "Acme Labs"},
                                  {"ParentId", kAcme},
                                  {"Type", "Prospect"}});
        const std::int64_t yes = 1;
        world_.insert("Contact", contact(1, "Zoë",
                                         {{"AccountId", kAcmeChild},
                                          {"OwnerId", kUser},
                                          {"Score__c", 2.5},
                                          {"Topics__c", "A;B"},
                                          {"HasOptedOutOfEmail", yes}}));
        world_.insert("Contact", contact(2, "adam",
                                         {{"AccountId", kAcme},
                                          {"OwnerId", kQueue},
                                          {"Visits__c", std::int64_t{7}},
                                          {"Topics__c", "B;C"}}));
        world_.insert("Contact", contact(3, "Bea",
                                         {{"Email", "BEA@x.org"},
                                          {"CreatedDate", "2018-01-02T03:04:05.000Z"}}));
        world_.insert("Contact", contact(4, "Gone", {{"IsDeleted", yes}}));
    }
    Rows rows(std::string_view soql) {
        auto answer = world_.ask(soql);
        EXPECT_EQ(answer.message, "") << soql;
        return answer.rows;
    }
    Rows names(const std::string& condition) {
        return rows("SELECT LastName FROM Contact WHERE " + condition + " ORDER BY Id");
    }
    World world_;
};

TEST_F(SoqlTranslation, TextsIgnoreCase) {
    EXPECT_EQ(names("LastName = 'ZOË'"), (Rows{"Zoë"}));
    EXPECT_EQ(names("LastName LIKE '%Ë'"), (Rows{"Zoë"}));
    EXPECT_EQ(names("LastName IN ('ADAM', 'bea')"), (Rows{"adam", "Bea"}));
    EXPECT_EQ(names("LastName < 'B'"), (Rows{"adam"}));
    EXPECT_EQ(rows("SELECT LastName FROM Contact ORDER BY LastName"), (Rows{"adam", "Bea", "Zoë"}));
}

TEST_F(SoqlTranslation, NullIsDifferentFromEveryValue) {
    EXPECT_EQ(names("Email != 'bea@x.org'"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("Email = null"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("Email = ''"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("Email != null"), (Rows{"Bea"}));
    EXPECT_EQ(names("Email NOT IN ('bea@x.org')"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("Email NOT IN ('bea@x.org', null)"), Rows{});
    EXPECT_EQ(names("Email IN ('nobody', null)"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("NOT Email LIKE 'b%'"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("Visits__c < 10"), (Rows{"adam"}));
    EXPECT_EQ(names("NOT Visits__c < 10"), (Rows{"Zoë", "Bea"}));
    EXPECT_EQ(names("NOT (Visits__c < 10 OR Score__c > 1)"), (Rows{"Bea"}));
}

TEST_F(SoqlTranslation, IdsCompareInBothForms) {
    const std::string id = test_id("003", 1);
    EXPECT_EQ(names("Id = '" + id + "'"), (Rows{"Zoë"}));
    EXPECT_EQ(names("Id = '" + id.substr(0, 15) + "'"), (Rows{"Zoë"}));
    EXPECT_EQ(names("Id > '" + id.substr(0, 15) + "'"), (Rows{"adam", "Bea"}));
    EXPECT_EQ(names("AccountId IN ('" + kAcme.substr(0, 15) + "')"), (Rows{"adam"}));
}

TEST_F(SoqlTranslation, DeletedRowsShowOnlyWhenAskedForAllRows) {
    EXPECT_EQ(world_.ask("SELECT Id FROM Contact").count, 3);
    EXPECT_EQ(world_.ask("SELECT Id FROM Contact", true).count, 4);
    EXPECT_EQ(world_.ask("SELECT LastName FROM Contact WHERE IsDeleted = TRUE", true).rows,
              (Rows{"Gone"}));
}

TEST_F(SoqlTranslation, ParentsComeWithTheirHiddenIds) {
    const auto answer = world_.ask(
        "select contact.account.parent.name, LASTNAME from contact order by lastname desc");
    EXPECT_EQ(answer.rows, (Rows{"Acme|Zoë", "~|Bea", "~|adam"}));
    const Translation& made = answer.translation;
    EXPECT_EQ(made.object, "Contact");
    ASSERT_EQ(made.columns.size(), 2U);
    EXPECT_EQ(made.columns[0].path, (Rows{"Account", "Parent", "Name"}));
    EXPECT_EQ(made.columns[0].type, "string");
    EXPECT_EQ(made.id_column, 2);
    EXPECT_EQ(made.columns[0].parent_id_columns, (std::vector<int>{3, 4}));
    EXPECT_TRUE(made.columns[1].parent_id_columns.empty());
}

TEST_F(SoqlTranslation, PolymorphicParentsShowTheFieldsOfName) {
    EXPECT_EQ(rows("SELECT LastName, Owner.Name, Owner.Type FROM Contact ORDER BY Id"),
              (Rows{"Zoë|Ann|User", "adam|Queue|Group", "Bea|~|~"}));
    EXPECT_EQ(names("Owner.Type = 'Group'"), (Rows{"adam"}));
    EXPECT_EQ(names("Owner.Email = 'ann@x.org'"), (Rows{"Zoë"}));
}

TEST_F(SoqlTranslation, ParentConditionsTreatNoParentAsNull) {
    EXPECT_EQ(names("Account.Name = null"), (Rows{"Bea"}));
    EXPECT_EQ(names("Account.Parent.Name != 'Acme'"), (Rows{"adam", "Bea"}));
    EXPECT_EQ(names("Account.IsDeleted = false"), (Rows{"Zoë", "adam", "Bea"}));
}

TEST_F(SoqlTranslation, AliasesOfTheFromClauseStandForPaths) {
    EXPECT_EQ(
        rows("SELECT c.LastName, a.Name FROM Contact c, c.Account a WHERE a.Name LIKE 'acme %'"),
        (Rows{"Zoë|Acme Labs"}));
}

TEST_F(SoqlTranslation, MultipicklistsIncludeAndExclude) {
    EXPECT_EQ(names("Topics__c INCLUDES ('a;b', 'C')"), (Rows{"Zoë", "adam"}));
    EXPECT_EQ(names("Topics__c INCLUDES ('A;C')"), Rows{});
    EXPECT_EQ(names("Topics__c EXCLUDES ('C')"), (Rows{"Zoë", "Bea"}));
    EXPECT_EQ(names("Topics__c = 'b;c'"), (Rows{"adam"}));
}

TEST_F(SoqlTranslation, OrderPutsNullsFirstUnlessTold) {
    EXPECT_EQ(rows("SELECT LastName FROM Contact ORDER BY Score__c DESC, LastName"),
              (Rows{"adam", "Bea", "Zoë"}));
    EXPECT_EQ(rows("SELECT LastName FROM Contact ORDER BY Score__c NULLS LAST, LastName DESC"),
              (Rows{"Zoë", "Bea", "adam"}));
}

TEST_F(SoqlTranslation, PicklistsSortByTheirSetup) {
    EXPECT_EQ(rows("SELECT Name FROM Account ORDER BY Type"), (Rows{"Acme Labs", "Acme"}));
    EXPECT_EQ(rows("SELECT Name FROM Account ORDER BY Type DESC"), (Rows{"Acme", "Acme Labs"}));
}

TEST_F(SoqlTranslation, LimitAndOffsetCutRowsAndCount) {
    const auto answer = world_.ask("SELECT LastName FROM Contact ORDER BY Id LIMIT 1 OFFSET 1");
    EXPECT_EQ(answer.rows, (Rows{"adam"}));
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(world_.ask("SELECT Id FROM Contact LIMIT 0").count, 0);
}

TEST_F(SoqlTranslation, CountAloneIsOneNumber) {
    const auto answer = world_.ask("SELECT COUNT() FROM Contact WHERE Visits__c = null");
    EXPECT_TRUE(answer.translation.count_only);
    EXPECT_EQ(answer.rows, (Rows{"2"}));
    EXPECT_EQ(rows("SELECT COUNT() FROM Contact LIMIT 2"), (Rows{"2"}));
}

TEST_F(SoqlTranslation, SemiJoinsLookIntoOtherObjects) {
    EXPECT_EQ(rows("SELECT Name FROM Account WHERE Id IN "
                   "(SELECT AccountId FROM Contact WHERE LastName LIKE 'A%')"),
              (Rows{"Acme"}));
    EXPECT_EQ(rows("SELECT Name FROM Account WHERE Id NOT IN "
                   "(SELECT AccountId FROM Contact WHERE Owner.Name = 'Ann') AND Name != null"),
              (Rows{"Acme"}));
    EXPECT_EQ(names("AccountId NOT IN (SELECT Id FROM Account WHERE Name = 'Acme')"),
              (Rows{"Zoë", "Bea"}));
}

TEST_F(SoqlTranslation, SubqueriesRunForEachParent) {
    const auto answer = world_.ask(
        "SELECT Name, (SELECT LastName, Account.Name FROM Contacts WHERE LastName != 'x' "
        "ORDER BY LastName LIMIT 5), Type, (SELECT Name FROM ChildAccounts) FROM Account ORDER BY "
        "Id");
    EXPECT_EQ(answer.rows, (Rows{"Acme|Customer", "Acme Labs|Prospect"}));
    ASSERT_EQ(answer.translation.children.size(), 2U);
    const Child& contacts = answer.translation.children[0];
    EXPECT_EQ(contacts.name, "Contacts");
    EXPECT_EQ(contacts.columns_before, 1U);
    EXPECT_EQ(contacts.query.object, "Contact");
    EXPECT_EQ(world_.children_of(contacts, kAcme), (Rows{"adam|Acme"}));
    EXPECT_EQ(world_.children_of(contacts, kAcmeChild), (Rows{"Zoë|Acme Labs"}));
    const Child& accounts = answer.translation.children[1];
    EXPECT_EQ(accounts.columns_before, 2U);
    EXPECT_EQ(world_.children_of(accounts, kAcme), (Rows{"Acme Labs"}));
    EXPECT_EQ(world_.children_of(accounts, kAcmeChild), Rows{});
}

TEST_F(SoqlTranslation, FieldsExpandsByGroup) {
    const auto answer = world_.ask("SELECT FIELDS(CUSTOM), LastName FROM Contact LIMIT 200");
    Rows paths;
    for (const Column& column : answer.translation.columns) paths.push_back(column.path.at(0));
    EXPECT_EQ(paths, (Rows{"Start__c", "Score__c", "Visits__c", "Topics__c", "LastName"}));
    EXPECT_EQ(world_.ask("SELECT FIELDS(STANDARD) FROM Account").translation.columns.size(), 12U);
}

TEST_F(SoqlTranslation, CompoundAddressesAreJsonOrNull) {
    const Rows found = rows("SELECT BillingAddress FROM Account ORDER BY Id");
    ASSERT_EQ(found.size(), 2U);
    const auto json = nlohmann::json::parse(found[0]);
    EXPECT_EQ(json.size(), 8U);
    EXPECT_EQ(json.at("city"), "Genève");
    EXPECT_TRUE(json.at("postalCode").is_null());
    EXPECT_EQ(found[1], "~");
}

TEST_F(SoqlTranslation, ManyConditionsStayWithinTheDatabasesLimits) {
    std::string chain = "Score__c = 0";
    std::string list = "0";
    for (int i = 1; i < 5000; ++i) {
        chain += " OR Score__c = " + std::to_string(i);
        list += ", " + std::to_string(i);
    }
    EXPECT_EQ(names(chain), Rows{});
    EXPECT_EQ(names("Score__c IN (" + list + ", 2.5)"), (Rows{"Zoë"}));
    std::string deep = "Score__c = 2.5";
    for (int i = 0; i < 38; ++i) deep = "NOT (" + deep + " AND Score__c != 1)";
    EXPECT_EQ(names(deep), (Rows{"Zoë"}));
    std::string mixed = "Score__c = 2.5";
    for (int i = 0; i < 56; ++i) {
        mixed = i % 2 == 0 ? "LastName = 'adam' OR (" + mixed + ")"
                           : "LastName != 'Bea' AND (" + mixed + ")";
    }
    EXPECT_EQ(names(mixed), (Rows{"Zoë", "adam"}));
    std::string inner = "LastName = 'adam'";
    for (int i = 0; i < 54; ++i) {
        inner = i % 2 == 0 ? "LastName != 'Bea' AND (" + inner + ")"
                           : "LastName = 'Bea' OR (" + inner + ")";
    }
    EXPECT_EQ(rows("SELECT Name FROM Account WHERE Name != 'x' AND Id IN (SELECT AccountId FROM "
                   "Contact WHERE " +
                   inner + ")"),
              (Rows{"Acme"}));
}

}  // namespace
}  // namespace duet::sandbox::soql
