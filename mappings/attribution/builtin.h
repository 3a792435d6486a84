#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/attribution/deals.h"

namespace duet::attribution {

/// The models that Pardot itself brings; Duet reads and compares them and never writes them.
inline constexpr std::string_view kPardotFirst = "pd_first";
inline constexpr std::string_view kPardotLast = "pd_last";
inline constexpr std::string_view kPardotEven = "pd_even";

struct BuiltinShare {
    std::string campaign;
    double share = 0;  // 0 to 1
};
struct BuiltinShares {
    std::vector<BuiltinShare> first;  // one, or none where nobody with a role is in a campaign
    std::vector<BuiltinShare> last;
    std::vector<BuiltinShare> even;  // by campaign id
};

/// What those models hold of an opportunity by Salesforce Help 000384120: of the members that are
/// its role holders, whatever their status, the earliest created, the last modified, and all
/// campaigns in equal parts. A campaign counts once; whether it is active is not asked.
[[nodiscard]] BuiltinShares builtin_shares(const Deals& deals, const OpportunityFacts& opportunity);

}  // namespace duet::attribution
