#pragma once

#include <map>
#include <optional>
#include <string>

#include "daemon/sync/attribute.h"
#include "mappings/attribution/money.h"
#include "mappings/document/conventions.h"

namespace duet::sync {

/// The attribution of which `name` is a fact for this kind of entity; nullptr: none.
[[nodiscard]] const document::Attribution* attribution_of(const document::Documents& documents,
                                                          EntityKind kind, std::string_view name);

/// The rates of the org's currencies; none where it has one. An Error is the store's.
Result<attribution::CurrencyTable> rates_of(store::Store& store, const std::string& org,
                                            const document::Documents& documents);

/// The deal's amount in the corporate currency; 0 without one; nothing for a currency without a
/// rate.
[[nodiscard]] std::optional<double> corporate_amount(const Record& deal,
                                                     const attribution::CurrencyTable& rates,
                                                     const document::InfluenceWords& words);

/// Everything that rules of the entity may read of the attribution, by name ("Best_Revenue"), into
/// `found`; or why it cannot be known. `record`: the entity's in the CRM.
[[nodiscard]] std::optional<std::string> attribution_facts(
    const document::Attribution& attribution, EntityKind kind, merge::FactSource& facts,
    const Record& record, const AttributionSources& sources,
    std::map<std::string, Value, std::less<>>& found, std::optional<DateTime>& next);

/// The same of a campaign and all below it: "Best_Tree_Revenue" and its like.
[[nodiscard]] std::optional<std::string> campaign_tree_facts(
    const document::Attribution& attribution, const Record& record,
    const AttributionSources& sources, std::map<std::string, Value, std::less<>>& found);

}  // namespace duet::sync
