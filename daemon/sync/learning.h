#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/sync/attribute.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// What attributions that learn know so far; kept in the org's fact "attribution.lessons".
Result<Lessons> load_lessons(Org& org);

/// What a lesson came to.
struct Learning {
    bool took_place = false;
    std::vector<std::string> warnings;  // where there was little to learn from
};

/// Learns from the journeys of all closed deals, for each attribution whose time has come: at
/// once where it never did or the documents are other ones; else when `learn_days` have gone by and
/// `learn_percent` of the journeys were decided anew. So an org in which nothing happens costs
/// nothing. What was learnt otherwise than before makes every opportunity dirty, behind what is
/// new. O(closed deals) records in memory a thousand deals at a time.
Result<Learning> learn(Org& org, Instant now);

/// That so many opportunities were decided anew.
Status note_decided(Org& org, std::int64_t opportunities);

}  // namespace duet::sync
