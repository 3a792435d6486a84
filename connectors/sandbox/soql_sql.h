#pragma once

#include <string>
#include <string_view>

struct sqlite3;

namespace duet::sandbox::soql {

/// Registers what translated queries call. Needed once for each connection, before the first of
/// them runs; returns false when SQLite refuses. Thread: the connection's.
///   collation SOQL_TEXT            code points after Unicode simple case folding
///   soql_like(value, pattern)      % and _, case folded; \ escapes
///   soql_includes(value, wanted)   a;b;c holds each part of `wanted`
[[nodiscard]] bool register_soql_functions(sqlite3* database);

/// Compares UTF-8 texts as SOQL_TEXT does: negative, zero or positive.
[[nodiscard]] int compare_folded(std::string_view left, std::string_view right);
[[nodiscard]] bool like_folded(std::string_view value, std::string_view pattern);
[[nodiscard]] bool includes_folded(std::string_view value, std::string_view wanted);

/// The 18-character form of a 15- or 18-character record id; an 18-character one gets its letter
/// case back from its checksum. Empty when the text is no id.
[[nodiscard]] std::string normalize_id(std::string_view id);

}  // namespace duet::sandbox::soql
