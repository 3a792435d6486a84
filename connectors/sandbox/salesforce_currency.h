#pragma once

#include "connectors/sandbox/salesforce_derive.h"

namespace duet::sandbox {

[[nodiscard]] bool has_currencies(const SandboxState& state);

/// The org's own currency, which all rates are told against.
[[nodiscard]] std::string corporate_currency(SandboxState& state);

/// Fills CurrencyIsoCode: a deal's parts have the deal's, everything else the user's or the org's
/// where none is given. A code that is not active is refused. Nothing in a one-currency org.
[[nodiscard]] std::optional<Refusal> derive_currency(SandboxState& state, Row& row,
                                                     const Write& write);

/// What CurrencyType and DatedConversionRate demand: each code once, each day of a code once.
[[nodiscard]] std::optional<Refusal> derive_rate(SandboxState& state, Row& row, const Write& write);

/// NextStartDate of every dated rate, where another follows.
void settle_dated_rates(SandboxState& state);

/// The sum of the amounts of a campaign's deals (WHERE more), in the campaign's currency at the
/// static rates.
[[nodiscard]] std::string campaign_amount_sql(const SandboxState& state, const std::string& more);

/// The corporate currency where no seed gives one, named as the SOAP API names an org's default.
void add_stock_currency(SandboxState& state);

}  // namespace duet::sandbox
