#include "mappings/attribution/returns.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace duet::attribution {
namespace {

template <class T>
using ById = std::map<std::string_view, T>;

/// `id` and all below it, which no circle leads back to.
std::vector<std::string_view> tree_of(const ById<std::vector<std::string_view>>& children,
                                      std::string_view id) {
    std::vector<std::string_view> found{id};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto below = children.find(found[i]);
        if (below == children.end()) continue;
        found.insert(found.end(), below->second.begin(), below->second.end());
    }
    return found;
}

CampaignReturn::Tree sum_of(const std::vector<CampaignReturn>& returns,
                            const ById<std::size_t>& number_of,
                            const std::vector<std::string_view>& campaigns) {
    CampaignReturn::Tree tree;
    for (const std::string_view id : campaigns) {
        const CampaignReturn& part = returns[number_of.at(id)];
        ++tree.campaigns;
        tree.responses += part.responses;
        tree.mqls += part.mqls;
        tree.revenue += part.revenue;
        tree.pipeline += part.pipeline;
        tree.won_deals += part.won_deals;
        if (part.cost) tree.cost = tree.cost.value_or(0) + *part.cost;
    }
    tree.roi = return_on(tree.cost, tree.revenue);
    tree.cost_per_response = ratio(tree.cost, static_cast<double>(tree.responses));
    tree.cost_per_mql = ratio(tree.cost, static_cast<double>(tree.mqls));
    return tree;
}

}  // namespace

std::vector<std::string> below_themselves(const OrgFacts& facts) {
    ById<std::string_view> parents;
    for (const CampaignFacts& campaign : facts.campaigns)
        parents.emplace(campaign.id, campaign.parent);
    std::vector<std::string> found;
    for (const auto& [id, parent] : parents) {
        std::string_view above = parent;
        // As many steps as there are campaigns lead round any circle.
        for (std::size_t step = 0; step < parents.size() && above != id; ++step) {
            const auto next = parents.find(above);
            if (next == parents.end()) break;
            above = next->second;
        }
        if (!above.empty() && above == id) found.emplace_back(id);
    }
    return found;
}

std::vector<CampaignReturn> returns_of(const OrgFacts& facts, const Report& report,
                                       const ModelReport& model) {
    ById<std::size_t> responses;
    for (const MemberFacts& member : facts.members)
        if (member.has_responded) ++responses[member.campaign];
    ById<const CampaignCredit*> credits;
    for (const CampaignCredit& credit : model.campaigns) credits.emplace(credit.campaign, &credit);
    std::vector<CampaignReturn> returns;
    ById<std::size_t> number_of;
    ById<std::vector<std::string_view>> children;
    for (const CampaignFacts& campaign : facts.campaigns) {
        if (!number_of.emplace(campaign.id, returns.size()).second) continue;
        if (!campaign.parent.empty()) children[campaign.parent].push_back(campaign.id);
        CampaignReturn one;
        one.campaign = campaign.id;
        if (campaign.actual_cost)
            one.cost = facts.currencies.corporate(*campaign.actual_cost, campaign.currency);
        if (const auto found = responses.find(campaign.id); found != responses.end())
            one.responses = found->second;
        if (const auto found = credits.find(campaign.id); found != credits.end()) {
            one.revenue = found->second->revenue;
            one.pipeline = found->second->pipeline;
            one.won_deals = found->second->won_deals;
        }
        one.roi = return_on(one.cost, one.revenue);
        if (const auto found = report.mqls.find(campaign.id); found != report.mqls.end())
            one.mqls = found->second;
        one.cost_per_mql = ratio(one.cost, static_cast<double>(one.mqls));
        one.cost_per_response = ratio(one.cost, static_cast<double>(one.responses));
        one.cost_per_won_deal = ratio(one.cost, one.won_deals);
        one.pipeline_per_cost = ratio(one.pipeline, one.cost);
        returns.push_back(std::move(one));
    }
    const auto circular = below_themselves(facts);
    for (CampaignReturn& one : returns) {
        const bool is_circular =
            std::find(circular.begin(), circular.end(), one.campaign) != circular.end();
        if (children.contains(one.campaign) && !is_circular)
            one.tree = sum_of(returns, number_of, tree_of(children, one.campaign));
    }
    return returns;
}

}  // namespace duet::attribution
