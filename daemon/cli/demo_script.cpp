#include "daemon/cli/demo_script.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/demo_changes.h"
#include "daemon/cli/demo_org.h"
#include "daemon/cli/demo_sections.h"
#include "daemon/cli/demo_watch.h"
#include "mappings/value.h"

namespace duet::cli {
namespace {

using nlohmann::json;

constexpr int kDays = 7;
constexpr const char* kAfterLoad = "2018-01-02T09:05:00Z";
constexpr std::size_t kNamesShown = 2;

std::string number_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::to_string(found->get<std::int64_t>())
                                                       : "0";
}

void show_counts(const json& org, const DemoPrinter& print) {
    print.heading("What was loaded");
    for (const json& object : org["objects"]) {
        print.line(fmt::format("  {:<12} {:<24} {:>7}", object.value("system", ""),
                               object.value("object", ""), number_of(object, "rows")));
    }
    const json& cycle = org["last_cycle"];
    print.line(fmt::format(
        "  {} rows pulled = {} repeats + {} echoes + {} unchanged + {} planned + {} filtered + {} "
        "put aside + {} waiting",
        number_of(cycle, "pulled"), number_of(cycle, "repeats"), number_of(cycle, "echoes"),
        number_of(cycle, "unchanged"), number_of(cycle, "planned"), number_of(cycle, "filtered"),
        number_of(cycle, "quarantined"), number_of(cycle, "waiting")));
    print.line("  " + number_of(cycle, "written") + " writes acknowledged by the two sides");
}

/// What validations or doubt keep back.
void show_left_alone(const json& org, const DemoPrinter& print) {
    const json entities = org.value("entities", json::object());
    for (const auto& [kind, states] : entities.items()) {
        for (const auto& [state, count] : states.items()) {
            if (state != "quarantined" && state != "waiting") continue;
            print.line(fmt::format("  {:<46} {:>5} {}", kind + ", " + state,
                                   count.get<std::int64_t>(),
                                   state == "waiting" ? "(unclear who they are: see duet explain)"
                                                      : "(broke a validation rule)"));
        }
    }
}

/// A stage that comes in one cycle acts on lists and tasks in the next, and tasks have a cap.
bool settle(DemoOrg& org, DemoWatch& watch, const DemoPrinter& print, json& figures) {
    print.heading("Cycles until nothing is left to write");
    // Whatever is stamped with the cursor's own instant is read again by each cycle.
    if (auto set = org.vendors().set_clock(kAfterLoad); !set) return false;
    if (auto set = org.ask("clock", {{"now", kAfterLoad}}); !set) return false;
    auto settled = watch.settle();
    if (!settled) {
        print.line("  " + settled.error().message);
        return false;
    }
    print.line(fmt::format("  {} more cycles; the last one had nothing to write",
                           settled->value("cycles", 0)));
    figures["settled"] = *std::move(settled);
    return true;
}

/// The person behind a membership that Duet wrote, by name, as Pardot has it.
std::string name_of(DemoOrg& org, const std::string& entity) {
    auto story = org.ask("explain", {{"who", entity}});
    if (!story || (*story)["entities"].empty()) return entity;
    const json& records = (*story)["entities"].front()["records"];
    if (!records.contains("pardot")) return entity;
    auto person =
        org.vendors().call("GET",
                           "/api/v5/objects/prospects/" + records["pardot"].value("record", "") +
                               "?fields=firstName,lastName,company",
                           "");
    if (!person) return entity;
    const auto word = [&](const char* key) {
        const auto& value = (*person)[key];
        return value.is_string() ? value.get<std::string>() : std::string{};
    };
    const std::string company = word("company");
    return word("firstName") + " " + word("lastName") +
           (company.empty() ? "" : " (" + company + ")");
}

/// One day passes on both clocks; nobody edits anything.
bool play_day(DemoOrg& org, DemoWatch& watch, const std::string& now, const DemoPrinter& print,
              json& figures) {
    if (auto set = org.vendors().set_clock(now); !set) return false;
    if (auto set = org.ask("clock", {{"now", now}}); !set) return false;
    auto report = watch.sync();
    if (!report) {
        print.line("  " + report.error().message);
        return false;
    }
    auto history = org.ask("history", {{"cycle", report->value("cycle", 0)}});
    if (!history) return false;
    json moved = json::object();
    for (const json& row : (*history)["rows"]) {
        const std::string rule = row.value("rule", "");
        if (!rule.starts_with("list ")) continue;
        const char* way = row.value("deleted", false) ? "left" : "joined";
        moved[rule.substr(5)][way].push_back(row.value("entity", ""));
    }
    if (moved.empty()) print.line("  " + now.substr(0, 10) + "  nobody");
    for (const auto& [list, ways] : moved.items()) {
        for (const auto& [way, entities] : ways.items()) {
            std::string names;
            for (std::size_t i = 0; i < entities.size() && i < kNamesShown; ++i) {
                names += (i == 0 ? "" : ", ") + name_of(org, entities[i].get<std::string>());
            }
            if (entities.size() > kNamesShown)
                names += fmt::format(" and {} more", entities.size() - kNamesShown);
            print.line(fmt::format("  {}  {:<6} {:<32} {}", now.substr(0, 10), way, list, names));
        }
    }
    figures["days"].push_back({{"day", now.substr(0, 10)}, {"lists", moved}});
    return true;
}

}  // namespace

bool play_demo(DemoOrg& org, DemoWatch& watch, const DemoPrinter& print, json& figures) {
    auto status = org.ask("status", json::object());
    if (!status) {
        print.line(status.error().message);
        return false;
    }
    const json& loaded = (*status)["orgs"].front();
    figures["load"] = loaded;
    show_counts(loaded, print);
    show_left_alone(loaded, print);
    bool good = settle(org, watch, print, figures);
    good = play_sections(org, print, figures) && good;

    print.heading("People and sellers change things; each side's own API is used");
    good = play_changes(org, watch, print, figures) && good;

    print.heading("Days pass, and nobody edits anything: memberships change on their day");
    const Date start = *parse_date(std::string(kDemoStart).substr(0, 10));
    for (int day = 1; day <= kDays; ++day) {
        const std::string now = format_date(start + std::chrono::days{day}) + "T09:00:00Z";
        good = play_day(org, watch, now, print, figures) && good;
    }
    bool anyone = false;
    for (const json& day : figures["days"]) anyone = anyone || !day["lists"].empty();
    return good && anyone;
}

}  // namespace duet::cli
