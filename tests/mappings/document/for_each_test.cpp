// One list for each row, and which sellers see one.
#include "mappings/document/for_each.h"

#include <string>

#include "mappings/document/lists.h"
#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kBuyers =
    "entity: person\nmatch: [crm_id]\nrollups:\n"
    "  - { name: Platform_Bought, of: Opportunity, via: Account, function: COUNT }\n"
    "  - { name: Data_Lake_Bought, of: Opportunity, via: Account, function: COUNT }\n";

std::vector<Source> lists(const std::string& text) {
    return {{"people.yaml", kBuyers}, {"a.yaml", "lists:\n" + text}};
}

std::string wrong(const std::string& text) { return findings_of(lists(text), &test_catalogs()); }

bool tells(const std::string& findings, const std::string& words) {
    EXPECT_NE(findings.find(words), std::string::npos) << findings;
    return findings.find(words) != std::string::npos;
}

TEST(ForEach, ALineIsAListForEachRow) {
    const auto documents = load_good(
        lists("  - for_each:\n"
              "      - { product: Platform, rollup: Platform }\n"
              "      - { product: Data Lake, rollup: Data_Lake }\n"
              "    pardot_list: Upsell {product}\n"
              "    member_when: AND(Title = \"{product} {0}\", Rollup.{rollup}_Bought = 0)\n"
              "    tags: [upsell, '{product}']\n"
              "    cap: 5\n"),
        &test_catalogs());
    ASSERT_EQ(documents.lists.size(), 2U);
    EXPECT_EQ(documents.lists[0].list, "Upsell Platform");
    EXPECT_EQ(documents.lists[1].list, "Upsell Data Lake");
    EXPECT_EQ(documents.lists[1].member_when.formula.text(),
              "AND(Title = \"Data Lake {0}\", Rollup.Data_Lake_Bought = 0)");
    EXPECT_TRUE(documents.lists[1].has_tag("Data Lake"));
    EXPECT_EQ(documents.lists[1].cap, 5);
    EXPECT_EQ(documents.lists[1].hold_out.percent, 0);
}

TEST(ForEach, AFindingNamesTheListThatItIsOf) {
    const std::string found = wrong(
        "  - for_each: [{ product: Platform }, { product: Service }]\n"
        "    pardot_list: Upsell {product}\n"
        "    member_when: Rollup.{product}_Bought = 0\n");
    EXPECT_TRUE(tells(found, "\"Upsell Service\": "));
    EXPECT_TRUE(tells(found, "a.yaml:4:18"));
    EXPECT_EQ(found.find("\"Upsell Platform\": "), std::string::npos) << found;
}

TEST(ForEach, ExpandedListsDoNotShareAName) {
    EXPECT_TRUE(tells(wrong("  - for_each: [{ product: A }, { product: B }]\n"
                            "    pardot_list: Upsell\n    member_when: Title = \"{product}\"\n"),
                      "put a {name} of \"for_each\" into the list's name"));
    EXPECT_TRUE(tells(wrong("  - for_each: [{ product: A }, { product: B }]\n"
                            "    pardot_list: Upsell {product}\n    member_when: \"TRUE\"\n"
                            "  - { pardot_list: Upsell B, member_when: \"FALSE\" }\n"),
                      "the list \"Upsell B\" already has a rule"));
}

TEST(ForEach, WhatIsWrongInItIsShown) {
    const auto with = [](const std::string& rows) {
        return wrong("  - for_each: " + rows +
                     "\n    pardot_list: Upsell {product}\n    member_when: \"TRUE\"\n");
    };
    EXPECT_TRUE(tells(with("[{ product: A }, { other: B }]"), "needs the same names"));
    EXPECT_TRUE(tells(with("[{ produkt: A }]"), "did you mean \"produkt\"?"));
    EXPECT_TRUE(tells(with("[{ product: 'A\"B' }]"), "must have no quotes"));
    EXPECT_TRUE(tells(with("[{ product: '{x}' }]"), "must have no quotes"));
    EXPECT_TRUE(tells(with("[{ product: A, 2nd: B }]"), "is no name for values"));
    EXPECT_TRUE(tells(with("Platform"), "for_each"));
}

std::string sellers(int number, const std::string& roles, int from = 0) {
    std::string text;
    for (int i = from; i < from + number; ++i)
        text += "  - { pardot_list: S" + std::to_string(i) +
                ", member_when: \"FALSE\", tags: seller" + roles + " }\n";
    return text;
}

TEST(SellersLists, ElevenOfARoleAreAWarningAndTenAreNone) {
    const auto warnings = [](const std::string& text) {
        return list_warnings(load_good(lists(text), nullptr));
    };
    EXPECT_TRUE(
        warnings(sellers(10, ", seen_by: AE") + sellers(10, ", seen_by: [BDR]", 10)).empty());
    const auto eleven =
        warnings(sellers(10, ", seen_by: AE") + sellers(1, ", seen_by: [AE, BDR]", 10));
    ASSERT_EQ(eleven.size(), 1U);
    EXPECT_TRUE(tells(eleven[0], "11 lists with the tag seller are seen by AE"));
    // What every role sees counts for each.
    const auto both = warnings(sellers(10, ", seen_by: AE") + sellers(10, ", seen_by: BDR", 10) +
                               sellers(1, "", 20));
    EXPECT_EQ(both.size(), 2U);
}

TEST(SellersLists, OnlyTheyAreSeenByRoles) {
    EXPECT_TRUE(tells(wrong("  - { pardot_list: A, member_when: \"FALSE\", seen_by: AE }\n"),
                      "only lists with the tag seller"));
}

}  // namespace
}  // namespace duet::document
