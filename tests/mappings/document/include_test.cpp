#include "mappings/document/include.h"

#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

const std::string kPerson = "entity: person\nmatch: [crm_id]\n";

Source people(const std::string& include, const std::string& more = {}) {
    return {"docs/people.yaml", kPerson + "include: " + include + "\n" + more};
}

Source part(const std::string& file, const std::string& text) { return {file, text, true}; }

std::string found(const std::vector<Source>& sources) { return findings_of(sources, nullptr); }

TEST(Include, AddsListsInOrderAndKeepsTheirPlaces) {
    const Documents documents =
        load_good({people("[parts/a.yaml, parts/b.yaml]",
                          "fields:\n  - { salesforce: Title, pardot: title }\n"),
                   part("docs/parts/a.yaml", "fields:\n  - { salesforce: A, pardot: a }\n"),
                   part("docs/parts/b.yaml",
                        "include: ./more/c.yaml\n"
                        "fields:\n  - { salesforce: B, pardot: b }\n"),
                   part("docs/parts/more/c.yaml", "fields:\n  - { salesforce: C, pardot: c }\n")},
                  nullptr);
    std::string all;
    for (const FieldRule& rule : documents.entities.at(0).fields) {
        all += rule.name + "@" + rule.place.file + ":" + std::to_string(rule.place.line) + " ";
    }
    EXPECT_EQ(all,
              "title@docs/people.yaml:5 a@docs/parts/a.yaml:2 b@docs/parts/b.yaml:3 "
              "c@docs/parts/more/c.yaml:2 ");
}

TEST(Include, JoinsMapsKeyByKey) {
    const Documents documents = load_good(
        {people("b.yaml",
                "create:\n  pardot: { when: A, key: email }\n"
                "lifecycle: { stages: [{ name: A, rank: 2, when: A }] }\n"),
         {"docs/b.yaml",
          "create:\n  salesforce: { when: A, object: Lead, key: k }\n"
          "lifecycle: { stages: [{ name: B, rank: 1, when: B }] }\ntime_zone: Asia/Tokyo\n"}},
        nullptr);
    EXPECT_EQ(documents.entities.at(0).creates.size(), 2u);
    EXPECT_EQ(documents.stages.size(), 2u);
    EXPECT_EQ(documents.time_zone, "Asia/Tokyo");
}

// "docs/b.yaml" has fields but no entity: alone it would be a mistake.
TEST(Include, AFileThatAnotherIncludesIsNoDocumentOfItsOwn) {
    const Source beside{"docs/b.yaml", "fields:\n  - { salesforce: B, pardot: b }\n"};
    EXPECT_EQ(found({beside, people("b.yaml")}), "");
    EXPECT_NE(found({beside, people("[]")}), "");
}

TEST(Include, AFaultIsShownInTheFileThatHoldsIt) {
    EXPECT_EQ(found({people("b.yaml"), {"docs/b.yaml", "# names\nfeilds: []\n"}}),
              "docs/b.yaml:2:1: error: unknown key \"feilds\" in a document [DUET-2003]\n"
              "    2 | feilds: []\n"
              "      | ^~~~~~\n"
              "  did you mean \"fields\"?\n");
    EXPECT_EQ(found({people("b.yaml", "time_zone: UTC\n"), {"docs/b.yaml", "time_zone: UTC\n"}}),
              "docs/b.yaml:1:1: error: key \"time_zone\" comes twice in a document, first at "
              "docs/people.yaml:4 [DUET-2004]\n"
              "    1 | time_zone: UTC\n"
              "      | ^~~~~~~~~\n");
}

TEST(Include, OfAFileThatIsNotThereNamesTheNearest) {
    EXPECT_EQ(found({people("parts/consnet.yaml"), part("docs/parts/consent.yaml", "")}),
              "docs/people.yaml:3:10: error: there is no file \"docs/parts/consnet.yaml\" that can "
              "be read [DUET-2019]\n"
              "    3 | include: parts/consnet.yaml\n"
              "      |          ^~~~~~~~~~~~~~~~~~\n"
              "  did you mean \"docs/parts/consent.yaml\"?\n");
}

TEST(Include, NeverLeavesTheFolderOfTheDocuments) {
    for (const char* path : {"../other.yaml", "/etc/passwd", "parts/../../other.yaml", ".."}) {
        SCOPED_TRACE(path);
        const std::string said = found({people(path), part("other.yaml", "")});
        EXPECT_NE(said.find("lies outside the folder of the documents [DUET-2019]"),
                  std::string::npos);
    }
    // A file in a folder below may go up, but not out.
    EXPECT_EQ(found({people("parts/a.yaml"), part("docs/parts/a.yaml", "include: ../b.yaml\n"),
                     part("docs/b.yaml", "")}),
              "");
    EXPECT_NE(found({people("parts/a.yaml"), part("docs/parts/a.yaml", "include: ../../b.yaml\n"),
                     part("b.yaml", "")}),
              "");
}

TEST(Include, InACircleIsRefusedOnce) {
    EXPECT_EQ(found({people("a.yaml"), part("docs/a.yaml", "include: b.yaml\n"),
                     part("docs/b.yaml", "include: a.yaml\n")}),
              "docs/b.yaml:1:10: error: \"docs/a.yaml\" includes itself through this file "
              "[DUET-2019]\n"
              "    1 | include: a.yaml\n"
              "      |          ^~~~~~\n");
    EXPECT_NE(found({people("people.yaml")}).find("\"docs/people.yaml\" includes itself"),
              std::string::npos);
    EXPECT_NE(found({{"a.yaml", "include: b.yaml\n"}, {"b.yaml", "include: a.yaml\n"}})
                  .find("\"a.yaml\" includes itself through this file"),
              std::string::npos);
}

TEST(Include, AFileIsPartOfADocumentOnce) {
    EXPECT_NE(found({people("[a.yaml, b.yaml]"), part("docs/a.yaml", "include: b.yaml\n"),
                     part("docs/b.yaml", "")})
                  .find("\"docs/b.yaml\" is already part of this document [DUET-2019]"),
              std::string::npos);
    // Two documents may share one.
    EXPECT_EQ(found({people("b.yaml"),
                     {"docs/accounts.yaml", "entity: account\nmatch: [crm_id]\ninclude: b.yaml\n"},
                     part("docs/b.yaml", "fields: [{ salesforce: A, pardot: a }]\n")}),
              "");
}

TEST(Include, AnIncludedFileMayDefineTheSameEntity) {
    const Documents documents =
        load_good({people("sales/people.yaml", "fields:\n  - { salesforce: A, pardot: a }\n"),
                   part("docs/sales/people.yaml",
                        kPerson + "fields:\n  - { salesforce: B, pardot: b }\n"
                                  "lists:\n  - { pardot_list: Buyers, member_when: IsWon }\n")},
                  nullptr);
    ASSERT_EQ(documents.entities.size(), 1u);
    EXPECT_EQ(documents.entities.at(0).fields.size(), 2u);
    EXPECT_EQ(documents.lists.size(), 1u);
}

TEST(Include, AnotherEntityIsRefusedAndSoAreOtherRecords) {
    EXPECT_EQ(found({people("a.yaml"), part("docs/a.yaml", "entity: account\n")}),
              "docs/a.yaml:1:9: error: the document docs/people.yaml is about another entity, "
              "\"person\" [DUET-2019]\n"
              "    1 | entity: account\n"
              "      |         ^~~~~~~\n"
              "  a file that another one includes has the same entity, or names none\n");
    EXPECT_NE(found({{"docs/lists.yaml", "include: a.yaml\n"}, part("docs/a.yaml", kPerson)})
                  .find("docs/lists.yaml defines no entity, so it cannot include a file that does"),
              std::string::npos);
    EXPECT_NE(
        found({people("a.yaml"), part("docs/a.yaml", "entity: person\nmatch: [crm_id, email]\n")})
            .find("docs/a.yaml:2:8: error: \"match\" differs from that of the document, "
                  "docs/people.yaml:2"),
        std::string::npos);
    EXPECT_NE(found({people("a.yaml", "objects: { salesforce: Lead, pardot: prospect }\n"),
                     part("docs/a.yaml",
                          kPerson + "objects: { salesforce: Contact, pardot: prospect }\n")})
                  .find("\"objects\" differs from that of the document"),
              std::string::npos);
    EXPECT_NE(found({people("a.yaml"), part("docs/a.yaml", "- 1\n")}), "");
    EXPECT_NE(found({people("{ a: b }")}), "");
    EXPECT_NE(found({people("a.yaml"), part("docs/a.yaml", "include: { a: b }\n")}), "");
}

// Two sets that both need a rollup say it both, and load alone as well as together.
TEST(Include, ALineThatStandsWordForWordInTwoFilesComesOnce) {
    const std::string rollup = "rollups:\n  - { name: Won, of: Opportunity, function: COUNT }\n";
    const auto with = [&](const std::string& theirs) {
        return std::vector<Source>{people("a.yaml", rollup), part("docs/a.yaml", theirs)};
    };
    const Documents documents =
        load_good(with("rollups:\n  - of: Opportunity  # in another order\n    name: \"Won\"\n"
                       "    function: COUNT\n"),
                  nullptr);
    EXPECT_EQ(documents.entities.at(0).rollups.size(), 1u);
    EXPECT_NE(found(with("rollups:\n  - { name: Won, of: Contract, function: COUNT }\n")), "");
    EXPECT_NE(found(with("rollups:\n  - { name: Won, of: Opportunity, function: COUNT, via: "
                         "Account }\n")),
              "");
    // In one file it is a slip.
    EXPECT_NE(found(with(rollup + "  - { name: Two, of: Case, function: COUNT }\n"
                                  "  - { name: Two, of: Case, function: COUNT }\n")),
              "");
}

TEST(Include, ALongChainEndsWithAFinding) {
    std::vector<Source> sources{people("a0.yaml")};
    for (int i = 0; i < 40; ++i) {
        sources.push_back(part("docs/a" + std::to_string(i) + ".yaml",
                               "include: a" + std::to_string(i + 1) + ".yaml\n"));
    }
    EXPECT_NE(found(sources).find("more than 20 levels deep"), std::string::npos);
}

TEST(Include, TheCallerIsToldWhatToRead) {
    const Source source{"/etc/docs/p.yaml", "include: [a.yaml, sub/./b.yaml, ../out.yaml, /x]\n"};
    EXPECT_EQ(included_files(source, "/etc/docs"),
              (std::vector<std::string>{"/etc/docs/a.yaml", "/etc/docs/sub/b.yaml"}));
    EXPECT_EQ(folder_of("/etc/docs/p.yaml"), "/etc/docs");
    EXPECT_EQ(folder_of("p.yaml"), "");
    EXPECT_EQ(folder_of("/p.yaml"), "/");
}

TEST(Include, TheVersionCoversIncludedFiles) {
    const std::vector<Source> sources{people("a.yaml"), part("docs/a.yaml", "fields: []\n")};
    auto changed = sources;
    changed[1].text += "# more\n";
    EXPECT_NE(load_good(sources, nullptr).version, load_good(changed, nullptr).version);
}

}  // namespace
}  // namespace duet::document
