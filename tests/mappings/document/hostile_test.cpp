#include <random>
#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

std::string offline(const std::string& text) { return findings_of({{"a.yaml", text}}, nullptr); }

/// A person document; `more` begins on line 3.
std::string person(const std::string& more) { return "entity: person\nmatch: [crm_id]\n" + more; }

TEST(Hostile, BrokenYamlNamesThePlace) {
    EXPECT_EQ(
        offline("entity: person\nmatch: [crm_id\nfields: 1\n"),
        "a.yaml:3:7: error: not valid YAML: end of sequence flow not found [DUET-2001]\n"
        "    3 | fields: 1\n"
        "      |       ^\n"
        "  a formula that begins with a quote, or holds \": \" or \" #\", goes in single quotes\n");
}

TEST(Hostile, BytesThatAreNoTextAreRefused) {
    EXPECT_EQ(offline("entity: \xff\n").substr(0, 69),
              "a.yaml:1:9: error: a byte that is no UTF-8 text; save the file as UTF");
    EXPECT_NE(offline("entity: \x04person\n"), "");
    EXPECT_NE(offline("entity: \xc3"), "");
}

TEST(Hostile, AnchorsAliasesTagsAndSecondDocumentsAreRefused) {
    EXPECT_EQ(offline("fields: &all\n  - salesforce: A\n"),
              "a.yaml:1:9: error: anchors (&name) are not supported in documents [DUET-2001]\n"
              "    1 | fields: &all\n"
              "      |         ^\n");
    EXPECT_NE(offline("entity: !!int 3\n").find("tags (!name)"), std::string::npos);
    EXPECT_EQ(offline("time_zone: UTC\n---\ntime_zone: UTC\n"),
              "a.yaml:2:1: error: a file holds one document [DUET-2001]\n"
              "    2 | ---\n"
              "      | ^\n");
}

TEST(Hostile, LargeAndDeepFilesAreRefused) {
    EXPECT_EQ(offline(std::string(1024 * 1024 + 1, ' ')),
              "a.yaml:1:1: error: the file is larger than 1 MiB [DUET-2002]\n");
    EXPECT_NE(offline("lists: " + std::string(60, '[')).find("more than 40 levels"),
              std::string::npos);
    std::string many = person("fields:\n");
    for (int i = 0; i < 2001; ++i) many += "  - {}\n";
    EXPECT_EQ(offline(many),
              "a.yaml:4:3: error: \"fields\" holds more than 2000 items [DUET-2002]\n"
              "    4 |   - {}\n"
              "      |   ^\n");
}

TEST(Hostile, FindingsAreListedUpTo200AFile) {
    std::string text = person("fields:\n");
    for (int i = 0; i < 500; ++i) text += "  - 1\n";
    const auto loaded = load(std::vector<Source>{{"a.yaml", text}}, kNames, nullptr);
    const auto& findings = std::get<std::vector<Finding>>(loaded);
    ASSERT_EQ(findings.size(), 201u);
    EXPECT_EQ(findings.back().code, "DUET-2017");
}

// Whatever an editor or a cut transfer leaves behind, loading answers and never breaks.
TEST(Hostile, NoDamageToADocumentBreaksTheLoader) {
    std::mt19937 random(20180102);
    const std::string alphabet = "{}[]:,-#'\"|>&*!%@\\\n\t .aZ9\xC3\xA9";
    const auto shipped = shipped_documents();
    int refused = 0;
    for (int round = 0; round < 600; ++round) {
        SCOPED_TRACE(testing::Message() << "round " << round);
        auto sources = shipped;
        std::string& text = sources[random() % sources.size()].text;
        for (int edits = 1 + static_cast<int>(random() % 3); edits > 0; --edits) {
            const std::size_t at = random() % text.size();
            const char letter = alphabet[random() % alphabet.size()];
            if (random() % 4 == 0) {
                text.resize(at + 1);
            } else if (random() % 2 == 0) {
                text[at] = letter;
            } else {
                text.insert(at, 1, letter);
            }
        }
        refused += findings_of(sources, &test_catalogs()).empty() ? 0 : 1;
    }
    EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace duet::document
