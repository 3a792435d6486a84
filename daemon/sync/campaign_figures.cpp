#include "daemon/sync/campaign_figures.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "daemon/sync/attribution_facts.h"

namespace duet::sync {
namespace {

using store::SeenRow;

constexpr std::string_view kTree = "_Tree_";

Value rounded(double number) {
    constexpr double kCents = 100;
    const auto exact = Decimal::from_double(std::round(number * kCents) / kCents);
    return exact ? Value{*exact} : Value{};
}

Value counted(std::int64_t number) { return Value{Decimal{number}}; }

std::optional<double> figure_number(const Record& record, std::string_view field) {
    const auto* value = std::get_if<Decimal>(&record.fields.get(field));
    return value == nullptr ? std::nullopt : std::optional(value->to_double());
}

}  // namespace

CampaignFigures::CampaignFigures(const AttributionSources& sources)
    : sources_(sources), words_(*document::influence_words(sources.model.documents().names.crm)) {}

std::optional<std::string> CampaignFigures::begin(const Record& campaign) {
    auto rates = rates_of(sources_.cache.store(), sources_.cache.org(), sources_.model.documents());
    if (!rates) {
        sources_.cache.note(rates.error());
        return rates.error().message;
    }
    rates_ = std::move(*rates);
    const auto own = rates_.corporate(1, text_in(campaign, words_.currency));
    if (!own) return "there is no rate of the currency " + text_in(campaign, words_.currency);
    own_rate_ = *own;
    return std::nullopt;
}

std::optional<std::string> CampaignFigures::add(const document::Attribution& attribution,
                                                const Record& campaign) {
    ++campaigns_;
    if (is_by_source(attribution)) return add_named(campaign);
    for (const SeenRow* row :
         sources_.cache.children(Side::Crm, std::string(words_.object),
                                 std::string(words_.campaign), campaign.id.key)) {
        if (row->deleted || !is_of(row->record, attribution)) continue;
        if (auto failure = add_row(row->record)) return failure;
    }
    return std::nullopt;
}

std::optional<std::string> CampaignFigures::add_tree(const document::Attribution& attribution,
                                                     const Record& campaign) {
    const auto* words = document::money_words(sources_.model.documents().names.crm);
    if (words == nullptr) return "Duet does not know which campaign is above which";
    const std::string object(words->campaign);
    // Every campaign has one parent, so a circle leads back to where it began and nowhere else.
    std::vector<std::string> open{campaign.id.key};
    while (!open.empty()) {
        const std::string key = std::move(open.back());
        open.pop_back();
        const SeenRow* row = sources_.cache.get(Side::Crm, {object, key});
        if (row == nullptr || row->deleted) continue;
        if (auto failure = add(attribution, row->record)) return failure;
        if (auto failure = add_cost(row->record)) return failure;
        for (const std::string& below :
             sources_.cache.referring(Side::Crm, object, std::string(words->parent), key)) {
            if (below == campaign.id.key)
                return "the campaign " + below + " is below itself (" + std::string(words->parent) +
                       "): what is below it cannot be added up";
            open.push_back(below);
        }
    }
    return std::nullopt;
}

std::optional<std::string> CampaignFigures::add_cost(const Record& campaign) {
    const auto* words = document::money_words(sources_.model.documents().names.crm);
    const auto cost = words == nullptr ? std::nullopt : figure_number(campaign, words->cost);
    if (!cost) return std::nullopt;
    const std::string currency = text_in(campaign, words_.currency);
    const auto corporate = rates_.corporate(*cost, currency);
    if (!corporate) return "there is no rate of the currency " + currency;
    cost_ = cost_.value_or(0) + *corporate;
    return std::nullopt;
}

bool CampaignFigures::is_of(const Record& row, const document::Attribution& attribution) const {
    const SeenRow* model =
        sources_.cache.get(Side::Crm, {std::string(words_.models), text_in(row, words_.model)});
    return model != nullptr &&
           same_name(text_in(model->record, words_.model_name), attribution.influence_model);
}

std::optional<std::string> CampaignFigures::add_row(const Record& row) {
    const document::EntityDocument* deals =
        sources_.model.documents().find(EntityKind::Opportunity);
    const SeenRow* deal = deals == nullptr || deals->objects.crm.empty()
                              ? nullptr
                              : sources_.cache.get(Side::Crm, {deals->objects.crm.front(),
                                                               text_in(row, words_.opportunity)});
    if (deal == nullptr || deal->deleted) return std::nullopt;
    constexpr double kPercent = 100;
    return add_deal(deal->record, figure_number(row, words_.percent).value_or(0) / kPercent);
}

std::optional<std::string> CampaignFigures::add_named(const Record& campaign) {
    const auto* words = document::money_words(sources_.model.documents().names.crm);
    const document::EntityDocument* deals =
        sources_.model.documents().find(EntityKind::Opportunity);
    if (words == nullptr || deals == nullptr || deals->objects.crm.empty()) return std::nullopt;
    const std::string& object = deals->objects.crm.front();
    for (const SeenRow* deal :
         sources_.cache.children(Side::Crm, object, std::string(words->source), campaign.id.key)) {
        if (deal->deleted) continue;
        if (auto failure = add_deal(deal->record, 1)) return failure;
    }
    return std::nullopt;
}

std::optional<std::string> CampaignFigures::add_deal(const Record& deal, double share) {
    const auto amount = corporate_amount(deal, rates_, words_);
    if (!amount) return "there is no rate of the currency " + text_in(deal, words_.currency);
    const bool is_won = deal.fields.get(words_.won) == Value{true};
    const bool is_closed = deal.fields.get(words_.closed) == Value{true};
    credited_ += share;
    deals_.insert(deal.id.key);
    if (is_won) won_ += share;
    if (is_won) revenue_ += share * *amount;
    if (!is_closed) pipeline_ += share * *amount;
    return std::nullopt;
}

void CampaignFigures::tell(const std::string& prefix,
                           std::map<std::string, Value, std::less<>>& found) const {
    found[prefix + "_Revenue"] = rounded(revenue_ / own_rate_);
    found[prefix + "_Pipeline"] = rounded(pipeline_ / own_rate_);
    found[prefix + "_Won"] = rounded(won_);
    found[prefix + "_Credited"] = rounded(credited_);
    found[prefix + "_Deals"] = counted(static_cast<std::int64_t>(deals_.size()));
}

void CampaignFigures::tell_tree(const std::string& prefix,
                                std::map<std::string, Value, std::less<>>& found) const {
    found[prefix + "_Cost"] = cost_ ? rounded(*cost_ / own_rate_) : Value{};
    found[prefix + "_Campaigns"] = counted(campaigns_);
}

bool is_tree_fact(std::string_view name) {
    const auto is_at = [&](std::size_t at) {
        return same_name(name.substr(at, kTree.size()), kTree);
    };
    for (std::size_t at = 0; at + kTree.size() <= name.size(); ++at) {
        if (is_at(at)) return true;
    }
    return false;
}

bool reads_tree(const document::EntityDocument& document) {
    return std::any_of(document.fields.begin(), document.fields.end(),
                       [](const document::FieldRule& rule) {
                           if (!rule.value) return false;
                           const auto& paths = rule.value->formula.fields();
                           return std::any_of(paths.begin(), paths.end(), is_tree_fact);
                       });
}

}  // namespace duet::sync
