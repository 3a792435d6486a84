#include "daemon/cli/match_commands.h"

#include <cstdint>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace duet::cli {
namespace {

using nlohmann::json;

std::string match_name(const json& record) {
    return fmt::format("{} {} {}", record.value("system", ""), record.value("object", ""),
                       record.value("record", ""));
}

std::string match_names(const json& records) {
    std::string names;
    for (const json& record : records) names += (names.empty() ? "" : ", ") + match_name(record);
    return names;
}

json list_in(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_array() ? *found : json::array();
}

std::string partners_of(const json& record) {
    const json partners = list_in(record, "linked_with");
    return partners.empty() ? "" : " (linked with " + match_names(partners) + ")";
}

std::string print_sample(const json& sample) {
    std::string line =
        "      " + sample.value("entity", "") + ": " + match_names(list_in(sample, "records"));
    if (const std::string by = sample.value("by", ""); !by.empty()) line += "  by " + by;
    if (const std::string why = sample.value("reason", ""); !why.empty()) line += "  " + why;
    return line + "\n";
}

void print_line(const json& entity, const std::string& line, const std::string& words,
                std::string& out) {
    const auto count = entity.at("counts").value(line, std::int64_t{0});
    out += fmt::format("  {:>9}  {}\n", count, words);
    for (const json& sample : list_in(entity.at("samples"), line.c_str()))
        out += print_sample(sample);
}

std::string print_choice(const json& choice) {
    const std::string who = match_name(choice.at("record"));
    if (choice.at("chosen").is_null())
        return who + " is none of its candidates; it stands alone. Remembered.\n";
    const std::string chosen = match_name(choice.at("chosen"));
    if (choice.value("duplicate", false))
        return who + " is a duplicate of " + chosen + " and stands aside. Remembered.\n";
    return who + " belongs with " + chosen + ". Remembered; the next cycle writes what follows.\n";
}

std::string print_forgotten(const json& choice) {
    return "The word on " + match_name(choice.at("record")) +
           " is taken back; the match rules decide again.\n";
}

struct MatchArguments {
    std::int64_t id = 0;
    std::int64_t limit = 100;
    std::int64_t after = 0;
    std::int64_t samples = 5;
    std::string record;
    std::string because;
};

void add_words(CLI::App& match, Common& common, int& result,
               const std::shared_ptr<MatchArguments>& arguments) {
    auto* choose = match.add_subcommand("choose", "Say who the record of an entry is");
    add_common(*choose, common, true);
    choose->add_option("id", arguments->id, "the entry's number")->required();
    choose
        ->add_option("record", arguments->record,
                     "a candidate's id (Contact:003... where several have it): its partner, or of "
                     "its own side the record that it is a duplicate of; or none")
        ->required();
    choose->add_option("--because", arguments->because, "how you know, for the audit")->required();
    choose->callback([&common, &result, arguments] {
        result = ask_and_print(common, "match",
                               {{"action", "choose"},
                                {"id", arguments->id},
                                {"record", arguments->record},
                                {"because", arguments->because},
                                {"by", who_asks()}},
                               print_choice);
    });
    auto* forget = match.add_subcommand("forget", "Take a choice back");
    add_common(*forget, common, true);
    forget->add_option("record", arguments->record, "the id of the record it was about")
        ->required();
    forget->add_option("--because", arguments->because, "why, for the audit")->required();
    forget->callback([&common, &result, arguments] {
        result = ask_and_print(common, "match",
                               {{"action", "forget"},
                                {"record", arguments->record},
                                {"because", arguments->because},
                                {"by", who_asks()}},
                               print_forgotten);
    });
}

}  // namespace

std::string print_match_report(const json& report) {
    std::string out = fmt::format("How both sides of org {} meet (mode {}).\n",
                                  report.value("org", ""), report.value("mode", ""));
    if (!report.value("loaded", false))
        out += "Not everything is loaded yet; the counts will change.\n";
    for (const json& entity : list_in(report, "entities")) {
        out += "\n" + entity.value("entity", "") + "\n";
        print_line(entity, "linked", "linked", out);
        print_line(entity, "waiting", "wait for a person: duet match list", out);
        const json creates = entity.value("creates", json::object());
        for (const auto& [system, rule] : creates.items()) {
            std::string there;
            for (const auto& [name, unused] : creates.items())
                if (name != system) there = name;
            std::string words = "only in " + system;
            if (!there.empty()) {
                const json& create = creates.at(there);
                words +=
                    create.is_null()
                        ? "; none is made in " + there + ", no rule says so"
                        : fmt::format("; made in {} where the rule says so, at most {} a cycle",
                                      there, create.value("cap_per_cycle", 0));
            }
            print_line(entity, system, words, out);
        }
        if (entity.at("counts").value("unlinked", 0) != 0)
            print_line(entity, "unlinked", "unlinked, because they left the scope", out);
    }
    return out;
}

std::string print_reviews(const json& list) {
    std::string out;
    for (const json& review : list_in(list, "reviews")) {
        out += fmt::format("{:>5}  {}{}\n       {}\n", review.value("id", std::int64_t{0}),
                           match_name(review.at("record")), partners_of(review.at("record")),
                           review.value("reason", ""));
        for (const json& one : list_in(review, "candidates"))
            out += "       perhaps " + match_name(one) + partners_of(one) + "\n";
        for (const json& one : list_in(review, "sharing"))
            out += "       beside  " + match_name(one) + partners_of(one) + "\n";
    }
    const auto total = list.value("total", std::int64_t{0});
    if (total == 0) return "Nobody waits for a person's word.\n";
    return out + fmt::format(
                     "{} in the queue. Look closer with: duet match show ID\n"
                     "Decide with: duet match choose ID RECORD|none --because TEXT\n",
                     total);
}

std::string print_review(const json& review) {
    std::string out = fmt::format("Entry {} since {}: {}\n", review.value("id", std::int64_t{0}),
                                  review.value("since", ""), review.value("reason", ""));
    const auto print_one = [&](const char* role, const json& one) {
        out += fmt::format("  {} {}{}\n", role, match_name(one), partners_of(one));
        const json fields = one.value("fields", json::object());
        for (const auto& [name, value] : fields.items())
            out += fmt::format("      {}: {}\n", name, value.get<std::string>());
    };
    print_one("the record", review.at("record"));
    for (const json& one : list_in(review, "candidates")) print_one("perhaps", one);
    for (const json& one : list_in(review, "sharing")) print_one("beside", one);
    return out;
}

void add_match_commands(CLI::App& app, Common& common, int& result) {
    auto* match = app.add_subcommand("match", "Which records of both sides are one");
    match->require_subcommand(1);
    auto arguments = std::make_shared<MatchArguments>();

    auto* report = match->add_subcommand(
        "report", "Links, doubts and records that stand alone, before anything is written");
    add_common(*report, common, true);
    report->add_option("--samples", arguments->samples, "how many to show of each")
        ->check(CLI::Range(0, 100))
        ->capture_default_str();
    report->callback([&common, &result, arguments] {
        result =
            ask_and_print(common, "match", {{"action", "report"}, {"samples", arguments->samples}},
                          print_match_report);
    });

    auto* list = match->add_subcommand("list", "Records that wait for a person's word");
    add_common(*list, common, true);
    list->add_option("--limit", arguments->limit, "how many")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    list->add_option("--after", arguments->after, "only entries with a higher number");
    list->callback([&common, &result, arguments] {
        result = ask_and_print(
            common, "match",
            {{"action", "list"}, {"limit", arguments->limit}, {"after", arguments->after}},
            print_reviews);
    });

    auto* show = match->add_subcommand("show", "One of them, with all candidates and their fields");
    add_common(*show, common, true);
    show->add_option("id", arguments->id, "the entry's number")->required();
    show->callback([&common, &result, arguments] {
        result = ask_and_print(common, "match", {{"action", "show"}, {"id", arguments->id}},
                               print_review);
    });
    add_words(*match, common, result, arguments);
}

}  // namespace duet::cli
