// The documents of presets/sales, by the reference's figures.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "mappings/document/load.h"
#include "mappings/routing/chooser.h"
#include "tests/mappings/document/catalogs.h"
#include "tests/mappings/merge/decide_help.h"

namespace duet::document {
namespace {

using Values = std::map<std::string, Value>;

std::vector<Source> sales_documents() {
    std::vector<Source> sources;
    const std::filesystem::path folder =
        std::filesystem::path(DUET_SOURCE_DIR) / "mappings/presets/sales";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.ends_with(".test.yaml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        sources.push_back({name, text.str()});
    }
    return sources;
}

const Documents& sales() {
    static const Documents kDocuments = load_good(sales_documents(), &test_catalogs());
    return kDocuments;
}

const TaskRule& task(const std::string& name) {
    const auto& tasks = sales().tasks;
    return *std::find_if(tasks.begin(), tasks.end(),
                         [&](const TaskRule& rule) { return rule.name == name; });
}

const Rollup& rollup(const std::string& name) {
    const auto& rollups = sales().find(EntityKind::Account)->rollups;
    return *std::find_if(rollups.begin(), rollups.end(),
                         [&](const Rollup& one) { return one.name == name; });
}

std::vector<const Value*> inputs(const Rule& rule, const Values& values) {
    static const Value kBlank{};
    std::vector<const Value*> found;
    for (const std::string& path : rule.formula.fields()) {
        const auto at = values.find(path);
        found.push_back(at == values.end() ? &kBlank : &at->second);
    }
    return found;
}

formula::Moment moment_at(const char* instant) {
    const DateTime now = *parse_instant(instant);
    return {now, std::chrono::floor<std::chrono::days>(now), std::chrono::minutes{0}};
}

bool is_true(const Rule& rule, const Values& values, const char* now) {
    const auto outcome = rule.formula.evaluate(inputs(rule, values), moment_at(now));
    const auto* value = std::get_if<Value>(&outcome);
    return value != nullptr && formula::holds(*value);
}

TEST(SalesPreset, LoadsOfflineAndAgainstTheCatalogs) {
    ASSERT_EQ(sales_documents().size(), 9u);
    EXPECT_EQ(findings_of(sales_documents(), nullptr), "");
    EXPECT_EQ(findings_of(sales_documents(), &test_catalogs()), "");
}

TEST(SalesPreset, ScoreLevelsAreThoseOfTheReference) {
    const TaskRule& rule = task("score_passes_100");
    const char* now = "2025-09-01T09:00:00Z";
    const auto at = [](int score) { return Values{{"Prospect.score", Value{Decimal{score}}}}; };
    EXPECT_FALSE(is_true(rule.when, at(99), now));
    EXPECT_TRUE(is_true(rule.when, at(100), now));
    EXPECT_FALSE(is_true(*rule.rearm_when, at(81), now));
    EXPECT_TRUE(is_true(*rule.rearm_when, at(80), now));
    EXPECT_EQ(rule.rearm_after_days, 30);
}

Values dormant() {
    return {{"Rollup.Last_Task", *parse_instant("2025-02-10T12:00:00Z")},
            {"Rollup.Planned_Meetings", Value{Decimal{0}}},
            {"Rollup.Open_Opportunities", Value{Decimal{0}}},
            {"Score.Gained", Value{Decimal{50}}}};
}

TEST(SalesPreset, ADormantAccountThatShowsInterestMakesATask) {
    const Rule& rule = task("dormant_shows_interest").when;
    const char* now = "2025-09-01T09:00:00Z";
    EXPECT_TRUE(is_true(rule, dormant(), now)) << "203 days after the last task";
    const auto with = [&](const char* name, Value value) {
        Values values = dormant();
        values[name] = std::move(value);
        return is_true(rule, values, now);
    };
    EXPECT_FALSE(with("Rollup.Planned_Meetings", Value{Decimal{1}}));
    EXPECT_FALSE(with("Rollup.Open_Opportunities", Value{Decimal{1}}));
    EXPECT_FALSE(with("Rollup.Last_Meeting", *parse_instant("2025-08-01T12:00:00Z")));
    EXPECT_FALSE(with("Score.Gained", Value{}));
    EXPECT_TRUE(is_true(rule, dormant(), "2025-08-09T09:00:00Z")) << "180 days";
    EXPECT_FALSE(is_true(rule, dormant(), "2025-08-08T09:00:00Z")) << "179 days";
}

TEST(SalesPreset, TwentyFivePointsOfAllItsPeopleAreInterest) {
    const TaskRule& rule = task("dormant_shows_interest");
    EXPECT_EQ(rule.entity, EntityKind::Account);
    Values values = dormant();
    values["Score.Gained"] = Value{Decimal{20}};
    EXPECT_FALSE(is_true(rule.when, values, "2025-09-01T09:00:00Z"));
    values["Score.Gained"] = Value{Decimal{25}};
    EXPECT_TRUE(is_true(rule.when, values, "2025-09-01T09:00:00Z"));
}

TEST(SalesPreset, TasksOfDuetsOwnAreNoSalesTouch) {
    const Rule& rule = *rollup("Last_Task").where;
    const char* now = "2025-09-01T09:00:00Z";
    EXPECT_TRUE(is_true(rule, {{"IsClosed", Value{true}}}, now));
    EXPECT_FALSE(is_true(rule, {{"IsClosed", Value{false}}}, now));
    EXPECT_FALSE(is_true(
        rule, {{"IsClosed", Value{true}}, {"Duet_Key__c", text("score_passes_100:003:1")}}, now));
}

TEST(SalesPreset, AMeetingToComeIsPlannedAndNoTouch) {
    const char* now = "2025-09-01T09:00:00Z";
    const Values future{{"StartDateTime", *parse_instant("2025-09-21T09:00:00Z")}};
    EXPECT_FALSE(is_true(*rollup("Last_Meeting").where, future, now));
    EXPECT_TRUE(is_true(*rollup("Planned_Meetings").where, future, now));
    const Values past{{"StartDateTime", *parse_instant("2025-08-21T09:00:00Z")}};
    EXPECT_TRUE(is_true(*rollup("Last_Meeting").where, past, now));
    EXPECT_FALSE(is_true(*rollup("Planned_Meetings").where, past, now));
}

TEST(SalesPreset, ARenewalIsDueNinetyDaysBeforeTheEnd) {
    const TaskRule& rule = task("contract_ends_in_90_days");
    const Values end{{"Rollup.Contract_End", *parse_date("2026-03-31")}};
    EXPECT_FALSE(is_true(rule.when, end, "2025-12-30T23:59:59Z"));
    EXPECT_TRUE(is_true(rule.when, end, "2025-12-31T00:00:00Z"));
    EXPECT_TRUE(is_true(rule.when, end, "2026-03-31T23:00:00Z"));
    EXPECT_FALSE(is_true(rule.when, end, "2026-04-01T00:00:00Z"));
    const auto next =
        rule.when.formula.next_change(inputs(rule.when, end), moment_at("2025-01-01T09:00:00Z"));
    ASSERT_TRUE(next);
    EXPECT_EQ(format_instant(*next), "2025-12-31T00:00:00.000Z");
    // Renewed for a year: the task is moot, and the rule armed for the new end.
    const Values renewed{{"Rollup.Contract_End", *parse_date("2027-03-31")}};
    EXPECT_TRUE(is_true(*rule.close_when, renewed, "2026-02-01T09:00:00Z"));
    EXPECT_TRUE(is_true(*rule.rearm_when, renewed, "2026-02-01T09:00:00Z"));
    EXPECT_FALSE(is_true(*rule.close_when, end, "2026-02-01T09:00:00Z"));
}

TEST(SalesPreset, EveryClockIsReadExactly) {
    for (const TaskRule& rule : sales().tasks) {
        const auto next =
            rule.when.formula.next_change(inputs(rule.when, {}), moment_at("2025-01-01T09:00:00Z"));
        EXPECT_FALSE(next) << rule.name << ": nothing that is blank has a next day";
    }
}

/// An org whose users are called what the documents call them. No account has a domain.
class Everybody final : public routing::Owners {
public:
    std::variant<routing::Owner, std::string> find(std::string_view name) const override {
        return routing::Owner{std::string(name)};
    }
    std::variant<std::int64_t, std::string> load(const Routing&,
                                                 const std::string&) const override {
        return std::int64_t{0};
    }
    std::variant<bool, std::string> holds(const Rule& rule, const std::string&) const override {
        return is_true(rule, {}, "2025-09-01T09:00:00Z");
    }
    std::optional<std::string> account_owner(const LeadsByDomain&,
                                             const std::string&) const override {
        return std::nullopt;
    }
    routing::Counters counters(std::string_view) const override { return {}; }
};

TEST(SalesPreset, RoutesByTerritoryAndThenBySize) {
    const Routing& routing = sales().routings.front();
    const Everybody owners;
    const auto first = [&](const Values& values) -> std::string {
        merge::Inputs inputs;
        inputs.documents = &sales();
        inputs.owners = &owners;
        inputs.moment = moment_at("2025-09-01T09:00:00Z");
        merge::MapFacts facts;
        for (const auto& [path, value] : values) facts.values[path] = value;
        std::vector<std::string> warnings;
        const auto choice = routing::Chooser(routing, "Lead", inputs, facts, warnings).choose();
        const auto* chosen = std::get_if<routing::Chosen>(&choice);
        return chosen == nullptr ? "nobody" : chosen->owner;
    };
    const auto size = [](int employees) {
        return Values{{"NumberOfEmployees", Value{Decimal{employees}}}};
    };
    EXPECT_EQ(first(size(999)), "first.seller@example.com");
    EXPECT_EQ(first(size(1000)), "first.field.seller@example.com");
    EXPECT_EQ(first(size(0)), "New leads");
    EXPECT_EQ(first({}), "New leads");
    EXPECT_EQ(first({{"Country", text("Finland")}, {"NumberOfEmployees", Value{Decimal{5}}}}),
              "Nordic sales");
    EXPECT_TRUE(routing.at_create);
}

TEST(SalesPreset, AsksInTheReferencesOrder) {
    std::vector<std::string> names;
    for (const RouteRule& rule : sales().routings.front().rules) names.push_back(rule.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"account_owner", "open_deal", "same_domain", "territory",
                                        "small_outbound", "small", "large", "rest"}));
}

}  // namespace
}  // namespace duet::document
