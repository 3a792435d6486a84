#pragma once

#include <vector>

#include "daemon/store/told.h"
#include "daemon/sync/facts.h"
#include "daemon/sync/org.h"

namespace duet::sync {

/// Names of figures that are kept.
inline constexpr const char* kToldClass = "rfm";
inline constexpr const char* kToldProbability = "win_probability";

/// The customer's code and class ("544 Potential Loyalist", "" without one), where documents have
/// `rfm` for this kind of entity and it can be known.
[[nodiscard]] std::vector<store::Told> told_of_customer(EntityKind kind, EntityFacts& facts,
                                                        const EntityFacts::Sources& sources);

/// The probability with which an open deal is won ("0.36"), where a rule asked for it.
[[nodiscard]] std::vector<store::Told> told_of_deal(EntityKind kind, const EntityFacts& facts,
                                                    const EntityFacts::Sources& sources);

/// Keeps what differs from what was told last of the same figure.
Status keep_told(Org& org, const std::vector<store::Told>& rows);

}  // namespace duet::sync
