#pragma once

#include <cstdint>
#include <span>

#include "daemon/store/sqlite.h"
#include "mappings/result.h"

namespace duet::store {

/// Stands in the file's header, so that `file` and other programs know whose it is: "Duet".
inline constexpr std::int64_t kApplicationId = 0x44756574;

/// The steps from an empty file to the schema of this program: step n leads from version n-1 to
/// version n. Released steps never change; a new version is a new step at the end.
[[nodiscard]] std::span<const char* const> schema_steps() noexcept;

/// DUET-4004 when the file is another program's.
Status check_application(Database& database);

/// DUET-4005 with SQLite's first finding when `PRAGMA quick_check` finds something.
Status quick_check(Database& database);

/// Brings the file forward, each step in a transaction of its own with its version number: a
/// crash leaves a file of some whole version. DUET-4003 when the file is newer than `steps`.
Status migrate(Database& database, std::span<const char* const> steps);

}  // namespace duet::store
