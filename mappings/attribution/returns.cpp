#include "mappings/attribution/returns.h"

#include <map>
#include <set>
#include <string_view>

namespace duet::attribution {
namespace {

template <class T>
using ById = std::map<std::string_view, T>;

/// Adds `id` and all below it to `seen`, each once, whatever circles the parents make.
void collect(const ById<std::vector<std::string_view>>& children, std::string_view id,
             std::set<std::string_view>& seen) {
    std::vector<std::string_view> waiting{id};
    while (!waiting.empty()) {
        const std::string_view next = waiting.back();
        waiting.pop_back();
        if (!seen.insert(next).second) continue;
        const auto found = children.find(next);
        if (found == children.end()) continue;
        waiting.insert(waiting.end(), found->second.begin(), found->second.end());
    }
}

}  // namespace

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
    for (CampaignReturn& one : returns) {
        if (!children.contains(one.campaign)) continue;
        std::set<std::string_view> below;
        collect(children, one.campaign, below);
        CampaignReturn::Tree tree;
        for (const std::string_view id : below) {
            const CampaignReturn& part = returns[number_of.at(id)];
            ++tree.campaigns;
            tree.revenue += part.revenue;
            if (part.cost) tree.cost = tree.cost.value_or(0) + *part.cost;
        }
        tree.roi = return_on(tree.cost, tree.revenue);
        one.tree = tree;
    }
    return returns;
}

}  // namespace duet::attribution
