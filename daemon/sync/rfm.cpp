#include "daemon/sync/rfm.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "mappings/document/conventions.h"
#include "mappings/formula/calendar.h"
#include "mappings/lifecycle/days.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using scoring::Measure;

constexpr int kMoneyDigits = 2;

Value number(double value) {
    const auto exact = Decimal::from_double(value);
    const auto shown = exact ? exact->rounded(kMoneyDigits) : std::nullopt;
    return shown ? Value{*shown} : Value{};
}

/// The day on which a purchase of `bought` counts no more.
std::optional<Date> leaves_on(Date bought, int window_months) {
    constexpr std::chrono::days kClamped{4};  // a month's end may count days more than once
    const auto about = formula::add_months(bought, window_months);
    if (!about) return std::nullopt;
    for (Date day = *about - kClamped; day <= *about + kClamped; day += std::chrono::days{1}) {
        const auto before = formula::add_months(day, -window_months);
        if (before && *before >= bought) return day;
    }
    return std::nullopt;
}

/// The day on which a customer who last bought on `last` has the next lower score of recency.
std::optional<Date> falls_on(Date last, Date today, const std::vector<double>& thresholds,
                             bool one_above) {
    std::optional<Date> next;
    for (const double threshold : thresholds) {
        const double days = one_above ? std::ceil(threshold + 1) : std::floor(threshold) + 1;
        const Date day = last + std::chrono::days{static_cast<int>(days)};
        if (day > today && (!next || day < *next)) next = day;
    }
    return next;
}

}  // namespace

std::optional<scoring::Purchase> RfmReader::purchase(const document::PurchaseRule& line,
                                                     const Record& child,
                                                     const attribution::CurrencyTable& rates,
                                                     std::optional<std::string>& failure,
                                                     std::optional<DateTime>& next) const {
    RecordFacts facts(sources_.paths, Side::Crm, child);
    if (line.where) {
        auto counts = merge::ask(*line.where, facts, sources_.moment, next);
        if (counts.failure) failure = std::move(counts.failure);
        if (!counts.yes) return std::nullopt;
    }
    auto day = merge::evaluate(line.day, facts, sources_.moment, next);
    auto amount = merge::evaluate(line.amount, facts, sources_.moment, next);
    auto currency = currency_of(line, facts, child, next);
    for (auto* found : {&day, &amount, &currency}) {
        if (auto* why = std::get_if<std::string>(found)) {
            failure = std::move(*why);
            return std::nullopt;
        }
    }
    const Value& when = std::get<Value>(day);
    const auto* date = std::get_if<Date>(&when);
    const auto* time = std::get_if<DateTime>(&when);
    if (date == nullptr && time == nullptr) return std::nullopt;
    const Value& worth = std::get<Value>(amount);
    const auto* money = std::get_if<Decimal>(&worth);
    const Date bought = date != nullptr ? *date : lifecycle::Days(sources_.moment.zone).of(*time);
    const std::string code = display(std::get<Value>(currency));
    const auto corporate = rates.corporate(money == nullptr ? 0 : money->to_double(), code, bought);
    if (!corporate) {
        failure = "there is no rate of the currency " + code;
        return std::nullopt;
    }
    return scoring::Purchase{{}, bought, *corporate};
}

std::variant<Value, std::string> RfmReader::currency_of(const document::PurchaseRule& line,
                                                        RecordFacts& facts, const Record& child,
                                                        std::optional<DateTime>& next) const {
    if (line.currency) return merge::evaluate(*line.currency, facts, sources_.moment, next);
    const auto* words = document::influence_words(sources_.model.documents().names.crm);
    return words == nullptr ? Value{} : child.fields.get(words->currency);
}

std::optional<std::string> RfmReader::gather(const Record& record,
                                             const attribution::CurrencyTable& rates,
                                             std::vector<scoring::Purchase>& purchases,
                                             std::optional<DateTime>& next) const {
    for (const document::PurchaseRule& line : rule_.purchases) {
        const ObjectInfo* object = sources_.model.catalogs().crm.find(line.object);
        const FieldInfo* up = object == nullptr ? nullptr : reference_to(*object, record.id.object);
        if (up == nullptr) continue;
        for (const store::SeenRow* row :
             sources_.cache.children(Side::Crm, object->name, up->name, record.id.key)) {
            if (row->deleted) continue;
            std::optional<std::string> failure;
            auto bought = purchase(line, row->record, rates, failure, next);
            if (failure) return failure;
            if (bought) purchases.push_back(*std::move(bought));
        }
    }
    return std::nullopt;
}

std::optional<std::string> RfmReader::customer(const Record& record, Told& into,
                                               std::optional<DateTime>& next) const {
    const RfmThresholds* known = sources_.thresholds;
    std::optional<RfmThresholds> own;
    if (known == nullptr) {
        auto found = thresholds_for(sources_, rule_);
        if (!found) return found.error().message;
        known = &own.emplace(*std::move(found));
    }
    std::vector<scoring::Purchase> purchases;
    if (auto failure = gather(record, known->rates, purchases, next)) return failure;
    const Date today = sources_.moment.today;
    const lifecycle::Days days(sources_.moment.zone);
    std::optional<Date> last;
    std::optional<Date> turns;
    const auto at = [&](const std::optional<Date>& day) {
        if (day && *day > today && (!turns || *day < *turns)) turns = day;
    };
    for (const scoring::Purchase& bought : purchases) {
        at(bought.day);
        if (rule_.window_months) at(leaves_on(bought.day, *rule_.window_months));
        const bool counts = bought.day <= today && bought.amount >= 0;
        if (counts && (!last || bought.day > *last)) last = bought.day;
    }
    const auto customers = scoring::customers_of(purchases, today, rule_.window_months);
    if (customers.empty()) {
        if (turns) merge::lower(next, days.start(*turns));
        return std::nullopt;
    }
    scoring::RfmSettings settings = rule_.settings;
    for (std::size_t i = 0; i < scoring::kMeasures; ++i) {
        if (!settings.fixed[i]) settings.fixed[i] = known->thresholds[i];
    }
    at(falls_on(last.value_or(today), today,
                *settings.fixed[static_cast<std::size_t>(Measure::Recency)], settings.rfm_compat));
    if (turns) merge::lower(next, days.start(*turns));
    const scoring::Customer& customer = customers.front();
    const scoring::RfmResult result = scoring::rfm(customers, settings);
    const scoring::RfmScore& score = result.scores.front();
    into["Code"] = Value{Decimal{score.code}};
    into["Class"] = text(score.segment);
    constexpr const char* kScores[] = {"Recency", "Frequency", "Money"};
    for (std::size_t i = 0; i < scoring::kMeasures; ++i)
        into[kScores[i]] = Value{Decimal{score.scores[i]}};
    into["Weighted"] = number(score.weighted);
    into["Days"] = number(customer.recency_days);
    into["Purchases"] = number(customer.frequency);
    into["Amount"] = number(customer.monetary);
    into["Date"] = Value{known->taken};
    return std::nullopt;
}

}  // namespace duet::sync
