// How well sellers keep their deals, in every form of the report: over the real store and cycle.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "daemon/cli/report_text.h"
#include "daemon/report/page.h"
#include "tests/world/lifecycle_world.h"
#include "tests/world/report_world.h"

namespace duet::world {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHygiene = R"(hygiene:
  open_when: NOT(IsClosed)
  faulty_when: Wrong__c
  owner: Owner.Name
)";

WorldOptions with_hygiene(const char* hygiene) {
    WorldOptions options;
    options.documents = {{"people.yaml", "entity: person\nmatch: [email]\n"},
                         {"deals.yaml", kDealsAlone},
                         {"hygiene.yaml", hygiene}};
    options.adjust_catalogs = [](PerSide<Catalog>& catalogs) {
        add_lifecycle_objects(catalogs);
        for (ObjectInfo& known : catalogs.crm.objects) {
            if (known.name != "Opportunity") continue;
            known.fields.push_back(made_field("Wrong__c", FieldType::Boolean));
            known.fields.push_back(made_field("OwnerId", FieldType::Id, "User", "Owner"));
        }
    };
    return options;
}

class HygieneReport : public testing::Test {
protected:
    explicit HygieneReport(const char* hygiene = kHygiene) : world(with_hygiene(hygiene)) {
        users = add_sellers(world);
        world.run_until_quiet();
    }

    void add_deals(const char* owner, int number, int faulty, bool closed = false) {
        for (int i = 0; i < number; ++i) {
            Fields fields;
            fields.set("OwnerId", text(users.at(owner)));
            fields.set("IsClosed", Value{closed});
            fields.set("IsWon", Value{closed});
            fields.set("Wrong__c", Value{i < faulty});
            world.crm().add("Opportunity", std::move(fields));
        }
    }

    report::Report told() {
        world.clock.pass(180s);
        world.run_until_quiet();
        return told_report(world);
    }

    World world;
    std::map<std::string, std::string> users;
};

TEST_F(HygieneReport, NineFaultyOfFortyAreSeventySevenPointFive) {
    add_deals("Ann Ahl", 40, 9);
    add_deals("Ann Ahl", 25, 25, true);
    add_deals("Bo Berg", 8, 4);
    const report::Report report = told();
    const report::Table* table = report.find("hygiene");
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), 2U) << "by owner";
    EXPECT_EQ(table->text(0, "owner"), "Bo Berg") << "the lowest score first";
    EXPECT_EQ(table->text(1, "owner"), "Ann Ahl");
    EXPECT_DOUBLE_EQ(table->number(1, "open"), 40) << "what is closed does not count";
    EXPECT_DOUBLE_EQ(table->number(1, "faulty"), 9);
    EXPECT_DOUBLE_EQ(table->number(1, "score"), 0.775);
    EXPECT_DOUBLE_EQ(table->number(0, "score"), 0.5);

    EXPECT_NE(cli::report_text(report).find("77.5 %"), std::string::npos);
    EXPECT_NE(report::html_page(report).find("77.5 %"), std::string::npos);
    const auto files = cli::report_csv(report);
    std::string csv;
    for (const auto& [name, content] : files) {
        if (name == "hygiene.csv") csv = content;
    }
    EXPECT_EQ(csv, "owner,open,faulty,score\nBo Berg,8,4,0.5\nAnn Ahl,40,9,0.775\n");
    for (const report::Figure& figure : report.figures) {
        if (figure.column.id == "hygiene") {
            EXPECT_DOUBLE_EQ(std::get<double>(figure.value), 1 - 13.0 / 48);
        }
    }
}

TEST_F(HygieneReport, WhatIsMendedOrGoneCountsNoMore) {
    add_deals("Ann Ahl", 2, 1);
    ASSERT_DOUBLE_EQ(told().find("hygiene")->number(0, "score"), 0.5);
    for (const auto& [key, fields] : world.crm().records("Opportunity")) {
        if (fields.get("Wrong__c") == Value{true})
            world.crm().edit({"Opportunity", key}, "Wrong__c", Value{false});
    }
    EXPECT_DOUBLE_EQ(told().find("hygiene")->number(0, "score"), 1);
}

class HygieneWithoutNames : public HygieneReport {
protected:
    HygieneWithoutNames()
        : HygieneReport(
              "hygiene:\n  open_when: NOT(IsClosed)\n"
              "  faulty_when: IF(Wrong__c, 1 / LEN(StageName) > 1, FALSE)\n"
              "  owner: OwnerId\n") {}
};

TEST_F(HygieneWithoutNames, NamesNobodyAndSaysWhatItCannotTell) {
    add_deals("Ann Ahl", 3, 1);
    const report::Report report = told();
    const report::Table* table = report.find("hygiene");
    ASSERT_NE(table, nullptr);
    ASSERT_EQ(table->rows.size(), 1U);
    EXPECT_EQ(table->text(0, "owner"), users.at("Ann Ahl"));
    EXPECT_DOUBLE_EQ(table->number(0, "open"), 2) << "one cannot be told";
    const auto is_about_it = [](const std::string& note) {
        return note.starts_with("Deals whose hygiene cannot be told, and that are left out: 1.");
    };
    EXPECT_TRUE(std::any_of(report.notes.begin(), report.notes.end(), is_about_it));
    EXPECT_EQ(report::html_page(report).find("Ann Ahl"), std::string::npos);
}

}  // namespace
}  // namespace duet::world
