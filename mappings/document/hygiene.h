#pragma once

#include <vector>

#include "mappings/document/document.h"

/// Whether records of deals are kept well, as documents give it.
namespace duet::document {

/// `hygiene:`. Rules are over opportunities; nothing follows from them but the report's score.
struct HygieneRule {
    Rule open_when;    // the deals that are counted
    Rule faulty_when;  // those of them with which something is wrong
    Rule owner;        // a text: by which the score is told, so a name only where documents say so
    Place place;
};

/// Every rule of it.
[[nodiscard]] std::vector<const Rule*> rules_of(const HygieneRule& hygiene);

}  // namespace duet::document
