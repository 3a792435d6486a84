#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/json_words.h"
#include "daemon/cli/print.h"

namespace duet::cli {
namespace {

using nlohmann::json;

json part(const json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : json{};
}

void print_counts(const char* what, const json& counts, std::string& out) {
    if (!counts.is_object() || counts.empty()) return;
    out += fmt::format("  {}\n", what);
    for (const auto& [name, count] : counts.items()) {
        if (count.is_number()) out += fmt::format("  {:>7}  {}\n", count.get<std::int64_t>(), name);
    }
}

std::string indented(const std::string& text) {
    std::string out;
    bool at_start = true;
    for (const char c : text) {
        if (at_start) out += "           ";
        at_start = c == '\n';
        out += c;
    }
    return out;
}

void print_rule(const json& rule, std::string& out) {
    const std::string does = word(rule, "does");
    out += fmt::format("  {} {}{}{}\n", word(rule, "kind"), word(rule, "rule"),
                       does.empty() ? "" : ": ", does);
    if (!word(rule, "why").empty()) out += "      because " + word(rule, "why") + "\n";
    if (!word(rule, "formula").empty())
        out += fmt::format("      {} = {}\n", word(rule, "formula"), word(rule, "result"));
    else if (!word(rule, "result").empty())
        out += "      = " + word(rule, "result") + "\n";
    const json reads = part(rule, "reads");
    if (reads.is_object()) {
        for (const auto& [path, value] : reads.items()) {
            if (value.is_string())
                out += fmt::format("        {} is {}\n", path, value.get<std::string>());
        }
    }
    if (!word(rule, "suppress_when").empty())
        out += fmt::format("      suppressed when {} = {}\n", word(rule, "suppress_when"),
                           word(rule, "suppressed"));
    const json holds = part(rule, "holds");
    if (!holds.is_object()) return;
    for (const auto& [system, held] : holds.items())
        out += fmt::format("      {} {} is {}\n", system, word(held, "field"), word(held, "value"));
}

void print_story(const json& entity, std::string& out) {
    out += fmt::format("{} ({})\n", word(entity, "entity"), word(entity, "kind"));
    const json records = part(entity, "records");
    if (records.is_object()) {
        for (const auto& [system, record] : records.items())
            out +=
                fmt::format("  {} {} {}\n", system, word(record, "object"), word(record, "record"));
    }
    const json assumed = part(entity, "assumed");
    if (assumed.is_object()) {
        for (const auto& [field, value] : assumed.items())
            out += fmt::format("  taken for true: {} = {}\n", field,
                               value.is_string() ? value.get<std::string>() : "");
    }
    out += fmt::format("  decided: {}{}\n", word(entity, "state"),
                       word(entity, "reason").empty() ? "" : " (" + word(entity, "reason") + ")");
    if (word(entity, "stage") != word(entity, "stage_before")) {
        const std::string before = word(entity, "stage_before");
        out += fmt::format("  stage: {} -> {}\n", before.empty() ? "none" : before,
                           word(entity, "stage"));
    }
    if (!word(entity, "next_change").empty())
        out += "  decided again at " + word(entity, "next_change") + " without any new data\n";
    const json warnings = part(entity, "warnings");
    if (warnings.is_array()) {
        for (const json& warning : warnings) {
            if (warning.is_string()) out += "  warning: " + warning.get<std::string>() + "\n";
        }
    }
    const json rules = part(entity, "rules");
    if (!rules.is_array()) return;
    for (const json& rule : rules) print_rule(rule, out);
}

}  // namespace

std::string print_preview(const json& preview) {
    std::string out;
    const json entities = part(preview, "entities");
    if (entities.is_array()) {
        for (const json& entity : entities) print_story(entity, out);
    }
    return out + "Nothing was written.\n";
}

std::string print_documents_plan(const json& plan) {
    std::string out = fmt::format(
        "Documents {} instead of {}, on {} records of org {} as last seen: {} writes.\n",
        word(plan, "documents"), word(plan, "in_force"), number(plan, "considered"),
        word(plan, "org"), number(plan, "writes"));
    const json kinds = part(plan, "kinds");
    if (kinds.is_object()) {
        for (const auto& [kind, found] : kinds.items()) {
            out += fmt::format("  {:>7}  {}\n", number(found, "count"), kind);
            const json samples = part(found, "samples");
            if (!samples.is_array()) continue;
            for (const json& sample : samples) out += indented(word(sample, "text"));
        }
    }
    print_counts("stages that change", part(plan, "stages"), out);
    print_counts("records by outcome", part(plan, "entities"), out);
    print_counts("rules that failed", part(plan, "warnings"), out);
    const json held = part(plan, "would_be_held");
    if (held.is_array()) {
        for (const json& row : held)
            out += fmt::format("  the brake would hold {} writes of kind \"{}\" (limit {})\n",
                               number(row, "count"), word(row, "kind"), number(row, "limit"));
    }
    const json missing = part(plan, "not_pulled");
    if (missing.is_array() && !missing.empty()) {
        out += "  not pulled so far, and taken as unreadable here:\n";
        for (const json& field : missing) {
            if (field.is_string()) out += "    " + field.get<std::string>() + "\n";
        }
    }
    return out + "Nothing was written, and the documents in force stay.\n";
}

}  // namespace duet::cli
