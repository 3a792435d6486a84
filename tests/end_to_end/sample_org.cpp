#include "tests/end_to_end/sample_org.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "tests/world/rehearsal.h"

namespace duet::world {

using attribution::TableRow;

std::string sample_id(const std::string& of_sample) {
    if (of_sample.empty()) return {};
    std::string text = of_sample.substr(0, 3) + "SMP" + of_sample.substr(of_sample.size() - 9);
    for (int group = 0; group < 3; ++group) {
        int bits = 0;
        for (int i = 0; i < 5; ++i) {
            const char c = text[static_cast<std::size_t>(group * 5 + i)];
            if (c >= 'A' && c <= 'Z') bits |= 1 << i;
        }
        text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits];
    }
    return text;
}

std::vector<TableRow> sample(const std::string& name) {
    return attribution::read_table("crm-sample/" + name);
}

namespace {

void write_people(const std::string& folder) {
    std::string contacts = "Id,AccountId,LastName,Email,CreatedDate,Duet_First_MQL__c\n";
    std::string leads =
        "Id,LastName,Company,Email,CreatedDate,IsConverted,ConvertedDate,ConvertedContactId\n";
    std::string prospects = "id,email,lastName,salesforceId,createdAt,updatedAt,isDeleted\n";
    int number = 0;
    for (const TableRow& row : sample("contacts.csv")) {
        ++number;
        const std::string key = sample_id(row.at("Id"));
        contacts += fmt::format("{},{},Person{},person{}@sample.example,{},{}\n", key,
                                sample_id(row.at("AccountId")), number, number,
                                row.at("CreatedDate"), row.at("MqlDate"));
        prospects +=
            fmt::format("{},person{}@sample.example,Person{},{},{},{},false\n", 5000 + number,
                        number, number, key, row.at("CreatedDate"), row.at("CreatedDate"));
        if (row.at("LeadId").empty()) continue;
        leads += fmt::format("{},Person{},Sample,person{}@sample.example,{},true,{},{}\n",
                             sample_id(row.at("LeadId")), number, number, row.at("LeadCreatedDate"),
                             row.at("CreatedDate").substr(0, 10), key);
    }
    write_text(folder + "/salesforce/Contact.csv", contacts);
    write_text(folder + "/salesforce/Lead.csv", leads);
    write_text(folder + "/pardot/prospects.csv", prospects);
}

void write_campaigns(const std::string& folder) {
    std::string campaigns = "Id,Name,Type,IsActive,ActualCost,CurrencyIsoCode,CreatedDate\n";
    std::string others = "id,name,salesforceId,isDeleted,createdAt,updatedAt\n";
    std::string members =
        "Id,CampaignId,LeadId,ContactId,Status,HasResponded,FirstRespondedDate,CreatedDate,"
        "LastModifiedDate\n";
    int number = 0;
    for (const TableRow& row : sample("campaigns.csv")) {
        campaigns += fmt::format(
            "{},{},{},{},{},{},2024-01-01T00:00:00.000Z\n", sample_id(row.at("Id")), row.at("Name"),
            row.at("Type"), row.at("IsActive"), row.at("ActualCost"), row.at("CurrencyIsoCode"));
        others += fmt::format("{},{},{},false,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n",
                              7000 + ++number, row.at("Name"), sample_id(row.at("Id")));
    }
    for (const TableRow& row : sample("campaign_members.csv")) {
        members += fmt::format("{},{},{},{},{},{},{},{},{}\n", sample_id(row.at("Id")),
                               sample_id(row.at("CampaignId")), sample_id(row.at("LeadId")),
                               sample_id(row.at("ContactId")), row.at("Status"),
                               row.at("HasResponded"), row.at("FirstRespondedDate"),
                               row.at("CreatedDate"), row.at("LastModifiedDate"));
    }
    write_text(folder + "/salesforce/Campaign.csv", campaigns);
    write_text(folder + "/salesforce/CampaignMember.csv", members);
    write_text(folder + "/pardot/campaigns.csv", others);
}

void write_deals(const std::string& folder) {
    std::string accounts = "Id,Name,CreatedDate\n";
    for (const TableRow& row : sample("accounts.csv")) {
        accounts += fmt::format("{},{},2024-01-01T00:00:00.000Z\n", sample_id(row.at("Id")),
                                row.at("Name"));
    }
    std::string deals =
        "Id,Name,AccountId,CreatedDate,CloseDate,StageName,Amount,CurrencyIsoCode,CampaignId\n";
    for (const TableRow& row : sample("opportunities.csv")) {
        deals += fmt::format("{},Deal,{},{},{},{},{},{},{}\n", sample_id(row.at("Id")),
                             sample_id(row.at("AccountId")), row.at("CreatedDate"),
                             row.at("CloseDate"), row.at("StageName"), row.at("Amount"),
                             row.at("CurrencyIsoCode"), sample_id(row.at("CampaignId")));
    }
    std::string roles = "Id,OpportunityId,ContactId,Role,CreatedDate\n";
    for (const TableRow& row : sample("opportunity_contact_roles.csv")) {
        roles += fmt::format("{},{},{},{},2025-01-01T00:00:00.000Z\n", sample_id(row.at("Id")),
                             sample_id(row.at("OpportunityId")), sample_id(row.at("ContactId")),
                             row.at("Role"));
    }
    std::map<std::string, int> prospect_of;
    std::map<std::string, int> campaign_of;
    int number = 0;
    for (const TableRow& row : sample("contacts.csv")) prospect_of[row.at("Id")] = 5000 + ++number;
    number = 0;
    for (const TableRow& row : sample("campaigns.csv")) campaign_of[row.at("Id")] = 7000 + ++number;
    std::string activities = "id,prospectId,type,campaignId,createdAt,updatedAt\n";
    for (const TableRow& row : sample("visitor_activities.csv")) {
        activities += fmt::format("{},{},{},{},{},{}\n", row.at("id"),
                                  prospect_of.at(row.at("salesforceContactId")), row.at("type"),
                                  campaign_of.at(row.at("campaignSalesforceId")),
                                  row.at("createdAt"), row.at("createdAt"));
    }
    write_text(folder + "/salesforce/Account.csv", accounts);
    write_text(folder + "/salesforce/Opportunity.csv", deals);
    write_text(folder + "/salesforce/OpportunityContactRole.csv", roles);
    write_text(folder + "/pardot/visitor-activities.csv", activities);
}

void write_currencies(const std::string& folder) {
    std::string currencies = "Id,IsoCode,ConversionRate,IsCorporate,IsActive\n";
    int number = 0;
    for (const TableRow& row : sample("currency_types.csv")) {
        currencies +=
            fmt::format("{},{},{},{},true\n", sample_id(fmt::format("01L{:015}", ++number)),
                        row.at("IsoCode"), row.at("ConversionRate"), row.at("IsCorporate"));
    }
    write_text(folder + "/salesforce/CurrencyType.csv", currencies);
}

}  // namespace

std::string write_sample(const std::string& folder) {
    std::filesystem::create_directories(folder + "/salesforce");
    std::filesystem::create_directories(folder + "/pardot");
    write_text(folder + "/salesforce/custom_fields.csv",
               "object,name,label,type,length,precision,scale,external_id,unique,options\n"
               "Contact,Duet_First_MQL__c,First MQL,datetime,,,,,,\n"
               "Lead,Duet_First_MQL__c,First MQL,datetime,,,,,,\n"
               "Opportunity,Duet_Last_Touch_Campaign__c,Last touch,string,255,,,,,\n"
               "Campaign,Duet_Attributed_Revenue__c,Revenue,currency,,18,2,,,\n"
               "Campaign,Duet_ROI__c,Return,double,,18,6,,,\n");
    write_currencies(folder);
    write_people(folder);
    write_campaigns(folder);
    write_deals(folder);
    return folder;
}

}  // namespace duet::world
