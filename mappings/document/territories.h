#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"

namespace duet::document {

/// What territories go by.
enum class Measure : std::uint8_t { Country, Region, PostalPrefix, Industry };

struct MeasureWords {
    Measure measure;
    std::string_view of_person;     // the key of the formula
    std::string_view of_territory;  // the key of what a territory holds
};
inline constexpr std::array kMeasures{
    MeasureWords{Measure::Country, "country", "country"},
    MeasureWords{Measure::Region, "region", "region"},
    MeasureWords{Measure::PostalPrefix, "postal_code", "postal_prefix"},
    MeasureWords{Measure::Industry, "industry", "industry"},
};

/// Whose people are in one country, region or industry, or whose postal code begins so.
struct Territory {
    std::string name;
    std::map<Measure, std::vector<std::string>> holds;  // one of each, as compared; absent: any,
                                                        // blanks too
    std::string owner;                                  // this, or those who take turns
    std::vector<RobinMember> round_robin;
    Place place;
};

struct TerritoryTable {
    std::map<Measure, Rule> by;  // over persons; of every measure that a territory names
    std::vector<Territory> table;
};

/// A text as it is compared: letter case and outer space are no difference; of a postal code
/// neither are spaces and hyphens.
[[nodiscard]] std::string as_compared(Measure measure, std::string_view text);

/// The table behind the key `territories` of a rule of a routing.
[[nodiscard]] std::shared_ptr<const TerritoryTable> read_territories(const Node& node,
                                                                     const Context& context);

/// Those who take turns, behind a key `round_robin`.
[[nodiscard]] std::vector<RobinMember> read_members(const Node& node, const Context& context);

}  // namespace duet::document
