#include "daemon/trial/run_tests.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/trial/bench.h"
#include "daemon/trial/expectations.h"
#include "daemon/trial/fields.h"
#include "mappings/document/codes.h"

namespace duet::trial {
namespace {

using document::Finding;
using document::Findings;
using document::MapReader;
using document::Node;
using document::SourceText;

struct TestCase {
    std::string file;
    std::string name;
    document::Place place;
    Situation situation;
    std::vector<Expectation> expectations;
};

class Runner {
public:
    Runner(std::span<const document::Source> documents, const SideNames& names,
           PerSide<Catalog> standard)
        : sources_(documents), names_(names), catalogs_(std::move(standard)) {}

    TestReport run(std::span<const document::Source> tests, std::string_view only) {
        open(tests);
        if (!findings_.empty()) return refused();
        auto loaded = document::load(sources_, names_, &catalogs_);
        if (auto* wrong = std::get_if<std::vector<Finding>>(&loaded)) {
            report_.findings = std::move(*wrong);
            return std::move(report_);
        }
        documents_ = std::get<document::Documents>(std::move(loaded));
        const sync::Model model(documents_, catalogs_);
        read(model);
        if (!findings_.empty()) return refused();
        for (const TestCase& test : cases_) {
            if (only.empty() || test.file == only) run(test, model);
        }
        return std::move(report_);
    }

private:
    TestReport refused() {
        report_.findings = findings_.take(files_);
        report_.tests.clear();
        return std::move(report_);
    }

    /// Parses every file and takes in the fields they declare.
    void open(std::span<const document::Source> tests) {
        for (const document::Source& test : tests) {
            files_.push_back(test.file);
            texts_.emplace_back(test.file, test.text);
            findings_.know(texts_.back());
            trees_.push_back(document::parse_tree(texts_.back(), findings_));
        }
        for (const Node& tree : trees_) {
            for (std::size_t i = 0; i < tree.keys.size() && i < tree.items.size(); ++i) {
                if (tree.keys[i].text == "fields")
                    declare_fields(tree.items[i], names_, catalogs_, findings_);
            }
        }
    }

    void read(const sync::Model& model) {
        for (const Node& tree : trees_) {
            MapReader file(tree, "a test document", findings_);
            if (!file.is_map()) continue;
            static_cast<void>(file.find("fields"));
            const auto moment = read_moment(file, documents_.time_zone, findings_);
            const Node* tests = file.find("tests");
            file.finish();
            if (tests == nullptr) continue;
            std::set<std::string> names;
            for (const Node& item : document::list_items(*tests, "tests", findings_))
                read_case(item, moment, model, names);
        }
    }

    void read_case(const Node& node, std::optional<DateTime> moment, const sync::Model& model,
                   std::set<std::string>& names) {
        MapReader map(node, "a test", findings_);
        if (!map.is_map()) return;
        TestCase test;
        test.file = node.source->file();
        test.place = node.place();
        test.name = map.required_text("name").value_or("");
        if (!test.name.empty() && !names.insert(test.name).second) {
            findings_.add(map.key_node("name"), document::kDefinedTwice,
                          fmt::format("another test is called \"{}\"", test.name));
        }
        const auto own = read_moment(map, documents_.time_zone, findings_);
        if (!own && !moment) {
            findings_.add(node, document::kMissing, "a test needs the key \"today\" or \"now\"",
                          "give it in the test, or once for all at the top of the file");
        }
        test.situation =
            read_situation(map, own ? *own : moment.value_or(DateTime{}), model, findings_);
        if (const Node* expect = map.require("expect")) {
            for (const Node& item : document::list_items(*expect, "expect", findings_)) {
                auto expectation = read_expectation(item, test.situation, model, findings_);
                if (expectation) test.expectations.push_back(std::move(*expectation));
            }
        }
        map.finish();
        cases_.push_back(std::move(test));
    }

    void run(const TestCase& test, const sync::Model& model) {
        report_.tests.push_back({test.file, test.name, true});
        // Each test is an org of its own: the deals of another one taught it nothing.
        model.behaviours().reset();
        model.learnt_medians().reset();
        auto bench = Bench::make(model, test.situation);
        if (!bench)
            return fail(test, test.place, 1, "the test itself", {"", bench.error().message, ""});
        const auto moment =
            sync::moment_of(Instant{test.situation.now}, model.documents().time_zone);
        for (const Expectation& expectation : test.expectations) {
            auto plan = (*bench)->plan(expectation.record);
            if (!plan || !*plan) {
                const std::string why = !plan ? plan.error().message
                                              : "it is no entity: it was deleted before Duet came";
                for (const Check& check : expectation.checks)
                    fail(test, check.place, check.length, check.what, {"", why, ""});
                continue;
            }
            Look look((*bench)->org(), **plan, moment);
            Outcome outcome{(*bench)->org(), **plan, look};
            for (const Check& check : expectation.checks) {
                if (auto miss = check.ask(outcome))
                    fail(test, check.place, check.length, check.what, std::move(*miss));
            }
        }
    }

    void fail(const TestCase& test, const document::Place& place, int length, std::string what,
              Miss miss) {
        report_.tests.back().passed = false;
        Failure failure;
        failure.place = place;
        failure.length = length;
        for (const SourceText& text : texts_) {
            if (text.file() == place.file) failure.line = std::string(text.line(place.line));
        }
        failure.test = test.name;
        failure.what = std::move(what);
        failure.expected = std::move(miss.expected);
        failure.got = std::move(miss.got);
        failure.why = std::move(miss.why);
        report_.failures.push_back(std::move(failure));
    }

    std::span<const document::Source> sources_;
    SideNames names_;
    PerSide<Catalog> catalogs_;
    document::Documents documents_;
    Findings findings_;
    std::vector<std::string> files_;
    std::deque<SourceText> texts_;  // deques: trees and findings point into them
    std::deque<Node> trees_;
    std::deque<TestCase> cases_;
    TestReport report_;
};

/// The lines of `text`, each after the sign that says which one it is.
std::string signed_lines(char sign, std::string_view text) {
    std::string out;
    while (true) {
        const auto end = text.find('\n');
        out += fmt::format("  {} {}\n", sign, text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::size_t TestReport::failed() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(tests.begin(), tests.end(), [](const auto& test) { return !test.passed; }));
}

TestReport run_tests(std::span<const document::Source> documents,
                     std::span<const document::Source> tests, const SideNames& names,
                     PerSide<Catalog> standard, std::string_view only) {
    return Runner(documents, names, std::move(standard)).run(tests, only);
}

std::string render(const Failure& failure) {
    std::string out =
        fmt::format("{}:{}:{}: failed: {}: {}\n", failure.place.file, failure.place.line,
                    failure.place.column, failure.test, failure.what);
    const auto column = static_cast<std::size_t>(std::max(failure.place.column, 1) - 1);
    const auto length = static_cast<std::size_t>(std::max(failure.length, 1) - 1);
    out += fmt::format("{:>5} | {}\n      | {}^{}\n", failure.place.line, failure.line,
                       std::string(column, ' '), std::string(length, '~'));
    if (!failure.expected.empty()) out += signed_lines('-', failure.expected);
    out += signed_lines('+', failure.got);
    if (!failure.why.empty()) out += "    " + failure.why + "\n";
    return out;
}

nlohmann::json to_json(const TestReport& report) {
    using nlohmann::json;
    json tests = json::array();
    for (const TestResult& test : report.tests)
        tests.push_back({{"file", test.file}, {"test", test.name}, {"passed", test.passed}});
    json failures = json::array();
    for (const Failure& failure : report.failures) {
        failures.push_back({{"file", failure.place.file},
                            {"line", failure.place.line},
                            {"column", failure.place.column},
                            {"test", failure.test},
                            {"what", failure.what},
                            {"expected", failure.expected},
                            {"got", failure.got},
                            {"why", failure.why}});
    }
    return {{"passed", report.tests.size() - report.failed()},
            {"failed", report.failed()},
            {"tests", std::move(tests)},
            {"failures", std::move(failures)}};
}

}  // namespace duet::trial
