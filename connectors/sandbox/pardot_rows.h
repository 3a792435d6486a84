#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "connectors/sandbox/database.h"
#include "connectors/sandbox/pardot_schema.h"

namespace duet::sandbox {

class SandboxState;

/// Values by field name. A field that is missing was not read, or is not to be written.
using PardotRow = std::map<std::string, SqlValue>;

/// The table that a read goes to: the collection's own, or its copy that lags behind.
enum class PardotCopy { Primary, Lagging };
[[nodiscard]] std::string table_of(const PardotCollection& collection, PardotCopy copy);

void create_pardot_table(SandboxState& state, const PardotCollection& collection);

/// Every field of the row; nothing: no such id. Deleted rows are found too.
[[nodiscard]] std::optional<PardotRow> find_pardot_row(SandboxState& state,
                                                       const PardotCollection& collection,
                                                       std::int64_t id,
                                                       PardotCopy copy = PardotCopy::Primary);

/// Gives the row the next id, creation and update stamps, and returns the id.
std::int64_t insert_pardot_row(SandboxState& state, const PardotCollection& collection,
                               PardotRow values, std::optional<std::int64_t> user);
/// Writes `values` and the update stamp.
void update_pardot_row(SandboxState& state, const PardotCollection& collection, std::int64_t id,
                       PardotRow values, std::optional<std::int64_t> user);
/// As it stands, stamps and id included: for seeds.
void store_pardot_row(SandboxState& state, const PardotCollection& collection,
                      const PardotRow& values);

/// Brings the lagging copies to what the primaries held `lag_seconds` ago, or later where a row
/// changed again since. Makes them on first use; 0 forgets them.
void move_pardot_copies(SandboxState& state, std::int64_t lag_seconds);
/// Gone without trace, from the copies too; its id is never given again.
void erase_pardot_row(SandboxState& state, const PardotCollection& collection, std::int64_t id);
/// The copies have the columns they were made with: call after a column was added.
void forget_pardot_copies(SandboxState& state);

[[nodiscard]] std::string text_of(const PardotRow& row, std::string_view field);      // "" for none
[[nodiscard]] std::int64_t integer_of(const PardotRow& row, std::string_view field);  // 0 for none
[[nodiscard]] bool true_in(const PardotRow& row, std::string_view field);

/// "2018-01-02T03:04:05Z" of any ISO 8601 instant with an offset; nothing: it is none.
[[nodiscard]] std::optional<std::string> stored_time(std::string_view text);
/// Now, as it is stored: to the second, never before an earlier write's.
[[nodiscard]] std::string stored_now(SandboxState& state);

}  // namespace duet::sandbox
