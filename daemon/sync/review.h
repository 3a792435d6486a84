#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/sync/consent.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// A person's word on one entry of the review queue: `record` is the key of one of its candidates
/// ("Contact:003..." where several objects have that key), or "none". A candidate of the other
/// side becomes its partner, whoever had it before; one of its own side makes it that one's
/// duplicate, which stands aside. Remembered until another word or until either is gone, audited,
/// and carried out at once; writes follow with the next cycle. `permission`: who says so, and why.
/// The choice; Rejected (DUET-5050, DUET-5051) when there is no such entry or candidate.
Result<store::Choice> choose(Org& org, std::int64_t review, std::string_view record,
                             const Permission& permission);

/// Takes a person's word on a record back: the match rules decide again, and it may come back into
/// the queue. `record`: as above. Rejected (DUET-5052) when there is no word on it.
Result<store::Choice> forget_choice(Org& org, std::string_view record,
                                    const Permission& permission);

}  // namespace duet::sync
