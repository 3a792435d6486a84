#include "mappings/attribution/money.h"

namespace duet::attribution {

void CurrencyTable::set(const std::string& iso_code, double rate) { rates_[iso_code] = rate; }

void CurrencyTable::add_dated(const std::string& iso_code, Date from, std::optional<Date> until,
                              double rate) {
    dated_[iso_code].push_back({from, until, rate});
}

std::optional<double> CurrencyTable::corporate(double amount, std::string_view iso_code,
                                               std::optional<Date> day) const {
    if (iso_code.empty()) return amount;
    const auto dated = dated_.find(iso_code);
    if (day && dated != dated_.end()) {
        for (const DatedRate& rate : dated->second) {
            if (rate.from <= *day && (!rate.until || *day < *rate.until)) return amount / rate.rate;
        }
    }
    const auto found = rates_.find(iso_code);
    if (found == rates_.end()) return std::nullopt;
    return amount / found->second;
}

std::optional<double> ratio(std::optional<double> part, std::optional<double> whole) noexcept {
    if (!part || !whole || *whole == 0) return std::nullopt;
    return *part / *whole;
}

std::optional<double> return_on(std::optional<double> cost, double revenue) noexcept {
    if (!cost) return std::nullopt;
    return ratio(revenue - *cost, cost);
}

}  // namespace duet::attribution
