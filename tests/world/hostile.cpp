#include "tests/world/hostile.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace duet::hostile {
namespace {

using nlohmann::json;

constexpr std::size_t kLongest = 10'000;

std::ifstream open(const std::string& file) {
    std::ifstream in(std::string(DUET_SOURCE_DIR) + "/tests/payloads/hostile/" + file,
                     std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file);
    return in;
}

template <class Use>
void each_line(const std::string& file, Use use) {
    std::ifstream in = open(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.empty()) use(json::parse(line));
    }
}

}  // namespace

std::vector<std::string> strings() {
    std::ifstream in = open("blns.json");
    std::vector<std::string> all;
    for (const json& one : json::parse(in)) {
        if (!one.get<std::string>().empty()) all.push_back(one);
    }
    return all;
}

std::vector<std::string> texts() {
    std::vector<std::string> all = strings();
    for (const Address& one : addresses()) all.push_back(one.text);
    for (const DateText& one : dates()) all.push_back(one.text);
    each_line("json-test-suite.jsonl", [&](const json& row) {
        if (row.contains("text")) all.push_back(row["text"]);
    });
    std::set<std::string> known;
    std::erase_if(all, [&](const std::string& one) {
        return one.empty() || one.size() > kLongest || !known.insert(one).second;
    });
    return all;
}

std::vector<Address> addresses() {
    std::vector<Address> all;
    each_line("isemail.jsonl", [&](const json& row) {
        all.push_back({row.at("address"), row.at("category"), row.at("diagnosis")});
    });
    return all;
}

std::vector<DateText> dates() {
    std::vector<DateText> all;
    each_line("dates.jsonl", [&](const json& row) {
        all.push_back(
            {row.at("text"), row.at("kind") == "datetime", row.at("valid"), row.at("why")});
    });
    return all;
}

bool is_utf8(std::string_view text) {
    // A JSON text must be UTF-8, and this library refuses any other.
    try {
        (void)json(text).dump();
        return true;
    } catch (const json::exception&) {
        return false;
    }
}

std::size_t utf16_units(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
    }
    return units;
}

}  // namespace duet::hostile
