#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/value.h"

namespace duet::attribution {

/// Rates of the currencies of an org: units of a currency per unit of the corporate one.
class CurrencyTable {
public:
    /// The static rate; the caller keeps it above 0. A later one replaces an earlier one.
    void set(const std::string& iso_code, double rate);
    /// A rate for `from` <= day < `until`; without `until` for ever after.
    void add_dated(const std::string& iso_code, Date from, std::optional<Date> until, double rate);

    /// The amount in the corporate currency: by the dated rate that holds on `day`, where there is
    /// one, else by the static rate. An empty code is the corporate currency itself. Nothing for a
    /// currency without a rate.
    [[nodiscard]] std::optional<double> corporate(double amount, std::string_view iso_code,
                                                  std::optional<Date> day = {}) const;

private:
    struct DatedRate {
        Date from;
        std::optional<Date> until;
        double rate;
    };
    std::map<std::string, double, std::less<>> rates_;
    std::map<std::string, std::vector<DatedRate>, std::less<>> dated_;
};

/// `part` / `whole`; nothing where either is unknown or the whole is 0.
[[nodiscard]] std::optional<double> ratio(std::optional<double> part,
                                          std::optional<double> whole) noexcept;

/// (revenue - cost) / cost; nothing for a cost that is unknown or 0.
[[nodiscard]] std::optional<double> return_on(std::optional<double> cost, double revenue) noexcept;

}  // namespace duet::attribution
