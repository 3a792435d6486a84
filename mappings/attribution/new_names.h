#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mappings/value.h"

/// Which campaigns brought new names: companies that had never bought and with which nobody was
/// dealing when the campaign reached them, and people who were never qualified before.
namespace duet::attribution {

/// A deal, with the touches of its people that count.
struct NamedDeal {
    std::string id;
    std::string account;  // empty: its history is not known, and it is nobody's new name
    std::optional<DateTime> created;
    std::optional<Date> close;
    bool is_closed = false;
    bool is_won = false;
    double value = 0;      // of the contract in a year, in the corporate currency
    bool is_asked = true;  // false: it only tells the account's history
    struct Reached {
        std::string campaign;
        DateTime at{};
    };
    std::vector<Reached> touches{};
};

/// Somebody became a marketing qualified lead.
struct Qualified {
    std::string campaign;  // empty: none
    int cycle = 1;         // their first one is net new
};

struct NewNames {
    std::string campaign;   // id, or kNobody
    std::size_t deals = 0;  // each once a campaign
    double value = 0;
    std::size_t qualified = 0;
    std::size_t net_new = 0;
};

struct NewNamesReport {
    std::vector<NewNames> campaigns;  // by id, kNobody last; only those that have a figure
    NewNames all;                     // each deal once
    std::size_t without_account = 0;  // deals asked about
};

/// A deal is a campaign's new name when the account had won no other deal until the deal's
/// creation, and had no open one (this one included) at a touch of the campaign. Days are days of
/// UTC: a deal is won on its close date and open until then.
[[nodiscard]] NewNamesReport new_names_of(const std::vector<NamedDeal>& deals,
                                          const std::vector<Qualified>& qualified);

}  // namespace duet::attribution
