#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/sync/facts.h"
#include "mappings/attribution/weigher.h"

namespace duet::sync {

/// The campaign that gets most of the credit; blank when no touch counts.
struct Credited {
    Value id;  // of the CRM campaign
    Value name;
};

/// How attributions that learn weigh deals, by their name: as far as they have learnt.
struct Lessons {
    std::map<std::string, attribution::Weigher, std::less<>> by_name;
};

struct AttributionSources {
    const Model& model;
    RecordCache& cache;
    PathReader& paths;
    formula::Moment moment;
    const Lessons* lessons = nullptr;  // nullptr: no model has learnt anything
};

/// One opportunity as models see it, whatever `when` says: the touches of its people inside the
/// window, in order; none where the window cannot be told. Or why it cannot be known. `next` is
/// lowered to when that may change by itself.
[[nodiscard]] std::variant<attribution::Deal, std::string> find_deal(
    const document::Attribution& attribution, merge::FactSource& facts, const Record& opportunity,
    const AttributionSources& sources, std::optional<DateTime>& next);

/// Whether all the credit is the campaign's that people named in the opportunity.
[[nodiscard]] bool is_by_source(const document::Attribution& attribution) noexcept;

/// The weight of each of the deal's touches, of which there is at least one; or why they have none.
[[nodiscard]] std::variant<std::vector<double>, std::string> weigh(
    const document::Attribution& attribution, const attribution::Deal& deal,
    const Lessons* lessons);

/// Which campaign is credited, by most of the weights; or why it cannot be known.
[[nodiscard]] std::variant<Credited, std::string> attribute(
    const document::Attribution& attribution, merge::FactSource& facts, const Record& opportunity,
    const AttributionSources& sources, std::optional<DateTime>& next);

/// The campaign's name, when campaigns are pulled; else blank.
[[nodiscard]] Value name_of_campaign(const AttributionSources& sources, const std::string& id);

}  // namespace duet::sync
