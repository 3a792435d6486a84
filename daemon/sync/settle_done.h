#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/sync/org.h"

namespace duet::sync {

/// What the vendor said of a write: an answer, or the record that a look for it found.
struct Told {
    Written written;
    std::optional<Record> found{};
    bool is_audited = false;  // the write was told in the audit when its answer came
    /// Of an update: done as sent, though the record holds what somebody made of it since.
    bool is_changed_since = false;

    /// What it holds now; a record that only may be ours can hold something else than was sent.
    [[nodiscard]] const Value& holds(const std::string& field, const Value& sent) const;
    [[nodiscard]] bool holds_as_sent(const std::string& field, const Value& sent) const;
    [[nodiscard]] Fields as_sent(Fields sent) const;
};

/// In the cause of a create whose record may not be of Duet's making: undo leaves it there.
inline constexpr std::string_view kWasThere = "a record that was there already";

/// Makes what the vendor has agreed, with an audit row. Inside the caller's transaction; the write
/// stays in flight.
Status settle_done(Org& org, const store::InFlight& write, const Told& told);

/// Adds a sentence to the cause that the audit will give for the whole write.
void add_to_cause(store::InFlight& write, std::string_view sentence);

/// Where the create said a yes to mail, what the entity's record said before is not known: it
/// counts as a no until a person allows it (`duet consent allow`). Inside the caller's transaction.
Status doubt_permission(Org& org, const store::InFlight& create, store::EntityId entity);

}  // namespace duet::sync
