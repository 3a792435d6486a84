#include "mappings/attribution/new_names.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "mappings/attribution/report.h"

namespace duet::attribution {
namespace {

using History = std::vector<const NamedDeal*>;

Date day_of(DateTime at) { return std::chrono::floor<std::chrono::days>(at); }

bool is_open(const NamedDeal& deal, DateTime at) {
    if (!deal.created || *deal.created > at) return false;
    return !deal.is_closed || !deal.close || *deal.close >= day_of(at);
}

bool had_won(const History& history, const NamedDeal& deal) {
    return std::any_of(history.begin(), history.end(), [&](const NamedDeal* other) {
        return other->id != deal.id && other->is_won && other->close &&
               *other->close <= day_of(*deal.created);
    });
}

/// The campaigns whose touch met nobody dealing with the account.
std::set<std::string_view> brought_by(const History& history, const NamedDeal& deal) {
    std::set<std::string_view> campaigns;
    for (const NamedDeal::Reached& touch : deal.touches) {
        if (touch.campaign.empty() || touch.campaign == kNobody) continue;
        const bool is_dealt_with =
            std::any_of(history.begin(), history.end(),
                        [&](const NamedDeal* other) { return is_open(*other, touch.at); });
        if (!is_dealt_with) campaigns.insert(touch.campaign);
    }
    return campaigns;
}

}  // namespace

double value_in_a_year(const OpportunityFacts& deal) noexcept {
    constexpr double kMonths = 12;
    if (deal.contract_value) return *deal.contract_value;
    const double amount = deal.amount.value_or(0);
    return deal.months && *deal.months > kMonths ? amount * kMonths / *deal.months : amount;
}

NewNamesReport new_names_of(const std::vector<NamedDeal>& deals,
                            const std::vector<Qualified>& qualified) {
    NewNamesReport report;
    report.all.campaign = "all";
    std::map<std::string_view, History> histories;
    for (const NamedDeal& deal : deals) histories[deal.account].push_back(&deal);
    std::map<std::string, NewNames, std::less<>> found;
    const auto line = [&](std::string_view campaign) -> NewNames& {
        const std::string name(campaign.empty() ? kNobody : campaign);
        NewNames& one = found[name];
        one.campaign = name;
        return one;
    };
    for (const NamedDeal& deal : deals) {
        if (!deal.is_asked || !deal.created) continue;
        if (deal.account.empty()) {
            ++report.without_account;
            continue;
        }
        const History& history = histories[deal.account];
        if (had_won(history, deal)) continue;
        const auto campaigns = brought_by(history, deal);
        for (const std::string_view campaign : campaigns) {
            NewNames& one = line(campaign);
            ++one.deals;
            one.value += deal.value;
        }
        if (campaigns.empty()) continue;
        ++report.all.deals;
        report.all.value += deal.value;
    }
    for (const Qualified& one : qualified) {
        for (NewNames* sum : {&line(one.campaign), &report.all}) {
            ++sum->qualified;
            if (one.cycle == 1) ++sum->net_new;
        }
    }
    for (auto& [campaign, sum] : found) {
        if (campaign != kNobody) report.campaigns.push_back(std::move(sum));
    }
    if (const auto nobody = found.find(kNobody); nobody != found.end())
        report.campaigns.push_back(std::move(nobody->second));
    return report;
}

}  // namespace duet::attribution
