#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

TEST(Findings, AnUnknownKeyGetsTheNearestOne) {
    EXPECT_EQ(
        offline(person("fields:\n  - salesforce: Phone\n    pardot: phone\n    winer: pardot\n")),
        "a.yaml:6:5: error: unknown key \"winer\" in a field rule [DUET-2003]\n"
        "    6 |     winer: pardot\n"
        "      |     ^~~~~\n"
        "  did you mean \"winner\"?\n");
}

TEST(Findings, ADuplicateKeyNamesBothLines) {
    EXPECT_EQ(
        offline(person("fields:\n  - salesforce: Phone\n    pardot: phone\n    pardot: fax\n")),
        "a.yaml:6:5: error: key \"pardot\" comes twice in a field rule, first on line 5 "
        "[DUET-2004]\n"
        "    6 |     pardot: fax\n"
        "      |     ^~~~~~\n");
}

TEST(Findings, AValueOfTheWrongKindSaysWhatItIs) {
    EXPECT_EQ(offline(person("fields: Phone\n")),
              "a.yaml:3:9: error: \"fields\" must be a list, but is a text [DUET-2005]\n"
              "    3 | fields: Phone\n"
              "      |         ^~~~~\n"
              "  begin each item with \"- \"\n");
    EXPECT_EQ(
        offline(person("lifecycle:\n  stages:\n    - { name: A, rank: high, when: 'TRUE' }\n")),
        "a.yaml:5:24: error: \"rank\" must be a whole number from -1000 to 1000 [DUET-2005]\n"
        "    5 |     - { name: A, rank: high, when: 'TRUE' }\n"
        "      |                        ^~~~\n");
}

TEST(Findings, AWordThatIsNotAllowedGetsTheAllowedOnes) {
    EXPECT_EQ(
        offline(person("fields:\n  - salesforce: Phone\n    pardot: phone\n    winner: newest\n")),
        "a.yaml:6:13: error: \"winner\" is \"newest\", but must be salesforce, pardot or "
        "most_recent [DUET-2006]\n"
        "    6 |     winner: newest\n"
        "      |             ^~~~~~\n");
    EXPECT_EQ(offline("entity: persn\n"),
              "a.yaml:1:9: error: \"entity\" is \"persn\", but must be person, account, "
              "opportunity, campaign or activity [DUET-2006]\n"
              "    1 | entity: persn\n"
              "      |         ^~~~~\n"
              "  did you mean \"person\"?\n");
    EXPECT_EQ(offline("entity: person\nmatch: [emial]\n"),
              "a.yaml:2:9: error: \"emial\" is no way to match; use crm_id, email, external_id or "
              "name [DUET-2006]\n"
              "    2 | match: [emial]\n"
              "      |         ^~~~~\n"
              "  did you mean \"email\"?\n");
}

// "Norwegian" and "no", "on", "y": other YAML programs make them true or false.
TEST(Findings, UnquotedBooleanWordsAreNoNames) {
    for (const char* word : {"no", "Yes", "ON", "off", "y", "N", "true", "False"}) {
        SCOPED_TRACE(word);
        const auto refused = [&](const std::string& before, const std::string& after) {
            const std::string plain = offline(person(before + word + after));
            const std::string quoted = offline(person(before + "'" + word + "'" + after));
            return plain.find("[DUET-2009]") != std::string::npos &&
                   plain.find("write it in quotes") != std::string::npos &&
                   quoted.find("[DUET-2009]") == std::string::npos;
        };
        EXPECT_TRUE(refused("fields:\n  - salesforce: ", "\n    pardot: phone\n"));
        EXPECT_TRUE(refused("fields:\n  - salesforce: { contact: ", " }\n    pardot: phone\n"));
        EXPECT_TRUE(refused("rollups:\n  - { of: Task, function: COUNT, name: ", " }\n"));
        EXPECT_TRUE(refused("rollups:\n  - { name: A, function: COUNT, of: ", " }\n"));
        EXPECT_TRUE(refused("lists:\n  - { member_when: 'TRUE', pardot_list: ", " }\n"));
        EXPECT_TRUE(
            refused("lifecycle:\n  stages:\n    - { rank: 1, when: 'TRUE', name: ", " }\n"));
        EXPECT_TRUE(refused("create:\n  pardot: { when: 'TRUE', key: ", " }\n"));
    }
}

TEST(Findings, AMissingKeyIsNamed) {
    EXPECT_EQ(offline("match: [crm_id]\n"),
              "a.yaml:1:1: error: a document needs the key \"entity\" [DUET-2018]\n"
              "    1 | match: [crm_id]\n"
              "      | ^\n"
              "  a part of another document is included there\n");
    EXPECT_EQ(offline(person("rollups:\n  - name: A\n    function: COUNT\n")),
              "a.yaml:4:5: error: a rollup needs the key \"of\" [DUET-2007]\n"
              "    4 |   - name: A\n"
              "      |     ^\n");
    EXPECT_EQ(offline(person("fields:\n  - pardot:\n    salesforce: A\n    value: '1'\n")),
              "a.yaml:4:5: error: \"pardot\" has no value [DUET-2007]\n"
              "    4 |   - pardot:\n"
              "      |     ^~~~~~\n");
    EXPECT_EQ(offline("lists:\n  - pardot_list: A\n    member_when: 'TRUE'\n"),
              "a.yaml:2:3: error: lists are about persons, but no document has entity: person "
              "[DUET-2018]\n"
              "    2 |   - pardot_list: A\n"
              "      |   ^\n");
}

TEST(Findings, AnotherConnectorMustNameItsObjects) {
    EXPECT_EQ(findings_of({{"a.yaml",
                            "entity: person\nmatch: [{email: {salesforce: Email, csv: "
                            "mail}}]\n"}},
                          nullptr, {"salesforce", "csv"}),
              "a.yaml:1:1: error: which objects of csv hold this entity? [DUET-2018]\n"
              "    1 | entity: person\n"
              "      | ^~~~~~\n"
              "  add objects: { csv: [...] }\n");
    EXPECT_EQ(findings_of({{"a.yaml",
                            "entity: person\nobjects: { csv: people }\nmatch: [{email: "
                            "{salesforce: Email, csv: mail}}]\n"}},
                          nullptr, {"salesforce", "csv"}),
              "");
}

TEST(Findings, SettingsThatContradictEachOtherAreRefused) {
    EXPECT_EQ(offline(person("fields:\n  - pardot: phone\n    value: Phone\n    direction: "
                             "to_salesforce\n")),
              "a.yaml:6:5: error: a computed value goes to the sides that the rule names, and "
              "direction says otherwise [DUET-2008]\n"
              "    6 |     direction: to_salesforce\n"
              "      |     ^~~~~~~~~\n"
              "  remove \"direction\", or name the side that the value goes to\n");
    EXPECT_EQ(
        offline(person("fields:\n  - salesforce: A\n    pardot: a\n    consent: strictest\n    "
                       "winner: pardot\n")),
        "a.yaml:7:5: error: \"winner\" has no effect here: true on either side wins "
        "[DUET-2008]\n"
        "    7 |     winner: pardot\n"
        "      |     ^~~~~~\n");
}

TEST(Findings, AnUnquotedNoIsNoName) {
    EXPECT_EQ(offline(person("rollups:\n  - { name: No, of: Opportunity, function: COUNT }\n")),
              "a.yaml:4:13: error: \"name\" is the unquoted word No, which many YAML programs read "
              "as true or false [DUET-2009]\n"
              "    4 |   - { name: No, of: Opportunity, function: COUNT }\n"
              "      |             ^~\n"
              "  write it in quotes: \"No\"\n");
    EXPECT_EQ(offline(person("rollups:\n  - { name: 'No', of: Opportunity, function: COUNT }\n")),
              "");
}

TEST(Findings, ADefinitionThatComesTwiceNamesTheFirst) {
    EXPECT_EQ(findings_of({{"a.yaml", person("")}, {"b.yaml", person("")}}, nullptr),
              "b.yaml:1:1: error: entity person is already defined at a.yaml:1 [DUET-2010]\n"
              "    1 | entity: person\n"
              "      | ^~~~~~\n"
              "  one file defines an entity\n");
    EXPECT_EQ(
        offline(person("rollups:\n  - { name: A, of: Task, function: COUNT }\n  - { name: a, "
                       "of: Task, function: COUNT }\n")),
        "a.yaml:5:5: error: the rollup \"a\" is defined twice, first at a.yaml:4 [DUET-2010]\n"
        "    5 |   - { name: a, of: Task, function: COUNT }\n"
        "      |     ^\n");
}

TEST(Findings, AFormulaErrorPointsIntoTheDocument) {
    EXPECT_EQ(checked(person("fields:\n  - pardot: phone\n    value: UPPER(Phon)\n")),
              "a.yaml:5:18: error: There is no field \"Phon\". [DUET-2011]\n"
              "    5 |     value: UPPER(Phon)\n"
              "      |                  ^~~~\n"
              "  did you mean \"Phone\"?\n");
}

TEST(Findings, AFormulaErrorIsExactInQuotesAndNearInBlocks) {
    const auto place_of = [](const std::string& value) {
        const auto loaded =
            load(std::vector<Source>{{"a.yaml", person("fields:\n  - pardot: phone\n"
                                                       "    value: " +
                                                       value)}},
                 kNames, &test_catalogs());
        const auto* findings = std::get_if<std::vector<Finding>>(&loaded);
        if (findings == nullptr || findings->size() != 1) return std::string("none");
        const Place& place = findings->front().place;
        return std::to_string(place.line) + ":" + std::to_string(place.column);
    };
    EXPECT_EQ(place_of("'\"it''s\" & Wrong'\n"), "5:23");
    EXPECT_EQ(place_of("\"\\\"it's\\\" & Wrong\"\n"), "5:24");
    EXPECT_EQ(place_of("\"\\\"\\u00e9\\\" & Wrong\"\n"), "5:26");
    EXPECT_EQ(place_of("|\n      Phone\n        & Wrong\n"), "7:11");
    EXPECT_EQ(place_of(">-\n      Phone\n      & Wrong\n"), "7:9");
    EXPECT_EQ(place_of("Phone\n      & Wrong\n"), "6:9");
}

TEST(Findings, RollupsAndStagesAreCheckedWithoutTheOrgsToo) {
    EXPECT_EQ(offline(person("rollups:\n  - { name: Wins, of: Opportunity, function: COUNT }\n"
                             "fields:\n  - pardot: x\n    value: Rollup.Win\n"
                             "  - pardot: z\n    value: Anything.At.All__c & Prospect.more\n")),
              "a.yaml:7:12: error: There is no field \"Rollup.Win\". [DUET-2011]\n"
              "    7 |     value: Rollup.Win\n"
              "      |            ^~~~~~~~~~\n"
              "  did you mean \"Rollup.Wins\"?\n");
    EXPECT_NE(offline(person("lifecycle:\n  stages:\n    - { name: A, rank: 1, when: Duet.Stage = "
                             "\"A\" }\n"))
                  .find("There is no field \"Duet.Stage\""),
              std::string::npos);
}

TEST(Findings, ARuleMustGiveWhatItsPlaceNeeds) {
    EXPECT_EQ(checked(person("scope: Phone\n")),
              "a.yaml:3:8: error: this formula gives a text, but true or false is needed "
              "[DUET-2012]\n"
              "    3 | scope: Phone\n"
              "      |        ^~~~~\n");
    EXPECT_EQ(checked(person("fields:\n  - pardot: score\n    value: UPPER(Phone)\n")),
              "a.yaml:4:13: error: the computed value is a text, but \"score\" of prospect holds a "
              "number [DUET-2012]\n"
              "    4 |   - pardot: score\n"
              "      |             ^~~~~\n");
    EXPECT_EQ(checked(person("fields:\n  - salesforce: Email\n    pardot: email\n    consent: "
                             "strictest\n")),
              "a.yaml:4:17: error: consent needs a true-or-false field, but \"Email\" is a text "
              "[DUET-2012]\n"
              "    4 |   - salesforce: Email\n"
              "      |                 ^~~~~\n"
              "a.yaml:5:13: error: consent needs a true-or-false field, but \"email\" is a text "
              "[DUET-2012]\n"
              "    5 |     pardot: email\n"
              "      |             ^~~~~\n");
    // A text takes any type.
    EXPECT_EQ(checked(person("fields:\n  - pardot: phone\n    value: LEN(Phone) + 1\n")), "");
}

TEST(Findings, ARollupMustFitItsChildren) {
    EXPECT_EQ(checked(person("rollups:\n  - { name: A, of: Opportunity, function: COUNT }\n")),
              "a.yaml:4:16: error: Opportunity has no field that refers to Contact or Lead "
              "[DUET-2013]\n"
              "    4 |   - { name: A, of: Opportunity, function: COUNT }\n"
              "      |                ^~\n"
              "  name the parent that it refers to with \"via\"\n");
    EXPECT_EQ(checked(person("rollups:\n  - { name: A, of: Opportunity, via: Acount, function: "
                             "COUNT }\n")),
              "a.yaml:4:33: error: \"Acount\" is no relationship of Contact or Lead [DUET-2013]\n"
              "    4 |   - { name: A, of: Opportunity, via: Acount, function: COUNT }\n"
              "      |                                 ^~~\n"
              "  did you mean \"Account\"?\n");
    EXPECT_EQ(
        checked(person("rollups:\n  - { name: A, of: Opportunity, via: Account, function: SUM, "
                       "field: CloseDate }\n")),
        "a.yaml:4:69: error: \"CloseDate\" is a date, which SUM cannot work on [DUET-2012]\n"
        "    4 |   - { name: A, of: Opportunity, via: Account, function: SUM, field: CloseDate "
        "}\n"
        "      |                                                                     ^~~~~~~~~"
        "\n");
}

TEST(Findings, ANameThatTheOrgLacksGetsTheNearestOne) {
    EXPECT_EQ(checked("entity: person\nobjects: { salesforce: [Contact, Leed], pardot: prospect }\n"
                      "match: [crm_id]\n"),
              "a.yaml:2:34: error: object \"Leed\" does not exist in salesforce [DUET-2013]\n"
              "    2 | objects: { salesforce: [Contact, Leed], pardot: prospect }\n"
              "      |                                  ^~~~\n"
              "  did you mean \"Lead\"?\n");
    EXPECT_EQ(
        checked(person("fields:\n  - salesforce: Phone\n    pardot: phon\n")),
        "a.yaml:5:13: error: field \"phon\" does not exist on prospect in pardot [DUET-2013]\n"
        "    5 |     pardot: phon\n"
        "      |             ^~~~\n"
        "  did you mean \"phone\"?\n");
    EXPECT_EQ(checked(person("fields:\n  - salesforce: Company\n    pardot: company\n")),
              "a.yaml:4:17: error: field \"Company\" does not exist on Contact in salesforce "
              "[DUET-2013]\n"
              "    4 |   - salesforce: Company\n"
              "      |                 ^~~~~~~\n"
              "  say where it does: salesforce: { Lead: Company }\n");
}

TEST(Findings, AFieldThatCannotBeWrittenIsRefused) {
    EXPECT_EQ(checked(person("fields:\n  - salesforce: Title\n    pardot: grade\n")),
              "a.yaml:5:13: error: \"grade\" of prospect cannot be updated by the user that Duet "
              "signs in as [DUET-2014]\n"
              "    5 |     pardot: grade\n"
              "      |             ^~~~~\n"
              "  add direction: to_salesforce\n");
    EXPECT_EQ(
        offline(person("fields:\n  - salesforce: { contact: Account.Name, lead: Company }\n    "
                       "pardot: company\n")),
        "a.yaml:4:17: error: \"Account.Name\" is a field of a parent record and cannot be "
        "written [DUET-2014]\n"
        "    4 |   - salesforce: { contact: Account.Name, lead: Company }\n"
        "      |                 ^~~~~~~~~~~~\n"
        "  add direction: to_pardot\n");
}

TEST(Findings, AFieldHasOneWriter) {
    EXPECT_EQ(
        offline(person("fields:\n  - salesforce: Phone\n    pardot: phone\n"
                       "  - name: other\n    pardot: PHONE\n    value: Fax\n")),
        "a.yaml:7:13: error: \"PHONE\" of prospect is already written by the rule at a.yaml:5 "
        "[DUET-2015]\n"
        "    7 |     pardot: PHONE\n"
        "      |             ^~~~~\n"
        "  a field has one writer: remove one rule, or turn its direction\n");
    // A record is a contact or a lead, so these two never meet.
    EXPECT_EQ(offline(person("fields:\n  - name: a\n    salesforce: { contact: Account.Name }\n    "
                             "pardot: company\n    direction: to_pardot\n  - salesforce: { lead: "
                             "Company }\n    pardot: company\n")),
              "");
}

TEST(Findings, AListHasOneRule) {
    EXPECT_EQ(offline(person("lists:\n  - { pardot_list: L, member_when: 'TRUE' }\n"
                             "  - { pardot_list: L, member_when: 'FALSE' }\n")),
              "a.yaml:5:20: error: the list \"L\" already has a rule at a.yaml:4 [DUET-2015]\n"
              "    5 |   - { pardot_list: L, member_when: 'FALSE' }\n"
              "      |                    ^\n"
              "  join both rules with OR(...)\n");
}

TEST(Findings, OfSeveralFilesComeByFileAndPlace) {
    const auto loaded =
        load(std::vector<Source>{{"z.yaml", "bad: 1\nworse: 1\n"}, {"a.yaml", "bad: 1\n"}}, kNames,
             nullptr);
    std::vector<std::string> places;
    for (const Finding& finding : std::get<std::vector<Finding>>(loaded)) {
        places.push_back(finding.place.file + std::to_string(finding.place.line));
    }
    EXPECT_EQ(places, (std::vector<std::string>{"z.yaml1", "z.yaml2", "a.yaml1"}));
}

TEST(Findings, TheCaretStandsUnderTheFaultBehindTabsAndAccents) {
    const Finding finding{{"a.yaml", 3, 4}, "DUET-2003", "x", "", "\t\xC3\xA9 bad", 3};
    EXPECT_EQ(render(finding),
              "a.yaml:3:4: error: x [DUET-2003]\n"
              "    3 | \t\xC3\xA9 bad\n"
              "      | \t  ^~~\n");
}

}  // namespace
}  // namespace duet::document
