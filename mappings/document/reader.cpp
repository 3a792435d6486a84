#include "mappings/document/reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "mappings/catalog.h"
#include "mappings/document/codes.h"

namespace duet::document {
namespace {

const char* kind_name(const Node& node) noexcept {
    switch (node.kind) {
        case Node::Kind::Null:
            return "empty";
        case Node::Kind::Scalar:
            return "a text";
        case Node::Kind::List:
            return "a list";
        case Node::Kind::Map:
            return "a map of keys";
    }
    return "unknown";
}

// YAML 1.1 booleans beside true and false, which nobody uses for a name by accident.
constexpr std::array<std::string_view, 8> kBooleanWords{"y",  "n",   "yes",  "no",
                                                        "on", "off", "true", "false"};

bool is_boolean_word(std::string_view word) {
    return std::any_of(kBooleanWords.begin(), kBooleanWords.end(),
                       [&](std::string_view candidate) { return same_name(candidate, word); });
}

bool has_control(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7F;
    });
}

}  // namespace

MapReader::MapReader(const Node& node, std::string what, Findings& findings)
    : node_(node), what_(std::move(what)), findings_(findings) {
    if (!is_map()) {
        findings_.add(node_, kWrongType,
                      fmt::format("{} must be a map of keys, but is {}", what_, kind_name(node_)));
        return;
    }
    if (node_.keys.size() > kMaxItems) {
        findings_.add(node_, kTooBig, fmt::format("{} holds more than {} keys", what_, kMaxItems));
        readable_ = false;
        return;
    }
    std::map<std::string_view, const Node*> known;
    for (const Node& key : node_.keys) {
        if (key.kind != Node::Kind::Scalar) {
            findings_.add(key, kWrongType, fmt::format("a key of {} must be a text", what_));
            continue;
        }
        const auto [first, is_new] = known.emplace(key.text, &key);
        if (is_new) continue;
        const Node& earlier = *first->second;
        findings_.add(key, kDuplicateKey,
                      fmt::format("key \"{}\" comes twice in {}, first {}", key.text, what_,
                                  earlier.source == key.source
                                      ? fmt::format("on line {}", earlier.place().line)
                                      : "at " + at_line(earlier.place())));
    }
}

const Node* MapReader::find(std::string_view key) {
    asked_.emplace_back(key);
    if (!readable_) return nullptr;
    for (std::size_t i = 0; i < node_.keys.size() && i < node_.items.size(); ++i) {
        if (node_.keys[i].text != key) continue;
        if (node_.items[i].kind == Node::Kind::Null) {
            findings_.add(node_.keys[i], kMissing, fmt::format("\"{}\" has no value", key));
            return nullptr;
        }
        return &node_.items[i];
    }
    return nullptr;
}

const Node* MapReader::require(std::string_view key) {
    const Node* found = find(key);
    if (found == nullptr && is_map() && &key_node(key) == &node_) {
        findings_.add(node_, kMissing, fmt::format("{} needs the key \"{}\"", what_, key));
    }
    return found;
}

const Node& MapReader::key_node(std::string_view key) const noexcept {
    for (const Node& candidate : node_.keys) {
        if (candidate.text == key) return candidate;
    }
    return node_;
}

std::optional<std::string> MapReader::text(std::string_view key) {
    const Node* found = find(key);
    return found == nullptr ? std::nullopt : scalar_text(*found, key, findings_);
}

std::optional<std::string> MapReader::required_text(std::string_view key) {
    const Node* found = require(key);
    return found == nullptr ? std::nullopt : scalar_text(*found, key, findings_);
}

std::optional<std::string> MapReader::required_name(std::string_view key) {
    const Node* found = require(key);
    return found == nullptr ? std::nullopt : scalar_name(*found, key, findings_);
}

std::optional<int> MapReader::whole(std::string_view key, int low, int high) {
    const Node* found = find(key);
    return found == nullptr ? std::nullopt : whole_number(*found, key, low, high, findings_);
}

std::optional<std::size_t> MapReader::choice_index(std::string_view key,
                                                   const std::vector<std::string>& allowed) {
    const Node* found = find(key);
    return found == nullptr ? std::nullopt : word_index(*found, key, allowed, findings_);
}

void MapReader::finish() {
    if (!readable_) return;
    std::sort(asked_.begin(), asked_.end());
    asked_.erase(std::unique(asked_.begin(), asked_.end()), asked_.end());
    for (const Node& key : node_.keys) {
        if (key.kind != Node::Kind::Scalar) continue;
        if (std::binary_search(asked_.begin(), asked_.end(), key.text)) continue;
        findings_.add(
            key, kUnknownKey, fmt::format("unknown key \"{}\" in {}", key.text, what_),
            did_you_mean(key.text, asked_, fmt::format("it may hold {}", one_of(asked_))));
    }
}

std::optional<std::string> scalar_text(const Node& node, std::string_view what,
                                       Findings& findings) {
    if (node.kind == Node::Kind::Scalar && !node.text.empty()) return node.text;
    findings.add(node, kWrongType,
                 fmt::format("\"{}\" must be a text, but is {}", what,
                             node.kind == Node::Kind::Scalar ? "empty" : kind_name(node)));
    return std::nullopt;
}

std::optional<std::string> scalar_name(const Node& node, std::string_view what,
                                       Findings& findings) {
    auto found = scalar_text(node, what, findings);
    if (found && has_control(*found)) {
        findings.add(node, kWrongType,
                     fmt::format("\"{}\" holds a control character, which no name may", what));
        return std::nullopt;
    }
    if (found && node.plain && is_boolean_word(*found)) {
        findings.add(node, kAmbiguousWord,
                     fmt::format("\"{}\" is the unquoted word {}, which many YAML programs read as "
                                 "true or false",
                                 what, *found),
                     fmt::format("write it in quotes: \"{}\"", *found));
    }
    return found;
}

bool check_formula_kind(const Node& node, Findings& findings) {
    if (node.kind == Node::Kind::Scalar && !node.text.empty()) return true;
    findings.add(node, kWrongType, "a formula must be a text",
                 "put a formula that YAML takes for something else in single quotes");
    return false;
}

std::optional<int> whole_number(const Node& node, std::string_view what, int low, int high,
                                Findings& findings) {
    int number = 0;
    const char* end = node.text.data() + node.text.size();
    const auto [stop, fault] = std::from_chars(node.text.data(), end, number);
    if (node.kind == Node::Kind::Scalar && node.plain && fault == std::errc{} && stop == end &&
        number >= low && number <= high) {
        return number;
    }
    findings.add(node, kWrongType,
                 fmt::format("\"{}\" must be a whole number from {} to {}", what, low, high),
                 node.kind == Node::Kind::Scalar && !node.plain ? "write it without quotes" : "");
    return std::nullopt;
}

std::optional<std::size_t> word_index(const Node& node, std::string_view what,
                                      const std::vector<std::string>& allowed, Findings& findings) {
    const auto word = scalar_text(node, what, findings);
    if (!word) return std::nullopt;
    const auto at = std::find(allowed.begin(), allowed.end(), *word);
    if (at != allowed.end()) return static_cast<std::size_t>(at - allowed.begin());
    findings.add(node, kNotAllowed,
                 fmt::format("\"{}\" is \"{}\", but must be {}", what, *word, one_of(allowed)),
                 did_you_mean(*word, allowed));
    return std::nullopt;
}

std::vector<std::string> text_list(const Node& node, std::string_view what, Findings& findings) {
    std::vector<std::string> texts;
    if (node.kind == Node::Kind::Scalar) {
        if (auto only = scalar_name(node, what, findings)) texts.push_back(std::move(*only));
        return texts;
    }
    for (const Node& item : list_items(node, what, findings)) {
        if (auto one = scalar_name(item, what, findings)) texts.push_back(std::move(*one));
    }
    return texts;
}

const std::vector<Node>& list_items(const Node& node, std::string_view what, Findings& findings) {
    static const std::vector<Node> none;
    if (node.kind == Node::Kind::List && node.items.size() > kMaxItems) {
        findings.add(node, kTooBig,
                     fmt::format("\"{}\" holds more than {} items", what, kMaxItems));
        return none;
    }
    if (node.kind == Node::Kind::List) return node.items;
    findings.add(node, kWrongType,
                 fmt::format("\"{}\" must be a list, but is {}", what, kind_name(node)),
                 "begin each item with \"- \"");
    return none;
}

}  // namespace duet::document
