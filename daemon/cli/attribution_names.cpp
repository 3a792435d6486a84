#include "daemon/cli/attribution_names.h"

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "mappings/attribution/deals.h"
#include "mappings/attribution/new_names.h"

namespace duet::cli {
namespace {

using nlohmann::json;

std::string name_of(const OrgFolder& org, const std::string& id) {
    for (const auto& campaign : org.facts.campaigns)
        if (campaign.id == id) return campaign.name;
    return {};
}

json line_of(const OrgFolder& org, const attribution::NewNames& one) {
    return {{"campaign", one.campaign},   {"name", name_of(org, one.campaign)},
            {"deals", one.deals},         {"value", figure(one.value)},
            {"qualified", one.qualified}, {"net_new", one.net_new}};
}

}  // namespace

json names_in(const OrgFolder& org, const attribution::ReportRequest& request) {
    const attribution::Deals deals(org.facts, request.touches, request.importance, request.now);
    std::vector<attribution::NamedDeal> named;
    for (const auto& one : org.facts.opportunities) {
        attribution::NamedDeal deal;
        deal.id = one.id;
        deal.account = one.account;
        deal.created = one.created;
        deal.close = one.close;
        deal.is_closed = one.is_closed;
        deal.is_won = one.is_won;
        deal.value = org.facts.currencies
                         .corporate(attribution::value_in_a_year(one), one.currency, one.close)
                         .value_or(0);
        const attribution::Deal seen = deals.deal(one, attribution::View::Pipeline);
        for (const auto& touch : seen.touches) deal.touches.push_back({touch.campaign, touch.time});
        named.push_back(std::move(deal));
    }
    std::vector<attribution::Qualified> qualified;
    for (const auto& contact : org.facts.contacts)
        if (contact.mql) qualified.push_back({deals.qualified_by(contact), 1});
    const auto found = attribution::new_names_of(named, qualified);
    json campaigns = json::array();
    for (const auto& one : found.campaigns) campaigns.push_back(line_of(org, one));
    return {{"campaigns", std::move(campaigns)},
            {"all", line_of(org, found.all)},
            {"without_account", found.without_account}};
}

Grid names_grid(const json& names) {
    Grid grid({"campaign_id", "campaign_name", "deals", "value_in_a_year_corporate", "qualified",
               "net_new"});
    const auto add = [&](const json& one) {
        grid.add({one.at("campaign"), one.at("name"), whole(one.at("deals")), six(one.at("value")),
                  whole(one.at("qualified")), whole(one.at("net_new"))});
    };
    for (const json& one : names.at("campaigns")) add(one);
    add(names.at("all"));
    return grid;
}

Grid trees_grid(const json& models) {
    Grid grid({"campaign_id", "campaign_name", "model", "campaigns", "actual_cost_corporate",
               "responses", "cost_per_response", "mqls", "cost_per_mql",
               "attributed_won_revenue_corporate", "attributed_pipeline_corporate", "won_deals",
               "roi"});
    const auto add = [&](const json& one, const json& part, const std::string& model,
                         std::size_t campaigns) {
        grid.add({one.at("campaign"), one.at("name"), model, std::to_string(campaigns),
                  six(part.at("cost")), whole(part.at("responses")),
                  six(part.at("cost_per_response")), whole(part.at("mqls")),
                  six(part.at("cost_per_mql")), six(part.at("revenue")), six(part.at("pipeline")),
                  six(part.at("won_deals")), six(part.at("roi"))});
    };
    for (const json& model : models) {
        const auto name = model.at("model").get<std::string>();
        for (const json& one : model.at("returns")) {
            add(one, one, name, 1);
            if (!one.contains("tree")) continue;
            const json& tree = one.at("tree");
            add(one, tree, name, tree.at("campaigns").get<std::size_t>());
        }
    }
    return grid;
}

}  // namespace duet::cli
