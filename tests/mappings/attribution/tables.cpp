#include "tests/mappings/attribution/tables.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace duet::attribution {
namespace {

std::vector<std::string> split(const std::string& line, const std::string& separator) {
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (;;) {
        const std::size_t end = line.find(separator, from);
        parts.push_back(line.substr(from, end - from));
        if (end == std::string::npos) return parts;
        from = end + separator.size();
    }
}

}  // namespace

std::vector<TableRow> read_table(const std::string& name) {
    std::ifstream file(DUET_SOURCE_DIR "/tests/payloads/attribution/" + name);
    if (!file) throw std::runtime_error("cannot read " + name);
    std::string line;
    std::getline(file, line);
    const auto header = split(line, ",");
    std::vector<TableRow> rows;
    while (std::getline(file, line)) {
        const auto cells = split(line, ",");
        if (cells.size() != header.size()) throw std::runtime_error(name + ": " + line);
        TableRow& row = rows.emplace_back();
        for (std::size_t i = 0; i < cells.size(); ++i) row[header[i]] = cells[i];
    }
    return rows;
}

std::vector<std::uint32_t> steps_of(Journeys& journeys, const std::string& path) {
    std::vector<std::uint32_t> steps;
    for (const std::string& name : split(path, " > ")) steps.push_back(journeys.channel(name));
    return steps;
}

Journeys reference_journeys() {
    Journeys journeys;
    for (const TableRow& row : read_table("path_data.csv")) {
        journeys.add(
            steps_of(journeys, row.at("path")),
            {std::stod(row.at("total_conversions")), std::stod(row.at("total_conversion_value")),
             std::stod(row.at("total_null"))});
    }
    return journeys;
}

}  // namespace duet::attribution
