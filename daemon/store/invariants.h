#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/store/sqlite.h"

/// What must hold in the state at any moment between two transactions (README.md).
namespace duet::store {

/// How many invariants there are, SQLite's own integrity among them.
[[nodiscard]] std::size_t invariants() noexcept;

/// Sentences about what does not hold: table, org and count, never a value. Reads the whole
/// database; an Error is the store's (DUET-40xx). On the thread of the connection.
[[nodiscard]] Result<std::vector<std::string>> broken_invariants(Database& database);

}  // namespace duet::store
