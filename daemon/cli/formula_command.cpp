#include "daemon/cli/formula_command.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <date/tz.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/formula_record.h"
#include "daemon/cli/formula_vectors.h"
#include "daemon/service/clocks.h"
#include "mappings/document/load.h"
#include "mappings/formula/vectors.h"
#include "mappings/messages.h"

namespace duet::cli {
namespace {

using nlohmann::json;

constexpr int kFailed = 1;
constexpr int kUsage = 64;
constexpr std::size_t kDeepestIndent = 40;

struct FormulaArguments {
    std::string text;
    std::string record_file;
    std::vector<std::string> set;
    std::vector<std::string> types;
    std::string today;
    std::string now;
    std::string time_zone;
    std::string locale = "en_US";
    std::string blanks;
    std::string vectors_file;
    bool explain = false;
    bool json = false;
};

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string dump(const json& value) {
    return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

int refuse(const Error& error, const FormulaArguments& arguments) {
    if (arguments.json) {
        print(dump({{"error", {{"code", error.code}, {"message", error.message}}}}));
        return kUsage;
    }
    std::fprintf(stderr, "error %s: %s\n", error.code.c_str(), error.message.c_str());
    if (const Message* known = find_message(error.code)) {
        std::fprintf(stderr, "  what to do: %s\n", std::string(known->mend).c_str());
    }
    return kUsage;
}

std::optional<std::chrono::minutes> zone_offset(std::string_view zone, DateTime at) {
    try {
        const auto info = ::date::locate_zone(std::string(zone))
                              ->get_info(std::chrono::floor<std::chrono::seconds>(at));
        return std::chrono::duration_cast<std::chrono::minutes>(info.offset);
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
}

std::chrono::minutes offset_in(const void* zone, DateTime at) {
    return zone_offset(*static_cast<const std::string*>(zone), at)
        .value_or(std::chrono::minutes{0});
}

/// The moment that --now, --today and the zone say; --today alone means its midnight. It refers to
/// the arguments and to `zone`.
Result<formula::Moment> moment_of(const FormulaArguments& arguments, const std::string& zone) {
    formula::Moment moment;
    moment.locale = arguments.locale.c_str();
    const service::SystemClock clock;
    moment.now = std::chrono::floor<std::chrono::milliseconds>(clock.now());
    if (!arguments.now.empty()) {
        const auto now = parse_instant(arguments.now);
        if (!now)
            return unusable(
                fmt::format("--now {}: write it as 2018-01-02T09:00:00Z", arguments.now));
        moment.now = *now;
    }
    std::optional<Date> today;
    if (!arguments.today.empty()) {
        today = parse_date(arguments.today);
        if (!today)
            return unusable(fmt::format("--today {}: write it as 2018-01-02", arguments.today));
        if (arguments.now.empty()) moment.now = DateTime{*today};
    }
    const auto offset = zone_offset(zone, moment.now);
    if (!offset) return unusable(fmt::format("there is no time zone \"{}\"", zone));
    moment.zone = {&zone, offset_in};
    if (today && arguments.now.empty()) moment.now -= *offset;
    moment = moment.at(moment.now);
    if (today) moment.today = *today;
    return moment;
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return unusable(fmt::format("cannot read {}", path));
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Status read_record(const FormulaArguments& arguments, FormulaRecord& record) {
    if (!arguments.record_file.empty()) {
        const auto text = read_file(arguments.record_file);
        if (!text) return text.error();
        if (auto read = record.read(*text); !read) {
            return unusable(fmt::format("{}: {}", arguments.record_file, read.error().message));
        }
    }
    for (const std::string& assignment : arguments.set) {
        if (auto done = record.set(assignment); !done) return done;
    }
    for (const std::string& declaration : arguments.types) {
        if (auto done = record.declare(declaration); !done) return done;
    }
    return record.settle();
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

/// Something wrong at a place of the formula, as a document's finding shows it.
document::Finding finding_at(std::string_view text, std::size_t offset, std::size_t length,
                             std::string message) {
    offset = std::min(offset, text.size());
    const std::string_view before = text.substr(0, offset);
    const std::size_t mark = before.rfind('\n');
    const std::size_t line_begin = mark == std::string_view::npos ? 0 : mark + 1;
    const std::string_view line = text.substr(line_begin, text.find('\n', offset) - line_begin);
    const std::string_view shown = text.substr(offset, length);
    document::Finding finding;
    finding.place.file = "formula";
    finding.place.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    finding.place.column = 1 + static_cast<int>(characters(before.substr(line_begin)));
    finding.code = "DUET-2011";
    finding.message = std::move(message);
    finding.line = std::string(line);
    finding.length =
        static_cast<int>(std::max<std::size_t>(1, characters(shown.substr(0, shown.find('\n')))));
    return finding;
}

int report(const std::vector<document::Finding>& findings, const FormulaArguments& arguments) {
    if (!arguments.json) {
        for (const auto& finding : findings) std::fputs(render(finding).c_str(), stderr);
        return kFailed;
    }
    auto list = json::array();
    for (const auto& finding : findings) {
        list.push_back({{"line", finding.place.line},
                        {"column", finding.place.column},
                        {"length", finding.length},
                        {"message", finding.message}});
    }
    print(dump({{"formula", arguments.text}, {"errors", std::move(list)}}));
    return kFailed;
}

/// Numbers, dates and times as texts, exactly as they are.
json to_json(const Value& value) {
    if (is_blank(value)) return nullptr;
    if (const bool* flag = std::get_if<bool>(&value)) return *flag;
    return display(value);
}

const char* type_of(const Value& value) {
    static constexpr const char* kNames[] = {"null", "boolean",  "number", "text",
                                             "date", "datetime", "time"};
    return kNames[value.index()];
}

std::string printed(const std::vector<formula::PartResult>& parts) {
    std::vector<std::string> heads;
    std::size_t width = 0;
    for (const auto& part : parts) {
        heads.push_back(std::string(2 * std::min(part.depth, kDeepestIndent), ' ') + part.text);
        width = std::max(width, std::min<std::size_t>(characters(heads.back()), 60));
    }
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const std::size_t used = characters(heads[i]);
        out += heads[i] + std::string(width > used ? width - used : 0, ' ');
        if (parts[i].value) {
            out += "  = " + formula::show(*parts[i].value) + "\n";
        } else if (!parts[i].failure.empty()) {
            out += "  failed: " + parts[i].failure + "\n";
        } else {
            out += parts[i].reached ? "  failed in a part of it\n" : "  not needed\n";
        }
    }
    return out;
}

json to_json(const std::vector<formula::PartResult>& parts) {
    auto list = json::array();
    for (const auto& part : parts) {
        json row{{"text", part.text},
                 {"offset", part.offset},
                 {"depth", part.depth},
                 {"reached", part.reached}};
        if (part.value) {
            row["value"] = to_json(*part.value);
            row["type"] = type_of(*part.value);
        }
        if (!part.failure.empty()) row["failure"] = part.failure;
        list.push_back(std::move(row));
    }
    return list;
}

int show_failure(const formula::EvalError& error, const std::vector<formula::PartResult>& parts,
                 const FormulaArguments& arguments) {
    std::vector<document::Finding> findings;
    for (const auto& part : parts) {
        if (part.failure.empty()) continue;
        findings.push_back(
            finding_at(arguments.text, part.offset, part.text.size(), error.message));
    }
    if (findings.empty()) findings.push_back(finding_at(arguments.text, 0, 1, error.message));
    for (auto& finding : findings) finding.code = "DUET-6051";
    if (arguments.explain && !arguments.json) print(printed(parts));
    return report(findings, arguments);
}

int evaluate(const formula::Formula& formula, const FormulaRecord& record,
             const formula::Moment& moment, const FormulaArguments& arguments) {
    const auto inputs = record.inputs(formula);
    const auto result = formula.evaluate(inputs, moment);
    const auto* error = std::get_if<formula::EvalError>(&result);
    std::vector<formula::PartResult> parts;
    if (arguments.explain || error != nullptr) parts = formula.explain(inputs, moment);
    if (error != nullptr) return show_failure(*error, parts, arguments);
    const auto& value = std::get<Value>(result);
    const auto next = formula.next_change(inputs, moment);
    if (arguments.json) {
        json answer{{"formula", formula.text()},
                    {"type", type_of(value)},
                    {"value", to_json(value)},
                    {"fields", formula.fields()},
                    {"next_change", next ? json(format_instant(*next)) : json(nullptr)}};
        if (arguments.explain) answer["parts"] = to_json(parts);
        print(dump(answer));
        return 0;
    }
    if (!arguments.explain) {
        print(formula::show(value) + "\n");
        return 0;
    }
    print(printed(parts));
    if (next)
        print("With no change of the record it may next change at " + format_instant(*next) + "\n");
    return 0;
}

int run_one(FormulaArguments arguments) {
    if (arguments.text == "-") {
        arguments.text.assign(std::istreambuf_iterator<char>(std::cin), {});
    }
    FormulaRecord record;
    if (auto read = read_record(arguments, record); !read) return refuse(read.error(), arguments);
    if (arguments.time_zone.empty()) arguments.time_zone = record.time_zone.value_or("UTC");
    const auto moment = moment_of(arguments, arguments.time_zone);
    if (!moment) return refuse(moment.error(), arguments);
    formula::Options options;
    options.blanks = record.blanks.value_or(options.blanks);
    if (arguments.blanks == "zero") options.blanks = formula::BlankMode::AsZero;
    if (arguments.blanks == "blank") options.blanks = formula::BlankMode::AsBlank;

    const auto compiled = formula::Formula::compile(arguments.text, record, options);
    if (const auto* errors = std::get_if<std::vector<formula::CompileError>>(&compiled)) {
        std::vector<document::Finding> findings;
        for (const auto& error : *errors) {
            findings.push_back(
                finding_at(arguments.text, error.offset, error.length, error.message));
        }
        return report(findings, arguments);
    }
    return evaluate(std::get<formula::Formula>(compiled), record, *moment, arguments);
}

int run_file(const FormulaArguments& arguments) {
    std::ifstream file(arguments.vectors_file, std::ios::binary);
    if (!file) return refuse(unusable("cannot read " + arguments.vectors_file), arguments);
    const VectorsReport report = run_vectors(file, zone_offset);
    if (report.vectors == 0) {
        return refuse(unusable(arguments.vectors_file + " holds no vectors"), arguments);
    }
    print(arguments.json ? dump(to_json(report)) : to_text(report));
    return report.failures.empty() ? 0 : kFailed;
}

}  // namespace

void add_formula(CLI::App& app, int& result) {
    auto* command = app.add_subcommand(
        "formula", "Evaluate one formula, or check a file of known results; needs no daemon");
    auto arguments = std::make_shared<FormulaArguments>();
    auto* text = command->add_option("formula", arguments->text,
                                     "the formula; - reads it from standard input");
    command->add_option("--record", arguments->record_file,
                        "JSON file with the record's fields, parents as objects within");
    command
        ->add_option("--set", arguments->set,
                     "Field=value, over the record; Field= is blank; may be repeated")
        ->allow_extra_args(false);
    command
        ->add_option("--type", arguments->types,
                     "Field=type where the value does not tell: text, number, currency, percent, "
                     "date, datetime, time, boolean, picklist, multipicklist, id, geolocation")
        ->allow_extra_args(false);
    command->add_option("--today", arguments->today, "TODAY(), such as 2018-01-02");
    command->add_option("--now", arguments->now,
                        "NOW(), such as 2018-01-02T09:00:00Z; default: now");
    command->add_option("--time-zone", arguments->time_zone,
                        "whose calendar TODAY() goes by, such as Europe/Berlin; default: UTC");
    command->add_option("--locale", arguments->locale, "how FORMAT writes numbers and dates")
        ->capture_default_str();
    command
        ->add_option("--blanks", arguments->blanks,
                     "treat blank number fields as: blank (default), zero")
        ->check(CLI::IsMember({"blank", "zero"}));
    command->add_flag("--explain", arguments->explain, "print every part with its own result");
    auto* vectors = command->add_option(
        "--vectors", arguments->vectors_file,
        "run a file of formulas with known results, one JSON object a line (format: "
        "mappings/formula/README.md)");
    command->add_flag("--json", arguments->json, "print JSON instead of text");
    command->footer(
        "examples:\n"
        "  duet formula 'IF(Amount > 1000, \"big\", \"small\")' --set Amount=1500\n"
        "  duet formula 'CloseDate - TODAY()' --set CloseDate=2018-03-31 --today 2018-01-02\n"
        "  duet formula 'ADDMONTHS(Won__c, 3)' --record deal.json --explain\n"
        "  duet formula --vectors results-of-my-org.jsonl\n"
        "exit codes: 0 done, 1 the formula does not compile or fails, or a vector fails,\n"
        "            64 wrong usage or a file that cannot be read");
    command->callback([arguments, text, vectors, &result] {
        if (text->count() + vectors->count() != 1) {
            throw CLI::ValidationError("formula", "give a formula, or --vectors FILE");
        }
        result = vectors->count() > 0 ? run_file(*arguments) : run_one(*arguments);
    });
}

}  // namespace duet::cli
