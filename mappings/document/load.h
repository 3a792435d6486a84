#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "mappings/catalog.h"
#include "mappings/document/document.h"
#include "mappings/side.h"

namespace duet::document {

/// One file's text; the caller reads it.
struct Source {
    std::string file;
    std::string text;  // YAML 1.2 (JSON is a subset), at most 1 MiB
    /// Read because another file includes it, so no document of its own. What stands beside the
    /// documents need not say so: a file that another one includes is only part of that one.
    bool part = false;
};

/// The paths of the files that `source` includes, in the form in which `load` looks for them among
/// its sources. `folder` is that of the document; what lies outside it is left out here, and
/// reported by `load`. The caller reads them, and what they include in turn.
[[nodiscard]] std::vector<std::string> included_files(const Source& source,
                                                      std::string_view folder);

/// Something wrong in a document.
struct Finding {
    Place place;
    std::string code;     // "DUET-2..."
    std::string message;  // what is wrong, what was expected
    std::string hint;     // how to mend it: nearest name, allowed values; may be empty
    std::string line;     // the line as it stands
    int length = 1;       // characters to underline from place.column
};

/// The line of that place as it stands, for findings made after loading; empty: there is none.
[[nodiscard]] std::string line_of(std::span<const Source> sources, const Place& place);

/// As a compiler prints it: "file:line:column: error: ...", the line, a caret line, the hint.
/// `word`: what it is, where it is no error.
[[nodiscard]] std::string render(const Finding& finding, std::string_view word = "error");

/// Loads and checks all documents of an org. Either everything is good, or every finding of
/// every file comes at once, ordered by file and place. `catalogs` of nullptr: checked without
/// the orgs, fields of unknown type; with it every name, type and length is checked. Two sides
/// of one connector are called `crm` and `marketing` in documents.
[[nodiscard]] std::variant<Documents, std::vector<Finding>> load(std::span<const Source> sources,
                                                                 const SideNames& names,
                                                                 const PerSide<Catalog>* catalogs);

/// The fields of one object that the documents read or write.
struct Need {
    Side side = Side::Crm;
    std::string object;
    std::vector<std::string> fields;  // sorted, each once
};

/// Everything the documents need from both sides: mapped and rule fields, the reference fields
/// that paths go through and the parents' fields, rollup children, touches, match fields, the
/// objects that hold lists and memberships when there are list rules. Needs the catalogs.
[[nodiscard]] std::vector<Need> needs(const Documents& documents, const PerSide<Catalog>& catalogs);

}  // namespace duet::document
