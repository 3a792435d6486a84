#include "mappings/document/deletions.h"

#include <string>
#include <variant>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

std::string found_in_deletions(const std::string& more) {
    return findings_of({{"a.yaml", person_by_email(more)}}, &test_catalogs());
}

TEST(Deletions, AreReadPerObjectOfEitherSide) {
    const Documents documents = load_good(
        {{"a.yaml",
          person_by_email("scope: NOT(ISBLANK(Email))\n"
                          "scope_grace_days: 3\n"
                          "deleted:\n"
                          "  - { object: lead, then: unlink }\n"
                          "  - { object: { pardot: prospect }, then: mark, field: Title }\n"
                          "  - { object: Contact, then: delete }\n")}},
        &test_catalogs());
    const EntityDocument& people = *documents.find(EntityKind::Person);
    EXPECT_EQ(people.scope_grace_days, 3);
    ASSERT_EQ(people.deletions.size(), 3U);
    EXPECT_EQ(people.deletions[0].then, Deletion::Unlink);
    EXPECT_EQ(people.deletions[1].side, Side::Marketing);
    EXPECT_EQ(people.deletions[1].field, "Title");
    EXPECT_EQ(people.deletions[2].object, "Contact");
    EXPECT_EQ(people.deletions[2].then, Deletion::Delete);
}

TEST(Deletions, WithoutAWordTheGraceIsThirtyDaysAndNothingIsDeleted) {
    const Documents documents = load_good({{"a.yaml", person_by_email("")}}, &test_catalogs());
    EXPECT_EQ(documents.find(EntityKind::Person)->scope_grace_days, 30);
    EXPECT_TRUE(documents.find(EntityKind::Person)->deletions.empty());
}

TEST(Deletions, AMarkedFieldMustBeThereFreeAndOfATypeThatCanBeMarked) {
    const std::string begin = "deleted:\n  - { object: { pardot: prospect }, then: mark";
    EXPECT_NE(found_in_deletions(begin + " }\n").find("then: mark needs the key \"field\""),
              std::string::npos);
    EXPECT_NE(found_in_deletions(begin + ", field: Titel }\n").find("did you mean \"Title\""),
              std::string::npos)
        << found_in_deletions(begin + ", field: Titel }\n");
    EXPECT_NE(found_in_deletions(begin + ", field: OwnerId }\n").find("DUET-2012"),
              std::string::npos);
    EXPECT_NE(found_in_deletions("fields:\n  - { salesforce: Title, pardot: jobTitle }\n" + begin +
                                 ", field: Title }\n")
                  .find("already named by the rule at a.yaml:4"),
              std::string::npos)
        << found_in_deletions("fields:\n  - { salesforce: Title, pardot: jobTitle }\n" + begin +
                              ", field: Title }\n");
}

TEST(Deletions, OfOneObjectHaveOneRuleAndNameAnObjectOfTheEntity) {
    EXPECT_NE(found_in_deletions("deleted:\n  - { object: Contact, then: unlink }\n"
                                 "  - { object: Contact, then: delete }\n")
                  .find("deleted records of Contact have a rule at a.yaml:4"),
              std::string::npos);
    EXPECT_NE(found_in_deletions("deleted:\n  - { object: Account, then: delete }\n")
                  .find("\"Account\" is no object of this entity"),
              std::string::npos);
    EXPECT_NE(found_in_deletions("deleted:\n  - { object: Contact, then: delete, field: x }\n")
                  .find("only then: mark takes a field"),
              std::string::npos);
}

}  // namespace
}  // namespace duet::document
