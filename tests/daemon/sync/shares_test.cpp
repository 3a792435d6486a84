// Shares that documents ask for, in every form of the report: over the real store and cycle.
#include <algorithm>

#include <gtest/gtest.h>

#include "daemon/cli/report_text.h"
#include "daemon/report/page.h"
#include "tests/world/lifecycle_world.h"
#include "tests/world/report_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kShares = R"yaml(shares:
  - name: Validated leads
    object: Lead
    counted_when: NOT(ISBLANK(Worked_On__c))
    met_when: 'IF(LEN(Company) = 0, 1 / LEN(Company) > 1, Validated__c)'
    at: Worked_On__c
    by: Owner.Name
)yaml";

WorldOptions with_shares() {
    WorldOptions options;
    options.documents = {{"people.yaml", "entity: person\nmatch: [email]\n"},
                         {"shares.yaml", kShares}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name != "Lead") continue;
            known.fields.push_back(made_field("Worked_On__c", FieldType::Date));
            known.fields.push_back(made_field("Validated__c", FieldType::Boolean));
            if (known.find("Company") == nullptr) known.fields.push_back(made_field("Company"));
            if (known.find("OwnerId") == nullptr)
                known.fields.push_back(made_field("OwnerId", FieldType::Id, "User", "Owner"));
        }
    };
    return options;
}

class SharesReport : public testing::Test {
protected:
    SharesReport() : world(with_shares()) {
        users = add_sellers(world);
        world.run_until_quiet();
    }

    void add_leads(const char* owner, int number, int validated, const char* worked = "2017-12-01",
                   const char* company = "Acme") {
        for (int i = 0; i < number; ++i) {
            Fields fields;
            fields.set("Email", text(std::to_string(++leads) + "@example.com"));
            fields.set("OwnerId", text(users.at(owner)));
            if (*worked != 0) fields.set("Worked_On__c", Value{*parse_date(worked)});
            if (*company != 0) fields.set("Company", text(company));
            fields.set("Validated__c", Value{i < validated});
            world.crm().add("Lead", std::move(fields));
        }
    }

    report::Report told() {
        world.clock.pass(180s);
        world.run_until_quiet();
        return told_report(world);
    }

    World world;
    std::map<std::string, std::string> users;
    int leads = 0;
};

// 80 worked, 52 validated.
TEST_F(SharesReport, FiftyTwoValidatedOfEightyWorkedAreSixtyFivePercent) {
    add_leads("Ann Ahl", 60, 42);
    add_leads("Bo Berg", 20, 10);
    add_leads("Bo Berg", 7, 7, "");            // nobody worked on them
    add_leads("Bo Berg", 5, 5, "2015-01-01");  // before the period
    const report::Report report = told();
    const report::Table* table = report.find("shares");
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), 1U);
    EXPECT_EQ(table->text(0, "share"), "Validated leads") << "the documents' own words";
    EXPECT_DOUBLE_EQ(table->number(0, "counted"), 80);
    EXPECT_DOUBLE_EQ(table->number(0, "met"), 52);
    EXPECT_DOUBLE_EQ(table->number(0, "rate"), 0.65);
    const report::Table* by = report.find("shares_by");
    ASSERT_NE(by, nullptr);
    ASSERT_EQ(by->rows.size(), 2U);
    EXPECT_DOUBLE_EQ(by->number(0, "rate"), 0.7);
    EXPECT_DOUBLE_EQ(by->number(1, "rate"), 0.5);

    EXPECT_NE(cli::report_text(report).find("65.0 %"), std::string::npos);
    EXPECT_NE(report::html_page(report).find("65.0 %"), std::string::npos);
    std::map<std::string, std::string> files;
    for (const auto& [name, content] : cli::report_csv(report)) files[name] = content;
    EXPECT_EQ(files["shares.csv"], "share,counted,met,rate\nValidated leads,80,52,0.65\n");
    EXPECT_EQ(files["shares_by.csv"],
              "share,by,counted,met,rate\nValidated leads,Ann Ahl,60,42,0.7\n"
              "Validated leads,Bo Berg,20,10,0.5\n");
}

TEST_F(SharesReport, ConvertedLeadsCountAndDeletedOnesDoNot) {
    add_leads("Ann Ahl", 4, 2);
    ASSERT_DOUBLE_EQ(told().find("shares")->number(0, "rate"), 0.5);
    const auto records = world.crm().records("Lead");
    auto lead = records.begin();
    world.crm().convert(lead->first);
    EXPECT_DOUBLE_EQ(told().find("shares")->number(0, "counted"), 4);
    world.crm().remove({"Lead", (++lead)->first});
    EXPECT_DOUBLE_EQ(told().find("shares")->number(0, "counted"), 3);
}

TEST_F(SharesReport, WhatCannotBeToldIsLeftOutAndSaid) {
    add_leads("Ann Ahl", 2, 1);
    add_leads("Ann Ahl", 1, 1, "2017-12-01", "");
    const report::Report report = told();
    EXPECT_DOUBLE_EQ(report.find("shares")->number(0, "counted"), 2);
    const auto is_about_it = [](const std::string& note) {
        return note.starts_with(
            "Records of which \"Validated leads\" cannot be told, and that are left out: 1.");
    };
    EXPECT_TRUE(std::any_of(report.notes.begin(), report.notes.end(), is_about_it));
}

TEST_F(SharesReport, NobodyCountedIsNoShare) {
    const report::Report report = told();
    EXPECT_EQ(report.find("shares")->cell(0, "rate"), report::Cell());
    EXPECT_EQ(report.find("shares_by"), nullptr);
}

}  // namespace
}  // namespace duet::world
