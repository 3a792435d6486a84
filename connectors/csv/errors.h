#pragma once

#include <span>
#include <string>
#include <string_view>

#include "mappings/result.h"

namespace duet::csv {

/// The system refused `action` ("open", "replace") on `path` with `error_number`. What heals
/// without a change of the set-up (a full disk, too many open files) is Transient, the rest Broken.
[[nodiscard]] Error file_error(std::string_view action, const std::string& path, int error_number);

/// The file is no table that Duet can read: Broken. Each finding is "file:line:column: what".
[[nodiscard]] Error table_error(std::span<const std::string> findings);

/// A write that the table will never take as it is. `word` is for programs: "NO_SUCH_ROW".
[[nodiscard]] Error refused(std::string_view word, const std::string& why);

/// Objects or columns are not there.
[[nodiscard]] Error missing(const std::string& what);

/// The stop came first; nothing was done.
[[nodiscard]] Error stopped();

/// The file changed again and again while it was to be replaced; nothing was written.
[[nodiscard]] Error always_changing(const std::string& path);

}  // namespace duet::csv
