#include "tests/mappings/attribution/sample.h"

#include "tests/mappings/attribution/tables.h"

namespace duet::attribution {
namespace {

std::optional<double> number(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(std::stod(text));
}

}  // namespace

OrgFacts sample_facts() {
    OrgFacts facts;
    for (const TableRow& row : read_table("crm-sample/campaigns.csv")) {
        facts.campaigns.push_back({row.at("Id"), row.at("Name"), row.at("Type"), "",
                                   number(row.at("ActualCost")), row.at("CurrencyIsoCode")});
    }
    for (const TableRow& row : read_table("crm-sample/contacts.csv")) {
        facts.contacts.push_back({row.at("Id"), row.at("AccountId"),
                                  parse_instant(row.at("CreatedDate")), row.at("LeadId"),
                                  parse_instant(row.at("LeadCreatedDate")),
                                  parse_instant(row.at("MqlDate"))});
    }
    for (const TableRow& row : read_table("crm-sample/campaign_members.csv")) {
        facts.members.push_back(
            {row.at("Id"), row.at("CampaignId"), row.at("LeadId"), row.at("ContactId"),
             row.at("HasResponded") == "true", parse_date(row.at("FirstRespondedDate")),
             parse_instant(row.at("CreatedDate")), parse_instant(row.at("LastModifiedDate"))});
    }
    for (const TableRow& row : read_table("crm-sample/visitor_activities.csv")) {
        facts.activities.push_back({row.at("salesforceContactId"), row.at("campaignSalesforceId"),
                                    std::stoi(row.at("type")), parse_instant(row.at("createdAt"))});
    }
    for (const TableRow& row : read_table("crm-sample/opportunities.csv")) {
        facts.opportunities.push_back(
            {row.at("Id"), row.at("AccountId"), parse_instant(row.at("CreatedDate")),
             parse_date(row.at("CloseDate")), row.at("IsClosed") == "true",
             row.at("IsWon") == "true", number(row.at("Amount")), row.at("CurrencyIsoCode"),
             row.at("CampaignId"), std::nullopt});
    }
    for (const TableRow& row : read_table("crm-sample/opportunity_contact_roles.csv"))
        facts.roles.push_back({row.at("OpportunityId"), row.at("ContactId"), row.at("Role")});
    for (const TableRow& row : read_table("crm-sample/currency_types.csv"))
        facts.currencies.set(row.at("IsoCode"), std::stod(row.at("ConversionRate")));
    return facts;
}

}  // namespace duet::attribution
