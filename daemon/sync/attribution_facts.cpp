#include "daemon/sync/attribution_facts.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "daemon/sync/campaign_figures.h"
#include "daemon/sync/deal_touches.h"
#include "mappings/attribution/money.h"
#include "mappings/document/conventions.h"
#include "mappings/document/scope.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using store::SeenRow;
using Facts = std::map<std::string, Value, std::less<>>;

double number_of(const Record& record, std::string_view field) {
    const auto* value = std::get_if<Decimal>(&record.fields.get(field));
    return value == nullptr ? 0 : value->to_double();
}

/// Who gets most, how many touches share, and why nobody does.
std::optional<std::string> deal_facts(const document::Attribution& attribution,
                                      merge::FactSource& facts, const Record& deal,
                                      const AttributionSources& sources, Facts& found,
                                      std::optional<DateTime>& next) {
    auto credited = attribute(attribution, facts, deal, sources, next);
    if (auto* failure = std::get_if<std::string>(&credited)) return std::move(*failure);
    auto& credit = std::get<Credited>(credited);
    found[attribution.name] = std::move(credit.name);
    found[attribution.name + "_Id"] = std::move(credit.id);
    found[attribution.name + "_Touches"] = Value{};
    found[attribution.name + "_Gap"] = Value{};
    if (attribution.when) {
        const auto counts = merge::ask(*attribution.when, facts, sources.moment, next);
        if (!counts.yes) return counts.failure;
    }
    auto seen = find_deal(attribution, facts, deal, sources, next);
    if (auto* failure = std::get_if<std::string>(&seen)) return std::move(*failure);
    const auto& touches = std::get<attribution::Deal>(seen);
    found[attribution.name + "_Touches"] =
        Value{Decimal{static_cast<std::int64_t>(touches.touches.size())}};
    found[attribution.name + "_Gap"] = text(attribution::to_string(touches.untouched));
    return std::nullopt;
}

/// The first and the last touch of one person, of all time.
std::optional<std::string> person_facts(const document::Attribution& attribution,
                                        const Record& person, const AttributionSources& sources,
                                        Facts& found, std::optional<DateTime>& next) {
    for (const auto& fact : document::kAttributionFacts) {
        if (fact.entity == EntityKind::Person)
            found[attribution.name + std::string(fact.ending)] = Value{};
    }
    DealTouches gathered(attribution, person, sources, next);
    if (auto failure = gathered.gather_of(person.id)) return failure;
    const auto& touches = gathered.touches();
    const auto comes_before = [](const attribution::Touch& a, const attribution::Touch& b) {
        return std::tie(a.time, a.order, a.campaign) < std::tie(b.time, b.order, b.campaign);
    };
    const auto [first, last] = std::minmax_element(touches.begin(), touches.end(), comes_before);
    if (first == touches.end()) return std::nullopt;
    for (const auto& [touch, ending] : {std::pair{first, "_First"}, std::pair{last, "_Last"}}) {
        const std::string name = attribution.name + ending;
        found[name] = name_of_campaign(sources, touch->campaign);
        found[name + "_Id"] = text(touch->campaign);
        found[name + "_Date"] = Value{touch->time};
    }
    return std::nullopt;
}

/// Why campaigns have no figures by it.
std::optional<std::string> without_figures(const document::Attribution& attribution) {
    if (is_by_source(attribution)) {
        if (!attribution.when) return std::nullopt;
        return "the attribution " + attribution.name +
               " is of some deals alone (when): figures of campaigns by the model primary are of "
               "all";
    }
    if (!attribution.influence_model.empty()) return std::nullopt;
    return "the attribution " + attribution.name +
           " keeps no rows of campaign influence (influence_model) to count by";
}

}  // namespace

const document::Attribution* attribution_of(const document::Documents& documents, EntityKind kind,
                                            std::string_view name) {
    for (const document::Attribution& attribution : documents.attributions) {
        for (const auto& fact : document::kAttributionFacts) {
            if (fact.entity == kind &&
                same_name(attribution.name + std::string(fact.ending), name)) {
                return &attribution;
            }
        }
    }
    return nullptr;
}

Result<attribution::CurrencyTable> rates_of(store::Store& store, const std::string& org,
                                            const document::Documents& documents) {
    attribution::CurrencyTable rates;
    const auto* words = document::influence_words(documents.names.crm);
    if (words == nullptr) return rates;
    const auto read = [&](std::string_view object, const auto& add) {
        return store.each_seen(org, Side::Crm, std::string(object), [&](const SeenRow& row) {
            const double rate = number_of(row.record, words->rate);
            if (!row.deleted && rate > 0) add(row.record, rate);
            return true;
        });
    };
    const auto fixed = read(words->currencies, [&](const Record& row, double rate) {
        rates.set(text_in(row, words->iso_code), rate);
    });
    if (!fixed) return fixed.error();
    const auto dated = read(words->dated_rates, [&](const Record& row, double rate) {
        const auto* from = std::get_if<Date>(&row.fields.get(words->rate_from));
        const auto* until = std::get_if<Date>(&row.fields.get(words->rate_until));
        if (from == nullptr) return;
        rates.add_dated(text_in(row, words->iso_code), *from,
                        until == nullptr ? std::nullopt : std::optional(*until), rate);
    });
    if (!dated) return dated.error();
    return rates;
}

std::optional<double> corporate_amount(const Record& deal, const attribution::CurrencyTable& rates,
                                       const document::InfluenceWords& words) {
    const auto* day = std::get_if<Date>(&deal.fields.get(words.close));
    return rates.corporate(number_of(deal, words.amount), text_in(deal, words.currency),
                           day == nullptr ? std::nullopt : std::optional(*day));
}

std::optional<std::string> attribution_facts(const document::Attribution& attribution,
                                             EntityKind kind, merge::FactSource& facts,
                                             const Record& record,
                                             const AttributionSources& sources,
                                             std::map<std::string, Value, std::less<>>& found,
                                             std::optional<DateTime>& next) {
    if (kind == EntityKind::Opportunity)
        return deal_facts(attribution, facts, record, sources, found, next);
    if (kind == EntityKind::Person) return person_facts(attribution, record, sources, found, next);
    if (auto why = without_figures(attribution)) return why;
    CampaignFigures figures(sources);
    if (auto failure = figures.begin(record)) return failure;
    if (auto failure = figures.add(attribution, record)) return failure;
    figures.tell(attribution.name, found);
    return std::nullopt;
}

std::optional<std::string> campaign_tree_facts(const document::Attribution& attribution,
                                               const Record& record,
                                               const AttributionSources& sources,
                                               std::map<std::string, Value, std::less<>>& found) {
    if (auto why = without_figures(attribution)) return why;
    CampaignFigures figures(sources);
    if (auto failure = figures.begin(record)) return failure;
    if (auto failure = figures.add_tree(attribution, record)) return failure;
    figures.tell(attribution.name + "_Tree", found);
    figures.tell_tree(attribution.name + "_Tree", found);
    return std::nullopt;
}

}  // namespace duet::sync
