#include "daemon/service/new_names.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/service/qualified.h"
#include "daemon/sync/all_records.h"
#include "daemon/sync/attribution_facts.h"
#include "daemon/sync/learning.h"
#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using attribution::NamedDeal;
using document::Attribution;
using store::SeenRow;

class DealReader {
public:
    DealReader(sync::Org& org, const Attribution& attribution, const document::MoneyWords& words,
               const attribution::CurrencyTable& rates, const sync::Lessons& lessons)
        : org_(org),
          attribution_(attribution),
          words_(words),
          rates_(rates),
          lessons_(lessons),
          moment_(sync::moment_of(org.clock.now(), org.model.documents().time_zone)) {}

    Result<std::vector<NamedDeal>> read(const NamesAsked& asked) {
        const document::EntityDocument* entity =
            org_.model.documents().find(EntityKind::Opportunity);
        sync::AllRecords records(org_.model, org_.store, org_.name, moment_);
        if (auto found = records.find(entity->objects.crm); !found) return std::move(found).error();
        std::vector<NamedDeal> deals;
        auto read =
            records.look([&](const SeenRow& row, const sync::EntityFacts::Sources& sources) {
                deals.push_back(history_of(row.record));
                NamedDeal& deal = deals.back();
                deal.is_asked = deal.created && asked.created(*deal.created);
                if (deal.is_asked) tell(row.record, *entity, sources, deal);
            });
        if (!read) return std::move(read).error();
        return deals;
    }

private:
    [[nodiscard]] NamedDeal history_of(const Record& record) const {
        NamedDeal deal;
        deal.id = record.id.key;
        deal.account = text_in(record, words_.account);
        deal.created =
            attribution::instant_of(record.fields.get(words_.created), std::chrono::minutes{0});
        if (const auto* day = std::get_if<Date>(&record.fields.get(words_.close)))
            deal.close = *day;
        deal.is_closed = record.fields.get(words_.closed) == Value{true};
        deal.is_won = record.fields.get(words_.won) == Value{true};
        return deal;
    }

    void tell(const Record& record, const document::EntityDocument& entity,
              sync::EntityFacts::Sources sources, NamedDeal& deal) {
        sources.lessons = &lessons_;
        sync::EntityFacts facts(sources, entity, {&record, nullptr});
        std::optional<DateTime> next;
        auto found = sync::find_deal(
            attribution_, facts, record,
            {sources.model, sources.cache, sources.paths, sources.moment, &lessons_}, next);
        const auto* seen = std::get_if<attribution::Deal>(&found);
        if (seen == nullptr) return;
        for (const attribution::Touch& touch : seen->touches)
            deal.touches.push_back({touch.campaign, touch.time});
        deal.value = rates_
                         .corporate(value_of(record, facts, next), text_in(record, words_.currency),
                                    deal.close)
                         .value_or(0);
    }

    double value_of(const Record& record, merge::FactSource& facts,
                    std::optional<DateTime>& next) const {
        Value value = record.fields.get(words_.amount);
        if (attribution_.contract_value) {
            auto told = merge::evaluate(*attribution_.contract_value, facts, moment_, next);
            auto* known = std::get_if<Value>(&told);
            value = known == nullptr ? Value{} : std::move(*known);
        }
        const auto* number = std::get_if<Decimal>(&value);
        return number == nullptr ? 0 : number->to_double();
    }

    sync::Org& org_;
    const Attribution& attribution_;
    const document::MoneyWords& words_;
    const attribution::CurrencyTable& rates_;
    const sync::Lessons& lessons_;
    formula::Moment moment_;
};

Result<std::vector<attribution::Qualified>> qualified_people(sync::Org& org,
                                                             const NamesAsked& asked) {
    std::vector<attribution::Qualified> found;
    auto read = each_qualified(org, [&](const lifecycle::Row& row) {
        if (asked.qualified(row.at)) found.push_back({row.campaign, row.cycle});
    });
    if (!read) return std::move(read).error();
    return found;
}

}  // namespace

Result<attribution::NewNamesReport> new_names(sync::Org& org, const NamesAsked& asked) {
    const document::Documents& documents = org.model.documents();
    const auto* words = document::money_words(documents.names.crm);
    std::vector<NamedDeal> deals;
    const bool has_deals = words != nullptr && documents.by_touches() != nullptr &&
                           documents.find(EntityKind::Opportunity) != nullptr;
    if (has_deals) {
        auto rates = sync::rates_of(org.store, org.name, documents);
        if (!rates) return std::move(rates).error();
        auto lessons = sync::load_lessons(org);
        if (!lessons) return std::move(lessons).error();
        DealReader reader(org, *documents.by_touches(), *words, *rates, *lessons);
        auto read = reader.read(asked);
        if (!read) return std::move(read).error();
        deals = std::move(*read);
    }
    auto qualified = qualified_people(org, asked);
    if (!qualified) return std::move(qualified).error();
    return attribution::new_names_of(deals, *qualified);
}

}  // namespace duet::service
