#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duet::sandbox {

/// An element of a SOAP message. Names are local: their prefixes are dropped, and so are
/// attributes other than xsi:nil, comments and processing instructions.
struct XmlElement {
    std::string name;
    std::string text;  // of its own, entities resolved; "" for an element of elements
    bool nil = false;  // xsi:nil="true"
    std::vector<XmlElement> children;

    /// The first child of that name, or null.
    [[nodiscard]] const XmlElement* find(std::string_view child) const noexcept;
    /// The text of that child, "" where it is missing.
    [[nodiscard]] std::string text_of(std::string_view child) const;
    [[nodiscard]] std::vector<const XmlElement*> all(std::string_view child) const;
};

/// The root element. Nothing: not well-formed, deeper than 64 elements, or with a document type,
/// which the vendor refuses too.
[[nodiscard]] std::optional<XmlElement> parse_xml(std::string_view xml);

/// `text` with &, < and > escaped.
[[nodiscard]] std::string xml_text(std::string_view text);
/// "<name>text</name>", or an element that is xsi:nil for "".
[[nodiscard]] std::string xml_element(std::string_view name, std::string_view text);

}  // namespace duet::sandbox
