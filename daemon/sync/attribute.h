#pragma once

#include <optional>
#include <string>
#include <variant>

#include "daemon/sync/facts.h"

namespace duet::sync {

/// The campaign that gets the credit; blank when no touch counts.
struct Credited {
    Value id;  // of the CRM campaign
    Value name;
};

struct AttributionSources {
    const Model& model;
    RecordCache& cache;
    PathReader& paths;
    formula::Moment moment;
};

/// Gathers the touches of an opportunity's people and asks mappings/attribution which campaign is
/// credited; or says why it cannot be known. `next` is lowered to when that may change by itself.
[[nodiscard]] std::variant<Credited, std::string> attribute(
    const document::Attribution& attribution, merge::FactSource& facts, const Record& opportunity,
    const AttributionSources& sources, std::optional<DateTime>& next);

}  // namespace duet::sync
