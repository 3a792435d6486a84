#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/document.h"

namespace duet::document {

class Findings;

/// The text of one document, and where its lines start.
class SourceText {
public:
    /// A byte order mark at the start is dropped.
    SourceText(std::string file, std::string text);

    [[nodiscard]] const std::string& file() const noexcept { return file_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Of a byte; columns count characters (code points). Past the end: the end.
    [[nodiscard]] Place place(std::size_t offset) const;
    /// A line counted from 1, without its end; empty when there is none.
    [[nodiscard]] std::string_view line(int number) const noexcept;

private:
    std::string file_;
    std::string text_;
    std::vector<std::size_t> line_starts_;
};

/// One value of a document with its place. YAML 1.2's core: no anchors, aliases or tags.
struct Node {
    enum class Kind : std::uint8_t { Null, Scalar, List, Map };

    Kind kind = Kind::Null;
    std::string text;         // of a scalar
    bool plain = false;       // a scalar without quotes, not a block
    bool rewritten = false;   // the text is not the source's: all of it is where it starts
    std::size_t offset = 0;   // where it starts in the source, in bytes
    std::vector<Node> keys;   // of a map; as many as items
    std::vector<Node> items;  // of a list or a map
    const SourceText* source = nullptr;

    [[nodiscard]] Place place() const { return source->place(offset); }
    /// Characters to underline: a scalar's own on its first line, 1 for everything else.
    [[nodiscard]] int length() const;
    /// The place in the source of byte `at` of `text`. Exact for scalars on one line; for
    /// folded and block scalars as near as their line breaks allow.
    [[nodiscard]] std::size_t source_offset(std::size_t at) const;
};

/// Reads the YAML of `source` (which must outlive the tree). Reports and returns Null when it
/// is over 1 MiB, no UTF-8, nested over 40 deep, or no YAML.
[[nodiscard]] Node parse_tree(const SourceText& source, Findings& findings);

}  // namespace duet::document
