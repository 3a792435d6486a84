#pragma once

#include <string>

#include "daemon/sync/org.h"

namespace duet::sync {

/// Of what was put aside: the vendor will never take it as it is, did not take it now, or Duet
/// itself stopped writing a field that went back and forth.
inline constexpr const char* kRefusedCode = "DUET-5020";
inline constexpr const char* kLaterCode = "DUET-5021";
inline constexpr const char* kFrozenCode = "DUET-5022";

/// Which of its entity's writes this is, whatever values it carries: kind, record, and of a create
/// its key and what it refers to.
[[nodiscard]] std::string slot_of(const Org& org, Side side, const Write& write);

/// What kind of value a field has, for people who must not see it: "blank", "a text longer than
/// the field takes", "a text that is no option of the picklist", "a number". `field` may be null.
[[nodiscard]] std::string value_class(const Value& value, const FieldInfo* field);

/// A short digest of all that the catalog says of an object; empty when it has no such object.
[[nodiscard]] std::string digest_of(const ObjectInfo* object);

/// Puts a write aside that the side refused for good, or did not take now. It is tried again after
/// a growing delay with jitter of its own, and no sooner than its cause says, whose delay grows
/// with each round of tries that all failed. Inside the caller's transaction.
Status put_aside(Org& org, const store::InFlight& write, const Error& error, bool for_good);

/// The side took the write: it is put aside no longer. When it is the very write that was refused,
/// its cause is gone, and whatever else that held is tried again at once.
Status take_back(Org& org, const store::InFlight& write);

/// Lets go what may be mended: writes of an object that is described otherwise now, or that other
/// documents were in force for, to be tried from `now` on. In a transaction of its own.
Status free_mended(Org& org, Instant now);

/// Whether a write that was put aside may not be sent yet.
enum class Hold : std::uint8_t { Free, Wait };
[[nodiscard]] Result<Hold> hold_on(const Org& org, const store::Quarantined& row, Instant now);

/// The delay before try number `attempts` + 1: doubling from `first`, with up to a quarter of
/// jitter, and never over `longest`.
[[nodiscard]] std::chrono::seconds growing_delay(std::chrono::seconds first,
                                                 std::chrono::seconds longest, int attempts,
                                                 Random& random);

}  // namespace duet::sync
