// How long won deals stay in a stage, as far as the documents have it learnt.
#include <utility>

#include "daemon/sync/lifecycle.h"
#include "mappings/formula/calendar.h"
#include "mappings/lifecycle/stays.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {

lifecycle::StageMedians LifecycleReader::learn_medians(const Term& term) const {
    const document::DealSource& source = *rules_->deals;
    const Date first =
        formula::add_months(term.from, -source.learn_medians->months).value_or(Date::min());
    lifecycle::StageStays stays;
    AllRecords deals(org_.model, org_.store, org_.name, moment_);
    auto read_all = deals.find({source.deal});
    if (read_all) {
        read_all = deals.look([&](const store::SeenRow& row, const EntityFacts::Sources& sources) {
            LifecycleReader reader(org_, sources.cache, sources.paths, sources.rollups, moment_);
            RecordFacts facts(sources.paths, Side::Crm, row.record);
            Gathered gathered;
            const auto closed = reader.moment_at(source.closed, facts, gathered);
            if (!closed || !reader.holds(source.won, facts, gathered)) return;
            const Date day = days_.of(*closed);
            if (day < first || day >= term.from) return;
            const auto deal = reader.read_deal(row.record, facts, gathered);
            if (deal && gathered.failure.empty()) stays.add(*deal);
        });
    }
    if (!read_all) cache_.note(std::move(read_all).error());
    lifecycle::StageMedians learnt = source.stage_medians;
    const auto fewest = static_cast<std::size_t>(source.learn_medians->fewest);
    for (const auto& [stage, days] : stays.medians(fewest)) learnt[stage] = days;
    return learnt;
}

const lifecycle::StageMedians& LifecycleReader::medians(bool is_open, Gathered& into) {
    const document::DealSource& source = *rules_->deals;
    if (!source.learn_medians) return source.stage_medians;
    const Term term(moment_, source.learn_medians->refresh_days);
    auto& kept = org_.model.learnt_medians();
    const bool stands = kept != nullptr && kept->term.stands_for(term);
    medians_ =
        stands ? kept
               : std::make_shared<const LearntMedians>(LearntMedians{term, learn_medians(term)});
    if (!cache_.failure()) kept = medians_;
    if (is_open) merge::lower(into.next, days_.start(term.end));
    return medians_->days;
}

}  // namespace duet::sync
