// The validations that ship, each asked about records that are right and records that are wrong.
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mappings/document/load.h"
#include "mappings/formula/formula.h"
#include "tests/mappings/document/catalogs.h"
#include "tests/world/hostile.h"

namespace duet::document {
namespace {

Source preset(const std::string& name) {
    std::ifstream file(std::string(DUET_SOURCE_DIR) + "/mappings/presets/quality/" + name);
    std::stringstream all;
    all << file.rdbuf();
    return {"quality/" + name, all.str(), true};
}

/// As an org has them: beside its own documents, included by them.
Documents quality(const PerSide<Catalog>* catalogs = &test_catalogs()) {
    return load_good(
        {{"opportunities.yaml",
          "entity: opportunity\nmatch: [crm_id]\n"
          "include: [quality/opportunities.yaml, quality/currencies.yaml]\n"},
         {"people.yaml", "entity: person\nmatch: [crm_id]\ninclude: quality/people.yaml\n"},
         preset("opportunities.yaml"),
         preset("currencies.yaml"),
         preset("people.yaml")},
        catalogs);
}

using Fields = std::map<std::string, Value>;

formula::Moment at(const char* instant) {
    const DateTime now = *parse_instant(instant);
    return {now, std::chrono::floor<std::chrono::days>(now)};
}

/// What each broken rule says of a record of `object`, by the rule's name.
std::map<std::string, std::string> broken(const Documents& documents, std::string_view object,
                                          const Fields& fields) {
    static const Value kBlank{};
    const auto moment = at("2018-01-02T09:00:00Z");
    std::map<std::string, std::string> found;
    const auto values = [&](const std::vector<std::string>& paths) {
        std::vector<const Value*> inputs;
        for (const std::string& path : paths) {
            const auto known = fields.find(path);
            inputs.push_back(known == fields.end() ? &kBlank : &known->second);
        }
        return inputs;
    };
    for (const EntityDocument& entity : documents.entities) {
        for (const Validation& rule : entity.validations) {
            if (rule.object != object) continue;
            const auto answer =
                rule.error_when.formula.evaluate(values(rule.error_when.formula.fields()), moment);
            const auto* value = std::get_if<Value>(&answer);
            EXPECT_NE(value, nullptr) << rule.name << " fails";
            if (value == nullptr || !formula::holds(*value)) continue;
            auto said = rule.message.render(values(rule.message.fields()), moment);
            EXPECT_TRUE(std::holds_alternative<std::string>(said)) << rule.name;
            found[rule.name] = std::get<std::string>(said);
        }
    }
    return found;
}

Fields won_deal() {
    return {{"Name", text("Cancity")},
            {"IsWon", Value{true}},
            {"IsClosed", Value{true}},
            {"HasOpportunityLineItem", Value{true}},
            {"CloseDate", *parse_date("2017-12-01")},
            {"Contract_Start__c", *parse_date("2017-12-05")},
            {"Contract_End__c", *parse_date("2018-12-04")},
            {"StageName", text("Won")},
            {"Probability", Decimal{100}},
            {"Amount", Decimal{1054}},
            {"CurrencyIsoCode", text("EUR")},
            {"Account.CurrencyIsoCode", text("EUR")}};
}

struct Wrong {
    const char* field;
    Value value;
    const char* rule;
    const char* message;
};

TEST(Quality, AGoodDealBreaksNothing) {
    const Documents documents = quality();
    EXPECT_TRUE(broken(documents, "Opportunity", won_deal()).empty());
    EXPECT_TRUE(broken(documents, "Opportunity",
                       {{"StageName", text("Prospecting")},
                        {"Probability", Decimal{10}},
                        {"CurrencyIsoCode", text("USD")}})
                    .empty())
        << "an open deal needs none of it";
    EXPECT_TRUE(broken(documents, "Opportunity",
                       {{"StageName", text("Lost")},
                        {"IsClosed", Value{true}},
                        {"Probability", Decimal{0}},
                        {"CurrencyIsoCode", text("USD")}})
                    .empty());
}

TEST(Quality, EachFaultOfADealIsToldByItsOwnRule) {
    const Documents documents = quality();
    const Wrong faults[] = {
        {"HasOpportunityLineItem", Value{false}, "won_deal_needs_products",
         "Cancity is won and has no products: upsell lists cannot tell what is owned."},
        {"CloseDate", Value{}, "won_deal_needs_close_date",
         "Cancity is won and has no close date."},
        {"CloseDate", *parse_date("2018-01-03"), "won_deal_closes_in_the_future",
         "Cancity is won, yet closes on 1/3/2018."},
        {"Contract_Start__c", Value{}, "won_deal_needs_contract_start",
         "Cancity is won and has no contract start."},
        {"Contract_End__c", Value{}, "won_deal_needs_contract_end",
         "Cancity is won and has no contract end: no renewal can be planned."},
        {"Contract_End__c", *parse_date("2017-12-05"), "contract_runs_forward",
         "The contract of Cancity ends on 12/5/2017, not after its start on 12/5/2017."},
        {"StageName", text("Verbal"), "stage_is_real",
         "Cancity is in the stage \"Verbal\", which no rule knows."},
        {"Probability", Decimal{90}, "stage_agrees_with_outcome",
         "Cancity is won with a probability of 90%."},
        {"IsClosed", Value{false}, "stage_agrees_with_outcome",
         "Cancity is won with a probability of 100%."},
        {"Amount", Decimal{-1}, "amount_is_sane", "Cancity has an amount of -1."},
        {"Amount", Decimal{0}, "won_deal_needs_amount", "Cancity is won for nothing."},
        {"CurrencyIsoCode", text("eur"), "currency_is_a_code", nullptr},
        {"Account.CurrencyIsoCode", text("USD"), "currency_is_the_accounts",
         "Cancity is in EUR, its account in USD: sums over the account mix both."},
    };
    std::set<std::string> seen;
    for (const Wrong& fault : faults) {
        SCOPED_TRACE(fault.rule);
        Fields fields = won_deal();
        fields[fault.field] = fault.value;
        const auto found = broken(documents, "Opportunity", fields);
        ASSERT_TRUE(found.contains(fault.rule));
        if (fault.message != nullptr) {
            EXPECT_EQ(found.size(), 1u) << found.begin()->first;
            EXPECT_EQ(found.at(fault.rule), fault.message);
        }
        seen.insert(fault.rule);
    }
    for (const EntityDocument& entity : documents.entities) {
        if (entity.entity != EntityKind::Opportunity) continue;
        for (const Validation& rule : entity.validations) {
            EXPECT_TRUE(seen.contains(rule.name)) << rule.name << " has no example";
            EXPECT_FALSE(rule.fields.empty()) << rule.name;
        }
    }
}

TEST(Quality, AWonDealOfTomorrowIsLetGoOnItsDay) {
    const Documents documents = quality();
    for (const Validation& rule : documents.find(EntityKind::Opportunity)->validations) {
        if (rule.name != "won_deal_closes_in_the_future") continue;
        const Value won{true}, close = *parse_date("2018-03-09");
        std::vector<const Value*> inputs;
        for (const std::string& path : rule.error_when.formula.fields())
            inputs.push_back(path == "IsWon" ? &won : &close);
        EXPECT_EQ(rule.error_when.formula.next_change(inputs, at("2018-01-02T09:00:00Z")),
                  parse_instant("2018-03-09T00:00:00Z"));
        return;
    }
    FAIL() << "the rule is gone";
}

/// The categories of RFC 5321 and looser are refused on purpose, as the preset says.
TEST(Quality, AnAddressIsDeliverableInFormOrItAloneIsHeld) {
    const Documents documents = quality();
    int good = 0;
    for (const hostile::Address& address : hostile::addresses()) {
        SCOPED_TRACE(address.text + " " + address.category + " " + address.diagnosis);
        if (address.text.empty()) continue;
        const bool is_valid = address.category == "VALID_CATEGORY" || address.category == "DNSWARN";
        // No top-level domain is one letter, and none takes mail itself.
        const std::size_t label = address.text.find_last_of(".@") + 1;
        const bool is_odd = address.text.size() - label < 2 || address.text[label - 1] == '@';
        const bool is_accepted =
            broken(documents, "Contact", {{"Email", text(address.text)}}).empty();
        if (is_valid && is_accepted) ++good;
        EXPECT_EQ(is_valid && !is_odd, is_accepted);
    }
    EXPECT_GE(good, 19);
    for (const char* object : {"Contact", "Lead", "prospect"}) {
        const char* field = object[0] == 'p' ? "email" : "Email";
        EXPECT_TRUE(
            broken(documents, object, {{field, text("o'hara+x@mail.example.com")}}).empty());
        EXPECT_TRUE(broken(documents, object, {}).empty()) << "a blank one is no address";
        const auto found = broken(documents, object, {{field, text("ada@example,com")}});
        ASSERT_EQ(found.size(), 1u) << object;
        EXPECT_EQ(found.begin()->second,
                  "\"ada@example,com\" is no address that mail can be delivered to.");
    }
    for (const Validation& rule : documents.find(EntityKind::Person)->validations) {
        EXPECT_EQ(rule.hold, Hold::Fields) << rule.name;
    }
}

TEST(Quality, LoadsOfflineToo) {
    EXPECT_EQ(quality(nullptr).find(EntityKind::Opportunity)->validations.size(), 12u);
}

}  // namespace
}  // namespace duet::document
