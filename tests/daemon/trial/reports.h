#pragma once

#include <string>

#include "daemon/trial/run_tests.h"

namespace duet::trial {

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
