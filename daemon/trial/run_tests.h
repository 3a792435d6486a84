#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mappings/catalog.h"
#include "mappings/document/load.h"
#include "mappings/side.h"

namespace duet::trial {

/// An expectation of a test document that did not hold.
struct Failure {
    document::Place place;
    std::string line;  // as it stands
    int length = 1;
    std::string test;
    std::string what;
    std::string expected;
    std::string got;
    std::string why;
};

/// A passed or failed test, in the order of the files.
struct TestResult {
    std::string file;
    std::string name;
    bool passed = true;
};

struct TestReport {
    std::vector<document::Finding> findings;  // of documents and test documents; nothing was run
    std::vector<TestResult> tests;
    std::vector<Failure> failures;
    [[nodiscard]] std::size_t failed() const noexcept;
    [[nodiscard]] bool is_good() const noexcept { return findings.empty() && failed() == 0; }
};

/// Runs every test of `tests` against `documents`. `standard`: what both sides have beside the
/// fields that the test documents declare; a declaration counts for all files. No network, no
/// file: each test has a store of its own in memory. `only`: the one file whose tests are run;
/// empty: all of them.
[[nodiscard]] TestReport run_tests(std::span<const document::Source> documents,
                                   std::span<const document::Source> tests, const SideNames& names,
                                   PerSide<Catalog> standard, std::string_view only = {});

/// "people.test.yaml:12:9: failed: ..." with the line, what was expected, and what came.
[[nodiscard]] std::string render(const Failure& failure);
[[nodiscard]] nlohmann::json to_json(const TestReport& report);

}  // namespace duet::trial
