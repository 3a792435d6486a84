#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/json_words.h"
#include "daemon/cli/print.h"
#include "daemon/sync/plan_json.h"
#include "daemon/sync/plan_text.h"

namespace duet::cli {
namespace {

using nlohmann::json;

double real(const json& object, const char* key) {
    if (!object.is_object()) return 0;
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

std::string print_plan(const json& plan) {
    auto read = sync::read_plan(plan);
    if (read) return sync::plan_text(*read);
    return "The daemon's answer is no plan that this command can read: " + read.error().message +
           "\n";
}

std::string print_applied(const json& answer) {
    std::string out;
    for (const json& line : list_of(answer, "lines")) {
        if (word(line, "fate") == "done") continue;
        out += fmt::format("line {}: {} {} {} {} ({}): {}{}\n", real(line, "line"),
                           word(line, "what"), word(line, "system"), word(line, "object"),
                           word(line, "record"), word(line, "entity"), word(line, "fate"),
                           word(line, "why").empty() ? "" : ": " + word(line, "why"));
    }
    std::string counts;
    if (const auto all = answer.find("counts"); all != answer.end() && all->is_object()) {
        for (const auto& [fate, count] : all->items()) {
            if (count.is_number())
                counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.dump(), fate);
        }
    }
    out += fmt::format("Plan of org {} applied as cycle {}: {}.\n", word(answer, "org"),
                       real(answer, "cycle"), counts.empty() ? "nothing to write" : counts);
    for (const json& held : list_of(answer, "held")) {
        if (!flag(held, "released"))
            out += "Held writes pass after: duet brake release " + word(held, "kind") +
                   "; then apply the plan again.\n";
    }
    print_alarms(list_of(answer, "alarms"), out);
    return out;
}

std::string print_mode(const json& answer) {
    return fmt::format("org {}: mode {}{}\n", word(answer, "org"), word(answer, "mode"),
                       flag(answer, "configured") ? " (by the configuration)" : "");
}

void print_pause_rows(const json& rows, std::string& out) {
    for (const json& row : rows) {
        out += fmt::format("  paused       {}{} since {}{}{}\n", word(row, "sentence"),
                           flag(row, "pull") ? ", reading too" : "", word(row, "since"),
                           word(row, "by").empty() ? "" : " by " + word(row, "by"),
                           word(row, "because").empty() ? "" : ": " + word(row, "because"));
    }
    if (!rows.empty()) out += "               (opt-outs wait, too, until `duet resume`)\n";
}

void print_alarms(const json& rows, std::string& out) {
    for (const json& row : rows)
        out += fmt::format("  alarm {}: {}\n", word(row, "code"), word(row, "sentence"));
}

std::string print_pauses(const json& answer) {
    std::string out = "org " + word(answer, "org") + "\n";
    const json rows = list_of(answer, "paused");
    if (rows.empty()) return out + "  nothing is paused\n";
    print_pause_rows(rows, out);
    return out;
}

std::string print_brake(const json& answer) {
    std::string out = fmt::format("org {}\n  {:<12} {:>8} {:>8}  {}\n", word(answer, "org"), "kind",
                                  "number", "percent", "now");
    for (const json& kind : list_of(answer, "kinds")) {
        std::string now = flag(kind, "alarm_only") ? "never held: an alarm is raised" : "passes";
        if (const auto held = kind.find("held"); held != kind.end() && held->is_object()) {
            now = fmt::format("{}: {} writes in cycle {}, {} may pass, since {}",
                              flag(*held, "released") ? "released" : "held", real(*held, "count"),
                              real(*held, "cycle"), real(*held, "limit"), word(*held, "since"));
        }
        out += fmt::format("  {:<12} {:>8} {:>8}  {}\n", word(kind, "kind"), real(kind, "count"),
                           real(kind, "percent"), now);
    }
    print_alarms(list_of(answer, "alarms"), out);
    return out;
}

}  // namespace duet::cli
