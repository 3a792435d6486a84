#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/findings.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// One file before it is known whether another one includes it.
struct ParsedFile {
    std::string file;   // as the caller names it
    bool part = false;  // read for those who include it only
    Node tree;
};

/// The documents: every file that no other includes, with what it includes added to it. Lists are
/// joined, the including file's items first, and a line that another file says word for word comes
/// once; maps too; any other key that comes twice stays twice, for the readers to report. A file
/// may define the entity of the document that includes it, with the same objects and match. Every
/// value keeps its place in its own file. Reports what cannot be included: files that are not there
/// or lie outside the folder of the document, circles, a file twice in one document, another
/// entity, more than 20 levels.
[[nodiscard]] std::vector<Node> join_includes(const std::vector<ParsedFile>& files,
                                              Findings& findings);

/// "a/b/people.yaml" -> "a/b"; empty: the present folder.
[[nodiscard]] std::string folder_of(std::string_view file);

}  // namespace duet::document
