#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mappings/document/document.h"

/// Shares that a report tells, as documents give them: of some records those of which more is true.
namespace duet::document {

/// A line of `shares:`. Rules are over one object of the CRM; nothing follows from them but a
/// report's figures.
struct ShareRule {
    std::string name;        // as people read it: "Validated leads"
    std::string object;      // of the CRM, in the catalog's spelling
    Rule counted_when;       // the records that are counted
    Rule met_when;           // those of them that make the share
    std::optional<Rule> at;  // date or instant: counted where it lies in the report's period;
                             // absent: counted whenever it was
    std::optional<Rule> by;  // a text: the share is also told for each; names people only where
                             // documents say so
    Place place;
};

/// Every rule of the line.
[[nodiscard]] std::vector<const Rule*> rules_of(const ShareRule& share);

}  // namespace duet::document
