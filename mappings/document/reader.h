#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/document/findings.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// A word that documents use for a value of an enumeration.
template <class T>
using Word = std::pair<std::string, T>;

inline constexpr std::size_t kMaxItems = 2000;  // of one list; some checks compare each with each

/// Reads the keys of one map and marks each as it is asked for. Reports what is no map, keys
/// that come twice (naming both lines), and in `finish` the keys nobody asked for.
class MapReader {
public:
    /// `what` names the thing in messages: "a field rule".
    MapReader(const Node& node, std::string what, Findings& findings);

    [[nodiscard]] const Node& node() const noexcept { return node_; }
    [[nodiscard]] const std::string& what() const noexcept { return what_; }
    [[nodiscard]] bool is_map() const noexcept {
        return readable_ && node_.kind == Node::Kind::Map;
    }

    /// The key's value, or nullptr when it is absent or empty (an empty one is reported).
    const Node* find(std::string_view key);
    /// As `find`, and an absent key is reported.
    const Node* require(std::string_view key);
    /// The key itself, for findings about it; the map when it is absent.
    [[nodiscard]] const Node& key_node(std::string_view key) const noexcept;

    /// A text; a list or map is reported.
    std::optional<std::string> text(std::string_view key);
    std::optional<std::string> required_text(std::string_view key);
    /// A name that people and programs know something by: also refuses unquoted words that
    /// YAML 1.1 programs read as true or false ("no", "on", "y").
    std::optional<std::string> required_name(std::string_view key);
    /// A whole number from `low` to `high`.
    std::optional<int> whole(std::string_view key, int low, int high);

    template <class T>
    std::optional<T> choice(std::string_view key, const std::vector<Word<T>>& words) {
        const auto at = choice_index(key, [&] {
            std::vector<std::string> allowed;
            allowed.reserve(words.size());
            for (const auto& word : words) allowed.push_back(word.first);
            return allowed;
        }());
        if (!at) return std::nullopt;
        return words[*at].second;
    }

    /// Reports keys that were never asked for. Call it once, last.
    void finish();

private:
    std::optional<std::size_t> choice_index(std::string_view key,
                                            const std::vector<std::string>& allowed);

    const Node& node_;
    std::string what_;
    Findings& findings_;
    std::vector<std::string> asked_;
    bool readable_ = true;  // false: so many keys that none is looked at
};

/// The scalar's text; anything else is reported as `what` "must be a text".
[[nodiscard]] std::optional<std::string> scalar_text(const Node& node, std::string_view what,
                                                     Findings& findings);
/// As above, and refuses words that YAML 1.1 reads as booleans when they stand unquoted.
[[nodiscard]] std::optional<std::string> scalar_name(const Node& node, std::string_view what,
                                                     Findings& findings);
/// Reports what can be no formula: a list, a map, nothing.
bool check_formula_kind(const Node& node, Findings& findings);
/// A number without quotes; anything else, and what is out of range, is reported.
[[nodiscard]] std::optional<int> whole_number(const Node& node, std::string_view what, int low,
                                              int high, Findings& findings);
/// Which of `allowed` the text is; any other is reported with the nearest of them.
[[nodiscard]] std::optional<std::size_t> word_index(const Node& node, std::string_view what,
                                                    const std::vector<std::string>& allowed,
                                                    Findings& findings);
/// A text or a list of texts.
[[nodiscard]] std::vector<std::string> text_list(const Node& node, std::string_view what,
                                                 Findings& findings);
/// The items of a list; anything else is reported and gives none.
[[nodiscard]] const std::vector<Node>& list_items(const Node& node, std::string_view what,
                                                  Findings& findings);

}  // namespace duet::document
