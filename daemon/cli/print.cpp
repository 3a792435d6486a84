#include "daemon/cli/print.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/json_words.h"
#include "mappings/messages.h"

namespace duet::cli {
namespace {

using nlohmann::json;

/// The object under `key`, or an empty one: a name for it keeps it alive while it is walked.
json map_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_object() ? *found : json::object();
}

std::string counts_line(const json& counts) {
    std::string line;
    for (const auto& [name, count] : counts.items()) {
        if (!count.is_number()) continue;
        line += fmt::format("{}{} {}", line.empty() ? "" : ", ",
                            name.empty() ? "not planned yet" : name, count.get<std::int64_t>());
    }
    return line.empty() ? "none" : line;
}

void print_warnings(const json& object, std::string& out) {
    for (const json& warning : list_of(object, "warnings")) {
        if (warning.is_string()) out += "  warning: " + warning.get<std::string>() + "\n";
    }
}

void print_held(const json& rows, std::string& out) {
    for (const json& held : rows) {
        if (flag(held, "released")) continue;
        out += fmt::format(
            "  held by the brake: {} writes of kind \"{}\" (limit {}); look at `duet plan`, then\n"
            "  let them pass with: duet brake release {}\n",
            number(held, "count"), word(held, "kind"), number(held, "limit"), word(held, "kind"));
    }
}

void print_validations(const json& rules, std::string& out) {
    for (const auto& [name, rule] : rules.items()) {
        std::string counts;
        const auto say = [&](const char* key, const char* what) {
            if (number(rule, key) == 0) return;
            counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", number(rule, key), what);
        };
        say("held", "held back");
        say("warned", "warned about");
        say("failed", "could not be judged");
        out += fmt::format("  validation   {}: {}\n", name, counts.empty() ? "none" : counts);
    }
}

/// What is stopped, by people or by the brake, and what they should know.
void print_stops(const json& org, std::string& out) {
    print_pause_rows(list_of(org, "paused"), out);
    print_held(list_of(org, "held"), out);
    print_alarms(list_of(org, "alarms"), out);
}

void print_last_cycle(const json& org, std::string& out) {
    if (const json cycle = map_of(org, "last_cycle"); !cycle.empty()) {
        out += fmt::format("  last cycle   {} started {}: {} rows pulled, {} writes\n",
                           number(cycle, "cycle"), word(cycle, "started"), number(cycle, "pulled"),
                           number(cycle, "written"));
        if (!word(cycle, "error").empty()) out += "               " + word(cycle, "error") + "\n";
    }
}

std::string agreement(const json& compare) {
    std::string said = word(compare, "agreed_at");
    if (said.empty()) said = "not yet";
    if (const auto found = number(compare, "found"); found > 0)
        said += fmt::format(" ({} found to differ)", found);
    return said;
}

void print_org(const json& org, std::string& out) {
    out += fmt::format("\norg {}  mode {}  documents {}\n", word(org, "org"), word(org, "mode"),
                       word(org, "documents"));
    for (const char* instead : {"note", "error"}) {
        if (!org.contains(instead)) continue;
        out += "  " + word(org, instead) + "\n";
        print_stops(org, out);
        print_last_cycle(org, out);
        return;
    }
    print_warnings(org, out);
    if (flag(org, "catching_up"))
        out +=
            "  catching up after a restore: nothing is written until both sides were read again\n";
    out += fmt::format("  {:<12} {:<24} {:>9}  {:<8} {:<24} {}\n", "system", "object", "rows",
                       "loaded", "newest change", "last full agreement");
    for (const json& object : list_of(org, "objects")) {
        out += fmt::format("  {:<12} {:<24} {:>9}  {:<8} {:<24} {}\n", word(object, "system"),
                           word(object, "object"), number(object, "rows"),
                           flag(object, "loaded") ? "yes" : "no", word(object, "high_water"),
                           agreement(map_of(object, "compare")));
    }
    const json entities = map_of(org, "entities");
    for (const auto& [kind, states] : entities.items()) {
        out += fmt::format("  {:<12} {}\n", kind, counts_line(states));
    }
    out += "  stages       " + counts_line(map_of(org, "stages")) + "\n";
    print_validations(map_of(org, "validations"), out);
    const json lists = map_of(org, "lists");
    for (const auto& [list, members] : lists.items()) {
        out += fmt::format("  list         {}: {} members\n", list, number(lists, list.c_str()));
    }
    out += fmt::format("  waiting      {} to decide, {} in flight, {} put aside\n",
                       number(org, "dirty"), number(org, "in_flight"), number(org, "quarantine"));
    const json causes = map_of(org, "quarantine_causes");
    for (const auto& [cause, count] : causes.items())
        out += fmt::format("  put aside    {:>6}  {}\n", number(causes, cause.c_str()), cause);
    for (const json& field : list_of(org, "frozen")) {
        if (field.is_string()) out += "  frozen       " + field.get<std::string>() + "\n";
    }
    print_stops(org, out);
    const json api = map_of(org, "api");
    for (const auto& [system, calls] : api.items()) {
        out += fmt::format("  API calls    {}: {} by Duet", system, number(calls, "calls_made"));
        if (calls.contains("limit_per_day"))
            out += fmt::format(", {} of {} used today", number(calls, "used_today"),
                               number(calls, "limit_per_day"));
        out += "\n";
    }
    print_last_cycle(org, out);
}

/// How it stood at the moment asked for.
void print_then(const json& then, std::string& out) {
    if (then.empty()) return;
    out += "  then:\n";
    const json decision = map_of(then, "decision");
    if (!decision.empty()) out += "    " + word(decision, "sentence") + "\n";
    for (const json& field : list_of(then, "fields"))
        out += "    " + word(field, "sentence") + "\n";
}

void print_entity(const json& entity, std::string& out) {
    out += fmt::format("{} ({})\n", word(entity, "entity"), word(entity, "kind"));
    const json records = map_of(entity, "records");
    for (const auto& [system, record] : records.items()) {
        out += fmt::format("  {} {} {}\n", system, word(record, "object"), word(record, "record"));
    }
    if (!word(entity, "stage").empty()) {
        out += fmt::format("  stage {} since {}\n", word(entity, "stage"),
                           word(entity, "stage_since"));
    }
    out += fmt::format("  now: {}{}\n", word(entity, "state"),
                       word(entity, "reason").empty() ? "" : " (" + word(entity, "reason") + ")");
    if (!word(entity, "next_change").empty())
        out +=
            "  will be decided again at " + word(entity, "next_change") + " without any new data\n";
    for (const json& rule : list_of(entity, "validations"))
        out += "  " + word(rule, "sentence") + "\n";
    print_warnings(entity, out);
    for (const json& row : list_of(entity, "put_aside")) {
        out += fmt::format("  put aside: {} refused it: {} {} (tries: {}, next at {})\n",
                           word(row, "system"), word(row, "remote_code"), word(row, "message"),
                           number(row, "attempts"), word(row, "retry_at"));
    }
    for (const json& write : list_of(entity, "planned"))
        out += "  would now be written: " + word(write, "text");
    if (const json left = list_of(entity, "not_done"); !left.empty()) {
        out += "  not done now:\n";
        for (const json& one : left) out += "    " + word(one, "sentence") + "\n";
    }
    for (const json& pin : list_of(entity, "pins")) {
        out += fmt::format("  pinned: {} keeps {} \"{}\" since {}, and \"{}\" is refused\n",
                           word(pin, "system"), word(pin, "rule"), word(pin, "held"),
                           word(pin, "since"), word(pin, "refused"));
    }
    if (const json decisions = list_of(entity, "decisions"); !decisions.empty()) {
        out += "  when it was left alone, newest first:\n";
        for (const json& one : decisions) out += "    " + word(one, "sentence") + "\n";
    }
    print_then(map_of(entity, "then"), out);
    const json story = list_of(entity, "story");
    out +=
        story.empty() ? "  Duet has written nothing here.\n" : "  what Duet did, newest first:\n";
    for (const json& event : story) out += "    " + word(event, "sentence") + "\n";
}

}  // namespace

std::string progress_line(const json& progress) {
    const std::string work = word(progress, "work");
    const auto rows = number(progress, "rows");
    if (work == "deciding") return fmt::format("deciding: {} so far", rows);
    if (work == "sending")
        return fmt::format("sending to {}: {} writes", word(progress, "system"), rows);
    return fmt::format("reading {} {}: {} rows", word(progress, "system"), word(progress, "object"),
                       rows);
}

std::string print_status(const json& status) {
    std::string out = fmt::format("Duet {}", word(status, "version"));
    if (!word(status, "now").empty())
        out +=
            "  now " + word(status, "now") + (flag(status, "fixed_clock") ? " (fixed clock)" : "");
    if (!word(status, "activity").empty()) out += "  " + word(status, "activity");
    out += "\n";
    if (const auto progress = status.find("progress"); progress != status.end()) {
        out += progress_line(*progress) + "\n";
    }
    for (const json& org : list_of(status, "orgs")) print_org(org, out);
    return out;
}

std::string print_report(const json& report) {
    std::string out = fmt::format(
        "Cycle {}: {} rows pulled = {} repeats + {} echoes + {} unchanged + {} planned + {} "
        "filtered + {} quarantined + {} waiting\n",
        number(report, "cycle"), number(report, "pulled"), number(report, "repeats"),
        number(report, "echoes"), number(report, "unchanged"), number(report, "planned"),
        number(report, "filtered"), number(report, "quarantined"), number(report, "waiting"));
    out += fmt::format(
        "  {} writes acknowledged, {} refused, {} to try later, {} in doubt, {} not sent; {} still "
        "to decide\n",
        number(report, "written"), number(report, "refused"), number(report, "later"),
        number(report, "in_doubt"), number(report, "not_sent"), number(report, "still_dirty"));
    print_held(list_of(report, "held"), out);
    print_alarms(list_of(report, "alarms"), out);
    const json sides = map_of(report, "sides");
    for (const auto& [system, side] : sides.items()) {
        const auto say = [&](const char* key, const char* what) {
            const json error = map_of(side, key);
            if (error.empty()) return;
            const std::string remote_code = word(error, "remote_code");
            out += fmt::format("  {} {}: {}{}{}\n", system, what, remote_code,
                               remote_code.empty() ? "" : " ", word(error, "message"));
            if (const Message* known = find_message(word(error, "code")))
                out += fmt::format("    what to do: {}\n", known->mend);
        };
        say("error", "could not be read to the end");
        say("send_error", "took no more writes");
    }
    print_warnings(report, out);
    return out;
}

std::string print_explanation(const json& explanation) {
    std::string out;
    for (const json& entity : list_of(explanation, "entities")) print_entity(entity, out);
    return out;
}

}  // namespace duet::cli
