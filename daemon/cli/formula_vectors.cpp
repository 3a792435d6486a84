#include "daemon/cli/formula_vectors.h"

#include <istream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace duet::cli {
namespace {

using formula::VectorResult;
using formula::VectorState;
using nlohmann::json;

void print_difference(const char* what, const VectorResult& row, std::string& out) {
    out += fmt::format("{} {}\n  formula   {}\n  expected  {}\n  got       {}\n", what, row.id,
                       row.formula, row.expected, row.got);
}

json to_json(const std::vector<VectorResult>& rows) {
    auto list = json::array();
    for (const VectorResult& row : rows) {
        list.push_back({{"id", row.id},
                        {"formula", row.formula},
                        {"expected", row.expected},
                        {"got", row.got}});
    }
    return list;
}

}  // namespace

VectorsReport run_vectors(std::istream& file, const formula::ZoneOffset& zone_offset) {
    VectorsReport report;
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        ++report.vectors;
        VectorResult row = formula::run_vector(line, zone_offset);
        if (row.id.empty()) row.id = fmt::format("line {}", number);
        if (row.state == VectorState::Skipped) {
            report.skipped.push_back(std::move(row));
        } else if (row.state == VectorState::Passed) {
            ++(row.disputed ? report.disputed_passed : report.passed);
        } else {
            (row.disputed ? report.disputed_failures : report.failures).push_back(std::move(row));
        }
    }
    return report;
}

std::string to_text(const VectorsReport& report) {
    std::string out;
    for (const VectorResult& row : report.skipped) {
        out += fmt::format("skipped {}\n  formula   {}\n  because   {}\n", row.id, row.formula,
                           row.got);
    }
    for (const VectorResult& row : report.disputed_failures) print_difference("disputed", row, out);
    for (const VectorResult& row : report.failures) print_difference("failed", row, out);
    out += fmt::format("{} vectors: {} passed, {} failed, {} skipped", report.vectors,
                       report.passed, report.failures.size(), report.skipped.size());
    if (const std::size_t others = report.disputed_failures.size();
        others + report.disputed_passed > 0) {
        out += fmt::format("; of the disputed ones {} as expected, {} not", report.disputed_passed,
                           others);
    }
    return out + "\n";
}

json to_json(const VectorsReport& report) {
    auto skips = json::array();
    for (const VectorResult& row : report.skipped) {
        skips.push_back({{"id", row.id}, {"formula", row.formula}, {"reason", row.got}});
    }
    return {{"vectors", report.vectors},
            {"passed", report.passed},
            {"failed", report.failures.size()},
            {"skipped", report.skipped.size()},
            {"disputed",
             {{"passed", report.disputed_passed},
              {"failed", report.disputed_failures.size()},
              {"failures", to_json(report.disputed_failures)}}},
            {"failures", to_json(report.failures)},
            {"skips", std::move(skips)}};
}

}  // namespace duet::cli
