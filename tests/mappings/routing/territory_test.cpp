#include "mappings/routing/territory.h"

#include <gtest/gtest.h>

#include "tests/mappings/document/catalogs.h"

namespace duet::routing {
namespace {

using document::Measure;

const document::TerritoryTable& table() {
    static const document::Documents kDocuments = document::load_good(
        {{"people.yaml", "entity: person\nmatch: [email]\n"}, {"routing.yaml", R"yaml(routing:
  - name: leads
    trigger: Prospect.score >= 100
    rules:
      - name: territory
        territories:
          country: Country
          region: Department
          postal_code: Title
          industry: TEXT(LeadSource)
          table:
            - { name: finland, country: [Finland, Suomi], owner: Ann }
            - { name: banks, industry: Banking, owner: Bo }
            - { name: uusimaa, country: Finland, region: Uusimaa, owner: Cy }
            - { name: finnish_banks, country: Finland, industry: Banking, owner: Di }
            - { name: helsinki, country: Finland, postal_prefix: ['00', '010'], owner: Ed }
            - { name: centre, country: Finland, postal_prefix: '001', owner: Fi }
            - { name: all_of_it, country: Finland, region: Uusimaa, industry: Banking, owner: Gu }
            - { name: aland, region: Åland, owner: Hi }
            - { name: london, postal_prefix: 'SW1-A', owner: Io }
)yaml"}},
        &document::test_catalogs());
    return *kDocuments.routings[0].rules[0].territories;
}

std::vector<std::string> names(const Whereabouts& person) {
    std::vector<std::string> found;
    for (const auto* territory : territories_of(table(), person)) found.push_back(territory->name);
    return found;
}

using Names = std::vector<std::string>;

TEST(Territories, WhoSaysNothingIsInNone) {
    EXPECT_EQ(names({}), Names{});
    EXPECT_EQ(names({{Measure::Country, "  "}, {Measure::Industry, "Media"}}), Names{});
}

TEST(Territories, TheOneWithMostConditionsComesFirst) {
    EXPECT_EQ(names({{Measure::Country, "Finland"}}), (Names{"finland"}));
    EXPECT_EQ(names({{Measure::Country, "Finland"},
                     {Measure::Region, "Uusimaa"},
                     {Measure::Industry, "Banking"}}),
              (Names{"all_of_it", "uusimaa", "finnish_banks", "finland", "banks"}));
}

TEST(Territories, TiesGoByTheTablesOrder) {
    EXPECT_EQ(names({{Measure::Country, "Suomi"}, {Measure::Industry, "Banking"}}),
              (Names{"finland", "banks"}));
}

TEST(Territories, ALongerPostalPrefixSaysMore) {
    const auto at = [](const char* code) {
        return names({{Measure::Country, "Finland"}, {Measure::PostalPrefix, code}});
    };
    EXPECT_EQ(at("00200"), (Names{"helsinki", "finland"}));
    EXPECT_EQ(at("00100"), (Names{"centre", "helsinki", "finland"}));
    EXPECT_EQ(at("01000"), (Names{"helsinki", "finland"}));
    EXPECT_EQ(at("0"), (Names{"finland"})) << "less than the prefix is not in it";
    EXPECT_EQ(at("33100"), (Names{"finland"}));
}

TEST(Territories, LetterCaseAndSpaceAreNoDifference) {
    EXPECT_EQ(names({{Measure::Country, " FINLAND "}}), (Names{"finland"}));
    EXPECT_EQ(names({{Measure::Region, "åLAND"}}), (Names{"aland"}));
    EXPECT_EQ(names({{Measure::PostalPrefix, "sw1a 2aa"}}), (Names{"london"}));
    EXPECT_EQ(names({{Measure::Country, "Fin land"}}), Names{});
}

}  // namespace
}  // namespace duet::routing
