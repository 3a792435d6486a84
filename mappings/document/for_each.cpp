#include "mappings/document/for_each.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/reader.h"

namespace duet::document {
namespace {

constexpr std::string_view kForEach = "for_each";
constexpr std::size_t kMostRows = 200;

using EachRow = std::map<std::string, std::string, std::less<>>;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_word(std::string_view text) {
    return !text.empty() && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::optional<std::size_t> position_of(const Node& line) {
    for (std::size_t i = 0; i < line.keys.size() && i < line.items.size(); ++i) {
        if (line.keys[i].text == kForEach) return i;
    }
    return std::nullopt;
}

EachRow read_row(const Node& node, Findings& findings) {
    EachRow row;
    const MapReader map(node, "a row of \"for_each\"", findings);
    if (!map.is_map()) return row;
    for (std::size_t i = 0; i < node.keys.size() && i < node.items.size(); ++i) {
        const std::string& name = node.keys[i].text;
        if (!is_word(name)) {
            findings.add(node.keys[i], kNotAllowed,
                         fmt::format("\"{}\" is no name for values", name),
                         "a letter, then letters, digits and underscores");
            continue;
        }
        const auto value = scalar_text(node.items[i], name, findings);
        if (!value) continue;
        if (value->find_first_of("\"\\{}\n") != std::string::npos) {
            findings.add(node.items[i], kNotAllowed,
                         fmt::format("the value of \"{}\" must have no quotes, braces, backslashes "
                                     "and line ends",
                                     name));
            continue;
        }
        row.emplace(name, *value);
    }
    return row;
}

std::vector<std::string> names_of(const EachRow& row) {
    std::vector<std::string> names;
    for (const auto& [name, value] : row) names.push_back(name);
    return names;
}

std::vector<EachRow> read_rows(const Node& list, Findings& findings) {
    std::vector<EachRow> rows;
    const std::vector<Node>& items = list_items(list, kForEach, findings);
    if (items.size() > kMostRows) {
        findings.add(list, kNotAllowed, fmt::format("\"for_each\" has at most {} rows", kMostRows));
        return rows;
    }
    for (const Node& item : items) {
        EachRow row = read_row(item, findings);
        if (row.empty()) continue;
        if (!rows.empty() && names_of(row) != names_of(rows.front())) {
            findings.add(item, kAbsent, "each row of \"for_each\" needs the same names",
                         "the first has " + one_of(names_of(rows.front())));
            continue;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

/// {name} becomes its value; what is no name in braces stays.
void replace(Node& node, const EachRow& row, Findings& findings) {
    for (Node& item : node.items) replace(item, row, findings);
    if (node.kind != Node::Kind::Scalar) return;
    std::string made;
    std::size_t from = 0;
    for (;;) {
        const std::size_t open = node.text.find('{', from);
        const std::size_t close =
            open == std::string::npos ? std::string::npos : node.text.find('}', open);
        if (close == std::string::npos) break;
        const std::string_view name =
            std::string_view(node.text).substr(open + 1, close - open - 1);
        const auto value = row.find(name);
        made += node.text.substr(from, open - from);
        from = open + 1;
        if (value == row.end()) {
            made += '{';
            if (!is_word(name)) continue;
            findings.add(node, kUnknownName, fmt::format("\"for_each\" has no \"{}\"", name),
                         did_you_mean(name, names_of(row)));
            continue;
        }
        made += value->second;
        node.rewritten = true;
        from = close + 1;
    }
    node.text = made + node.text.substr(from);
}

}  // namespace

std::vector<Node> expand_each(const Node& line, Findings& findings) {
    const auto at = position_of(line);
    if (!at) return {line};
    std::vector<Node> lines;
    const auto rows = read_rows(line.items[*at], findings);
    for (const EachRow& row : rows) {
        Node made = line;
        made.keys.erase(made.keys.begin() + static_cast<std::ptrdiff_t>(*at));
        made.items.erase(made.items.begin() + static_cast<std::ptrdiff_t>(*at));
        replace(made, row, findings);
        lines.push_back(std::move(made));
    }
    return lines;
}

}  // namespace duet::document
