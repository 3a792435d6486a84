#include "mappings/document/load.h"

#include <string>
#include <vector>

#include "mappings/document/digest.h"
#include "mappings/formula/formula.h"
#include "mappings/messages.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

TEST(Load, DefaultsAreThoseOfTheManual) {
    const Documents documents = load_good(
        {{"a.yaml", person_by_email("fields:\n  - salesforce: Phone\n    pardot: phone\n")}},
        nullptr);
    const EntityDocument& entity = documents.entities.at(0);
    EXPECT_EQ(entity.objects.crm, (std::vector<std::string>{"Contact", "Lead"}));
    EXPECT_EQ(entity.objects.marketing, std::vector<std::string>{"prospect"});
    EXPECT_EQ(documents.time_zone, "UTC");
    const FieldRule& rule = entity.fields.at(0);
    EXPECT_EQ(rule.name, "phone");
    EXPECT_EQ(rule.direction, Direction::Both);
    EXPECT_EQ(rule.winner, Winner::Crm);
    EXPECT_EQ(rule.blank, BlankRule::Keep);
    EXPECT_EQ(rule.consent, Consent::None);
    EXPECT_EQ(rule.place.line, 4);
}

TEST(Load, ShortMatchWordsStandForTheFieldsOfTheTwoSystems) {
    const Documents documents = load_good({{"a.yaml", person_by_email("")}}, nullptr);
    const auto& match = documents.entities.at(0).match;
    ASSERT_EQ(match.size(), 2u);
    EXPECT_EQ(match[0].kind, MatchRule::Kind::CrmId);
    EXPECT_EQ(match[0].marketing_fields,
              (std::vector<std::string>{"salesforceContactId", "salesforceLeadId"}));
    EXPECT_EQ(match[1].kind, MatchRule::Kind::Equal);
    EXPECT_EQ(match[1].crm_field, "Email");
    EXPECT_EQ(match[1].marketing_fields, std::vector<std::string>{"email"});
}

TEST(Load, ARuleSaysWhetherItsBlankNumbersCountAsZero) {
    const Documents documents = load_good(
        {{"lists.yaml",
          "lists:\n"
          "  - pardot_list: Plain\n    member_when: Rollup.Wins < 1\n"
          "  - pardot_list: Blank\n    member_when: { formula: Rollup.Wins < 1, blanks: blank }\n"
          "  - pardot_list: Zero\n    member_when:\n      formula: Rollup.Wins < 1\n"
          "      blanks: zero\n"},
         {"people.yaml",
          person_by_email("rollups:\n  - name: Wins\n    of: Opportunity\n    via: Account\n"
                          "    function: SUM\n    field: Amount\n")}},
        &test_catalogs());
    std::vector<bool> members;
    for (const ListRule& list : documents.lists) {
        const Value blank;
        const std::vector<const Value*> inputs{&blank};
        const auto result = list.member_when.formula.evaluate(inputs, {});
        members.push_back(formula::holds(std::get<Value>(result)));
    }
    EXPECT_EQ(members, (std::vector<bool>{false, false, true}));
}

TEST(Load, AMistakeInARuleWithItsSettingForBlanksIsFoundAtItsPlace) {
    const auto finding = [](const char* scope) {
        return findings_of({{"a.yaml", person_by_email("scope: " + std::string(scope) + "\n")}},
                           nullptr);
    };
    EXPECT_EQ(finding("{ formula: 1 +, blanks: zero }"),
              "a.yaml:3:22: error: Expected a value, but the formula ends here. [DUET-2011]\n"
              "    3 | scope: { formula: 1 +, blanks: zero }\n"
              "      |                      ^\n");
    EXPECT_EQ(
        finding("{ formula: TRUE, blanks: nought }"),
        "a.yaml:3:33: error: \"blanks\" is \"nought\", but must be blank or zero [DUET-2006]\n"
        "    3 | scope: { formula: TRUE, blanks: nought }\n"
        "      |                                 ^~~~~~\n");
    EXPECT_EQ(finding("{ blanks: zero }"),
              "a.yaml:3:8: error: a rule needs the key \"formula\" [DUET-2007]\n"
              "    3 | scope: { blanks: zero }\n"
              "      |        ^\n");
    EXPECT_EQ(finding("[TRUE]"),
              "a.yaml:3:8: error: a formula must be a text [DUET-2005]\n"
              "    3 | scope: [TRUE]\n"
              "      |        ^\n"
              "  put a formula that YAML takes for something else in single quotes\n");
}

TEST(Load, EveryKeyOfAFieldRuleArrives) {
    const Documents documents = load_good(
        {{"a.yaml", person_by_email(
                        "fields:\n"
                        "  - name: size\n"
                        "    salesforce: { CONTACT: Account.NumberOfEmployees, lead: Employees }\n"
                        "    pardot: employees\n"
                        "    direction: to_pardot\n"
                        "    winner: most_recent\n"
                        "    blank: propagate\n"
                        "  - salesforce: HasOptedOutOfEmail\n"
                        "    pardot: optedOut\n"
                        "    consent: strictest\n"
                        "  - salesforce: Duet_Stage__c\n"
                        "    pardot: stage\n"
                        "    direction: both\n"
                        "    value: Duet.Stage\n"
                        "  - salesforce: Clicks__c\n"
                        "    value: '1'\n")}},
        nullptr);
    const auto& fields = documents.entities.at(0).fields;
    ASSERT_EQ(fields.size(), 4u);
    EXPECT_EQ(fields[0].name, "size");
    EXPECT_EQ(fields[0].fields.crm.on("Contact"), "Account.NumberOfEmployees");
    EXPECT_EQ(fields[0].fields.crm.on("Lead"), "Employees");
    EXPECT_EQ(fields[0].direction, Direction::ToMarketing);
    EXPECT_EQ(fields[0].winner, Winner::MostRecent);
    EXPECT_EQ(fields[0].blank, BlankRule::Propagate);
    EXPECT_EQ(fields[1].consent, Consent::Strictest);
    EXPECT_EQ(fields[2].direction, Direction::Both);
    ASSERT_TRUE(fields[2].value);
    EXPECT_EQ(fields[2].value->formula.fields(), std::vector<std::string>{"Duet.Stage"});
    EXPECT_EQ(fields[3].name, "Clicks__c");
    EXPECT_EQ(fields[3].direction, Direction::ToCrm);
}

TEST(Load, NamesTakeTheOrgsSpelling) {
    const Documents documents = load_good(
        {{"a.yaml",
          person_by_email(
              "fields:\n  - salesforce: PHONE\n    pardot: Phone\n"
              "rollups:\n  - { name: A, of: opportunitycontactrole, function: COUNT }\n")}},
        &test_catalogs());
    EXPECT_EQ(documents.entities.at(0).fields.at(0).fields.crm.path, "Phone");
    EXPECT_EQ(documents.entities.at(0).fields.at(0).fields.marketing.path, "phone");
    EXPECT_EQ(documents.entities.at(0).rollups.at(0).of, "OpportunityContactRole");
}

TEST(Load, RulesReadRollupsOfOtherFiles) {
    const Documents documents =
        load_good({{"lists.yaml", "lists:\n  - pardot_list: L\n    member_when: Rollup.Wins > 0\n"},
                   {"people.yaml",
                    person_by_email(
                        "rollups:\n  - { name: Wins, of: Opportunity, via: Account, where: IsWon, "
                        "function: COUNT }\n")}},
                  &test_catalogs());
    EXPECT_EQ(documents.lists.at(0).list, "L");
    EXPECT_EQ(documents.lists.at(0).member_when.place.file, "lists.yaml");
}

TEST(Load, StagesAreOrderedByFallingRank) {
    const Documents documents = load_good(
        {{"a.yaml",
          person_by_email("lifecycle:\n  stages:\n    - { name: Low, rank: -10, when: 'TRUE' }\n"
                          "    - { name: High, rank: 70, when: 'FALSE' }\n")}},
        nullptr);
    EXPECT_EQ(documents.stages.at(0).name, "High");
    EXPECT_EQ(documents.stages.at(1).rank, -10);
}

TEST(Load, JsonIsADocumentToo) {
    const Documents documents = load_good({{"a.json", R"({"entity": "person", "match": ["crm_id"],
                        "fields": [{"salesforce": "Phone", "pardot": "phone"}]})"}},
                                          &test_catalogs());
    EXPECT_EQ(documents.entities.at(0).fields.at(0).name, "phone");
}

TEST(Load, AnEmptyFileAndAByteOrderMarkAreNoMistake) {
    EXPECT_EQ(findings_of({{"a.yaml", ""}, {"b.yaml", "# nothing yet\n"}}, nullptr), "");
    EXPECT_EQ(findings_of({{"a.yaml", "\xEF\xBB\xBF" + person_by_email("")}}, nullptr), "");
    EXPECT_EQ(findings_of({{"a.yaml", "entity: person\r\nmatch: [crm_id]\r\n"}}, nullptr), "");
}

TEST(Load, TheVersionChangesWithAnyByteOfAnyFile) {
    const std::vector<Source> sources{{"a.yaml", person_by_email("")},
                                      {"b.yaml", "time_zone: UTC\n"}};
    const std::string version = load_good(sources, nullptr).version;
    EXPECT_EQ(version.size(), 12u);
    EXPECT_EQ(load_good(sources, nullptr).version, version);
    auto changed = sources;
    changed[1].text += " ";
    EXPECT_NE(load_good(changed, nullptr).version, version);
    changed = sources;
    changed[1].file = "c.yaml";
    EXPECT_NE(load_good(changed, nullptr).version, version);
}

TEST(Load, AnotherConnectorsNamesAreTheKeys) {
    const Documents documents =
        load_good({{"a.yaml",
                    "entity: person\nobjects: { salesforce: Contact, csv: people }\n"
                    "match:\n  - email: { salesforce: Email, csv: mail }\n"
                    "fields:\n  - { salesforce: Phone, csv: tel, winner: csv }\n"
                    "  - { salesforce: Title, csv: title, direction: to_csv }\n"}},
                  nullptr, {"salesforce", "csv"});
    const EntityDocument& entity = documents.entities.at(0);
    EXPECT_EQ(entity.fields.at(0).winner, Winner::Marketing);
    EXPECT_EQ(entity.fields.at(1).direction, Direction::ToMarketing);
    EXPECT_EQ(entity.match.at(0).marketing_fields, std::vector<std::string>{"mail"});
}

TEST(Load, TwoSidesOfOneConnectorAreCalledCrmAndMarketing) {
    const std::string text =
        "entity: person\nobjects: { crm: customers, marketing: [readers, guests] }\n"
        "match:\n  - email: { crm: mail, marketing: address }\n"
        "fields:\n  - { crm: tel, marketing: phone, winner: marketing, direction: to_crm }\n"
        "lists:\n  - { marketing_list: L, member_when: Prospect.points > 3 }\n";
    const Documents documents = load_good({{"a.yaml", text}}, nullptr, {"csv", "csv"});
    EXPECT_EQ(documents.names.crm, "crm");
    const EntityDocument& entity = documents.entities.at(0);
    EXPECT_EQ(entity.objects.crm, std::vector<std::string>{"customers"});
    EXPECT_EQ(entity.objects.marketing, (std::vector<std::string>{"readers", "guests"}));
    EXPECT_EQ(entity.fields.at(0).direction, Direction::ToCrm);
    EXPECT_EQ(entity.fields.at(0).winner, Winner::Marketing);
    EXPECT_EQ(documents.lists.at(0).list, "L");
    EXPECT_NE(
        findings_of({{"a.yaml", "entity: person\nobjects: { csv: a }\n"}}, nullptr, {"csv", "csv"}),
        "");
}

TEST(Load, EveryKindOfEntityHasTheSameForm) {
    for (const char* kind : {"person", "account", "opportunity", "campaign", "activity"}) {
        SCOPED_TRACE(kind);
        const Documents documents = load_good(
            {{"a.yaml", std::string("entity: ") + kind +
                            "\nscope: NOT(ISBLANK(Name))\n"
                            "match:\n  - external_id: { salesforce: Key__c, pardot: key }\n"
                            "fields:\n  - { salesforce: Name, pardot: name, direction: "
                            "to_salesforce }\n"
                            "rollups:\n  - { name: Tasks, of: Task, function: COUNT }\n"
                            "validations:\n  - { name: v, error_when: ISBLANK(Name), message: m }\n"
                            "create:\n  pardot: { when: Rollup.Tasks > 1, key: key }\n"}},
            nullptr);
        const EntityDocument& entity = documents.entities.at(0);
        EXPECT_EQ(to_string(entity.entity), std::string(kind));
        EXPECT_TRUE(entity.scope);
        EXPECT_EQ(entity.match.size() + entity.fields.size() + entity.rollups.size() +
                      entity.validations.size() + entity.creates.size(),
                  5u);
    }
}

TEST(Load, ALineCanBeQuotedLongAfterLoading) {
    const std::vector<Source> sources{{"a.yaml", person_by_email("time_zone: Asia/Tokyo\r\n")}};
    const Documents documents = load_good(sources, nullptr);
    EXPECT_EQ(documents.time_zone_place.line, 3);
    EXPECT_EQ(line_of(sources, documents.time_zone_place), "time_zone: Asia/Tokyo");
    EXPECT_EQ(line_of(sources, {"b.yaml", 1, 1}), "");
}

TEST(Load, ARollupOverAParentNeedsBothReferences) {
    const Documents documents = load_good(
        {{"a.yaml",
          person_by_email("rollups:\n  - { name: Wins, of: Opportunity, via: Account, where: "
                          "Account.NumberOfEmployees > 9, function: COUNT }\n")}},
        &test_catalogs());
    std::string all;
    for (const Need& need : needs(documents, test_catalogs())) {
        all += need.object + ":";
        for (const std::string& field : need.fields) all += " " + field;
        all += "\n";
    }
    EXPECT_EQ(all,
              "Account: NumberOfEmployees\n"
              "Contact: AccountId Email\n"
              "Lead: Email\n"
              "Opportunity: AccountId\n"
              "prospect: email salesforceContactId salesforceLeadId\n");
}

TEST(Load, EveryCodeOfAFindingHasAMessage) {
    for (int code = 2001; code <= 2021; ++code) {
        EXPECT_NE(find_message("DUET-" + std::to_string(code)), nullptr) << code;
    }
}

// FIPS 180-4's examples, and the lengths around a block's end.
TEST(Digest, IsSha256) {
    EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256_hex("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256_hex(std::string(64, 'a')),
              "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
}

}  // namespace
}  // namespace duet::document
