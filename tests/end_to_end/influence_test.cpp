// The sample org in the sandbox, duetd against it, and the rows of campaign influence read back.
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/mappings/attribution/tables.h"
#include "tests/world/rehearsal.h"

namespace duet::world {
namespace {

using attribution::read_table;
using attribution::TableRow;
using nlohmann::json;

constexpr const char* kToday = "2025-10-01T00:00:00Z";
constexpr const char* kObjects = "/services/data/v62.0/sobjects/";

/// The sample's ids share their first 15 characters; these do not, and stand in the same order.
std::string id(const std::string& of_sample) {
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

std::vector<TableRow> sample(const std::string& name) { return read_table("crm-sample/" + name); }

struct ModelCase {
    const char* name;  // in the expected rows
    const char* keys;  // in a document
};
constexpr ModelCase kModels[] = {{"first", "first"},
                                 {"last", "last"},
                                 {"linear", "linear"},
                                 {"decay7", "decay\n    half_life_days: 7"},
                                 {"decay30", "decay\n    half_life_days: 30"},
                                 {"u", "u"},
                                 {"u50", "u50"},
                                 {"w", "w"},
                                 {"full", "full"}};

std::string documents_text() {
    std::string text =
        "entity: opportunity\nmatch: [crm_id]\nfields:\n"
        "  - salesforce: Duet_Last_Touch_Campaign__c\n    value: Attribution.last\nattribution:\n";
    for (const ModelCase& model : kModels) {
        text += fmt::format(R"(  - name: {0}
    model: {1}
    when: IsWon
    people: OpportunityContactRole.Contact
    from: CreatedDate
    until: CloseDate
    qualified: Duet_First_MQL__c
    known: CreatedDate
    influence_model: Sample_{0}
    touches:
      - object: CampaignMember
        where: HasResponded
        time: IF(OR(ISBLANK(FirstRespondedDate), FirstRespondedDate = DATEVALUE(CreatedDate)), CreatedDate, DATETIMEVALUE(FirstRespondedDate))
        campaign: CampaignId
      - object: {{ pardot: visitor-activity }}
        where: OR(type = 1, type = 4, type = 21, type = 24, type = 25)
        time: createdAt
        campaign: campaign.salesforceId
)",
                            model.name, model.keys);
    }
    return text;
}

void write_people(const std::string& folder) {
    std::string contacts = "Id,AccountId,LastName,Email,CreatedDate,Duet_First_MQL__c\n";
    std::string leads =
        "Id,LastName,Company,Email,CreatedDate,IsConverted,ConvertedDate,ConvertedContactId\n";
    std::string prospects = "id,email,lastName,salesforceId,createdAt,updatedAt,isDeleted\n";
    int number = 0;
    for (const TableRow& row : sample("contacts.csv")) {
        ++number;
        const std::string key = id(row.at("Id"));
        contacts += fmt::format("{},{},Person{},person{}@sample.example,{},{}\n", key,
                                id(row.at("AccountId")), number, number, row.at("CreatedDate"),
                                row.at("MqlDate"));
        prospects +=
            fmt::format("{},person{}@sample.example,Person{},{},{},{},false\n", 5000 + number,
                        number, number, key, row.at("CreatedDate"), row.at("CreatedDate"));
        if (row.at("LeadId").empty()) continue;
        leads += fmt::format("{},Person{},Sample,person{}@sample.example,{},true,{},{}\n",
                             id(row.at("LeadId")), number, number, row.at("LeadCreatedDate"),
                             row.at("CreatedDate").substr(0, 10), key);
    }
    write_text(folder + "/salesforce/Contact.csv", contacts);
    write_text(folder + "/salesforce/Lead.csv", leads);
    write_text(folder + "/pardot/prospects.csv", prospects);
}

void write_campaigns(const std::string& folder) {
    std::string campaigns = "Id,Name,Type,IsActive,ActualCost,CreatedDate\n";
    std::string others = "id,name,salesforceId,isDeleted,createdAt,updatedAt\n";
    std::string members =
        "Id,CampaignId,LeadId,ContactId,Status,HasResponded,FirstRespondedDate,CreatedDate,"
        "LastModifiedDate\n";
    int number = 0;
    for (const TableRow& row : sample("campaigns.csv")) {
        campaigns +=
            fmt::format("{},{},{},{},{},2024-01-01T00:00:00.000Z\n", id(row.at("Id")),
                        row.at("Name"), row.at("Type"), row.at("IsActive"), row.at("ActualCost"));
        others += fmt::format("{},{},{},false,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z\n",
                              7000 + ++number, row.at("Name"), id(row.at("Id")));
    }
    for (const TableRow& row : sample("campaign_members.csv")) {
        members += fmt::format(
            "{},{},{},{},{},{},{},{},{}\n", id(row.at("Id")), id(row.at("CampaignId")),
            id(row.at("LeadId")), id(row.at("ContactId")), row.at("Status"), row.at("HasResponded"),
            row.at("FirstRespondedDate"), row.at("CreatedDate"), row.at("LastModifiedDate"));
    }
    write_text(folder + "/salesforce/Campaign.csv", campaigns);
    write_text(folder + "/salesforce/CampaignMember.csv", members);
    write_text(folder + "/pardot/campaigns.csv", others);
}

void write_deals(const std::string& folder) {
    std::string accounts = "Id,Name,CreatedDate\n";
    for (const TableRow& row : sample("accounts.csv")) {
        accounts +=
            fmt::format("{},{},2024-01-01T00:00:00.000Z\n", id(row.at("Id")), row.at("Name"));
    }
    std::string deals = "Id,Name,AccountId,CreatedDate,CloseDate,StageName,Amount,CampaignId\n";
    for (const TableRow& row : sample("opportunities.csv")) {
        deals += fmt::format("{},Deal,{},{},{},{},{},{}\n", id(row.at("Id")),
                             id(row.at("AccountId")), row.at("CreatedDate"), row.at("CloseDate"),
                             row.at("StageName"), row.at("Amount"), id(row.at("CampaignId")));
    }
    std::string roles = "Id,OpportunityId,ContactId,Role,CreatedDate\n";
    for (const TableRow& row : sample("opportunity_contact_roles.csv")) {
        roles += fmt::format("{},{},{},{},2025-01-01T00:00:00.000Z\n", id(row.at("Id")),
                             id(row.at("OpportunityId")), id(row.at("ContactId")), row.at("Role"));
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

std::string write_sample(const std::string& folder) {
    std::filesystem::create_directories(folder + "/salesforce");
    std::filesystem::create_directories(folder + "/pardot");
    write_text(folder + "/salesforce/custom_fields.csv",
               "object,name,label,type,length,precision,scale,external_id,unique,options\n"
               "Contact,Duet_First_MQL__c,First MQL,datetime,,,,,,\n"
               "Lead,Duet_First_MQL__c,First MQL,datetime,,,,,,\n"
               "Opportunity,Duet_Last_Touch_Campaign__c,Last touch,string,255,,,,,\n");
    write_people(folder);
    write_campaigns(folder);
    write_deals(folder);
    return folder;
}

/// "model opportunity campaign contact" -> percent.
using Rows = std::map<std::string, std::string>;

Rows expected_rows() {
    Rows rows;
    for (const TableRow& row : sample("expected_influence_rows.csv")) {
        rows[fmt::format("Sample_{} {} {} {}", row.at("model"), id(row.at("OpportunityId")),
                         id(row.at("CampaignId")), id(row.at("ContactId")))] = row.at("Influence");
    }
    return rows;
}

Rows rows_of(VendorClient& vendors) {
    Rows rows;
    for (const json& row : vendors.query(
             "SELECT OpportunityId, CampaignId, ContactId, Model.DeveloperName, Influence FROM "
             "CampaignInfluence WHERE Model.DeveloperName LIKE 'Sample_%'")) {
        const auto text = [&](const char* field) { return row.at(field).get<std::string>(); };
        const std::string name =
            fmt::format("{} {} {} {}", row.at("Model").at("DeveloperName").get<std::string>(),
                        text("OpportunityId"), text("CampaignId"), text("ContactId"));
        EXPECT_EQ(rows.count(name), 0U) << name;
        rows[name] = fmt::format("{:.2f}", row.at("Influence").get<double>());
    }
    return rows;
}

class InfluenceEndToEnd : public testing::Test {
protected:
    InfluenceEndToEnd() {
        RehearsalOrg org;
        org.documents = folder_.path() + "/documents";
        std::filesystem::create_directories(org.documents);
        write_text(org.documents + "/opportunities.yaml", documents_text());
        write_text(org.documents + "/people.yaml",
                   "entity: person\nmatch: [crm_id, email]\nfields:\n"
                   "  - { salesforce: LastName, pardot: lastName, winner: salesforce }\n");
        write_text(org.documents + "/campaigns.yaml",
                   "entity: campaign\nmatch: [crm_id]\nfields:\n"
                   "  - { salesforce: Name, pardot: name, direction: to_salesforce }\n");
        world = std::make_unique<Rehearsal>(write_sample(folder_.path() + "/seed"), org);
        set_clock(kToday);
        world->daemon.write_config({world->org}, fmt::format("fixed_clock: {}\n", kToday));
        for (const ModelCase& model : kModels) make_model(model.name);
    }

    void set_clock(const std::string& now) {
        world->vendors.must("POST", "/sandbox/clock", {{"now", now}});
    }
    void make_model(const std::string& name) {
        world->vendors.must(
            "POST", "/sandbox/salesforce/influence-model",
            {{"DeveloperName", "Sample_" + name}, {"MasterLabel", name}, {"IsModelLocked", true}});
    }
    void pass_to(const std::string& now) {
        set_clock(now);
        ASSERT_EQ(world->daemon.ask("clock", {{"now", now}}).value("done", false), true);
    }

    TemporaryFolder folder_;
    std::unique_ptr<Rehearsal> world;
};

TEST_F(InfluenceEndToEnd, RowsReadBackEqualTheReferenceAndALateFactChangesJustItsOwn) {
    world->daemon.start();
    world->daemon.sync_until_quiet();
    const Rows expected = expected_rows();
    ASSERT_GT(expected.size(), 100U);
    const Rows first = rows_of(world->vendors);
    EXPECT_EQ(first, expected);
    const json quiet = world->daemon.sync();
    EXPECT_EQ(quiet["written"], 0) << quiet.dump();

    // The audit of the running org: three won deals that nothing touched.
    const Finished audit = world->daemon.duet({"attribution", "--json"});
    ASSERT_EQ(audit.code, 0) << audit.error;
    const json coverage = json::parse(audit.out)["attributions"][0];
    EXPECT_EQ(coverage["deals"], 30) << coverage.dump();
    EXPECT_EQ(coverage["won_deals"], 17);
    EXPECT_EQ(coverage["won_untouched"], 3);
    double revenue = coverage["won_untouched_amount"].get<double>();
    for (const json& campaign : coverage["campaigns"]) revenue += campaign["revenue"].get<double>();
    EXPECT_NEAR(revenue, coverage["won_amount"].get<double>(), 1e-6);
    std::int64_t reasons = 0;
    for (const auto& [why, count] : coverage["reasons"].items()) reasons += count.get<int>();
    EXPECT_GE(reasons, 3);
    EXPECT_GE(coverage["uncovered"].size(), 3U);
    EXPECT_NE(world->daemon.duet({"attribution"}).out.find("3 won with"), std::string::npos);

    // A contact role that is added after the close: of a won deal, for somebody with touches.
    std::string deal, contact;
    for (const auto& [name, percent] : expected) {
        if (name.rfind("Sample_linear ", 0) != 0) continue;
        if (deal.empty()) deal = name.substr(14, 18);
        const std::string who = name.substr(name.size() - 18);
        if (name.substr(14, 18) != deal && contact.empty()) contact = who;
    }
    pass_to("2025-10-01T01:00:00Z");
    world->vendors.must("POST", kObjects + std::string("OpportunityContactRole"),
                        {{"OpportunityId", deal}, {"ContactId", contact}, {"Role", "Other"}});
    world->daemon.sync_until_quiet();
    std::map<std::string, double> sums;
    std::set<std::string> changed;
    const Rows second = rows_of(world->vendors);
    for (const auto& [name, percent] : second) {
        const std::string of_deal = name.substr(name.find(' ') + 1, 18);
        sums[name.substr(0, name.find(' ') + 19)] += std::stod(percent);
        const auto before = first.find(name);
        if (before == first.end() || before->second != percent) changed.insert(of_deal);
    }
    for (const auto& [name, sum] : sums) EXPECT_NEAR(sum, 100, 1e-9) << name;
    for (const auto& [name, percent] : first) {
        if (second.find(name) == second.end()) changed.insert(name.substr(name.find(' ') + 1, 18));
    }
    EXPECT_EQ(changed, std::set<std::string>{deal});
    EXPECT_EQ(world->daemon.sync()["written"], 0);

    const Finished told = world->daemon.duet({"explain", deal});
    EXPECT_NE(told.out.find("CampaignInfluence"), std::string::npos) << told.out << told.error;
}

}  // namespace
}  // namespace duet::world
