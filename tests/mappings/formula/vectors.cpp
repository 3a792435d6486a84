#include "tests/mappings/formula/vectors.h"

#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace duet::formula {
namespace {

template <class Use>
void for_each_line(const std::string& file, Use use) {
    std::ifstream in(std::string(DUET_VECTORS) + "/" + file);
    if (!in) throw std::runtime_error("cannot read " + file);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) use(line);
    }
}

/// The only zone in the vectors; all their dates there are in winter.
std::optional<std::chrono::minutes> los_angeles(std::string_view zone, DateTime) {
    if (zone != "America/Los_Angeles") return std::nullopt;
    return std::chrono::hours{-8};
}

}  // namespace

std::vector<VectorResult> run_vectors() {
    std::vector<VectorResult> rows;
    for_each_line("vectors-dev.jsonl",
                  [&](const std::string& line) { rows.push_back(run_vector(line, los_angeles)); });
    return rows;
}

std::vector<std::pair<std::string, std::string>> parse_vectors() {
    std::vector<std::pair<std::string, std::string>> rows;
    for_each_line("parse.jsonl", [&](const std::string& line) {
        const auto json = nlohmann::json::parse(line);
        rows.emplace_back(json.at("formula"), json.at("ast"));
    });
    return rows;
}

std::set<std::string> exceptions() {
    std::set<std::string> ids;
    for_each_line("exceptions.txt", [&](const std::string& line) {
        if (line.front() != '#') ids.insert(line.substr(0, line.find('\t')));
    });
    return ids;
}

}  // namespace duet::formula
