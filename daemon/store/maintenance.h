#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mappings/result.h"

/// What operators do with the whole state file: copy it, check it, put a copy back. The first two
/// read beside a running daemon, which is neither asked nor held up. One thread a call; errors are
/// those of the store (DUET-40xx).
namespace duet::store {

/// Writes a copy of the state, as it is at one moment, to the new file `to` (mode 0600), and syncs
/// it. The name appears only when the copy is whole. DUET-4012 when `to` exists.
Status back_up(const std::string& state_file, const std::string& to);

/// What a check of a state file looked at, and what does not hold.
struct Checked {
    std::size_t rules = 0;              // invariants that were asked
    std::vector<std::string> findings;  // sentences that name table, org and count, never a value
};

/// Asks the file for everything that must hold in it at any moment: SQLite's own integrity, and
/// the invariants between the tables (README.md). Reads the whole file: about 10 s a gigabyte.
[[nodiscard]] Result<Checked> check(const std::string& state_file);

/// What a restore did beside putting the copy back.
struct Restored {
    std::int64_t erased_again = 0;   // people of the copy who were erased after it was made
    std::string erasures_unknown{};  // why nobody could tell who was: the old state is unreadable
};

/// Puts the copy `from` in the place of the state file, which no process may have open
/// (DUET-4002); the old one stays beside it as "<state_file>.replaced". A copy that is damaged, of
/// another program or of a newer Duet is refused, and nothing is touched.
///
/// The state that is put back is older than what it describes. So every org only observes until
/// all of both sides was read once more; what is then gone counts as deleted. Numbers of entities
/// go on far above those of the copy, because records on both sides already carry keys that were
/// given out after it was made. Receipts and tombstones of the old state go into the copy, and who
/// was erased since is erased from it. The old state is cleaned of those who are erased later by
/// the store's scrub().
Result<Restored> restore(const std::string& from, const std::string& state_file);

/// The fact that holds an org in mode observe after a restore; "" or "1".
inline constexpr const char* kRestoredFact = "restored";

}  // namespace duet::store
