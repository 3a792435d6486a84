#pragma once

#include <string>
#include <string_view>

#include "daemon/report/report.h"
#include "mappings/attribution/deals.h"

/// The tables of campaigns and their money, and of channels, without rows. Whoever fills them,
/// their columns mean the same, and the page draws them alike. `unit`: the currency; `stage`: what
/// the documents call people where cycles begin.
namespace duet::report {

/// Whose credit is nobody's, as the campaign of a row.
inline constexpr std::string_view kNoCampaign = "(no campaign)";

/// campaign, model, revenue, pipeline, won_deals, roi
[[nodiscard]] Table credits_table(const std::string& unit, std::string about);
/// campaign, cost, qualified, cost_per_qualified
[[nodiscard]] Table campaigns_table(const std::string& unit, const std::string& stage,
                                    std::string about);
/// campaign, model, campaigns, cost, revenue, pipeline, won_deals, roi, qualified,
/// cost_per_qualified
[[nodiscard]] Table trees_table(const std::string& unit, const std::string& stage);
/// campaign, deals, value, qualified, net_new
[[nodiscard]] Table new_names_table(const std::string& unit, std::string about);
/// what, deals, amount, untouched_deals, untouched_amount, covered
[[nodiscard]] Table coverage_table(const std::string& unit);
/// A row of it.
[[nodiscard]] std::vector<Cell> coverage_row(std::string what, double deals, double amount,
                                             double untouched_deals, double untouched_amount);
/// reason, deals, amount
[[nodiscard]] Table uncovered_table(const std::string& unit, std::string about);
/// channel, model, conversions, value, removal_effect
[[nodiscard]] Table channels_table();

/// Why a deal has no touch, in words: "nobody has a role in the deal".
[[nodiscard]] std::string_view sentence_of(attribution::Untouched why) noexcept;
/// The same of its word ("no_contact_role"); the word itself where it is none.
[[nodiscard]] std::string sentence_of_word(std::string_view word);

}  // namespace duet::report
