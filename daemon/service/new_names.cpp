#include "daemon/service/new_names.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "daemon/sync/attribution_facts.h"
#include "daemon/sync/learning.h"
#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"
#include "mappings/document/lifecycle.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using attribution::NamedDeal;
using document::Attribution;
using store::SeenRow;

constexpr std::size_t kDealsAtOnce = 1'000;  // records are forgotten after so many

std::string text_in(const Record& record, std::string_view field) {
    const std::string* text = as_text(record.fields.get(field));
    return text == nullptr ? std::string() : *text;
}

class DealReader {
public:
    DealReader(sync::Org& org, const Attribution& attribution, const document::MoneyWords& words,
               const attribution::CurrencyTable& rates, const sync::Lessons& lessons)
        : org_(org),
          attribution_(attribution),
          words_(words),
          rates_(rates),
          lessons_(lessons),
          moment_(sync::moment_of(org.clock.now(), org.model.documents().time_zone)),
          cache_(org.store, org.name),
          paths_(org.model, cache_) {}

    Result<std::vector<NamedDeal>> read(const NamesAsked& asked) {
        const document::EntityDocument* entity =
            org_.model.documents().find(EntityKind::Opportunity);
        std::vector<RecordId> ids;
        for (const std::string& object : entity->objects.crm) {
            auto read = org_.store.each_seen(org_.name, Side::Crm, object, [&](const SeenRow& row) {
                if (!row.deleted && row.survivor.key.empty()) ids.push_back(row.record.id);
                return true;
            });
            if (!read) return std::move(read).error();
        }
        std::vector<NamedDeal> deals;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i % kDealsAtOnce == 0) cache_.forget();
            const SeenRow* row = cache_.get(Side::Crm, ids[i]);
            if (row == nullptr) continue;
            deals.push_back(history_of(row->record));
            NamedDeal& deal = deals.back();
            deal.is_asked = deal.created && asked.created(*deal.created);
            if (deal.is_asked) tell(row->record, *entity, deal);
        }
        if (cache_.failure()) return *cache_.failure();
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

    void tell(const Record& record, const document::EntityDocument& entity, NamedDeal& deal) {
        sync::RollupReader rollups(org_.model, cache_, paths_, moment_);
        sync::EntityFacts facts({org_.model, cache_, paths_, rollups, moment_, &lessons_}, entity,
                                {&record, nullptr});
        const sync::AttributionSources sources{org_.model, cache_, paths_, moment_, &lessons_};
        std::optional<DateTime> next;
        auto found = sync::find_deal(attribution_, facts, record, sources, next);
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
    sync::RecordCache cache_;
    sync::PathReader paths_;
};

Result<std::vector<attribution::Qualified>> qualified_people(sync::Org& org,
                                                             const NamesAsked& asked) {
    std::vector<attribution::Qualified> found;
    const document::Lifecycle* rules = org.model.documents().lifecycle.get();
    const std::string stage =
        rules == nullptr ? std::string{} : rules->model->rules().cycle_starts_at;
    if (stage.empty()) return found;
    auto read = org.store.each_lifecycle(
        org.name, [&](store::EntityId, const std::vector<lifecycle::Row>& rows) {
            for (const lifecycle::Row& row : rows) {
                if (row.to == stage && !row.skipped && asked.qualified(row.at))
                    found.push_back({row.campaign, row.cycle});
            }
            return true;
        });
    if (!read) return std::move(read).error();
    return found;
}

}  // namespace

Result<attribution::NewNamesReport> new_names(sync::Org& org, const NamesAsked& asked) {
    const document::Documents& documents = org.model.documents();
    const auto* words = document::money_words(documents.names.crm);
    std::vector<NamedDeal> deals;
    const bool has_deals = words != nullptr && !documents.attributions.empty() &&
                           documents.find(EntityKind::Opportunity) != nullptr;
    if (has_deals) {
        auto rates = sync::rates_of(org.store, org.name, documents);
        if (!rates) return std::move(rates).error();
        auto lessons = sync::load_lessons(org);
        if (!lessons) return std::move(lessons).error();
        DealReader reader(org, documents.attributions.front(), *words, *rates, *lessons);
        auto read = reader.read(asked);
        if (!read) return std::move(read).error();
        deals = std::move(*read);
    }
    auto qualified = qualified_people(org, asked);
    if (!qualified) return std::move(qualified).error();
    return attribution::new_names_of(deals, *qualified);
}

}  // namespace duet::service
