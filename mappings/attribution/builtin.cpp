#include "mappings/attribution/builtin.h"

#include <set>
#include <tuple>

namespace duet::attribution {

BuiltinShares builtin_shares(const Deals& deals, const OpportunityFacts& opportunity) {
    const MemberFacts* first = nullptr;
    const MemberFacts* last = nullptr;
    std::set<std::string> campaigns;
    for (const std::string_view contact : deals.role_holders(opportunity)) {
        for (const MemberFacts* member : deals.members_of(contact)) {
            campaigns.insert(member->campaign);
            // At a tie the lower id, so that the order of the rows does not matter.
            if (member->created && (first == nullptr || std::tie(*member->created, member->id) <
                                                            std::tie(*first->created, first->id))) {
                first = member;
            }
            if (member->modified &&
                (last == nullptr || *member->modified > *last->modified ||
                 (*member->modified == *last->modified && member->id < last->id))) {
                last = member;
            }
        }
    }
    BuiltinShares shares;
    if (first != nullptr) shares.first.push_back({first->campaign, 1.0});
    if (last != nullptr) shares.last.push_back({last->campaign, 1.0});
    for (const std::string& campaign : campaigns)
        shares.even.push_back({campaign, 1.0 / static_cast<double>(campaigns.size())});
    return shares;
}

}  // namespace duet::attribution
