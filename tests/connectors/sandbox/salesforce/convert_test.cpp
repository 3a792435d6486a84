#include <gtest/gtest.h>

#include "tests/connectors/sandbox/salesforce/org.h"

namespace duet::sandbox::test {
namespace {

using nlohmann::json;

std::string order(const std::string& lead, const std::string& more = "",
                  const std::string& status = "Closed - Converted") {
    return "<convertLead><leadConverts><convertedStatus>" + status + "</convertedStatus><leadId>" +
           lead + "</leadId>" + more + "</leadConverts></convertLead>";
}

const std::string kNoDeal = "<doNotCreateOpportunity>true</doNotCreateOpportunity>";

std::string new_lead(Org& org, const json& more = json::object()) {
    json fields{{"FirstName", "Ada"},          {"LastName", "Okafor"}, {"Company", "Okafor Ltd"},
                {"Email", "a@okafor.example"}, {"Street", "1 Way"},    {"LeadSource", "Web"},
                {"HasOptedOutOfEmail", true}};
    fields.update(more);
    return org.create("Lead", fields);
}

TEST(SandboxConvert, MakesAccountContactAndDealAndTheLeadPointsAtThem) {
    Org org;
    const std::string lead = new_lead(org);
    org.set_clock("2018-02-11T04:00:00Z");
    org.sign_in();
    const auto answer = org.soap(order(lead));
    ASSERT_EQ(element(answer, "success"), "true") << answer.raw.body;
    const std::string account = element(answer, "accountId");
    const std::string contact = element(answer, "contactId");
    const std::string deal = element(answer, "opportunityId");
    EXPECT_EQ(element(answer, "leadId"), lead);
    EXPECT_EQ(org.row("Account", account)["Name"], "Okafor Ltd");
    EXPECT_EQ(org.row("Account", account)["BillingStreet"], "1 Way");
    const json person = org.row("Contact", contact);
    EXPECT_EQ(person["Name"], "Ada Okafor");
    EXPECT_EQ(person["AccountId"], account);
    EXPECT_EQ(person["HasOptedOutOfEmail"], true);
    EXPECT_EQ(person["MailingStreet"], "1 Way");
    const json opportunity = org.row("Opportunity", deal);
    EXPECT_EQ(opportunity["AccountId"], account);
    EXPECT_EQ(opportunity["StageName"], "Prospecting");
    EXPECT_EQ(opportunity["CloseDate"], "2018-03-31");
    EXPECT_EQ(opportunity["Name"], "Okafor Ltd-");
    const auto roles =
        org.query("SELECT ContactId, IsPrimary FROM OpportunityContactRole WHERE OpportunityId='" +
                  deal + "'");
    ASSERT_EQ(roles.json["totalSize"], 1);
    EXPECT_EQ(roles.json["records"][0]["ContactId"], contact);
    const json now = org.row("Lead", lead);
    EXPECT_EQ(now["Status"], "Closed - Converted");
    EXPECT_EQ(now["IsConverted"], true);
    EXPECT_EQ(now["ConvertedDate"], "2018-02-11");
    EXPECT_EQ(now["ConvertedAccountId"], account);
    EXPECT_EQ(now["ConvertedContactId"], contact);
    EXPECT_EQ(now["ConvertedOpportunityId"], deal);
    EXPECT_EQ(now["SystemModstamp"], "2018-02-11T04:00:00.000+0000");
    EXPECT_EQ(now["LastModifiedDate"], "2018-02-11T04:00:00.000+0000");
}

TEST(SandboxConvert, AConvertedLeadIsReadOnlyAndNothingMayPointAtIt) {
    Org org;
    const std::string lead = new_lead(org);
    ASSERT_EQ(element(org.soap(order(lead, kNoDeal)), "success"), "true");
    EXPECT_EQ(org.row("Lead", lead)["ConvertedOpportunityId"], nullptr);
    EXPECT_EQ(org.patch("/sobjects/Lead/" + lead, {{"Phone", "1"}}).code(),
              "CANNOT_UPDATE_CONVERTED_LEAD");
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    EXPECT_EQ(
        org.post("/sobjects/CampaignMember", {{"CampaignId", campaign}, {"LeadId", lead}}).code(),
        "CANNOT_UPDATE_CONVERTED_LEAD");
    const auto again = org.soap(order(lead, kNoDeal));
    EXPECT_EQ(element(again, "statusCode"), "CANNOT_UPDATE_CONVERTED_LEAD");
    EXPECT_EQ(element(again, "message"), "cannot reference converted lead");
    EXPECT_EQ(element(again, "contactId"), "");
    EXPECT_EQ(org.query("SELECT Id FROM Lead WHERE IsConverted = true").json["totalSize"], 1);
}

TEST(SandboxConvert, MembershipsAndActivitiesAreTheContactsAfterwards) {
    Org org;
    const std::string lead = new_lead(org);
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    const std::string member =
        org.create("CampaignMember", {{"CampaignId", campaign}, {"LeadId", lead}});
    const std::string task = org.create("Task", {{"WhoId", lead}, {"Subject", "call"}});
    const auto answer = org.soap(order(lead));
    ASSERT_EQ(element(answer, "success"), "true") << answer.raw.body;
    const std::string contact = element(answer, "contactId");
    const json now = org.row("CampaignMember", member);
    EXPECT_EQ(now["LeadId"], lead);
    EXPECT_EQ(now["ContactId"], contact);
    EXPECT_EQ(now["LeadOrContactId"], contact);
    EXPECT_EQ(now["Type"], "Contact");
    EXPECT_EQ(now["CompanyOrAccount"], "Okafor Ltd");
    EXPECT_EQ(org.row("Task", task)["WhoId"], contact);
    EXPECT_EQ(org.row("Task", task)["AccountId"], element(answer, "accountId"));
    const json counts = org.row("Campaign", campaign);
    EXPECT_EQ(counts["NumberOfLeads"], 0);
    EXPECT_EQ(counts["NumberOfConvertedLeads"], 1);
    EXPECT_EQ(counts["NumberOfContacts"], 1);
    EXPECT_EQ(org.row("Opportunity", element(answer, "opportunityId"))["CampaignId"], campaign);
    EXPECT_EQ(org.patch("/sobjects/CampaignMember/" + member, {{"Status", "Responded"}}).status,
              204);
    EXPECT_EQ(org.row("CampaignMember", member)["LeadOrContactId"], contact);
}

TEST(SandboxConvert, OnlyTheBlanksOfAnExistingContactAreFilled) {
    Org org;
    const std::string account = org.create("Account", {{"Name", "Known"}});
    const std::string contact = org.create(
        "Contact", {{"LastName", "Known"}, {"AccountId", account}, {"LeadSource", "Other"}});
    const std::string campaign = org.create("Campaign", {{"Name", "C"}});
    const std::string theirs =
        org.create("CampaignMember", {{"CampaignId", campaign}, {"ContactId", contact}});
    const auto targets =
        "<accountId>" + account + "</accountId><contactId>" + contact + "</contactId>" + kNoDeal;
    const std::string lead = new_lead(org);
    const std::string twin =
        org.create("CampaignMember", {{"CampaignId", campaign}, {"LeadId", lead}});
    const auto answer = org.soap(order(lead, targets));
    ASSERT_EQ(element(answer, "success"), "true") << answer.raw.body;
    EXPECT_EQ(element(answer, "contactId"), contact);
    json person = org.row("Contact", contact);
    EXPECT_EQ(person["LastName"], "Known");
    EXPECT_EQ(person["FirstName"], "Ada");
    EXPECT_EQ(person["LeadSource"], "Other");
    EXPECT_EQ(person["HasOptedOutOfEmail"], false);
    EXPECT_EQ(org.row("Account", account)["Name"], "Known");
    EXPECT_EQ(org.get("/sobjects/CampaignMember/" + theirs).status, 200);
    EXPECT_EQ(org.get("/sobjects/CampaignMember/" + twin).status, 404);
    const std::string next = new_lead(org, {{"LastName", "Next"}});
    ASSERT_EQ(
        element(org.soap(order(next, targets + "<overwriteLeadSource>true</overwriteLeadSource>")),
                "success"),
        "true");
    EXPECT_EQ(org.row("Contact", contact)["LeadSource"], "Web");
}

TEST(SandboxConvert, AWrongConversionMakesNothing) {
    Org org;
    const std::string lead = new_lead(org);
    const std::string deleted = new_lead(org);
    ASSERT_EQ(org.remove("/sobjects/Lead/" + deleted).status, 204);
    const std::string stranger = org.create("Contact", {{"LastName", "Stranger"}});
    const std::string account = org.create("Account", {{"Name", "A"}});
    const std::pair<std::string, const char*> cases[] = {
        {order(lead, "", "Working - Contacted"), "INVALID_STATUS"},
        {order(lead, "", ""), "INVALID_STATUS"},
        {order(""), "MISSING_ARGUMENT"},
        {order("x"), "MALFORMED_ID"},
        {order("00QSB000000zzzz"), "INVALID_CROSS_REFERENCE_KEY"},
        {order(deleted), "ENTITY_IS_DELETED"},
        {order(lead, "<contactId>" + stranger + "</contactId>"), "MISSING_ARGUMENT"},
        {order(lead,
               "<accountId>" + account + "</accountId><contactId>" + stranger + "</contactId>"),
         "INVALID_CROSS_REFERENCE_KEY"},
        {order(lead, "<ownerId>005SB00000uSeRyYAK</ownerId>"), "INACTIVE_OWNER_OR_USER"}};
    const auto count = [&org](const char* object) {
        return org.query(std::string("SELECT COUNT() FROM ") + object).json["totalSize"];
    };
    const json accounts = count("Account"), contacts = count("Contact");
    for (const auto& [message, code] : cases) {
        const auto answer = org.soap(message);
        EXPECT_EQ(element(answer, "success"), "false") << message;
        EXPECT_EQ(element(answer, "statusCode"), code) << message;
    }
    EXPECT_EQ(count("Account"), accounts);
    EXPECT_EQ(count("Contact"), contacts);
    EXPECT_EQ(org.row("Lead", lead)["IsConverted"], false);
}

TEST(SandboxConvert, CustomFieldsAreCarriedOnceAnAdministratorMapsThem) {
    Org org;
    const auto carried = [&org](const std::string& key) {
        const auto answer = org.soap(order(new_lead(org, {{"Ext__c", key}}), kNoDeal));
        return org.row("Contact", element(answer, "contactId"))["Ext__c"];
    };
    EXPECT_EQ(carried("L-1"), nullptr);
    const json setting{{"salesforce.convert_maps_custom_fields", true}};
    ASSERT_EQ(org.call("POST", "/sandbox/settings", setting.dump()).status, 200);
    EXPECT_EQ(carried("L-2"), "L-2");
}

TEST(SandboxConvert, SeveralLeadsOfACallHaveTheirOwnOutcomes) {
    Org org;
    const std::string one = new_lead(org);
    const std::string two = new_lead(org, {{"LastName", "Two"}});
    const auto part = [](const std::string& id, const char* status) {
        return "<leadConverts><convertedStatus>" + std::string(status) +
               "</convertedStatus><leadId>" + id + "</leadId>" + kNoDeal + "</leadConverts>";
    };
    const auto answer = org.soap("<convertLead>" + part(one, "No such") +
                                 part(two, "Closed - Converted") + "</convertLead>");
    EXPECT_EQ(elements(answer, "success"), (std::vector<std::string>{"false", "true"}));
    EXPECT_EQ(org.row("Lead", one)["IsConverted"], false);
    EXPECT_EQ(org.row("Lead", two)["IsConverted"], true);
}

}  // namespace
}  // namespace duet::sandbox::test
