#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include "tests/world/rehearsal.h"

namespace duet::world {

namespace {

constexpr std::string_view kStamp = "2017-12-01T09:00:00.000Z";
constexpr std::string_view kUser = "005E2E000000001AAA";

std::string salesforce_people(const std::string& tag) {
    std::string contacts =
        "Id,AccountId,FirstName,LastName,Email,Phone,Title,LeadSource,HasOptedOutOfEmail,DoNotCall,"
        "OwnerId,CreatedDate,LastModifiedDate,SystemModstamp\n";
    for (int i = 1; i <= 12; ++i) {
        contacts += fmt::format(
            "{},{},Cora{},Contact {},contact{}@{}.example,555-01{:02},Buyer,Web,false,false,{},"
            "{},{},{}\n",
            salesforce_id("003", i), salesforce_id("001", i % 4 + 1), i, tag, i, tag, i, kUser,
            kStamp, kStamp, kStamp);
    }
    return contacts;
}

std::string salesforce_leads(const std::string& tag) {
    std::string leads =
        "Id,FirstName,LastName,Company,Email,Phone,Status,LeadSource,HasOptedOutOfEmail,DoNotCall,"
        "OwnerId,IsConverted,CreatedDate,LastModifiedDate,SystemModstamp\n";
    for (int i = 1; i <= 12; ++i) {
        leads += fmt::format(
            "{},Lena{},Lead {},Lead House {},lead{}@{}.example,555-02{:02},Open - Not Contacted,"
            "Web,false,false,{},false,{},{},{}\n",
            salesforce_id("00Q", i), i, tag, tag, i, tag, i, kUser, kStamp, kStamp, kStamp);
    }
    return leads;
}

std::string prospects(const std::string& tag) {
    std::string rows =
        "id,email,firstName,lastName,jobTitle,company,phone,source,salesforceId,optedOut,"
        "isDoNotEmail,isDoNotCall,isEmailHardBounced,score,grade,createdAt,updatedAt,isDeleted\n";
    const auto add = [&](int number, const std::string& who, const std::string& name,
                         const std::string& crm_id) {
        rows += fmt::format(
            "{},{}@{}.example,{},,,{} Ltd,,,{},false,false,false,false,10,C,{},{},false\n",
            6000 + number, who, tag, name, tag, crm_id, kStamp, kStamp);
    };
    for (int i = 1; i <= 8; ++i)
        add(i, fmt::format("contact{}", i), fmt::format("Cora{}", i), salesforce_id("003", i));
    for (int i = 1; i <= 6; ++i)
        add(20 + i, fmt::format("lead{}", i), fmt::format("Lena{}", i), "");
    for (int i = 1; i <= 6; ++i) {
        rows += fmt::format(
            "{},prospect{}@{}.example,Petra{},Prospect {},,{} Ltd,,Web,,false,false,false,false,"
            "10,C,{},{},false\n",
            6040 + i, i, tag, i, tag, tag, kStamp, kStamp);
    }
    return rows;
}

std::string deals(const std::string& tag) {
    std::string rows =
        "Id,Name,AccountId,StageName,Amount,CloseDate,Type,OwnerId,Contract_Start__c,"
        "Contract_End__c,CreatedDate,LastModifiedDate,SystemModstamp\n";
    for (int i = 1; i <= 6; ++i) {
        const bool won = i % 2 == 1;
        rows += fmt::format("{},Deal {} {},{},{},{},2017-09-1{},New Business,{},{},{},{},{},{}\n",
                            salesforce_id("006", i), i, tag, salesforce_id("001", i % 4 + 1),
                            won ? "Won" : "Engaging", 100 * i, i, kUser, won ? "2017-10-01" : "",
                            won ? "2018-09-30" : "", kStamp, kStamp, kStamp);
    }
    return rows;
}

std::string roles() {
    std::string rows =
        "Id,OpportunityId,ContactId,Role,IsPrimary,CreatedDate,LastModifiedDate,SystemModstamp\n";
    for (int i = 1; i <= 6; ++i) {
        rows +=
            fmt::format("{},{},{},Decision Maker,true,{},{},{}\n", salesforce_id("00K", i),
                        salesforce_id("006", i), salesforce_id("003", i), kStamp, kStamp, kStamp);
    }
    return rows;
}

}  // namespace

// The last three characters say which of the first fifteen are capitals.
std::string salesforce_id(const std::string& prefix, int number) {
    std::string text = fmt::format("{}E2E{:09}", prefix, number);
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

void write_small_seed(const std::string& folder, const std::string& tag) {
    namespace fs = std::filesystem;
    fs::create_directories(folder + "/salesforce");
    fs::create_directories(folder + "/pardot");
    // The org's shape is the demo's; its rows are our own.
    for (const char* file : {"salesforce/custom_fields.csv", "salesforce/custom_objects.csv",
                             "salesforce/OpportunityStage.csv", "salesforce/ListView.csv",
                             "salesforce/PermissionSet.csv", "pardot/custom-fields.csv",
                             "pardot/lists.csv", "pardot/campaigns.csv"}) {
        fs::copy_file(demo_seed() + "/" + file, folder + "/" + file,
                      fs::copy_options::overwrite_existing);
    }
    write_text(folder + "/salesforce/User.csv",
               fmt::format("Id,Username,LastName,Email,Alias,IsActive,TimeZoneSidKey,LocaleSidKey,"
                           "LanguageLocaleKey,CreatedDate,LastModifiedDate,SystemModstamp\n"
                           "{},sync@{}.example,Sync,sync@{}.example,sync,true,Europe/London,en_US,"
                           "en_US,{},{},{}\n",
                           kUser, tag, tag, kStamp, kStamp, kStamp));
    const std::string sets = read_text(folder + "/salesforce/PermissionSet.csv");
    const std::string set = sets.substr(sets.find('\n') + 1, 18);
    write_text(folder + "/salesforce/PermissionSetAssignment.csv",
               fmt::format("Id,PermissionSetId,AssigneeId,CreatedDate\n{},{},{},{}\n",
                           salesforce_id("0Pa", 1), set, kUser, kStamp));
    std::string accounts =
        "Id,Name,NumberOfEmployees,OwnerId,CreatedDate,LastModifiedDate,SystemModstamp\n";
    for (int i = 1; i <= 4; ++i) {
        accounts += fmt::format("{},House {} {},{},{},{},{},{}\n", salesforce_id("001", i), i, tag,
                                100 * i, kUser, kStamp, kStamp, kStamp);
    }
    write_text(folder + "/salesforce/Account.csv", accounts);
    write_text(folder + "/salesforce/Contact.csv", salesforce_people(tag));
    write_text(folder + "/salesforce/Lead.csv", salesforce_leads(tag));
    write_text(folder + "/salesforce/Opportunity.csv", deals(tag));
    write_text(folder + "/salesforce/OpportunityContactRole.csv", roles());
    write_text(folder + "/pardot/prospects.csv", prospects(tag));
}

}  // namespace duet::world
