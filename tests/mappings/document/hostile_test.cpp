#include <chrono>
#include <fstream>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

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
    // Cut short, overlong, a surrogate, past the last character, UTF-16.
    for (const char* bytes : {"\xc3", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80",
                              "\xf4\x90\x80\x80", "\xff\xfe\x65", "\x80"}) {
        EXPECT_NE(offline(std::string("entity: ") + bytes).find("is no UTF-8 text"),
                  std::string::npos);
    }
    EXPECT_EQ(offline("# \xF0\x9F\x98\x80 \xEF\xBF\xBF \xED\x9F\xBF\n"), "");
}

TEST(Hostile, ControlCharactersAreRefusedWhereTheyStand) {
    EXPECT_EQ(offline(std::string("entity: per\0son\n", 16)),
              "a.yaml:1:12: error: a control character, which no document may hold [DUET-2001]\n" +
                  std::string("    1 | entity: per\xEF\xBF\xBDson\n") + "      |            ^\n");
    EXPECT_NE(offline("entity: \x04person\n").find("a control character"), std::string::npos);
    EXPECT_NE(offline("entity: \x7fperson\n").find("a control character"), std::string::npos);
    // Escaped ones are text, but no part of a name.
    EXPECT_NE(offline(person("lists:\n  - { pardot_list: \"a\\0b\", member_when: 'TRUE' }\n"))
                  .find("holds a control character, which no name may"),
              std::string::npos);
}

TEST(Hostile, FindingsMoveNoTerminal) {
    const std::string said = offline("\"\\e[2J\": 1\n# \n") + offline("a: 1\n\x1b[2J: 2\n");
    EXPECT_NE(said.find("unknown key \"\xEF\xBF\xBD[2J\""), std::string::npos);
    EXPECT_EQ(said.find('\x1b'), std::string::npos);
}

TEST(Hostile, PlacesAreRightBehindMarksTabsAndWindowsLines) {
    const std::string fault = "unknown key \"feilds\" in a document [DUET-2003]\n";
    EXPECT_EQ(offline("\xEF\xBB\xBF"
                      "feilds: []\n")
                  .substr(0, 19 + fault.size()),
              "a.yaml:1:1: error: " + fault);
    EXPECT_EQ(offline("entity: person\r\nmatch: [crm_id]\r\nfeilds: []\r\n"),
              "a.yaml:3:1: error: " + fault +
                  "    3 | feilds: []\n"
                  "      | ^~~~~~\n"
                  "  did you mean \"fields\"?\n");
    const std::string tabbed = offline("entity: person\n\tmatch: [crm_id]\n");
    EXPECT_EQ(tabbed.substr(0, 34), "a.yaml:2:1: error: not valid YAML:");
    EXPECT_NE(tabbed.find("  indent with spaces: YAML allows no tabs there\n"), std::string::npos);
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

// Whatever is repeated, the answer comes in time; under sanitizers and load too.
TEST(Hostile, EndlessRepetitionIsAnsweredSoon) {
    constexpr std::size_t kBytes = 256 * 1024;  // four times that is the limit of a file
    for (const std::string unit :
         {"[",  "{",   "- ",    "? ",    ": ",     "! ",   "&a ",  "*a ",  "\"",
          "'",  "|\n", ",",     "a: ",   "a: 1\n", "[{",   "{a: ", "[a, ", "-\n",
          "\r", "\\",  "...\n", "---\n", "?\n",    "<<: ", "%",    "\t"}) {
        SCOPED_TRACE(unit);
        std::string text;
        while (text.size() + unit.size() <= kBytes) text += unit;
        const auto before = std::chrono::steady_clock::now();
        (void)offline(text);
        EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds{20});
    }
}

TEST(Hostile, BombsOfAliasesAndMergesAreRefusedUnread) {
    std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c <= 'z'; ++c) {
        const std::string last = "*" + std::string(1, static_cast<char>(c - 1));
        laughs += std::string(1, c) + ": &" + std::string(1, c) + " [" + last + ", " + last + "]\n";
    }
    EXPECT_NE(offline(laughs).find("anchors (&name) are not supported"), std::string::npos);
    EXPECT_NE(offline("entity: person\n<<: *base\n"), "");
    EXPECT_NE(offline("entity: person\n<<: { match: [crm_id] }\n").find("unknown key \"<<\""),
              std::string::npos);
}

TEST(Hostile, AMapOfTooManyKeysIsRefused) {
    std::string text;
    for (int i = 0; i <= 2000; ++i) text += "k" + std::to_string(i) + ": 1\n";
    EXPECT_EQ(offline(text),
              "a.yaml:1:1: error: a document holds more than 2000 keys [DUET-2002]\n"
              "    1 | k0: 1\n"
              "      | ^\n");
}

TEST(Hostile, HugeTextsArriveWhole) {
    const std::string huge(500'000, 'x');
    const Documents documents = load_good(
        {{"a.yaml", person("lists:\n  - pardot_list: " + huge + "\n    member_when: 'TRUE'\n")}},
        nullptr);
    EXPECT_EQ(documents.lists.at(0).list, huge);
    // Too long a formula is said once, without quoting it.
    const std::string said = offline(person("scope: " + huge + "\n"));
    EXPECT_NE(said.find("DUET-2011"), std::string::npos);
    EXPECT_LT(said.size(), 1000u);
}

// Strings that break programs: each is a name, a message or a refusal, never something else.
TEST(Hostile, NaughtyStringsArriveUnchangedOrAreRefused) {
    std::ifstream file(std::string(DUET_SOURCE_DIR) + "/tests/payloads/hostile/blns.json");
    const auto strings = nlohmann::json::parse(file);
    ASSERT_GT(strings.size(), 500u);
    int names = 0;
    for (const auto& item : strings) {
        const std::string text = item.get<std::string>();
        SCOPED_TRACE(text);
        const nlohmann::json document{
            {"entity", "person"},
            {"match", {"crm_id"}},
            {"lists", {{{"pardot_list", text}, {"member_when", "TRUE"}}}},
            {"validations", {{{"name", "v"}, {"error_when", "TRUE"}, {"message", text}}}}};
        const auto loaded = load(std::vector<Source>{{"a.json", document.dump()}}, kNames, nullptr);
        if (const auto* good = std::get_if<Documents>(&loaded)) {
            EXPECT_EQ(good->lists.at(0).list, text);
            EXPECT_EQ(good->entities.at(0).validations.at(0).message.text(), text);
            ++names;
        }
        // As it stands, and as a formula.
        (void)offline(text);
        (void)offline(person("scope: " + text + "\n"));
    }
    EXPECT_GT(names, 450);
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
