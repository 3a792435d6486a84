#include "daemon/cli/demo_sections.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/demo_org.h"
#include "daemon/cli/demo_script.h"
#include "daemon/cli/figures.h"

namespace duet::cli {
namespace {

using nlohmann::json;

constexpr int kQueueShown = 5;
constexpr double kCent = 0.02;  // percent: two shares of three are 33.33 and 66.67

std::string cell_of(const json& row, const char* key) {
    const auto found = row.find(key);
    if (found == row.end() || found->is_null()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

double amount_of(const json& row, const char* key) {
    const auto found = row.find(key);
    return found == row.end() || !found->is_number() ? 0.0 : found->get<double>();
}

/// Columns in line, two blanks in.
void print_grid(const Grid& grid, const DemoPrinter& print) {
    std::string line;
    for (const char c : grid.text()) {
        if (c != '\n') {
            line += c;
            continue;
        }
        print.line("  " + line);
        line.clear();
    }
}

class Sections {
public:
    Sections(DemoOrg& org, const DemoPrinter& print, json& figures)
        : org_(org), print_(print), figures_(figures) {}

    bool play() {
        bool good = part("stages", "Where people stand", &Sections::stages);
        good = part("lists", "Lists in Pardot", &Sections::lists) && good;
        good = part("tasks", "Tasks for sellers in Salesforce", &Sections::tasks) && good;
        good =
            part("routing", "Leads that Duet made, and whose they are", &Sections::leads) && good;
        good = part("answers", "Answers in time: duet answers", &Sections::answers) && good;
        good = part("queue", "Whom to work on first: duet queue", &Sections::queue) && good;
        good = part("rfm", "Customers by when, how often and for how much they bought: duet rfm",
                    &Sections::rfm) &&
               good;
        return part("influence", "Campaign influence, read back from Salesforce",
                    &Sections::influence) &&
               good;
    }

private:
    /// False from a part: what it shows does not hold.
    bool part(const char* name, const char* heading, bool (Sections::*show_it)(json&)) {
        print_.heading(heading);
        json of_it = json::object();
        const bool good = (this->*show_it)(of_it);
        if (!good) print_.line("  <-- this is not as it should be");
        of_it["good"] = good;
        figures_[name] = std::move(of_it);
        return good;
    }

    std::vector<json> rows(const std::string& soql) {
        auto answer = org_.vendors().query(soql);
        if (answer) return (*answer)["records"].get<std::vector<json>>();
        print_.line("  " + answer.error().message);
        return {};
    }

    json asked(const char* command, const json& body = json::object()) {
        auto answer = org_.ask(command, body);
        if (answer) return *std::move(answer);
        print_.line("  " + answer.error().message);
        return json::object();
    }

    /// What Duet knows of people is what stands in Salesforce.
    bool stages(json& told) {
        const json status = asked("status");
        if (!status.contains("orgs")) return false;
        std::map<std::string, std::int64_t> written;
        for (const char* object : {"Contact", "Lead"}) {
            for (const json& row :
                 rows(fmt::format("SELECT Duet_Stage__c stage, COUNT(Id) people FROM {} WHERE "
                                  "Duet_Stage__c != null GROUP BY Duet_Stage__c",
                                  object)))
                written[cell_of(row, "stage")] += row.value("people", std::int64_t{0});
        }
        Grid grid({"stage", "people", "contacts and leads"});
        bool good = false;
        const json known = status["orgs"].front().value("stages", json::object());
        for (const auto& [stage, people] : known.items()) {
            grid.add({stage, whole(people), std::to_string(written[stage])});
            good = good || written[stage] > 0;
            told["people"][stage] = people;
        }
        for (const auto& [stage, people] : written) {
            told["in_salesforce"][stage] = people;
            good = good && known.contains(stage);
        }
        print_grid(grid, print_);
        return good && written.size() > 3;
    }

    /// Nothing is to be added or taken off any more.
    bool lists(json& told) {
        const json answer = asked("lists");
        Grid grid({"list", "members", "left out", "by hand"});
        int empty = 0;
        bool good = answer.contains("lists");
        for (const json& list : answer.value("lists", json::array())) {
            const auto size = list.value("size", std::int64_t{0});
            good = good && list.value("exists", false) && list.value("pending", 0) == 0;
            told["sizes"][cell_of(list, "list")] = size;
            if (size == 0) {
                ++empty;
                continue;
            }
            grid.add({cell_of(list, "list"), std::to_string(size), whole(list["suppressed"]),
                      whole(list["by_hand"])});
        }
        print_grid(grid, print_);
        print_.line(fmt::format("  and {} that nobody belongs on", empty));
        return good && told.contains("sizes");
    }

    bool tasks(json& told) {
        std::map<std::string, int> by_rule;
        json example;
        for (const json& task :
             rows("SELECT Subject, Description, Status, ActivityDate, Owner.Name, Duet_Key__c FROM "
                  "Task WHERE Duet_Key__c != null ORDER BY Duet_Key__c LIMIT 2000")) {
            const std::string key = cell_of(task, "Duet_Key__c");
            const std::string rule = key.substr(0, key.find(':'));
            ++by_rule[rule];
            if (example.is_null() || rule == "contract_ends_in_90_days") example = task;
        }
        if (by_rule.empty()) return false;
        Grid grid({"rule", "tasks"});
        for (const auto& [rule, made] : by_rule) {
            grid.add({rule, std::to_string(made)});
            told["made"][rule] = made;
        }
        print_grid(grid, print_);
        const std::string owner =
            example["Owner"].is_object() ? cell_of(example["Owner"], "Name") : std::string{};
        print_.line(fmt::format("  such as \"{}\", due {}, for {}", cell_of(example, "Subject"),
                                cell_of(example, "ActivityDate"), owner));
        told["example"] = {{"subject", cell_of(example, "Subject")}, {"owner", owner}};
        return !owner.empty();
    }

    /// Prospects whom no lead or contact answered to: each got an owner when it was made.
    bool leads(json& told) {
        std::map<std::string, int> by_owner;
        for (const json& lead :
             rows("SELECT Owner.Name FROM Lead WHERE Duet_Key__c != null ORDER BY Id LIMIT 2000"))
            ++by_owner[lead["Owner"].is_object() ? cell_of(lead["Owner"], "Name") : std::string{}];
        Grid grid({"owner", "leads"});
        for (const auto& [owner, count] : by_owner) {
            grid.add({owner, std::to_string(count)});
            told["leads"][owner] = count;
        }
        print_grid(grid, print_);
        return by_owner.size() > 1 && !by_owner.contains("Duet Sync") && !by_owner.contains("");
    }

    bool answers(json& told) {
        told["timers"] = asked("answers").value("timers", json::array());
        Grid grid({"kind", "in time", "met", "late", "breached", "running"});
        bool good = false;
        for (const json& timer : told["timers"]) {
            for (const json& kind : timer["kinds"]) {
                grid.add({cell_of(kind, "kind"), percent(kind["attainment"]), whole(kind["MET"]),
                          whole(kind["MET_LATE"]), whole(kind["BREACHED"]),
                          std::to_string(kind.value("RUNNING", 0) + kind.value("WARNING", 0))});
                good = true;
            }
        }
        print_grid(grid, print_);
        return good;
    }

    bool queue(json& told) {
        told = asked("queue", {{"limit", kQueueShown}});
        Grid grid({"#", "account", "reason", "score", "owner"});
        for (const json& line : told.value("queue", json::array())) {
            grid.add({whole(line["position"]), cell_of(line, "account"), cell_of(line, "reason"),
                      fmt::format("{:g}", amount_of(line, "score")), cell_of(line, "owner_name")});
        }
        print_grid(grid, print_);
        print_.line(fmt::format("  the first of {} people", told.value("people", 0)));
        const auto in_it =
            rows("SELECT COUNT(Id) people FROM Contact WHERE Duet_In_Queue__c = true");
        return told.value("people", 0) > 0 && told.value("not_told", 1) == 0 && !in_it.empty() &&
               amount_of(in_it.front(), "people") > 0;
    }

    bool rfm(json& told) {
        told = asked("rfm", {{"months", 1}});
        std::map<std::string, std::int64_t> written;
        for (const json& row :
             rows("SELECT Duet_RFM_Segment__c class, COUNT(Id) accounts FROM Account WHERE "
                  "Duet_RFM_Segment__c != null GROUP BY Duet_RFM_Segment__c"))
            written[cell_of(row, "class")] = row.value("accounts", std::int64_t{0});
        Grid grid({"class", "accounts"});
        for (const auto& [name, accounts] : written) grid.add({name, std::to_string(accounts)});
        print_grid(grid, print_);
        const json months = told.value("months", json::array());
        if (months.empty()) return false;
        bool good = written.size() > 1;
        for (const auto& [name, accounts] : months.back()["sizes"].items())
            good = good && written[name] == accounts.get<std::int64_t>();
        return good;
    }

    /// Rows of one deal come to 100 percent; what campaigns got is written on them.
    bool influence(json& told) {
        constexpr const char* kOfUs =
            " FROM CampaignInfluence WHERE Model.DeveloperName = "
            "'Duet_Attribution'";
        const auto shares =
            rows(std::string("SELECT Opportunity.Name, Campaign.Name, Contact.Name, Influence") +
                 kOfUs + " ORDER BY OpportunityId, Id LIMIT 3");
        Grid grid({"deal", "campaign", "contact", "percent"});
        for (const json& share : shares) {
            grid.add({cell_of(share["Opportunity"], "Name"), cell_of(share["Campaign"], "Name"),
                      cell_of(share["Contact"], "Name"),
                      fmt::format("{:.2f}", amount_of(share, "Influence"))});
        }
        print_grid(grid, print_);
        std::size_t deals = 0;
        double rows_of_us = 0;
        bool good = true;
        for (const json& deal :
             rows(std::string("SELECT OpportunityId, COUNT(Id) rows, SUM(Influence) percent") +
                  kOfUs + " GROUP BY OpportunityId LIMIT 2000")) {
            ++deals;
            rows_of_us += amount_of(deal, "rows");
            good = good && std::abs(amount_of(deal, "percent") - 100) < kCent;
        }
        print_.line(
            fmt::format("  {:.0f} rows share {} deals, each to 100 percent", rows_of_us, deals));
        told["deals"] = deals;
        told["rows"] = rows_of_us;
        return campaigns(told) && good && deals > 0;
    }

    bool campaigns(json& told) {
        Grid grid({"campaign", "won, credited", "cost", "return on cost"});
        bool good = false;
        for (const json& row :
             rows("SELECT Name, Duet_Attributed_Revenue__c, ActualCost, Duet_ROI__c FROM Campaign "
                  "WHERE Duet_Attributed_Revenue__c > 0 ORDER BY Duet_Attributed_Revenue__c DESC "
                  "LIMIT 5")) {
            const bool has_return = !cell_of(row, "Duet_ROI__c").empty();
            grid.add({cell_of(row, "Name"),
                      fmt::format("{:.0f}", amount_of(row, "Duet_Attributed_Revenue__c")),
                      cell_of(row, "ActualCost").empty()
                          ? "-"
                          : fmt::format("{:.0f}", amount_of(row, "ActualCost")),
                      has_return ? fmt::format("{:.0f} %", amount_of(row, "Duet_ROI__c")) : "-"});
            told["campaigns"].push_back({{"campaign", cell_of(row, "Name")},
                                         {"revenue", row["Duet_Attributed_Revenue__c"]},
                                         {"roi", row["Duet_ROI__c"]}});
            good = good || has_return;
        }
        print_.line("");
        print_grid(grid, print_);
        return good;
    }

    DemoOrg& org_;
    const DemoPrinter& print_;
    json& figures_;
};

}  // namespace

bool play_sections(DemoOrg& org, const DemoPrinter& print, json& figures) {
    return Sections(org, print, figures).play();
}

}  // namespace duet::cli
