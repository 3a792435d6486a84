#include "mappings/document/hygiene.h"

#include <algorithm>
#include <string>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

constexpr const char* kDeals = "entity: opportunity\nmatch: [crm_id]\n";

std::string found_in_hygiene(const std::string& hygiene) {
    return findings_of({{"deals.yaml", kDeals}, {"hygiene.yaml", hygiene}}, &test_catalogs());
}

TEST(Hygiene, NamesWhatIsCountedAndByWhom) {
    const Documents documents =
        load_good({{"deals.yaml", kDeals},
                   {"hygiene.yaml",
                    "hygiene: { open_when: NOT(IsClosed), faulty_when: ISBLANK(AccountId), "
                    "owner: Owner.Name }\n"}},
                  &test_catalogs());
    ASSERT_NE(documents.hygiene, nullptr);
    EXPECT_EQ(rules_of(*documents.hygiene).size(), 3U);
    const auto all = needs(documents, test_catalogs());
    const auto holds = [&](const std::string& object, const std::string& field) {
        return std::any_of(all.begin(), all.end(), [&](const Need& need) {
            return need.object == object &&
                   std::count(need.fields.begin(), need.fields.end(), field);
        });
    };
    EXPECT_TRUE(holds("Opportunity", "IsClosed"));
    EXPECT_TRUE(holds("Opportunity", "AccountId"));
    EXPECT_TRUE(holds("User", "Name")) << "whoever is named is read";
}

TEST(Hygiene, WhatIsWrongIsTold) {
    EXPECT_TRUE(says(found_in_hygiene("hygiene: { open_when: NOT(IsClosed), owner: OwnerId }\n"),
                     "\"faulty_when\""));
    EXPECT_TRUE(says(
        found_in_hygiene("hygiene: { open_when: CloseDate, faulty_when: IsWon, owner: OwnerId }\n"),
        "[DUET-2012]"));
    EXPECT_TRUE(says(
        found_in_hygiene("hygiene: { open_when: IsOpen, faulty_when: IsWon, owner: OwnerId }\n"),
        "IsOpen"));
    EXPECT_TRUE(says(
        findings_of(
            {{"hygiene.yaml", "hygiene: { open_when: TRUE, faulty_when: TRUE, owner: OwnerId }\n"}},
            &test_catalogs()),
        "no document has entity: opportunity"));
}

}  // namespace
}  // namespace duet::document
