#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mappings/attribution/facts.h"
#include "mappings/attribution/report.h"

namespace duet::attribution {

/// What a campaign cost beside what it is credited with, by one model. Money is in the corporate
/// currency, costs by the static rate. A figure is absent where it would divide by nothing: a cost
/// that is unknown, or 0.
struct CampaignReturn {
    std::string campaign;
    std::optional<double> cost;
    std::size_t responses = 0;  // members who responded
    std::size_t mqls = 0;       // contacts whose last touch before they qualified was of it
    double revenue = 0;
    double pipeline = 0;
    double won_deals = 0;       // the sum of the weights
    std::optional<double> roi;  // (revenue - cost) / cost
    std::optional<double> cost_per_response;
    std::optional<double> cost_per_mql;
    std::optional<double> cost_per_won_deal;
    std::optional<double> pipeline_per_cost;
    /// Itself and every campaign below it, each counted once.
    struct Tree {
        std::size_t campaigns = 0;
        std::optional<double> cost;  // of those that have one
        std::size_t responses = 0;
        std::size_t mqls = 0;
        double revenue = 0;
        double pipeline = 0;
        double won_deals = 0;
        std::optional<double> roi;
        std::optional<double> cost_per_response;
        std::optional<double> cost_per_mql;
    };
    std::optional<Tree> tree;  // of campaigns that have others below them, and none of a circle
};

/// Campaigns that are below themselves by their parents, by id: what is below
/// them cannot be added up.
[[nodiscard]] std::vector<std::string> below_themselves(const OrgFacts& facts);

/// Of every campaign of the facts, in their order; `model` is one of `report`.
[[nodiscard]] std::vector<CampaignReturn> returns_of(const OrgFacts& facts, const Report& report,
                                                     const ModelReport& model);

}  // namespace duet::attribution
