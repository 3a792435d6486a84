#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mappings/document/load.h"
#include "mappings/formula/formula.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

/// Evaluates a rule over facts by name; what is not given is blank.
class Facts {
public:
    explicit Facts(std::map<std::string, Value> values) : values_(std::move(values)) {}

    [[nodiscard]] std::vector<const Value*> inputs(const Rule& rule) const {
        static const Value kBlank{};
        std::vector<const Value*> found;
        for (const std::string& path : rule.formula.fields()) {
            const auto at = values_.find(path);
            found.push_back(at == values_.end() ? &kBlank : &at->second);
        }
        return found;
    }

private:
    std::map<std::string, Value> values_;
};

formula::Moment moment_at(const char* instant) {
    const DateTime now = *parse_instant(instant);
    return {now, std::chrono::floor<std::chrono::days>(now), std::chrono::minutes{0}};
}

bool is_true(const Rule& rule, const Facts& facts, const char* now) {
    const auto outcome = rule.formula.evaluate(facts.inputs(rule), moment_at(now));
    const auto* value = std::get_if<Value>(&outcome);
    return value != nullptr && *value == Value{true};
}

std::string next(const Rule& rule, const Facts& facts, const char* now) {
    const auto found = rule.formula.next_change(facts.inputs(rule), moment_at(now));
    return found ? format_instant(*found) : "never";
}

Documents shipped() { return load_good(shipped_documents(), &test_catalogs()); }

TEST(Presets, LoadWithoutFindingsOffline) {
    ASSERT_EQ(shipped_documents().size(), 6u);
    EXPECT_EQ(findings_of(shipped_documents(), nullptr), "");
}

TEST(Presets, LoadWithoutFindingsAgainstTheCatalogs) {
    EXPECT_EQ(findings_of(shipped_documents(), &test_catalogs()), "");
}

TEST(Presets, HoldWhatTheDemoShows) {
    const Documents documents = shipped();
    ASSERT_NE(documents.find(EntityKind::Person), nullptr);
    EXPECT_NE(documents.find(EntityKind::Account), nullptr);
    EXPECT_NE(documents.find(EntityKind::Opportunity), nullptr);
    EXPECT_NE(documents.find(EntityKind::Campaign), nullptr);
    EXPECT_EQ(documents.find(EntityKind::Person)->creates.size(), 2u);
    ASSERT_EQ(documents.lists.size(), 2u);
    EXPECT_EQ(documents.lists[0].list, "Upsell - three months after win");
    EXPECT_EQ(documents.lists[1].list, "Renewal - before contract end");
    ASSERT_EQ(documents.attributions.size(), 1u);
    EXPECT_EQ(documents.attributions[0].people,
              (std::vector<std::string>{"OpportunityContactRole", "Contact"}));
    ASSERT_EQ(documents.stages.size(), 6u);
    EXPECT_EQ(documents.stages.front().name, "CUSTOMER");
    EXPECT_EQ(documents.stages.back().name, "KNOWN");
}

TEST(Presets, OnlyRulesOfListsReadTheClock) {
    const Documents documents = shipped();
    for (const EntityDocument& entity : documents.entities) {
        for (const FieldRule& rule : entity.fields) {
            EXPECT_FALSE(rule.value && rule.value->formula.reads_clock()) << rule.name;
        }
        for (const CreateRule& rule : entity.creates) EXPECT_FALSE(rule.when.formula.reads_clock());
        for (const Rollup& rollup : entity.rollups) {
            EXPECT_FALSE(rollup.where && rollup.where->formula.reads_clock()) << rollup.name;
        }
        for (const Validation& rule : entity.validations) {
            EXPECT_FALSE(rule.error_when.formula.reads_clock()) << rule.name;
        }
    }
    for (const Stage& stage : documents.stages) {
        EXPECT_FALSE(stage.when.formula.reads_clock()) << stage.name;
    }
    for (const ListRule& list : documents.lists) {
        EXPECT_TRUE(list.member_when.formula.reads_clock()) << list.list;
        EXPECT_FALSE(list.suppress_when->formula.reads_clock()) << list.list;
    }
}

/// Every rule of the documents, with a name for messages.
std::vector<std::pair<std::string, const Rule*>> rules_of(const Documents& documents) {
    std::vector<std::pair<std::string, const Rule*>> rules;
    const auto maybe = [&](const std::string& name, const std::optional<Rule>& rule) {
        if (rule) rules.emplace_back(name, &*rule);
    };
    for (const EntityDocument& entity : documents.entities) {
        maybe("scope", entity.scope);
        for (const FieldRule& rule : entity.fields) maybe(rule.name, rule.value);
        for (const Rollup& rollup : entity.rollups) maybe(rollup.name, rollup.where);
        for (const Validation& rule : entity.validations) {
            rules.emplace_back(rule.name, &rule.error_when);
        }
        for (const CreateRule& rule : entity.creates) rules.emplace_back("create", &rule.when);
    }
    for (const Stage& stage : documents.stages) rules.emplace_back(stage.name, &stage.when);
    for (const ListRule& list : documents.lists) {
        rules.emplace_back(list.list, &list.member_when);
        maybe(list.list, list.suppress_when);
    }
    for (const Attribution& attribution : documents.attributions) {
        maybe("from", attribution.from);
        maybe("until", attribution.until);
    }
    return rules;
}

TEST(Presets, NoRuleHasToBeAskedAnewAtMidnight) {
    const Documents documents = shipped();
    const auto rules = rules_of(documents);
    EXPECT_GT(rules.size(), 20u);
    std::size_t clocks = 0;
    for (const auto& [name, rule] : rules) {
        clocks += rule->formula.reads_clock() ? 1 : 0;
        EXPECT_FALSE(rule->formula.may_ask_at_midnight()) << name << ": " << rule->formula.text();
    }
    EXPECT_GE(clocks, 2u);
}

// The worked example: won on the last of November, open from the last of February.
TEST(Presets, UpsellOpensThreeMonthsAfterTheWinAndLastsNinetyDays) {
    const Documents documents = shipped();
    const Rule& rule = documents.lists[0].member_when;
    const Facts facts({{"Rollup.Last_Won_Date", *parse_date("2025-11-30")}});
    EXPECT_FALSE(is_true(rule, facts, "2026-02-27T23:59:59Z"));
    EXPECT_TRUE(is_true(rule, facts, "2026-02-28T00:00:00Z"));
    EXPECT_TRUE(is_true(rule, facts, "2026-05-29T23:59:59Z"));
    EXPECT_FALSE(is_true(rule, facts, "2026-05-30T00:00:00Z"));
    EXPECT_FALSE(is_true(rule, Facts({}), "2026-03-01T00:00:00Z"));
}

TEST(Presets, UpsellChangesOnItsOwnDaysAndOnNoOther) {
    const Documents documents = shipped();
    const Rule& rule = documents.lists[0].member_when;
    const Facts facts({{"Rollup.Last_Won_Date", *parse_date("2025-11-30")}});
    EXPECT_EQ(next(rule, facts, "2025-12-01T09:00:00Z"), "2026-02-28T00:00:00.000Z");
    EXPECT_EQ(next(rule, facts, "2026-02-28T09:00:00Z"), "2026-05-30T00:00:00.000Z");
    EXPECT_EQ(next(rule, facts, "2026-05-30T00:00:00Z"), "never");
    EXPECT_EQ(next(rule, Facts({}), "2026-01-01T00:00:00Z"), "never");
}

TEST(Presets, RenewalRunsFrom120DaysBeforeTheEndToTheLastDay) {
    const Documents documents = shipped();
    const Rule& rule = documents.lists[1].member_when;
    const Facts facts({{"Rollup.Contract_End", *parse_date("2026-03-31")}});
    EXPECT_FALSE(is_true(rule, facts, "2025-11-30T12:00:00Z"));
    EXPECT_TRUE(is_true(rule, facts, "2025-12-01T00:00:00Z"));
    EXPECT_TRUE(is_true(rule, facts, "2026-03-31T23:00:00Z"));
    EXPECT_FALSE(is_true(rule, facts, "2026-04-01T00:00:00Z"));
    EXPECT_EQ(next(rule, facts, "2025-01-01T09:00:00Z"), "2025-12-01T00:00:00.000Z");
    EXPECT_EQ(next(rule, facts, "2025-12-01T09:00:00Z"), "2026-04-01T00:00:00.000Z");
    EXPECT_EQ(next(rule, facts, "2026-04-01T09:00:00Z"), "never");
}

TEST(Presets, OptedOutAndBusyPeopleAreSuppressedOnEveryList) {
    const Documents documents = shipped();
    for (const ListRule& list : documents.lists) {
        const Rule& rule = *list.suppress_when;
        const char* now = "2026-01-01T00:00:00Z";
        const Value none{Decimal{0}};
        EXPECT_TRUE(is_true(rule, Facts({{"Rollup.Open_Opportunities", Value{Decimal{1}}}}), now));
        EXPECT_TRUE(is_true(
            rule, Facts({{"Rollup.Open_Opportunities", none}, {"HasOptedOutOfEmail", Value{true}}}),
            now));
        EXPECT_TRUE(is_true(
            rule, Facts({{"Rollup.Open_Opportunities", none}, {"Prospect.optedOut", Value{true}}}),
            now));
        EXPECT_FALSE(is_true(rule, Facts({{"Rollup.Open_Opportunities", none}}), now));
    }
}

TEST(Presets, StagesFollowThePersonsDealsAndDeeds) {
    const Documents documents = shipped();
    const auto stage_of = [&](const Facts& facts) -> std::string {
        for (const Stage& stage : documents.stages) {
            if (is_true(stage.when, facts, "2018-01-02T09:00:00Z")) return stage.name;
        }
        return "none";
    };
    EXPECT_EQ(stage_of(Facts({})), "KNOWN");
    EXPECT_EQ(stage_of(Facts({{"Rollup.Campaign_Responses", Value{Decimal{1}}}})), "ENGAGED");
    EXPECT_EQ(
        stage_of(Facts({{"Prospect.score", Value{Decimal{100}}}, {"Prospect.grade", text("B-")}})),
        "MQL");
    EXPECT_EQ(
        stage_of(Facts({{"Prospect.score", Value{Decimal{250}}}, {"Prospect.grade", text("C+")}})),
        "KNOWN");
    EXPECT_EQ(stage_of(Facts({{"Status", text("Working - Contacted")}})), "SAL");
    EXPECT_EQ(stage_of(Facts({{"Rollup.Open_Opportunities", Value{Decimal{1}}}})), "OPPORTUNITY");
    EXPECT_EQ(stage_of(Facts({{"Rollup.Open_Opportunities", Value{Decimal{1}}},
                              {"Rollup.Won_Opportunities", Value{Decimal{2}}}})),
              "CUSTOMER");
}

TEST(Presets, AResponseCountsFromItsDateAndOnItsFirstDayFromCreation) {
    const Documents documents = shipped();
    const Rule& rule = documents.attributions[0].touches[0].time;
    const Value created = *parse_instant("2017-03-06T08:34:27Z");
    const auto time = [&](Value responded) {
        const Facts facts({{"FirstRespondedDate", std::move(responded)}, {"CreatedDate", created}});
        const auto outcome =
            rule.formula.evaluate(facts.inputs(rule), moment_at("2018-01-02T09:00:00Z"));
        return display(std::get<Value>(outcome));
    };
    EXPECT_EQ(time(*parse_date("2017-03-06")), display(created));
    EXPECT_EQ(time(Value{}), display(created));
    EXPECT_EQ(time(*parse_date("2017-04-01")),
              display(Value{*parse_instant("2017-04-01T00:00:00Z")}));
}

TEST(Presets, NeedNameEveryFieldThatTheDocumentsRead) {
    std::map<std::string, std::vector<std::string>> by_object;
    for (const Need& need : needs(shipped(), test_catalogs())) {
        by_object[(need.side == Side::Crm ? "crm " : "marketing ") + need.object] = need.fields;
    }
    using Sorted = std::vector<std::string>;
    EXPECT_EQ(by_object["crm Contact"],
              (Sorted{"AccountId", "DoNotCall", "Duet_Email_Clicks__c", "Duet_Last_Engaged__c",
                      "Duet_Stage__c", "Email", "FirstName", "HasOptedOutOfEmail", "LastName",
                      "LeadSource", "Phone", "Title"}));
    EXPECT_EQ(
        by_object["crm Lead"],
        (Sorted{"Company", "DoNotCall", "Duet_Email_Clicks__c", "Duet_Key__c",
                "Duet_Last_Engaged__c", "Duet_Stage__c", "Email", "FirstName", "HasOptedOutOfEmail",
                "LastName", "LeadSource", "NumberOfEmployees", "Phone", "Status", "Title"}));
    EXPECT_EQ(by_object["crm Account"],
              (Sorted{"Duet_Open_Opportunities__c", "Name", "NumberOfEmployees"}));
    EXPECT_EQ(by_object["crm Opportunity"],
              (Sorted{"AccountId", "Amount", "CampaignId", "CloseDate", "Contract_End__c",
                      "Contract_Start__c", "CreatedDate", "CurrencyIsoCode",
                      "Duet_Last_Touch_Campaign__c", "IsClosed", "IsWon"}))
        << "reports need the money";
    EXPECT_EQ(by_object["crm OpportunityContactRole"], (Sorted{"ContactId", "OpportunityId"}));
    EXPECT_EQ(by_object["crm CampaignMember"],
              (Sorted{"CampaignId", "ContactId", "CreatedDate", "Duet_Key__c", "FirstRespondedDate",
                      "HasResponded", "LeadId"}));
    EXPECT_EQ(by_object["crm Campaign"],
              (Sorted{"ActualCost", "Duet_Pardot_Campaign_Id__c", "Name"}));
    EXPECT_EQ(by_object["marketing visitor-activity"],
              (Sorted{"campaignId", "createdAt", "prospectId", "type"}));
    EXPECT_EQ(by_object["marketing campaign"], (Sorted{"id", "name", "salesforceId"}));
    EXPECT_EQ(by_object["marketing opportunity"], (Sorted{"salesforceId"}));
    EXPECT_EQ(by_object["marketing list"], (Sorted{"id", "name"}));
    EXPECT_EQ(by_object["marketing list-membership"], (Sorted{"listId", "optedOut", "prospectId"}));
    EXPECT_EQ(by_object["marketing prospect"],
              (Sorted{"company", "contract_end__c", "duet_stage__c", "email", "employees",
                      "firstName", "grade", "isDoNotCall", "isDoNotEmail", "isEmailHardBounced",
                      "jobTitle", "lastName", "last_won__c", "optedOut", "phone",
                      "salesforceContactId", "salesforceLeadId", "score", "source"}));
    EXPECT_EQ(by_object.size(), 15u);
}

}  // namespace
}  // namespace duet::document
