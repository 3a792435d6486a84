#include <algorithm>
#include <stdexcept>

#include "tests/world/rehearsal.h"

namespace duet::world {

using nlohmann::json;

namespace {

constexpr const char* kProspectFields =
    "id,email,firstName,lastName,salutation,jobTitle,department,company,website,phone,fax,"
    "addressOne,addressTwo,city,state,zip,territory,country,annualRevenue,employees,industry,"
    "yearsInBusiness,source,comments,notes,salesforceId,salesforceOwnerId,campaignId,profileId,"
    "prospectAccountId,userId,score,isDoNotEmail,isDoNotCall,optedOut,isReviewed,isStarred,"
    "assignedToId,lifecycleStageId,isDeleted,isEmailHardBounced,doNotSell,lastActivityAt,"
    "firstActivityAt,salesforceLeadId,salesforceContactId,salesforceAccountId,grade,"
    "duet_key__c,duet_stage__c,contract_end__c,last_won__c";

constexpr const char* kSalesforceObjects[] = {
    "Account",  "Contact",        "Lead",
    "Campaign", "CampaignMember", "Opportunity",
    "Task",     "Event",          "OpportunityContactRole",
    "Product2", "User",           "OpportunityLineItem"};

struct Collection {
    const char* name;
    const char* fields;
};
// Prospects first: memberships name them.
constexpr Collection kCollections[] = {
    {"prospects", kProspectFields},
    {"lists", "id,name,title,description,isPublic,isDynamic,isDeleted,campaignId"},
    {"list-memberships", "id,listId,prospectId,optedOut,isDeleted"},
    {"campaigns", "id,name,cost,salesforceId,isDeleted"},
    {"opportunities", "id,name,value,stage,status,type,probability,campaignId,salesforceId"},
    {"visitor-activities", "id,prospectId,type,typeName,details,campaignId"}};

bool is_stamp(const std::string& field) {
    static const std::set<std::string> kStamps{"LastModifiedDate", "SystemModstamp", "CreatedDate",
                                               "attributes", "Duet_Key__c"};
    return kStamps.contains(field);
}

std::string encoded(const std::string& text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == ',') {
            out += c;
        } else {
            out += '%';
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 15U];
        }
    }
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : ",") + word;
    return out;
}

std::string id_of(const json& row) {
    const json& id = row.contains("Id") ? row["Id"] : row["id"];
    return id.is_string() ? id.get<std::string>() : id.dump();
}

std::vector<json> rows_of(VendorClient& vendors, const std::string& object) {
    return vendors.query("SELECT " + joined(vendors.fields_of(object)) + " FROM " + object, true);
}

/// What a row that Duet made is known by, when its number says nothing.
std::string natural_name(const std::string& object, const json& row,
                         const std::map<std::string, std::string>& prospects) {
    if (object == "list-memberships") {
        return "new list " + row["listId"].dump() + " of " + prospects.at(row["prospectId"].dump());
    }
    const char* field = row.contains("email") ? "email" : "Email";
    return "new " + (row.contains(field) ? row[field].dump() : row.dump());
}

void add_row(Everything& all, const std::string& object, const json& row, const SeededIds& seeded,
             std::map<std::string, std::string>& prospects) {
    const std::string id = id_of(row);
    const auto known = seeded.find(object);
    const bool is_seeded = known != seeded.end() && known->second.contains(id);
    std::string name = is_seeded ? id : natural_name(object, row, prospects);
    // A second row of one name is a difference of its own.
    while (all[object].contains(name)) name += " again";
    if (object == "prospects") prospects[id] = name;
    Fields& fields = all[object][name];
    for (const auto& [field, value] : row.items()) {
        if (is_stamp(field)) continue;
        std::string text = value.dump();
        if (object == "list-memberships" && field == "prospectId") text = prospects[value.dump()];
        if (!is_seeded) {
            const auto at = text.find(id);
            if (at != std::string::npos) text.replace(at, id.size(), "<id>");
        }
        fields[field] = std::move(text);
    }
}

}  // namespace

VendorClient::VendorClient(std::uint16_t port) : http_(port) { sign_in(); }

void VendorClient::sign_in() {
    const auto answer = http_.send(
        "POST", "/services/oauth2/token", {{"Content-Type", "application/x-www-form-urlencoded"}},
        "grant_type=client_credentials&client_id=rehearsal&client_secret="
        "a-secret-of-the-rehearsal");
    const auto body = json::parse(answer.body, nullptr, false);
    if (answer.status != 200) throw std::runtime_error("cannot sign in: " + answer.body);
    token_ = body["access_token"].get<std::string>();
}

VendorClient::Answer VendorClient::call(const std::string& method, const std::string& path,
                                        const json& body) {
    const bool is_control = path.starts_with("/sandbox");
    RawHttpClient::Headers headers;
    if (!body.is_null()) headers.emplace_back("Content-Type", "application/json");
    if (path.starts_with("/api"))
        headers.emplace_back("Pardot-Business-Unit-Id", "0UvSB0000000001AAA");
    const std::string text = body.is_null() ? "" : body.dump();
    RawResponse answer;
    for (int tries = 0; tries < 3; ++tries) {
        auto all = headers;
        if (!is_control) all.emplace_back("Authorization", "Bearer " + token_);
        answer = http_.send(method, path, all, text);
        const bool connection_was_stale = answer.status == 0 && (method == "GET" || is_control);
        if (answer.status == 401) sign_in();
        if (!connection_was_stale && answer.status != 401) break;
    }
    return {answer.status, json::parse(answer.body, nullptr, false)};
}

json VendorClient::must(const std::string& method, const std::string& path, const json& body) {
    Answer answer = call(method, path, body);
    if (answer.status < 200 || answer.status > 299) {
        throw std::runtime_error(method + " " + path + ": " + std::to_string(answer.status) + " " +
                                 answer.body.dump());
    }
    return std::move(answer.body);
}

std::string VendorClient::soap(const std::string& operation) {
    const RawResponse answer = http_.send(
        "POST", "/services/Soap/u/62.0", {{"Content-Type", "text/xml"}},
        "<Envelope><Header><SessionHeader><sessionId>" + token_ +
            "</sessionId></SessionHeader></Header><Body>" + operation + "</Body></Envelope>");
    if (answer.body.find("<success>true</success>") == std::string::npos)
        throw std::runtime_error(operation + ": " + answer.body);
    return answer.body;
}

std::vector<json> VendorClient::query(const std::string& soql, bool with_deleted) {
    std::vector<json> rows;
    std::string path = std::string("/services/data/v62.0/") +
                       (with_deleted ? "queryAll" : "query") + "?q=" + encoded(soql);
    while (!path.empty()) {
        const json page = must("GET", path);
        for (const json& row : page["records"]) rows.push_back(row);
        path = page.value("nextRecordsUrl", "");
    }
    return rows;
}

std::vector<json> VendorClient::collection(const std::string& name, const std::string& fields,
                                           const std::string& filter) {
    std::vector<json> rows;
    const std::string base = "/api/v5/objects/" + name + "?fields=" + fields;
    const bool has_bin = fields.find("isDeleted") != std::string::npos;
    std::string path = base + "&limit=1000" + (has_bin ? "&deleted=all" : "") +
                       (filter.empty() ? "" : "&" + filter);
    while (true) {
        const json page = must("GET", path);
        for (const json& row : page["values"]) rows.push_back(row);
        if (page["nextPageToken"].is_null()) return rows;
        path = base + "&nextPageToken=" + encoded(page["nextPageToken"].get<std::string>());
    }
}

std::vector<std::string> VendorClient::fields_of(const std::string& object) {
    const json described = must("GET", "/services/data/v62.0/sobjects/" + object + "/describe");
    std::vector<std::string> names;
    for (const json& field : described["fields"]) names.push_back(field["name"]);
    return names;
}

std::int64_t VendorClient::calls() {
    const json limits = must("GET", "/sandbox/limits");
    return limits["salesforce_calls"].get<std::int64_t>() +
           limits["pardot_calls"].get<std::int64_t>();
}

SeededIds all_ids(VendorClient& vendors) {
    SeededIds ids;
    for (const char* object : kSalesforceObjects) {
        for (const json& row : vendors.query(std::string("SELECT Id FROM ") + object, true))
            ids[object].insert(id_of(row));
    }
    for (const Collection& one : kCollections) {
        for (const json& row : vendors.collection(one.name, one.fields))
            ids[one.name].insert(id_of(row));
    }
    return ids;
}

Everything everything(VendorClient& vendors, const SeededIds& seeded) {
    Everything all;
    std::map<std::string, std::string> prospects;
    for (const char* object : kSalesforceObjects) {
        for (const json& row : rows_of(vendors, object))
            add_row(all, object, row, seeded, prospects);
    }
    for (const Collection& one : kCollections) {
        for (const json& row : vendors.collection(one.name, one.fields))
            add_row(all, one.name, row, seeded, prospects);
    }
    return all;
}

std::string differences(const Everything& expected, const Everything& found) {
    std::string text;
    int lines = 0;
    const auto say = [&](const std::string& line) {
        if (++lines <= 40) text += line + "\n";
    };
    static const Fields kNone;
    std::set<std::pair<std::string, std::string>> names;
    for (const auto* side : {&expected, &found}) {
        for (const auto& [object, rows] : *side) {
            for (const auto& [name, fields] : rows) names.emplace(object, name);
        }
    }
    for (const auto& [object, name] : names) {
        const auto row_in = [&, o = object, n = name](const Everything& side) -> const Fields* {
            const auto rows = side.find(o);
            if (rows == side.end()) return nullptr;
            const auto row = rows->second.find(n);
            return row == rows->second.end() ? nullptr : &row->second;
        };
        const Fields* left = row_in(expected);
        const Fields* right = row_in(found);
        if (left == nullptr || right == nullptr) {
            say(object + " " + name + (left == nullptr ? ": one too many" : ": missing"));
            continue;
        }
        for (const auto& [field, value] : *left) {
            const auto other = right->find(field);
            if (other == right->end() || other->second != value) {
                say(object + " " + name + " " + field + ": expected " + value + ", found " +
                    (other == right->end() ? "nothing" : other->second));
            }
        }
    }
    if (lines > 40) text += std::to_string(lines - 40) + " more\n";
    return text;
}

}  // namespace duet::world
