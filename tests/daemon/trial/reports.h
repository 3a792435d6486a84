#pragma once

#include <string>
#include <vector>

#include "daemon/cli/standard_catalogs.h"
#include "daemon/trial/run_tests.h"

namespace duet::trial {

inline const SideNames kNames{"salesforce", "pardot"};

/// What one test document says of the documents.
inline TestReport run(const std::vector<document::Source>& documents, const std::string& test) {
    const std::vector<document::Source> tests{{"t.test.yaml", test, false}};
    return run_tests(documents, tests, kNames, cli::standard_catalogs());
}

/// All of them, as a person reads them; empty: there are none.
inline std::string findings_of(const TestReport& report) {
    std::string all;
    for (const auto& finding : report.findings) all += document::render(finding);
    return all;
}

inline std::string failures_of(const TestReport& report) {
    std::string all;
    for (const Failure& failure : report.failures) all += render(failure);
    return all;
}

}  // namespace duet::trial
