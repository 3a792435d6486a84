#include "daemon/service/shipped_fields.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "daemon/service/catalog_text.h"

namespace duet::service {
namespace {

namespace fs = std::filesystem;

std::string element(const std::string& xml, const std::string& name) {
    std::smatch found;
    const std::regex pattern("<" + name + ">([^<]*)</" + name + ">");
    return std::regex_search(xml, found, pattern) ? found[1].str() : "";
}

/// The type that the catalog gives a field of this metadata type.
FieldType type_of(const std::string& metadata) {
    static const std::map<std::string, FieldType> kTypes = {
        {"Text", FieldType::Text},         {"LongTextArea", FieldType::Text},
        {"Number", FieldType::Number},     {"Currency", FieldType::Currency},
        {"Percent", FieldType::Percent},   {"Date", FieldType::Date},
        {"DateTime", FieldType::DateTime}, {"Checkbox", FieldType::Boolean},
        {"Lookup", FieldType::Id}};
    return kTypes.at(metadata);
}

std::string shown(FieldType type, const std::string& length, bool key) {
    return std::string(to_string(type)) + " " + length + (key ? " key" : "");
}

TEST(ShippedFields, AreThoseOfTheMetadata) {
    std::map<std::string, std::string> shipped;
    for (const ShippedField& field : shipped_fields()) {
        shipped[std::string(field.object) + "." + std::string(field.name)] = shown(
            field.type, field.length > 0 ? std::to_string(field.length) : "", field.is_external_id);
    }
    std::map<std::string, std::string> metadata;
    const fs::path objects =
        fs::path(DUET_SOURCE_DIR) / "packaging/salesforce/duet/main/default/objects";
    for (const auto& entry : fs::recursive_directory_iterator(objects)) {
        if (!entry.path().string().ends_with(".field-meta.xml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        const std::string xml = text.str();
        const std::string object = entry.path().parent_path().parent_path().filename().string();
        metadata[object + "." + element(xml, "fullName")] =
            shown(type_of(element(xml, "type")), element(xml, "length"),
                  element(xml, "externalId") == "true");
    }
    EXPECT_GE(metadata.size(), 200U);
    EXPECT_EQ(shipped, metadata);
}

/// An org in which everything is as the documents below need it.
struct FittingOrg {
    PerSide<Catalog> catalogs;
    std::vector<document::Source> sources{{"people.yaml", R"(entity: person
match: [crm_id, email]
fields:
  - { salesforce: Duet_Stage__c, pardot: jobTitle, direction: to_salesforce }
  - { salesforce: Duet_Email_Clicks__c, pardot: score, direction: to_salesforce }
create:
  salesforce: { when: 'NOT(ISBLANK(Prospect.email))', object: Lead, key: Duet_Key__c }
)",
                                           false}};

    FittingOrg() {
        for (const char* name : {"Contact", "Lead"}) {
            ObjectInfo object;
            object.name = name;
            object.fields = {made("Id", FieldType::Id), made("Email", FieldType::Text, 80),
                             made("Duet_Stage__c", FieldType::Text, 40),
                             made("Duet_Email_Clicks__c", FieldType::Number),
                             made("Duet_Key__c", FieldType::Text, 40)};
            object.fields.back().unique_key = true;
            catalogs.crm.objects.push_back(object);
        }
        ObjectInfo prospect;
        prospect.name = "prospect";
        prospect.fields = {made("id", FieldType::Id),
                           made("email", FieldType::Text, 255),
                           made("jobTitle", FieldType::Text, 255),
                           made("score", FieldType::Number),
                           made("salesforceContactId", FieldType::Id),
                           made("salesforceLeadId", FieldType::Id)};
        catalogs.marketing.objects.push_back(prospect);
    }

    static FieldInfo made(std::string name, FieldType type, int length = 0) {
        FieldInfo field;
        field.name = std::move(name);
        field.type = type;
        field.length = length;
        return field;
    }
    ObjectInfo& lead() { return catalogs.crm.objects[1]; }
    FieldInfo& field(const std::string& name) {
        for (FieldInfo& one : lead().fields) {
            if (one.name == name) return one;
        }
        throw std::logic_error(name);
    }

    std::string unfit() {
        const SideNames names{"salesforce", "pardot"};
        auto loaded = document::load(sources, names, nullptr);
        std::string all;
        if (auto* wrong = std::get_if<std::vector<document::Finding>>(&loaded)) {
            for (const auto& finding : *wrong) all += "not loaded: " + document::render(finding);
            return all;
        }
        for (const auto& finding :
             find_unfit(std::get<document::Documents>(loaded), sources, catalogs))
            all += document::render(finding);
        return all;
    }

    std::string findings() {
        const SideNames names{"salesforce", "pardot"};
        auto loaded = document::load(sources, names, &catalogs);
        std::string all;
        if (auto* wrong = std::get_if<std::vector<document::Finding>>(&loaded)) {
            tell_how_to_get(catalogs, names, *wrong);
            for (const auto& finding : *wrong) all += document::render(finding);
        }
        return all;
    }
};

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(UnfitOrg, AnOrgAsDeployedHasNoFinding) {
    FittingOrg org;
    EXPECT_EQ(org.unfit(), "");
    EXPECT_EQ(org.findings(), "");
}

TEST(UnfitOrg, AWrongTypeIsToldWithThePlaceOfTheRule) {
    FittingOrg org;
    org.field("Duet_Email_Clicks__c").type = FieldType::Text;
    const std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "people.yaml:5:")) << all;
    EXPECT_TRUE(holds(all, "Duet_Email_Clicks__c of Lead is a text field, but Duet needs a number"))
        << all;
    EXPECT_TRUE(holds(all, "[DUET-1020]")) << all;
}

TEST(UnfitOrg, AShortTextAndAKeyThatIsNoExternalIdAreTold) {
    FittingOrg org;
    org.field("Duet_Stage__c").length = 10;
    org.field("Duet_Key__c").unique_key = false;
    const std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "Duet_Stage__c of Lead takes 10 characters, but Duet needs 40")) << all;
    EXPECT_TRUE(holds(all, "Duet_Key__c of Lead is no external id")) << all;
}

TEST(UnfitOrg, MissingRightsAreTold) {
    FittingOrg org;
    org.lead().creatable = false;
    org.lead().updatable = false;
    const std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "may not create a Lead in salesforce")) << all;
    EXPECT_TRUE(holds(all, "may not edit a Lead in salesforce")) << all;
    EXPECT_TRUE(holds(all, "[DUET-1021]")) << all;
}

TEST(UnfitOrg, AMissingFieldSaysHowToGetIt) {
    FittingOrg org;
    for (ObjectInfo& object : org.catalogs.crm.objects) {
        std::erase_if(object.fields,
                      [](const auto& field) { return field.name == "Duet_Stage__c"; });
    }
    const std::string all = org.findings();
    EXPECT_TRUE(holds(all, "people.yaml:4:")) << all;
    EXPECT_TRUE(holds(all, "deploy packaging/salesforce")) << all;
    EXPECT_TRUE(holds(all, "Duet_Integration")) << all;
}

TEST(UnfitOrg, AFieldThatTheUserMayNotEditSaysWhichRightIsMissing) {
    FittingOrg org;
    for (ObjectInfo& object : org.catalogs.crm.objects) {
        for (FieldInfo& field : object.fields) {
            if (field.name == "Duet_Stage__c") field.creatable = field.updatable = false;
        }
    }
    const std::string all = org.findings();
    EXPECT_TRUE(holds(all, "people.yaml:4:")) << all;
    EXPECT_TRUE(holds(all, "permission set Duet_Integration")) << all;
    EXPECT_FALSE(holds(all, "deploy packaging")) << all;
}

/// An org with campaign influence and two models.
FittingOrg with_influence() {
    FittingOrg org;
    ObjectInfo models;
    models.name = "CampaignInfluenceModel";
    models.fields = {FittingOrg::made("Id", FieldType::Id),
                     FittingOrg::made("DeveloperName", FieldType::Text, 80)};
    models.fields.back().options = {"Primary_Campaign_Source", "Duet_Linear"};
    ObjectInfo rows;
    rows.name = "CampaignInfluence";
    rows.fields = {FittingOrg::made("Id", FieldType::Id),
                   FittingOrg::made("ContactId", FieldType::Id),
                   FittingOrg::made("ModelId", FieldType::Id)};
    rows.fields[1].references = {"Contact"};
    rows.fields[2].references = {"CampaignInfluenceModel"};
    rows.fields[2].relationship = "Model";
    org.catalogs.crm.objects.push_back(models);
    org.catalogs.crm.objects.push_back(rows);
    return org;
}

/// Documents with a rollup over the rows of a model.
void count_rows_of(FittingOrg& org, const std::string& model) {
    org.sources[0].text +=
        "rollups:\n  - { name: Credits, of: CampaignInfluence, function: COUNT, where: "
        "'Model.DeveloperName = \"" +
        model + "\"' }\n";
}

TEST(UnfitOrg, AnInfluenceModelThatIsThereHasNoFinding) {
    FittingOrg org = with_influence();
    count_rows_of(org, "Duet_Linear");
    EXPECT_EQ(org.unfit(), "");
}

TEST(UnfitOrg, AMissingInfluenceModelIsToldWithItsPlaceAndHowToGetIt) {
    FittingOrg org = with_influence();
    count_rows_of(org, "Duet_Attribution");
    std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "people.yaml:9:")) << all;
    EXPECT_TRUE(holds(all, "no campaign influence model \"Duet_Attribution\" [DUET-1022]")) << all;
    EXPECT_TRUE(holds(all, "deploy packaging/salesforce")) << all;
    FittingOrg misspelt = with_influence();
    count_rows_of(misspelt, "Duet_Linaer");
    all = misspelt.unfit();
    EXPECT_TRUE(holds(all, "did you mean \"Duet_Linear\"?")) << all;
}

TEST(UnfitOrg, TheModelWhoseRowsAnAttributionKeepsIsLookedForToo) {
    const document::Source source{
        "deals.yaml",
        "entity: opportunity\nmatch: [crm_id]\nattribution:\n  - name: Best\n    model: linear\n"
        "    people: OpportunityContactRole.Contact\n    from: CreatedDate\n    until: CloseDate\n"
        "    influence_model: Own_Model\n    touches: [{ object: CampaignMember, time: "
        "CreatedDate, campaign: CampaignId }]\n",
        false};
    const auto loaded = document::load({&source, 1}, {"salesforce", "pardot"}, nullptr);
    const auto* documents = std::get_if<document::Documents>(&loaded);
    ASSERT_NE(documents, nullptr);
    const auto wanted = models_of(*documents);
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].name, "Own_Model");
    EXPECT_EQ(wanted[0].place.line, 9);
    FittingOrg org = with_influence();
    const auto findings = find_missing_models(wanted, org.catalogs.crm);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_NE(findings[0].message.find("Own_Model"), std::string::npos);
}

TEST(UnfitOrg, WithoutCampaignInfluenceItSaysWhatToTurnOn) {
    FittingOrg org;
    count_rows_of(org, "Duet_Attribution");
    const std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "no campaign influence that Duet may see")) << all;
    EXPECT_TRUE(holds(all, "Customizable Campaign Influence")) << all;
}

/// Documents with a lifecycle that makes members of campaigns, in an org whose members have a key
/// that is none.
FittingOrg with_members(const std::string& more = {}) {
    FittingOrg org;
    ObjectInfo member;
    member.name = "CampaignMember";
    member.fields = {FittingOrg::made("Id", FieldType::Id),
                     FittingOrg::made("Duet_Key__c", FieldType::Text, 40)};
    org.catalogs.crm.objects.push_back(member);
    org.sources.push_back({"lifecycle.yaml", R"(lifecycle:
  cycle_starts_at: Ready
  stages:
    - { name: Known, rank: 1 }
    - { name: Ready, rank: 2 }
  conditions:
    - { name: fits, when: Prospect.score >= 100 }
  transitions:
    - { during: fits, from: new, to: Ready }
  campaign_member: { at: Ready }
)" + more,
                           false});
    return org;
}

TEST(UnfitOrg, AMembersKeyThatIsNoExternalIdIsToldWhereNoListNeedsIt) {
    FittingOrg org = with_members();
    const std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "lifecycle.yaml:2:")) << all;
    EXPECT_TRUE(holds(all, "Duet_Key__c of CampaignMember is no external id")) << all;
    EXPECT_TRUE(holds(all, "packaging/salesforce")) << all;
    org.catalogs.crm.objects.back().fields.back().unique_key = true;
    EXPECT_EQ(org.unfit(), "");
}

TEST(UnfitOrg, AMembersKeyIsToldOnceWhereAListNeedsItToo) {
    FittingOrg org = with_members(
        "lists:\n  - { salesforce_campaign: Fair, member_when: 'Prospect.score > 7' }\n");
    const std::string all = org.unfit();
    EXPECT_TRUE(holds(all, "lifecycle.yaml:12:")) << all;
    EXPECT_FALSE(holds(all, "lifecycle.yaml:2:")) << all;
}

TEST(CatalogText, IsReadAsItWasWritten) {
    FittingOrg org;
    FieldInfo& field = org.field("Duet_Stage__c");
    field.label = "Stage";
    field.type = FieldType::Picklist;
    field.options = {"A", "B"};
    field.restricted = field.required = true;
    field.references = {"Account"};
    field.relationship = "Account";
    field.precision = 18;
    field.scale = 2;
    field.updatable = false;
    org.lead().entity = EntityKind::Person;
    org.lead().deletable = false;
    const std::string text = encode_catalog(org.catalogs.crm);
    const auto read = decode_catalog(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(encode_catalog(*read), text);
    const ObjectInfo* lead = read->find("Lead");
    ASSERT_NE(lead, nullptr);
    EXPECT_EQ(lead->entity, EntityKind::Person);
    EXPECT_FALSE(lead->deletable);
    const FieldInfo* stage = lead->find("Duet_Stage__c");
    ASSERT_NE(stage, nullptr);
    EXPECT_EQ(stage->options, (std::vector<std::string>{"A", "B"}));
    EXPECT_EQ(stage->references, (std::vector<std::string>{"Account"}));
    EXPECT_EQ(stage->label, "Stage");
    EXPECT_EQ(stage->type, FieldType::Picklist);
    EXPECT_EQ(stage->scale, 2);
    EXPECT_TRUE(stage->restricted && stage->required && stage->creatable && !stage->updatable);
}

TEST(CatalogText, WhatIsNoneIsNothing) {
    for (const char* text : {"", "{}", "[1]", "[{}]", R"([{"name":"X","entity":99,"fields":[]}])",
                             R"([{"name":"X","entity":0,"fields":[{"name":"a","type":77}]}])"}) {
        EXPECT_FALSE(decode_catalog(text)) << text;
    }
}

}  // namespace
}  // namespace duet::service
