#pragma once

#include <map>
#include <string>
#include <vector>

#include "mappings/document/territories.h"

namespace duet::routing {

/// What a person's record says for each measure; absent or blank: nothing.
using Whereabouts = std::map<document::Measure, std::string>;

/// The territories that a person is in, whose comes first: the one with most conditions, of these
/// the one whose postal prefix is longest, of these the first in the table. Letter case and outer
/// space are no difference; of a postal code neither are spaces and hyphens.
[[nodiscard]] std::vector<const document::Territory*> territories_of(
    const document::TerritoryTable& table, Whereabouts person);

}  // namespace duet::routing
