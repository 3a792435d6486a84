#include "daemon/cli/demo_changes.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/demo_org.h"
#include "daemon/cli/demo_watch.h"

namespace duet::cli {
namespace {

using nlohmann::json;

// After the load; all of it between two looks of Duet.
constexpr const char* kFirstEdits = "2018-01-02T09:10:00Z";
constexpr const char* kLaterEdits = "2018-01-02T09:20:00Z";
constexpr const char* kCycleTime = "2018-01-02T09:30:00Z";

constexpr const char* kData = "/services/data/v62.0/sobjects/";
constexpr const char* kProspects = "/api/v5/objects/prospects";

/// A person who is on both sides.
struct Person {
    std::string contact;   // Salesforce id
    std::string prospect;  // Pardot id
    std::string name;
};

/// One change to show: what is done, and how it is found again on the other side.
struct Scene {
    std::string title;
    std::string who;    // for explain
    std::string field;  // as explain filters it; empty: the newest lines
    std::string where;  // what was read, for the person
    std::string expected;
    std::function<Result<std::string>()> read;
};

std::string word(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

class Changes {
public:
    Changes(DemoOrg& org, DemoWatch& watch, const DemoPrinter& print, json& figures)
        : org_(org), watch_(watch), print_(print), figures_(figures) {}

    bool play() {
        if (auto found = find_people(); !found) return failed(found.error());
        if (auto made = make(); !made) return failed(made.error());
        if (auto set = at(kCycleTime); !set) return failed(set.error());
        auto settled = watch_.settle();
        if (!settled) return failed(settled.error());
        bool good = true;
        for (const Scene& scene : scenes_) good = show(scene) && good;
        return good;
    }

private:
    bool failed(const Error& error) {
        print_.line("  " + error.message);
        return false;
    }

    Status at(const std::string& now) {
        if (auto set = org_.vendors().set_clock(now); !set) return set;
        if (auto set = org_.ask("clock", {{"now", now}}); !set) return std::move(set).error();
        return Done{};
    }

    Status find_people() {
        auto answer = org_.vendors().call("GET",
                                          std::string(kProspects) +
                                              "?fields=id,firstName,lastName,salesforceContactId,"
                                              "optedOut,isDoNotEmail,phone&limit=400",
                                          "");
        if (!answer) return std::move(answer).error();
        for (const json& row : (*answer)["values"]) {
            const bool is_suitable = !word(row, "salesforceContactId").empty() &&
                                     !word(row, "phone").empty() && !row.value("optedOut", false) &&
                                     !row.value("isDoNotEmail", false);
            if (!is_suitable || people_.size() >= 4) continue;
            people_.push_back({word(row, "salesforceContactId"), word(row, "id"),
                               word(row, "firstName") + " " + word(row, "lastName")});
        }
        if (people_.size() < 4)
            return Error{
                ErrorKind::Broken, "The seed has too few linked people.", "DUET-6044", "", {}};
        return Done{};
    }

    Status patch_contact(const Person& person, const json& fields) {
        auto done = org_.vendors().call("PATCH", std::string(kData) + "Contact/" + person.contact,
                                        fields.dump());
        if (!done) return std::move(done).error();
        return Done{};
    }

    Status patch_prospect(const Person& person, const json& fields) {
        auto done = org_.vendors().call("PATCH", std::string(kProspects) + "/" + person.prospect,
                                        fields.dump());
        if (!done) return std::move(done).error();
        return Done{};
    }

    std::function<Result<std::string>()> contact_field(const Person& person, std::string field) {
        return [this, id = person.contact, field = std::move(field)]() -> Result<std::string> {
            auto row = org_.vendors().call(
                "GET", std::string(kData) + "Contact/" + id + "?fields=" + field, "");
            if (!row) return std::move(row).error();
            return word(*row, field.c_str());
        };
    }

    std::function<Result<std::string>()> prospect_field(const Person& person, std::string field) {
        return [this, id = person.prospect, field = std::move(field)]() -> Result<std::string> {
            auto row = org_.vendors().call(
                "GET", std::string(kProspects) + "/" + id + "?fields=" + field, "");
            if (!row) return std::move(row).error();
            return word(*row, field.c_str());
        };
    }

    Status make() {
        if (auto set = at(kFirstEdits); !set) return set;
        if (auto done = make_simple_edits(); !done) return done;
        if (auto done = make_lead(); !done) return done;
        if (auto done = make_win(); !done) return done;
        if (auto done = make_hot_lead(); !done) return done;
        return make_conflict();
    }

    Status make_simple_edits() {
        const Person& seller_edits = people_[0];
        if (auto done = patch_contact(seller_edits, {{"Title", "Head of Infrastructure"}}); !done)
            return done;
        scenes_.push_back({"A seller changes the title of " + seller_edits.name + " in Salesforce",
                           seller_edits.contact, "jobTitle", "Pardot, jobTitle",
                           "Head of Infrastructure", prospect_field(seller_edits, "jobTitle")});
        const Person& form = people_[1];
        if (auto done = patch_prospect(form, {{"phone", "+358 9 5550 1234"}}); !done) return done;
        scenes_.push_back({form.name + " gives a new phone number on a Pardot form", form.contact,
                           "phone", "Salesforce, Phone", "+358 9 5550 1234",
                           contact_field(form, "Phone")});
        const Person& leaver = people_[2];
        if (auto done = patch_prospect(leaver, {{"optedOut", true}}); !done) return done;
        scenes_.push_back({leaver.name + " unsubscribes", leaver.contact, "optedOut",
                           "Salesforce, HasOptedOutOfEmail", "true",
                           contact_field(leaver, "HasOptedOutOfEmail")});
        return Done{};
    }

    /// Both sides change one field before Duet looks: the rule says who wins, the audit who lost.
    Status make_conflict() {
        const Person& both = people_[3];
        if (auto done = patch_contact(both, {{"Phone", "+1 555 0100 (seller)"}}); !done)
            return done;
        if (auto set = at(kLaterEdits); !set) return set;
        if (auto done = patch_prospect(both, {{"phone", "+1 555 0199 (form, later)"}}); !done)
            return done;
        scenes_.push_back(
            {"Both sides change the phone of " + both.name +
                 " between two looks; where most recent cannot tell, the rule lets Pardot win",
             both.contact, "phone", "Salesforce, Phone", "+1 555 0199 (form, later)",
             contact_field(both, "Phone")});
        return Done{};
    }

    Status make_lead() {
        const json lead{{"FirstName", "Aino"},
                        {"LastName", "Virtanen"},
                        {"Company", "Kuusi Oy"},
                        {"Email", "aino.virtanen@kuusi.example"}};
        auto made = org_.vendors().call("POST", std::string(kData) + "Lead", lead.dump());
        if (!made) return std::move(made).error();
        scenes_.push_back({"A new lead, Aino Virtanen, is typed into Salesforce", word(*made, "id"),
                           "email", "Pardot, prospects with that address", "1",
                           [this]() -> Result<std::string> {
                               auto found = org_.vendors().call(
                                   "GET",
                                   std::string(kProspects) + "?fields=id&email=" +
                                       http::encode_query_value("aino.virtanen@kuusi.example"),
                                   "");
                               if (!found) return std::move(found).error();
                               return std::to_string((*found)["values"].size());
                           }});
        return Done{};
    }

    /// The first open deal of a person who never bought: winning it makes a customer.
    Status make_win() {
        auto roles = org_.vendors().query(
            "SELECT OpportunityId, ContactId, Contact.FirstName, Contact.LastName FROM "
            "OpportunityContactRole "
            "WHERE Opportunity.IsClosed = false AND Contact.Duet_Stage__c = 'OPPORTUNITY' ORDER BY "
            "Id LIMIT 1");
        if (!roles) return std::move(roles).error();
        if ((*roles)["records"].empty())
            return Error{
                ErrorKind::Broken, "The seed has no open deal to win.", "DUET-6045", "", {}};
        const json& role = (*roles)["records"].front();
        const json win{{"StageName", "Won"},
                       {"CloseDate", "2018-01-02"},
                       {"Amount", 4821},
                       {"Contract_Start__c", "2018-01-08"},
                       {"Contract_End__c", "2019-01-07"}};
        auto done = org_.vendors().call(
            "PATCH", std::string(kData) + "Opportunity/" + word(role, "OpportunityId"), win.dump());
        if (!done) return std::move(done).error();
        const Person buyer{
            word(role, "ContactId"), "",
            word(role["Contact"], "FirstName") + " " + word(role["Contact"], "LastName")};
        scenes_.push_back({"The deal of " + buyer.name + " is won", buyer.contact, "stage",
                           "Salesforce, Duet_Stage__c", "CUSTOMER",
                           contact_field(buyer, "Duet_Stage__c")});
        return Done{};
    }

    /// A lead from overseas becomes ready for sales: the routing gives it to whoever has these.
    Status make_hot_lead() {
        auto leads = org_.vendors().query(
            "SELECT Id, FirstName, LastName FROM Lead WHERE Country = 'Germany' AND IsConverted = "
            "false AND HasOptedOutOfEmail = false AND Status <> 'Closed - Not Converted' AND "
            "Owner.Name <> 'Celia Rouche' AND Duet_Key__c = null");
        if (!leads) return std::move(leads).error();
        auto prospects = org_.vendors().call("GET",
                                             std::string(kProspects) +
                                                 "?fields=id,salesforceLeadId,score,optedOut&limit="
                                                 "1000&orderBy=id%20DESC",
                                             "");
        if (!prospects) return std::move(prospects).error();
        for (const json& lead : (*leads)["records"]) {
            for (const json& prospect : (*prospects)["values"]) {
                const bool is_its = word(prospect, "salesforceLeadId") == word(lead, "Id") &&
                                    prospect.value("score", 100) < 80 &&
                                    !prospect.value("optedOut", true);
                if (!is_its) continue;
                return heat({word(lead, "Id"), word(prospect, "id"),
                             word(lead, "FirstName") + " " + word(lead, "LastName")});
            }
        }
        return Error{ErrorKind::Broken, "The seed has no lead to route.", "DUET-6044", "", {}};
    }

    Status heat(const Person& lead) {
        if (auto done = patch_prospect(lead, {{"score", 120}}); !done) return done;
        const auto first = [this](const std::string& soql, const char* object,
                                  const char* field) -> Result<std::string> {
            auto row = org_.vendors().first_row(soql);
            if (!row) return std::move(row).error();
            if (row->is_null()) return std::string{};
            return object == nullptr ? word(*row, field) : word((*row)[object], field);
        };
        const std::string id = lead.contact;
        scenes_.push_back({"The score of " + lead.name + ", a lead in Germany, passes 100", id,
                           "OwnerId", "Salesforce, the lead's owner", "Celia Rouche", [first, id] {
                               return first("SELECT Owner.Name FROM Lead WHERE Id = '" + id + "'",
                                            "Owner", "Name");
                           }});
        scenes_.push_back({"... and a seller is asked to call", id, "",
                           "Salesforce, a task about the lead", "Call " + lead.name, [first, id] {
                               return first("SELECT Subject FROM Task WHERE WhoId = '" + id +
                                                "' AND Duet_Key__c LIKE 'score_passes_100:%'",
                                            nullptr, "Subject");
                           }});
        return Done{};
    }

    bool show(const Scene& scene) {
        print_.line("");
        print_.line("  * " + scene.title);
        auto found = scene.read();
        const std::string shown = found ? *found : found.error().message;
        const bool arrived = found && *found == scene.expected;
        print_.line(fmt::format("    {}: {}{}", scene.where, shown,
                                arrived ? "" : "   <-- expected " + scene.expected));
        auto story = org_.ask("explain", {{"who", scene.who}, {"field", scene.field}});
        std::string sentence;
        if (story) {
            for (const json& entity : (*story)["entities"]) {
                if (!entity["story"].empty() && sentence.empty())
                    sentence = entity["story"].front().value("sentence", "");
            }
        }
        if (!sentence.empty()) print_.line("    why: " + sentence);
        figures_["changes"].push_back({{"change", scene.title},
                                       {"where", scene.where},
                                       {"found", shown},
                                       {"arrived", arrived},
                                       {"why", sentence}});
        return arrived && !sentence.empty();
    }

    DemoOrg& org_;
    DemoWatch& watch_;
    const DemoPrinter& print_;
    json& figures_;
    std::vector<Person> people_;
    std::vector<Scene> scenes_;
};

}  // namespace

bool play_changes(DemoOrg& org, DemoWatch& watch, const DemoPrinter& print, json& figures) {
    return Changes(org, watch, print, figures).play();
}

}  // namespace duet::cli
