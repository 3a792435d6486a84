#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "daemon/sync/attribute.h"
#include "mappings/attribution/money.h"
#include "mappings/document/conventions.h"

namespace duet::sync {

/// What campaigns are credited with, by the rows of campaign influence that an attribution keeps,
/// or by the campaign that people named in each deal. Adds up one campaign or several; a deal
/// counts once however many of them it has. Sums are in the corporate currency until they are told.
class CampaignFigures {
public:
    explicit CampaignFigures(const AttributionSources& sources);

    /// Reads the rates and the currency in which sums are told: the campaign's. This and the calls
    /// below give nothing, or why it cannot be known.
    std::optional<std::string> begin(const Record& campaign);
    std::optional<std::string> add(const document::Attribution& attribution,
                                   const Record& campaign);
    /// The campaign and all below it by the CRM's parent field, each once. A campaign that is below
    /// itself has no such sum.
    std::optional<std::string> add_tree(const document::Attribution& attribution,
                                        const Record& campaign);

    /// As rules read them: `prefix` is "Best" or "Best_Tree".
    void tell(const std::string& prefix, std::map<std::string, Value, std::less<>>& found) const;
    /// What only a tree has.
    void tell_tree(const std::string& prefix,
                   std::map<std::string, Value, std::less<>>& found) const;

private:
    std::optional<std::string> add_row(const Record& row);
    /// Deals in which people named the campaign.
    std::optional<std::string> add_named(const Record& campaign);
    std::optional<std::string> add_deal(const Record& deal, double share);
    std::optional<std::string> add_cost(const Record& campaign);
    [[nodiscard]] bool is_of(const Record& row, const document::Attribution& attribution) const;

    const AttributionSources& sources_;
    const document::InfluenceWords& words_;
    attribution::CurrencyTable rates_;
    double own_rate_ = 1;  // one of the campaign's currency in the corporate one
    double revenue_ = 0;
    double pipeline_ = 0;
    double won_ = 0;
    double credited_ = 0;
    std::optional<double> cost_;  // of those that have one
    std::int64_t campaigns_ = 0;
    std::set<std::string> deals_;
};

/// Whether a rule of a campaign reads the sums of the campaigns below it by this name.
[[nodiscard]] bool is_tree_fact(std::string_view name);
/// Whether any field of the document does.
[[nodiscard]] bool reads_tree(const document::EntityDocument& document);

/// Salesforce lets campaigns stand five deep, counted with the topmost (Help, "Campaign
/// Hierarchies", read 2025-03): so many steps lead up from the lowest.
inline constexpr int kStepsUpCampaigns = 4;

}  // namespace duet::sync
