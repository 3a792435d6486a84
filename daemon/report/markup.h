#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duet::report {

/// `&`, `<`, `>` and quotes as character references; characters that no page may hold are left out.
[[nodiscard]] std::string escaped(std::string_view text);

/// JSON for a data block of a page: what could end the block is spelled as an escape, so that it
/// still parses to the same.
[[nodiscard]] std::string script_safe(std::string_view json);

using Attribute = std::pair<std::string_view, std::string>;
using Attributes = std::vector<Attribute>;

/// Writes HTML and SVG element by element; every text and attribute is escaped, and each element
/// that was opened is closed. One thread.
class Markup {
public:
    Markup& open(std::string_view tag, const Attributes& attributes = {});
    /// The innermost that is open.
    Markup& close();
    Markup& text(std::string_view text);
    /// open, text, close.
    Markup& leaf(std::string_view tag, const Attributes& attributes, std::string_view text);
    /// An HTML element without content or end ("meta"), or an empty SVG element.
    Markup& single(std::string_view tag, const Attributes& attributes);
    /// As it stands: a style sheet of ours, or what `script_safe` returned.
    Markup& verbatim(std::string_view text);
    /// All of it, whatever is open closed. Afterwards it is empty.
    [[nodiscard]] std::string take();

private:
    void begin(std::string_view tag, const Attributes& attributes);

    std::string out_;
    std::vector<std::string> open_;
};

/// A number for an attribute of a drawing: at most two decimals.
[[nodiscard]] std::string length(double value);

}  // namespace duet::report
