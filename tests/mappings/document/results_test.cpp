#include "mappings/document/results.h"

#include <string>
#include <vector>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

/// The test catalogs with a short field and picklists.
PerSide<Catalog> narrow_catalogs() {
    PerSide<Catalog> catalogs = test_catalogs();
    for (ObjectInfo& object : catalogs.crm.objects) {
        for (FieldInfo& field : object.fields) {
            if (field.name == "Title") field.length = 5;
            if (field.name == "LeadSource") field.options = {"Web", "Phone Inquiry"};
            if (field.name == "Duet_Stage__c") {
                field.type = FieldType::Picklist;
                field.options = {"KNOWN", "MQL"};
            }
            if (field.name == "Phone") {
                field.type = FieldType::MultiPicklist;
                field.options = {"a", "b", "c"};
            }
        }
    }
    return catalogs;
}

std::string found_in_narrow(const std::string& more) {
    const PerSide<Catalog> catalogs = narrow_catalogs();
    return findings_of({{"a.yaml", "entity: person\nmatch: [crm_id]\n" + more}}, &catalogs);
}

std::string texts_of(std::string_view formula) {
    std::string all;
    for (const ResultText& one : result_texts(formula)) {
        EXPECT_EQ(formula.substr(one.offset, 1), "\"");
        all += one.text + "@" + std::to_string(one.offset) + " ";
    }
    return all;
}

TEST(Results, AreTheTextsThatAFormulaCanGive) {
    EXPECT_EQ(texts_of(R"("a")"), "a@0 ");
    EXPECT_EQ(texts_of(R"(IF(x = "q", "a", IF(y, "b", z)))"), "a@12 b@23 ");
    EXPECT_EQ(texts_of(R"(CASE(x, "q", "a", "r", "b", "c"))"), "a@13 b@23 c@28 ");
    EXPECT_EQ(texts_of(R"(BLANKVALUE(x, ("a")))"), "a@15 ");
    EXPECT_EQ(texts_of(R"("a" & x)"), "");
    EXPECT_EQ(texts_of(R"(UPPER("a"))"), "");
    EXPECT_EQ(texts_of("IF("), "");
}

TEST(Results, ThatAreNoValueOfThePicklistNameTheNearest) {
    EXPECT_EQ(found_in_narrow(
                  "fields:\n  - salesforce: LeadSource\n    value: IF(ISBLANK(Email), \"Web\", "
                  "\"Phone Enquiry\")\n"),
              "a.yaml:5:38: error: \"Phone Enquiry\" is no value of the picklist \"LeadSource\" of "
              "Contact [DUET-2020]\n"
              "    5 |     value: IF(ISBLANK(Email), \"Web\", \"Phone Enquiry\")\n"
              "      |                                      ^~~~~~~~~~~~~~~\n"
              "  did you mean \"Phone Inquiry\"?\n");
    EXPECT_NE(found_in_narrow(
                  "fields:\n  - salesforce: LeadSource\n    value: { formula: '\"Wed\"', blanks: "
                  "zero }\n")
                  .find("a.yaml:5:24: error: \"Wed\" is no value"),
              std::string::npos);
    EXPECT_EQ(found_in_narrow("fields:\n  - { salesforce: Phone, value: '\"a;c\"' }\n"), "");
    EXPECT_NE(found_in_narrow("fields:\n  - { salesforce: Phone, value: '\"a;d\"' }\n")
                  .find("\"d\" is no value of the picklist"),
              std::string::npos);
}

TEST(Results, ThatAreLongerThanTheFieldSayHowLong) {
    EXPECT_EQ(
        found_in_narrow("fields:\n  - salesforce: Title\n    value: CASE(Email, \"a\", \"12345\", "
                        "\"123456\")\n"),
        "a.yaml:5:38: error: this text has 6 characters, but \"Title\" of Contact holds 5 "
        "[DUET-2021]\n"
        "    5 |     value: CASE(Email, \"a\", \"12345\", \"123456\")\n"
        "      |                                      ^~~~~~~~\n");
    // Characters, not bytes.
    EXPECT_EQ(found_in_narrow(
                  "fields:\n  - { salesforce: Title, value: '\"\xC3\xA4\xC3\xA4\xC3\xA4\"' }\n"),
              "");
}

TEST(Results, ConstantsMapsAndDefaultsMustFitWhereTheyGo) {
    const auto tells = [](const std::string& rule, const std::string& finding) {
        const std::string all = found_in_narrow("fields:\n  - " + rule + "\n");
        EXPECT_NE(all.find(finding), std::string::npos) << rule << "\n" << all;
    };
    tells("{ salesforce: LeadSource, constant: Wed }",
          "a.yaml:4:41: error: \"Wed\" is no value of the picklist \"LeadSource\" of Contact");
    tells("{ salesforce: Title, constant: '123456' }", "this text has 6 characters, but \"Title\"");
    tells("{ salesforce: LeadSource, pardot: source, map: { Wed: web form } }",
          "a.yaml:4:54: error: \"Wed\" is no value of the picklist");
    tells("{ salesforce: LeadSource, pardot: source, map: { to_salesforce: { web form: Wed } } }",
          "a.yaml:4:81: error: \"Wed\" is no value of the picklist");
    tells("{ salesforce: LeadSource, pardot: source, unknown_option: default, default: Wed }",
          "\"Wed\" is no value of the picklist");
    EXPECT_EQ(
        found_in_narrow(
            "fields:\n  - { salesforce: LeadSource, pardot: source, map: { Web: web form } }\n"
            "  - { salesforce: Title, constant: '12345' }\n"),
        "");
    // What only goes the other way is not written here.
    EXPECT_EQ(found_in_narrow(
                  "fields:\n  - { salesforce: LeadSource, pardot: source, direction: to_pardot, "
                  "map: { Wed: web form } }\n"),
              "");
}

TEST(Results, NamesOfStagesMustFitTheFieldTheyGoTo) {
    const std::string stages =
        "fields:\n  - { salesforce: Duet_Stage__c, value: Duet.Stage }\nlifecycle:\n  stages:\n"
        "    - { name: KNOWN, rank: 1, when: 'TRUE' }\n";
    EXPECT_EQ(found_in_narrow(stages), "");
    EXPECT_EQ(found_in_narrow(stages + "    - { name: MQLL, rank: 2, when: 'TRUE' }\n"),
              "a.yaml:8:7: error: \"MQLL\" is no value of the picklist \"Duet_Stage__c\" of "
              "Contact [DUET-2020]\n"
              "    8 |     - { name: MQLL, rank: 2, when: 'TRUE' }\n"
              "      |       ^\n"
              "  did you mean \"MQL\"?\n");
}

}  // namespace
}  // namespace duet::document
