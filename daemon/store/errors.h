#pragma once

#include <string>
#include <string_view>

#include "mappings/result.h"

/// The store's errors. All are Broken: the caller stops, and the file is sound. None carries a
/// value of a row.
namespace duet::store {

/// The state file, its folder or its lock file cannot be opened: DUET-4001.
[[nodiscard]] Error cannot_open(const std::string& path, std::string_view reason);
/// The disk or the quota is full, or the file may not grow: DUET-4006.
[[nodiscard]] Error no_room(const std::string& path);
/// The file or a row in it is not what it must be: DUET-4005.
[[nodiscard]] Error damaged(const std::string& path, std::string_view reason);
/// A call that does not fit the state (an unknown row, a nested transaction), so a fault of
/// ours: DUET-4009.
[[nodiscard]] Error misuse(std::string_view what);
/// A row that this program cannot read: DUET-4010. `where` names table and column.
[[nodiscard]] Error unreadable(std::string_view where);
/// The org was never opened in this file: DUET-4011.
[[nodiscard]] Error unknown_org(std::string_view org);

/// What SQLite answered: `result_code` is the extended one, `detail` its own words.
[[nodiscard]] Error sqlite_error(const std::string& path, int result_code, std::string_view detail);
/// SQLite tells some ways of having no room as an I/O error: a spent quota, a file that may not
/// grow, a full disk under the index of its log. `system_error` is errno after the call.
[[nodiscard]] bool is_no_room(int result_code, int system_error) noexcept;
/// The same of an errno alone.
[[nodiscard]] bool is_no_room(int system_error) noexcept;
/// After this result the connection must not be used again, as what is in memory and what is on
/// disk may differ (a failed fsync drops pages in the kernel).
[[nodiscard]] bool is_fatal(int result_code) noexcept;

}  // namespace duet::store
