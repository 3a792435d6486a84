#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "connectors/sandbox/pardot_errors.h"
#include "connectors/sandbox/pardot_schema.h"
#include "tests/connectors/sandbox/pardot/pardot_client.h"

namespace duet::sandbox::testing {
namespace {

struct Recorded {
    const char* collection;
    const char* names;  // of the elements in a recorded answer of API version 4
};

// Element names of answers recorded in Crim/pardot-java-client (MIT). Version 5 has the same
// fields in camel case, but for those in kRenamed.
constexpr Recorded kRecorded[] = {
    {"prospects",
     "id campaign_id salutation first_name last_name email password company website job_title "
     "department country address_one address_two city state territory zip phone fax source "
     "annual_revenue employees industry years_in_business comments notes score grade "
     "last_activity_at recent_interaction crm_lead_fid crm_contact_fid crm_owner_fid "
     "crm_account_fid salesforce_fid crm_last_sync crm_url is_do_not_email is_do_not_call "
     "opted_out is_reviewed is_starred created_at updated_at"},
    {"lists",
     "id name is_public is_dynamic title description is_crm_visible created_at updated_at"},
    {"list-memberships", "id list_id prospect_id opted_out created_at updated_at"},
    {"campaigns", "id name cost"},
    {"opportunities", "id name value probability type stage status created_at updated_at"},
    {"visitor-activities",
     "id visitor_id prospect_id type type_name details landing_page_id created_at"},
    {"users", "id email first_name last_name job_title role created_at updated_at"},
    {"custom-fields",
     "id name field_id type crm_id is_record_multiple_responses is_use_values created_at "
     "updated_at"},
};

std::string in_version_5(const std::string& name) {
    static const std::map<std::string, std::string> kRenamed{
        {"crm_lead_fid", "salesforceLeadId"},
        {"crm_contact_fid", "salesforceContactId"},
        {"crm_owner_fid", "salesforceOwnerId"},
        {"crm_account_fid", "salesforceAccountId"},
        {"salesforce_fid", "salesforceId"},
        {"crm_last_sync", "salesforceLastSync"},
        {"crm_url", "salesforceUrl"},
        {"crm_id", "salesforceId"},
        {"is_crm_visible", "isSalesforceVisible"},
    };
    const auto renamed = kRenamed.find(name);
    if (renamed != kRenamed.end()) return renamed->second;
    std::string camel;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '_') {
            camel += static_cast<char>(name[++i] - 'a' + 'A');
        } else {
            camel += name[i];
        }
    }
    return camel;
}

TEST(PardotShapes, FieldsOfRecordedAnswersAreServed) {
    PardotServer server;
    for (const Recorded& recorded : kRecorded) {
        std::istringstream words(recorded.names);
        std::string fields;
        std::set<std::string> asked;
        for (std::string word; words >> word;) {
            const std::string name = in_version_5(word);
            asked.insert(name);
            fields += (fields.empty() ? "" : ",") + name;
        }
        const Reply reply =
            server.get(std::string{recorded.collection} + "?limit=1&fields=" + fields);
        ASSERT_EQ(reply.status, 200) << recorded.collection << ' ' << reply.body;
        std::set<std::string> served;
        const nlohmann::json body = reply.json();
        for (const auto& [name, value] : body["values"][0].items()) served.insert(name);
        EXPECT_EQ(served, asked) << recorded.collection;
    }
}

TEST(PardotShapes, ErrorCodesHaveTheirStatus) {
    EXPECT_EQ(pardot_status(49), 401);
    EXPECT_EQ(pardot_status(184), 401);
    EXPECT_EQ(pardot_status(109), 404);
    EXPECT_EQ(pardot_status(108), 405);
    EXPECT_EQ(pardot_status(122), 429);
    EXPECT_EQ(pardot_status(181), 400);
    EXPECT_EQ(pardot_status(7), 0);
}

TEST(PardotShapes, EveryRelationAndFilterNamesAFieldThatIsThere) {
    for (const PardotCollection& each : pardot_collections()) {
        for (const PardotRelation& relation : each.relations) {
            EXPECT_NE(each.find(relation.field), nullptr) << each.name << ' ' << relation.name;
            EXPECT_NE(pardot_collection(relation.collection), nullptr) << relation.collection;
        }
        for (const PardotFilter& filter : each.filters) {
            EXPECT_NE(each.find(filter.field), nullptr) << each.name << ' ' << filter.field;
        }
        for (const std::string& field : each.sortable) EXPECT_NE(each.find(field), nullptr);
    }
}

/// The demo's seed, the Pardot side alone.
TEST(PardotShapes, TheDemosSeedLoadsAndIsReadToItsEnd) {
    SandboxOptions options = PardotServer::standing_clock();
    options.seed_folder = std::string{DUET_SOURCE_DIR} + "/packaging/demo/seed";
    PardotServer server(options);
    std::size_t prospects = 0;
    for (const char* deleted : {"false", "true"}) {
        prospects += server
                         .ids(std::string{"prospects?fields=id,email,duet_stage__c,campaign.name"
                                          "&limit=300&orderBy=updatedAt&deleted="} +
                              deleted)
                         .size();
    }
    EXPECT_EQ(prospects, 1635U);
    const auto activities =
        server.ids("visitor-activities?fields=id,prospect.email,type&limit=1000");
    EXPECT_EQ(activities.size(), 6000U);
    EXPECT_EQ(std::set<int>(activities.begin(), activities.end()).size(), 6000U);
    EXPECT_EQ(server.ids("lists?fields=id,name").size(), 35U);
    const auto counted = server.get("account?fields=apiCallsUsed").json()["apiCallsUsed"];
    EXPECT_EQ(counted, 15);
}

}  // namespace
}  // namespace duet::sandbox::testing
