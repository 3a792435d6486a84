#include "mappings/attribution/influence.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace duet::attribution {
namespace {

constexpr double kHundredths = 100;  // of a percent

using Key = std::tuple<std::string, std::string, std::string>;

}  // namespace

InfluencePlan plan_influence(std::span<const HeldRow> held, std::span<const InfluenceRow> wanted) {
    std::map<Key, const HeldRow*> kept;
    InfluencePlan plan;
    for (const HeldRow& row : held) {
        const HeldRow*& known = kept[{row.opportunity, row.campaign, row.contact}];
        if (known == nullptr) {
            known = &row;
            continue;
        }
        const bool is_lower = row.id < known->id;
        plan.deletes.push_back(is_lower ? known->id : row.id);
        if (is_lower) known = &row;
    }
    for (const InfluenceRow& row : wanted) {
        const auto found = kept.find({row.opportunity, row.campaign, row.contact});
        if (found == kept.end()) {
            plan.inserts.push_back(row);
            continue;
        }
        const auto has = static_cast<int>(std::lround(found->second->influence * kHundredths));
        if (has != row.hundredths) {
            auto& updates = has > row.hundredths ? plan.decreases : plan.increases;
            updates.push_back({found->second->id, row.hundredths});
        }
        kept.erase(found);
    }
    for (const auto& [key, row] : kept) plan.deletes.push_back(row->id);
    std::sort(plan.deletes.begin(), plan.deletes.end());
    return plan;
}

}  // namespace duet::attribution
