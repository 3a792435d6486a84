#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/lifecycle/replay.h"
#include "mappings/lifecycle/substage.h"

/// Where a company stands, from where its people stand.
namespace duet::lifecycle {

struct AccountMember {
    const History* history = nullptr;
    std::optional<DateTime> last_activity{};
    std::string role{};  // in the buying group; empty: none is known
};

struct AccountFacts {
    std::vector<AccountMember> members{};
    std::vector<Span> contracts{};
    std::vector<DateTime> wins{};
    Dates dates{};  // that sub-stages count from
};

struct AccountStanding {
    std::string stage{};
    DateTime since{};
    int cycle = 1;
    std::string expansion{};  // of a customer: the highest stage of a deal that is under way
    std::string substage{};   // of a customer
    std::vector<StageTimes> times{};  // by index of the model's stages; the first of anybody
    long people = 0;
    long engaged = 0;
    std::map<std::string, long> counted{};
    long roles_filled = 0;
    std::optional<double> coverage{};    // roles filled / roles required
    std::optional<Date> contract_end{};  // the last day of the contract that ends last
    std::optional<DateTime> next_change{};
};

/// A customer while a contract is active or, with no contract data, for some months after a win.
/// Else the highest rank of its people, those in `left_out` stages aside.
[[nodiscard]] AccountStanding roll_up(const Model& model, const AccountFacts& facts, DateTime as_of,
                                      const Days& days = Days{});

/// The only account that has a person's e-mail domain; empty when several have it, or when it is a
/// public provider's.
[[nodiscard]] std::string account_of_domain(
    std::string_view email, std::span<const std::string> public_domains,
    const std::multimap<std::string, std::string, std::less<>>& accounts_by_domain);

}  // namespace duet::lifecycle
