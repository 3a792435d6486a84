#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/sync/brake.h"
#include "daemon/sync/planner.h"
#include "daemon/sync/send.h"

namespace duet::sync {

/// What became of one write of a list.
enum class Fate : std::uint8_t {
    Done,     // the vendor has it, and the audit a row
    Already,  // nothing to do: it is as the write wants it
    Changed,  // not sent: what it was to change is not any more as the write says it was
    Refused,  // the vendor, or a law of ours, refused it
    Braked,   // waits for `duet brake release`
    Paused,   // waits for `duet resume`
    Later,    // not now: the side is away or its budget used up, or another write goes first
    InDoubt,  // sent, or waiting for one that was: nobody knows yet
};
[[nodiscard]] const char* to_string(Fate fate) noexcept;  // "done", "already so", ...

struct Outcome {
    Fate fate = Fate::Later;
    std::string why;  // for a person; empty when done
};

struct Applied {
    store::CycleId cycle = 0;       // the writes' own, for the audit, `duet explain` and undo
    std::vector<Outcome> outcomes;  // one a write, in the order given
    std::vector<store::Held> held;
    std::vector<Alarm> alarms;
    PerSide<std::optional<Error>> closed{};  // why a side took no more

    [[nodiscard]] std::int64_t count(Fate fate) const noexcept;
};

/// Sends just these writes, through everything that a cycle's own go through: pauses and the brake,
/// in flight, settle, audit. Of each write `entity`, `side`, `write`, `before` and `reasons` must
/// be filled in, `kinds` with what the brake is to count it as (see brake_kinds_of), and
/// `cap_per_cycle` of a create; for a membership `list` too.
///
/// Before it goes out each is looked at once more, its record read anew by key: an update goes only
/// where each of its fields still is as `before` says (those that are as wanted already are left
/// out), a delete only where all of `before` is so, a create only where no record has its key.
/// So a list that is applied twice is written once. None loosens a person's consent, deletes a
/// membership that the person left, or makes it anew, unless its reasons say that the person was
/// let back in.
///
/// What was written is decided anew by the next cycle. Refused as a whole (Rejected) when the org
/// is paused (DUET-5040) or in mode observe (DUET-5043). An Error is otherwise the store's.
/// `trigger`: what the cycle's row is called ("apply", "undo").
Result<Applied> apply_writes(const Org& org, std::vector<PlannedWrite> writes,
                             const std::string& trigger, std::stop_token stop);

/// Why nothing is written for an org in mode observe.
[[nodiscard]] Error observe_error(const std::string& org);

/// The brake's kinds of an update of these fields, as far as values tell: "blank", and
/// "unsubscribe" for an opt-out that no person made.
[[nodiscard]] std::vector<std::string> brake_kinds_of(const Fields& before, const Fields& after,
                                                      const std::string& system);

}  // namespace duet::sync
