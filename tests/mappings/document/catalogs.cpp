#include "tests/mappings/document/catalogs.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <gtest/gtest.h>

namespace duet::document {
namespace {

/// "Name type" or "Name type flags": `ro` read only, `>Object:Relationship` a reference.
ObjectInfo object(const char* name, EntityKind entity, const std::vector<std::string>& lines,
                  bool updatable = true) {
    static const std::vector<std::pair<std::string, FieldType>> kTypes{
        {"text", FieldType::Text},
        {"number", FieldType::Number},
        {"currency", FieldType::Currency},
        {"percent", FieldType::Percent},
        {"date", FieldType::Date},
        {"datetime", FieldType::DateTime},
        {"boolean", FieldType::Boolean},
        {"picklist", FieldType::Picklist},
        {"id", FieldType::Id}};
    ObjectInfo made;
    made.name = made.label = name;
    made.entity = entity;
    made.updatable = updatable;
    for (const std::string& line : lines) {
        std::istringstream words(line);
        std::string type;
        FieldInfo field;
        words >> field.name >> type;
        for (const auto& [word, value] : kTypes) {
            if (word == type) field.type = value;
        }
        for (std::string flag; words >> flag;) {
            if (flag == "ro") field.updatable = field.creatable = false;
            if (flag.front() == '>') {
                const std::size_t colon = flag.find(':');
                field.references.push_back(flag.substr(1, colon - 1));
                if (colon != std::string::npos) field.relationship = flag.substr(colon + 1);
            }
        }
        made.fields.push_back(field);
    }
    return made;
}

Catalog crm() {
    using enum EntityKind;
    return {{
        object("Contact", Person,
               {"Id id ro",
                "FirstName text",
                "LastName text",
                "Email text",
                "Phone text",
                "Title text",
                "Department text",
                "MailingCountry text",
                "MailingState text",
                "MailingPostalCode text",
                "LeadSource picklist",
                "HasOptedOutOfEmail boolean",
                "DoNotCall boolean",
                "AccountId id >Account:Account",
                "OwnerId id >User:Owner",
                "Duet_Key__c text",
                "Duet_Stage__c text",
                "Duet_Email_Clicks__c number",
                "Duet_Last_Engaged__c date",
                "CreatedDate datetime ro",
                "Duet_SLA_Status__c text",
                "Duet_SLA_Start__c datetime",
                "Duet_SLA_Due__c datetime",
                "Duet_MQL_Date__c datetime",
                "Duet_SAL_Date__c datetime",
                "Duet_Last_Sales_Touch__c datetime",
                "Duet_In_Queue__c boolean",
                "Duet_Queue_Rank__c number",
                "Duet_Queue_Reason__c text",
                "Duet_Engagement__c number",
                "Duet_Grade__c text",
                "Duet_Cycle__c number",
                "Duet_Activated_On__c datetime",
                "Duet_Suppression_Reason__c text",
                "Duet_Last_Touch_Campaign__c text",
                "Duet_Dev_Team__c text",
                "Qualified_On__c date"}),
        object("Lead", Person,
               {"Id id ro",
                "FirstName text",
                "LastName text",
                "Email text",
                "Phone text",
                "Title text",
                "Company text",
                "Country text",
                "State text",
                "PostalCode text",
                "Industry picklist",
                "IsConverted boolean ro",
                "NumberOfEmployees number",
                "Status picklist",
                "LeadSource picklist",
                "HasOptedOutOfEmail boolean",
                "DoNotCall boolean",
                "OwnerId id >User:Owner >Group:Owner",
                "Duet_Key__c text",
                "Duet_Stage__c text",
                "Duet_Email_Clicks__c number",
                "Duet_Last_Engaged__c date",
                "Duet_SLA_Status__c text",
                "Duet_SLA_Start__c datetime",
                "Duet_SLA_Due__c datetime",
                "Duet_MQL_Date__c datetime",
                "Duet_SAL_Date__c datetime",
                "Duet_Last_Sales_Touch__c datetime",
                "Duet_In_Queue__c boolean",
                "Duet_Queue_Rank__c number",
                "Duet_Queue_Reason__c text",
                "Duet_Engagement__c number",
                "Duet_Grade__c text",
                "Duet_Cycle__c number",
                "Duet_Activated_On__c datetime",
                "Duet_Suppression_Reason__c text",
                "Duet_Last_Touch_Campaign__c text",
                "Duet_Dev_Team__c text",
                "CreatedDate datetime ro"}),
        object("Account", Account,
               {"Id id ro", "Name text", "OwnerId id >User:Owner", "NumberOfEmployees number",
                "CurrencyIsoCode picklist", "Duet_Open_Opportunities__c number",
                "Duet_Stage__c text", "Industry picklist", "Duet_Engagement__c number",
                "Duet_People_Engaged__c number", "Duet_Surge__c boolean",
                "Duet_Warmest_Person__c text", "Duet_Engagement_Gained__c number", "Website text"}),
        object(
            "Opportunity", Opportunity,
            {"Id id ro", "Name text", "AccountId id >Account:Account", "OwnerId id >User:Owner",
             "IsWon boolean ro", "IsClosed boolean ro", "CloseDate date", "CreatedDate datetime ro",
             "Amount currency", "Contract_Start__c date", "Contract_End__c date",
             "Duet_Last_Touch_Campaign__c text", "StageName picklist", "Probability percent",
             "HasOpportunityLineItem boolean ro", "CurrencyIsoCode picklist",
             "LastStageChangeDate datetime ro", "CampaignId id >Campaign:Campaign"}),
        object("OpportunityHistory", None,
               {"Id id ro", "OpportunityId id ro >Opportunity:Opportunity", "StageName picklist ro",
                "CreatedDate datetime ro"}),
        object("Contract", None,
               {"Id id ro", "AccountId id >Account:Account", "StartDate date", "EndDate date ro",
                "StatusCode picklist ro", "OwnerId id >User:Owner"}),
        object("OpportunityContactRole", None,
               {"Id id ro", "OpportunityId id >Opportunity:Opportunity",
                "ContactId id >Contact:Contact", "Role picklist", "CreatedDate datetime ro"}),
        object("Campaign", Campaign,
               {"Id id ro", "Name text", "ActualCost currency", "Duet_Pardot_Campaign_Id__c text"}),
        object("CampaignMember", None,
               {"Id id ro", "CampaignId id >Campaign:Campaign", "ContactId id >Contact:Contact",
                "LeadId id >Lead:Lead", "HasResponded boolean ro", "FirstRespondedDate date ro",
                "CreatedDate datetime ro", "Status picklist", "Duet_Key__c text"}),
        object("Task", None,
               {"Id id ro", "WhoId id >Contact:Who >Lead:Who",
                "WhatId id >Account:What >Opportunity:What >Campaign:What", "Subject text",
                "Description text", "OwnerId id >User:Owner >Group:Owner", "ActivityDate date",
                "Priority picklist", "Status picklist", "IsClosed boolean ro",
                "CompletedDateTime datetime ro", "AccountId id ro >Account:Account",
                "CallType picklist", "TaskSubtype picklist", "CreatedDate datetime ro",
                "CreatedById id ro >User:CreatedBy", "Duet_Key__c text"}),
        object("Event", None,
               {"Id id ro", "WhoId id >Contact:Who >Lead:Who", "StartDateTime datetime",
                "WhatId id >Account:What >Opportunity:What", "CreatedDate datetime ro",
                "AccountId id ro >Account:Account"}),
        object("User", None,
               {"Id id ro", "Name text", "Username text", "Email text", "IsActive boolean",
                "ManagerId id >User:Manager", "Sales_Role__c picklist", "On_Leave__c boolean"}),
        object("Group", None, {"Id id ro", "Name text", "Email text", "Type picklist"}),
    }};
}

Catalog marketing() {
    using enum EntityKind;
    return {{
        object("prospect", Person,
               {"id number ro",
                "email text",
                "firstName text",
                "lastName text",
                "phone text",
                "jobTitle text",
                "company text",
                "employees text",
                "source text",
                "score number",
                "grade text ro",
                "optedOut boolean",
                "isDoNotEmail boolean",
                "isDoNotCall boolean",
                "isEmailHardBounced boolean ro",
                "salesforceId text ro",
                "salesforceContactId text ro",
                "salesforceLeadId text ro",
                "duet_stage__c text",
                "last_won__c date",
                "contract_end__c date",
                "first_mql__c date"}),
        object("opportunity", Opportunity, {"id number ro", "salesforceId text ro"}, false),
        object("campaign", Campaign, {"id number ro", "name text", "salesforceId text ro"}),
        object("visitor-activity", Activity,
               {"id number ro", "type number ro", "createdAt datetime ro", "details text ro",
                "prospectId number ro >prospect:prospect",
                "campaignId number ro >campaign:campaign", "fileId number ro"},
               false),
        object("list", None, {"id number ro", "name text"}),
        object("list-membership", None,
               {"id number ro", "listId number >list:list", "optedOut boolean",
                "prospectId number >prospect:prospect"}),
    }};
}

}  // namespace

const PerSide<Catalog>& test_catalogs() {
    static const PerSide<Catalog> kCatalogs{crm(), marketing()};
    return kCatalogs;
}

std::string findings_of(const std::vector<Source>& sources, const PerSide<Catalog>* catalogs,
                        const SideNames& names) {
    const auto loaded = load(sources, names, catalogs);
    std::string all;
    if (const auto* findings = std::get_if<std::vector<Finding>>(&loaded)) {
        for (const Finding& finding : *findings) all += render(finding);
    }
    return all;
}

Documents load_good(const std::vector<Source>& sources, const PerSide<Catalog>* catalogs,
                    const SideNames& names) {
    auto loaded = load(sources, names, catalogs);
    if (auto* documents = std::get_if<Documents>(&loaded)) return std::move(*documents);
    ADD_FAILURE() << findings_of(sources, catalogs, names);
    throw std::runtime_error("the documents have findings");
}

std::vector<Source> shipped_documents() {
    std::vector<Source> sources;
    const std::filesystem::path folder =
        std::filesystem::path(DUET_SOURCE_DIR) / "mappings/presets/default";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.ends_with(".yaml") || name.ends_with(".test.yaml")) continue;
        std::ifstream file(entry.path());
        std::stringstream text;
        text << file.rdbuf();
        sources.push_back({entry.path().filename().string(), text.str()});
    }
    std::sort(sources.begin(), sources.end(),
              [](const Source& a, const Source& b) { return a.file < b.file; });
    return sources;
}

}  // namespace duet::document
