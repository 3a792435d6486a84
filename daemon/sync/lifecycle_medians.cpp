// How long won deals stay in a stage, as far as the documents have it learnt.
#include <utility>

#include "daemon/sync/lifecycle.h"
#include "mappings/formula/calendar.h"
#include "mappings/lifecycle/stays.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

constexpr std::chrono::hours kStands{1};  // what arrives late counts after that
constexpr std::size_t kBatch = 1000;      // deals in memory at once

/// The first day of the period that `day` is in; all of a period see the same medians.
Date period_of(Date day, int days_long) {
    const auto days = day.time_since_epoch().count();
    return Date{std::chrono::days{days - days % days_long}};
}

}  // namespace

std::shared_ptr<const LearntMedians> LifecycleReader::learn_medians(Date from) const {
    const document::DealSource& source = *rules_->deals;
    const Date first =
        formula::add_months(from, -source.learn_medians->months).value_or(Date::min());
    RecordCache cache(org_.store, org_.name);
    std::vector<RecordId> deals;
    auto seen =
        org_.store.each_seen(org_.name, Side::Crm, source.deal, [&](const store::SeenRow& row) {
            if (!row.deleted) deals.push_back(row.record.id);
            return true;
        });
    if (!seen) cache.note(std::move(seen).error());
    PathReader paths(org_.model, cache);
    lifecycle::StageStays stays;
    Gathered gathered;
    for (std::size_t i = 0; i < deals.size(); ++i) {
        if (i % kBatch == 0) cache.forget();
        RollupReader rollups(org_.model, cache, paths, moment_);
        LifecycleReader reader(org_, cache, paths, rollups, moment_);
        const store::SeenRow* row = cache.get(Side::Crm, deals[i]);
        if (row == nullptr) continue;
        RecordFacts facts(paths, Side::Crm, row->record);
        const auto closed = reader.moment_at(source.closed, facts, gathered);
        if (!closed || !reader.holds(source.won, facts, gathered)) continue;
        const Date day = days_.of(*closed);
        if (day < first || day >= from) continue;
        if (const auto deal = reader.read_deal(row->record, facts, gathered)) stays.add(*deal);
    }
    if (cache.failure()) cache_.note(*cache.failure());
    LearntMedians learnt{from, moment_.now + kStands, source.stage_medians,
                         std::move(gathered.failure)};
    const auto fewest = static_cast<std::size_t>(source.learn_medians->fewest);
    for (const auto& [stage, days] : stays.medians(fewest)) learnt.days[stage] = days;
    return std::make_shared<const LearntMedians>(std::move(learnt));
}

const lifecycle::StageMedians& LifecycleReader::medians(bool is_open, Gathered& into) {
    const document::DealSource& source = *rules_->deals;
    if (!source.learn_medians) return source.stage_medians;
    const int days_long = source.learn_medians->refresh_days;
    const Date from = period_of(moment_.today, days_long);
    auto& kept = org_.model.learnt_medians();
    const bool stands = kept != nullptr && kept->from == from && moment_.now < kept->until &&
                        moment_.now >= kept->until - kStands;
    medians_ = stands ? kept : learn_medians(from);
    if (!cache_.failure()) kept = medians_;
    if (!medians_->failure.empty()) into.failure = medians_->failure;
    if (is_open) merge::lower(into.next, days_.start(from + std::chrono::days{days_long}));
    return medians_->days;
}

}  // namespace duet::sync
