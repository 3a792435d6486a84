#include "mappings/document/shares.h"

#include <algorithm>
#include <string>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

constexpr const char* kPeopleOfShares = "entity: person\nmatch: [email]\n";

std::string found_in(const std::string& shares) {
    return findings_of({{"people.yaml", kPeopleOfShares}, {"shares.yaml", shares}},
                       &test_catalogs());
}

bool tells(const std::string& findings, const std::string& words) {
    return findings.find(words) != std::string::npos;
}

TEST(Shares, NameWhatIsCountedAndWhatMakesTheShare) {
    const Documents documents = load_good(
        {{"people.yaml", kPeopleOfShares},
         {"shares.yaml",
          "shares:\n"
          "  - { name: Validated leads, object: Lead, counted_when: 'NOT(ISBLANK(Company))', "
          "met_when: 'Duet_Stage__c = \"SQL\"', at: Duet_MQL_Date__c, by: Owner.Name }\n"
          "  - { name: Titles, object: contact, counted_when: 'TRUE', met_when: "
          "'NOT(ISBLANK(Title))' }\n"}},
        &test_catalogs());
    ASSERT_NE(documents.shares, nullptr);
    ASSERT_EQ(documents.shares->size(), 2U);
    EXPECT_EQ(documents.shares->front().name, "Validated leads");
    EXPECT_EQ(rules_of(documents.shares->front()).size(), 4U);
    EXPECT_EQ(documents.shares->back().object, "Contact") << "as the catalog spells it";
    EXPECT_EQ(rules_of(documents.shares->back()).size(), 2U);
    const auto all = needs(documents, test_catalogs());
    const auto holds = [&](const std::string& object, const std::string& field) {
        return std::any_of(all.begin(), all.end(), [&](const Need& need) {
            return need.object == object &&
                   std::count(need.fields.begin(), need.fields.end(), field);
        });
    };
    EXPECT_TRUE(holds("Lead", "Company"));
    EXPECT_TRUE(holds("Lead", "Duet_MQL_Date__c"));
    EXPECT_TRUE(holds("Contact", "Title"));
    EXPECT_TRUE(holds("User", "Name")) << "whoever is named is read";
}

TEST(Shares, WhatIsWrongIsTold) {
    EXPECT_TRUE(tells(found_in("shares: [{ name: A, object: Lead, counted_when: 'TRUE' }]\n"),
                      "\"met_when\""));
    EXPECT_TRUE(tells(found_in("shares: [{ name: A, object: Leed, counted_when: 'TRUE', met_when: "
                               "'TRUE' }]\n"),
                      "Leed"));
    EXPECT_TRUE(tells(found_in("shares: [{ name: A, object: Lead, counted_when: Company, met_when: "
                               "'TRUE' }]\n"),
                      "[DUET-2012]"));
    EXPECT_TRUE(tells(found_in("shares: [{ name: A, object: Lead, counted_when: 'TRUE', met_when: "
                               "'TRUE', at: Company }]\n"),
                      "[DUET-2012]"));
    EXPECT_TRUE(
        tells(found_in("shares:\n"
                       "  - { name: A, object: Lead, counted_when: 'TRUE', met_when: 'TRUE' }\n"
                       "  - { name: a, object: Lead, counted_when: 'TRUE', met_when: 'FALSE' "
                       "}\n"),
              "defined twice, first at shares.yaml:2"));
}

}  // namespace
}  // namespace duet::document
