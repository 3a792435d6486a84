#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/findings.h"
#include "mappings/document/tree.h"
#include "mappings/side.h"

/// The form of mapping documents, as data: which keys each kind of map may hold, and what may stand
/// behind them. The loader checks files against these tables, and the JSON Schema for editors is
/// written from them, so that both accept the same documents.
///
/// To add a key: a row in its shape's table, an example in README.md, and
/// `DUET_WRITE_SCHEMA=1 mappings_document_test --gtest_filter='Schema.*'`, which writes
/// schema.json anew. The tests fail for a key that lacks one of them, and for a row that no
/// reader reads.
namespace duet::document {

/// What may stand behind a key.
struct Form {
    enum class Kind : std::uint8_t {
        Text,     // any scalar that is not empty
        Name,     // a text that is no unquoted yes, no, on, off, true, false, y, n
        Formula,  // a text; whether it compiles is asked elsewhere
        Whole,    // a whole number from low to high, without quotes
        Word,     // one of words
        List,     // a list; each item is of the form `of[0]`. Of `low` to `high` items where
                  // `high` is not 0, which a reader checks
        Map,      // a map of the shape named `shape`
        MapOf,    // a map with any keys; each value is of the form `of[0]`
        Either,   // one of the forms in `of`, of which at most one is a scalar, a list, a map
    };
    Kind kind = Kind::Text;
    int low = 0;
    int high = 0;
    std::vector<std::string> words{};
    std::string shape{};
    std::vector<Form> of{};
    /// The schema says so, but a reader checks it, because it can say more than "wrong".
    bool own_check = false;
};

/// One key of a shape.
struct Key {
    std::string name;
    Form form;
    std::string title;
    std::string description;
    std::string examples;  // a JSON array
    bool required = false;
};

/// One kind of map.
struct Shape {
    std::string name;   // in the schema's $defs
    std::string what;   // in messages: "a field rule"
    std::string title;  // in the schema
    std::vector<Key> keys;
    /// More of JSON Schema, as the members of an object: conditions between keys, which the
    /// readers check too.
    std::string conditions{};
};

/// All shapes; the first is that of a document.
using Grammar = std::vector<Shape>;

/// The grammar for a pair of connectors, whose names are parts of keys and words.
[[nodiscard]] Grammar make_grammar(const SideNames& names);

/// The shape of that name; there must be one.
[[nodiscard]] const Shape& find_shape(const Grammar& grammar, std::string_view name);

/// The alternative of `form` that a node of this kind can be; nullptr: none. `form` itself when it
/// has no alternatives.
[[nodiscard]] const Form* alternative(const Form& form, Node::Kind kind) noexcept;

/// Reports what in `root`, a document, is not of the grammar's form: unknown keys, missing ones,
/// values of the wrong kind, words that are not allowed.
void check_form(const Node& root, const Grammar& grammar, Findings& findings);

}  // namespace duet::document
