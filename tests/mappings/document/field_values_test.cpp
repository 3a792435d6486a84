#include <string>

#include "mappings/document/load.h"
#include "tests/mappings/document/catalogs.h"

namespace duet::document {
namespace {

/// Line 4 is the first of the rule.
std::string rule(const std::string& more) {
    return "entity: person\nmatch: [email]\nfields:\n"
           "  - salesforce: LeadSource\n    pardot: source\n" +
           more;
}

std::string offline_values(const std::string& more) {
    return findings_of({{"a.yaml", rule(more)}}, nullptr);
}

std::string offline_rule(const std::string& whole) {
    return findings_of(
        {{"a.yaml", "entity: person\nmatch: [crm_id]\nfields:\n  - " + whole + "\n"}}, nullptr);
}

TEST(FieldValues, EveryKeyArrives) {
    const Documents documents = load_good(
        {{"a.yaml",
          rule("    winner: most_recent\n    otherwise: pardot\n"
               "    map: { Web: online, Net: online }\n    default: { to_pardot: other }\n"
               "    unmapped: default\n    too_long: keep\n    unparsable: quarantine\n"
               "    unknown_option: pass\n    compare: address\n"
               "integration_users: { salesforce: [u1, u2], pardot: 7 }\n")}},
        nullptr);
    const FieldRule& loaded = documents.entities.front().fields.front();
    EXPECT_EQ(loaded.otherwise, Side::Marketing);
    EXPECT_EQ(loaded.map.marketing, (ValueMap{{"Web", "online"}, {"Net", "online"}}));
    EXPECT_EQ(loaded.map.crm, (ValueMap{{"online", "Web"}}));
    EXPECT_EQ(loaded.fallback.marketing, "other");
    EXPECT_FALSE(loaded.fallback.crm);
    EXPECT_EQ(loaded.unmapped, Policy::Default);
    EXPECT_EQ(loaded.too_long, Policy::Keep);
    EXPECT_EQ(loaded.unparsable, Policy::Quarantine);
    EXPECT_EQ(loaded.unknown_option, Policy::Pass);
    EXPECT_TRUE(loaded.ignores_case);
    EXPECT_EQ(documents.integration_users.crm.field, "LastModifiedById");
    EXPECT_EQ(documents.integration_users.crm.users, (std::vector<std::string>{"u1", "u2"}));
    EXPECT_EQ(documents.integration_users.marketing.field, "updatedById");
}

TEST(FieldValues, AddressesAreComparedWithoutCaseUnlessTheRuleSaysOtherwise) {
    const auto ignores = [](const std::string& fields) {
        return load_good({{"a.yaml", "entity: person\nmatch: [crm_id]\nfields:\n" + fields}},
                         nullptr)
            .entities.front()
            .fields.front()
            .ignores_case;
    };
    EXPECT_TRUE(ignores("  - { salesforce: Email, pardot: email }\n"));
    EXPECT_TRUE(ignores(
        "  - { salesforce: { contact: Account.EMAIL }, pardot: x, direction: to_pardot }\n"));
    EXPECT_FALSE(ignores("  - { salesforce: Email, pardot: email, compare: as_typed }\n"));
    EXPECT_FALSE(ignores("  - { salesforce: Phone, pardot: phone }\n"));
}

TEST(FieldValues, KeysWithoutEffectAreRefused) {
    EXPECT_TRUE(says(offline_values("    unmapped: pass\n"), "\"unmapped\" has no effect here"));
    EXPECT_TRUE(says(offline_values("    default: x\n"), "\"default\" has no effect here"));
    EXPECT_TRUE(
        says(offline_values("    otherwise: pardot\n"), "\"otherwise\" has no effect here"));
    EXPECT_TRUE(says(offline_values("    too_long: default\n"), "needs the key \"default\""));
    EXPECT_TRUE(
        says(offline_values("    direction: to_pardot\n    map: { to_salesforce: { a: b } }\n"),
             "nothing travels to salesforce"));
    EXPECT_TRUE(says(offline_values("    consent: strictest\n    map: { a: b }\n"),
                     "\"map\" has no effect"));
    EXPECT_TRUE(says(offline_values("    constant: x\n    direction: both\n    map: { a: b }\n"),
                     "\"map\" has no effect"));
    EXPECT_TRUE(says(offline_values("    constant: x\n    value: '1'\n"),
                     "either \"value\" or \"constant\""));
    EXPECT_TRUE(says(offline_values("    map: { a: [b] }\n"), "must be a text"));
}

TEST(FieldValues, ValuesThatTheDocumentNamesMustFitTheOrgs) {
    PerSide<Catalog> catalogs = test_catalogs();
    for (ObjectInfo& object : catalogs.crm.objects) {
        for (FieldInfo& field : object.fields) {
            if (field.name != "LeadSource") continue;
            field.restricted = true;
            field.options = {"Web", "Phone"};
        }
    }
    const auto live = [&](const std::string& more) {
        return findings_of({{"a.yaml", rule(more)}}, &catalogs);
    };
    EXPECT_EQ(live("    map: { Web: online }\n"), "");
    EXPECT_TRUE(says(live("    map: { Wen: online }\n"), "did you mean \"Web\""));
    EXPECT_TRUE(says(live("    map: { Web: online }\n    default: Fax\n"), "the default \"Fax\""));
    EXPECT_TRUE(says(findings_of({{"a.yaml",
                                   "entity: person\nmatch: [email]\nfields:\n"
                                   "  - { salesforce: Duet_Last_Engaged__c, constant: soon }\n"}},
                                 &catalogs),
                     "the constant \"soon\" does not fit"));
}

TEST(FieldValues, ConsentTakesManyFieldsAndTurnsThemRound) {
    const Documents documents =
        load_good({{"a.yaml",
                    "entity: person\nmatch: [crm_id]\nfields:\n"
                    "  - name: mail\n    consent: strictest\n"
                    "    salesforce: [HasOptedOutOfEmail, { not: { contact: DoNotCall } }]\n"
                    "    pardot: { not: isDoNotCall }\n"}},
                  &test_catalogs());
    const FieldRule& loaded = documents.entities.front().fields.front();
    ASSERT_EQ(loaded.consents.crm.size(), 2U);
    EXPECT_FALSE(loaded.consents.crm[0].inverted);
    EXPECT_TRUE(loaded.consents.crm[1].inverted);
    EXPECT_EQ(loaded.consents.crm[1].field.on("Contact"), "DoNotCall");
    EXPECT_EQ(loaded.consents.crm[1].field.on("Lead"), "");
    ASSERT_EQ(loaded.consents.marketing.size(), 1U);
    EXPECT_TRUE(loaded.consents.marketing[0].inverted);
    std::size_t pulled = 0;
    for (const Need& need : needs(documents, test_catalogs())) {
        for (const std::string& field : need.fields)
            pulled += field == "DoNotCall" || field == "isDoNotCall" ? 1U : 0U;
    }
    EXPECT_EQ(pulled, 2U) << "every flag is pulled";
}

TEST(FieldValues, AListOfFieldsIsForConsentAlone) {
    EXPECT_TRUE(says(offline_rule("{ salesforce: [], pardot: optedOut, consent: strictest }"),
                     "\"salesforce\" names no field"));
    EXPECT_TRUE(says(findings_of({{"a.yaml",
                                   "entity: person\nmatch: [crm_id]\nfields:\n"
                                   "  - { salesforce: [A, B], pardot: c }\n"}},
                                 nullptr),
                     "must be a text, but is a list"));
    EXPECT_TRUE(says(findings_of({{"a.yaml",
                                   "entity: person\nmatch: [crm_id]\nfields:\n"
                                   "  - { salesforce: [Email, HasOptedOutOfEmail], pardot: "
                                   "optedOut, consent: strictest }\n"}},
                                 &test_catalogs()),
                     "consent needs a true-or-false field"));
}

}  // namespace
}  // namespace duet::document
