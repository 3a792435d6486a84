#include <set>
#include <utility>

#include "daemon/service/report_parts.h"
#include "daemon/sync/attribution_facts.h"
#include "daemon/sync/campaign_member.h"
#include "daemon/sync/facts.h"
#include "mappings/attribution/attribution.h"
#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"

namespace duet::service {
namespace {

using attribution::OrgFacts;
using document::MoneyWords;
using store::SeenRow;

/// The documents choose what counts as a touch, so whatever they found is of one kind here.
constexpr int kTouchType = 1;
constexpr std::size_t kBatch =
    500;  // contacts or deals between two times that the cache is emptied

std::optional<double> number_in(const Record& record, std::string_view field) {
    const auto* number = std::get_if<Decimal>(&record.fields.get(field));
    return number == nullptr ? std::nullopt : std::optional(number->to_double());
}

bool yes_in(const Record& record, std::string_view field) {
    return record.fields.get(field) == Value{true};
}

std::optional<Date> date_in(const Record& record, std::string_view field) {
    const auto* date = std::get_if<Date>(&record.fields.get(field));
    return date == nullptr ? std::nullopt : std::optional(*date);
}

std::optional<DateTime> instant_in(const Record& record, std::string_view field) {
    return attribution::instant_of(record.fields.get(field), std::chrono::minutes{0});
}

class FactGatherer {
public:
    FactGatherer(sync::Org& org, const ReportScope& scope, const PeopleFacts& people,
                 const MoneyWords& words)
        : org_(org),
          scope_(scope),
          people_(people),
          words_(words),
          cache_(org.store, org.name),
          paths_(org.model, cache_) {}

    Result<OrgFacts> gather_deals(std::string& unit) {
        if (auto read = read_currencies(unit); !read) return std::move(read).error();
        if (auto read = read_deals(); !read) return std::move(read).error();
        if (auto read = read_values(); !read) return std::move(read).error();
        return std::move(facts_);
    }

    Result<OrgFacts> gather(std::string& unit) {
        auto deals = gather_deals(unit);
        if (!deals) return std::move(deals).error();
        facts_ = *std::move(deals);
        if (auto read = read_campaigns(); !read) return std::move(read).error();
        const document::Attribution* touches = org_.model.documents().by_touches();
        if (touches == nullptr) return std::move(facts_);
        if (auto read = read_roles(*touches); !read) return std::move(read).error();
        if (auto read = read_touches(*touches); !read) return std::move(read).error();
        return std::move(facts_);
    }

private:
    /// Live rows of an object that is pulled; none where it is not.
    Status each(std::string_view object, const std::function<void(const SeenRow&)>& visit) {
        const sync::ObjectModel* pulled = org_.model.find(Side::Crm, object);
        if (pulled == nullptr) return Done{};
        return org_.store.each_seen(org_.name, Side::Crm, pulled->info->name,
                                    [&](const SeenRow& row) {
                                        if (!row.deleted) visit(row);
                                        return true;
                                    });
    }

    Status read_currencies(std::string& unit) {
        auto rates = sync::rates_of(org_.store, org_.name, org_.model.documents());
        if (!rates) return std::move(rates).error();
        facts_.currencies = *std::move(rates);
        return each(words_.rates, [&](const SeenRow& row) {
            const std::string code = text_in(row.record, words_.rate_code);
            if (!code.empty() && yes_in(row.record, words_.is_corporate)) unit = code;
        });
    }

    Status read_campaigns() {
        return each(words_.campaign, [&](const SeenRow& row) {
            facts_.campaigns.push_back({row.record.id.key, text_in(row.record, words_.name), "",
                                        text_in(row.record, words_.parent),
                                        number_in(row.record, words_.cost),
                                        text_in(row.record, words_.currency)});
        });
    }

    Status read_deals() {
        return each(words_.deal, [&](const SeenRow& row) {
            const Record& record = row.record;
            attribution::OpportunityFacts deal{record.id.key,
                                               "",
                                               instant_in(record, words_.created),
                                               date_in(record, words_.close),
                                               yes_in(record, words_.closed),
                                               yes_in(record, words_.won),
                                               number_in(record, words_.amount),
                                               text_in(record, words_.currency),
                                               text_in(record, words_.source),
                                               std::nullopt};
            const bool was_created = deal.created && scope_.asked.period.holds(*deal.created);
            const bool is_there = deal.created && *deal.created <= scope_.asked.as_of;
            if (closed_within(deal, scope_) || was_created || (!deal.is_closed && is_there))
                facts_.opportunities.push_back(std::move(deal));
        });
    }

    /// What deals are worth in a year, where the documents say; one that cannot be told has its
    /// amount.
    Status read_values() {
        const document::Documents& documents = org_.model.documents();
        const document::Attribution* says = documents.by_touches();
        const document::EntityDocument* entity = documents.find(EntityKind::Opportunity);
        if (says == nullptr || !says->contract_value || entity == nullptr) return Done{};
        std::size_t done = 0;
        for (attribution::OpportunityFacts& deal : facts_.opportunities) {
            const SeenRow* row = cache_.get(Side::Crm, {std::string(words_.deal), deal.id});
            if (cache_.failure()) return *cache_.failure();
            if (row == nullptr) continue;
            sync::RollupReader rollups(org_.model, cache_, paths_, scope_.moment);
            sync::EntityFacts facts({org_.model, cache_, paths_, rollups, scope_.moment}, *entity,
                                    {&row->record, nullptr});
            std::optional<DateTime> next;
            const auto worth = merge::evaluate(*says->contract_value, facts, scope_.moment, next);
            if (const auto* value = std::get_if<Value>(&worth)) {
                const auto* number = std::get_if<Decimal>(value);
                if (number != nullptr) deal.contract_value = number->to_double();
            }
            if (++done % kBatch == 0) cache_.forget();
        }
        return Done{};
    }

    Status read_roles(const document::Attribution& attribution) {
        if (attribution.people.size() != 2) return Done{};
        const Catalog& catalog = org_.model.catalogs().crm;
        const ObjectInfo* role = catalog.find(attribution.people[0]);
        const FieldInfo* deal = role == nullptr ? nullptr : sync::reference_to(*role, words_.deal);
        if (deal == nullptr) return Done{};
        const auto person = sync::resolve_path(catalog, *role, attribution.people[1] + ".Id");
        if (!person || person->steps.size() != 1) return Done{};
        const auto& step = person->steps.front();
        contact_object_ = step.objects.front();
        std::set<std::string> deals;
        for (const auto& one : facts_.opportunities) deals.insert(one.id);
        std::set<std::string> contacts;
        auto read = each(role->name, [&](const SeenRow& row) {
            const std::string of = text_in(row.record, deal->name);
            const std::string who = text_in(row.record, step.field);
            if (who.empty() || !deals.contains(of)) return;
            facts_.roles.push_back({of, who, ""});
            contacts.insert(who);
        });
        for (const std::string& contact : contacts) facts_.contacts.emplace_back().id = contact;
        return read;
    }

    Status read_touches(const document::Attribution& attribution) {
        std::size_t done = 0;
        for (attribution::ContactFacts& contact : facts_.contacts) {
            if (auto read = read_person(attribution, contact); !read) return read;
            if (cache_.failure()) return *cache_.failure();
            if (++done % kBatch == 0) cache_.forget();
        }
        return Done{};
    }

    Status read_person(const document::Attribution& attribution,
                       attribution::ContactFacts& contact) {
        const RecordId own{contact_object_, contact.id};
        std::vector<RecordId> elsewhere;
        auto entity = org_.store.entity_of(org_.name, Side::Crm, own);
        if (!entity) return std::move(entity).error();
        if (*entity) {
            auto links = org_.store.links(org_.name, **entity);
            if (!links) return std::move(links).error();
            for (store::Link& link : *links) {
                if (link.side == Side::Marketing) elsewhere.push_back(std::move(link.id));
            }
            const auto qualified = people_.qualified.find(**entity);
            if (qualified != people_.qualified.end()) contact.mql = qualified->second;
        }
        for (const document::Touch& touch : attribution.touches) {
            const auto parents = touch.side == Side::Crm ? std::vector{own} : elsewhere;
            for (const RecordId& parent : parents) read_children(touch, parent, contact.id);
        }
        return Done{};
    }

    void read_children(const document::Touch& touch, const RecordId& parent,
                       const std::string& contact) {
        const ObjectInfo* object = org_.model.catalogs()[touch.side].find(touch.object);
        const FieldInfo* field =
            object == nullptr ? nullptr : sync::reference_to(*object, parent.object);
        if (field == nullptr) return;
        for (const std::string& key :
             cache_.referring(touch.side, object->name, field->name, parent.key)) {
            const SeenRow* row = cache_.get(touch.side, {object->name, key});
            if (row == nullptr || row->deleted) continue;
            if (!sync::is_own_member(org_.model, touch.side, *row)) add_touch(touch, *row, contact);
        }
    }

    /// A touch whose rules cannot be told is none; `duet explain` on the deal says why.
    void add_touch(const document::Touch& touch, const SeenRow& row, const std::string& contact) {
        sync::RecordFacts facts(paths_, touch.side, row.record);
        std::optional<DateTime> next;
        if (touch.where && !merge::ask(*touch.where, facts, scope_.moment, next).yes) return;
        const auto time = merge::evaluate(touch.time, facts, scope_.moment, next);
        const auto campaign = merge::evaluate(touch.campaign, facts, scope_.moment, next);
        const auto* when = std::get_if<Value>(&time);
        const auto* of = std::get_if<Value>(&campaign);
        if (when == nullptr || of == nullptr) return;
        const auto instant = attribution::instant_of(*when, scope_.moment.zone_offset);
        const std::string* id = as_text(*of);
        if (instant && id != nullptr)
            facts_.activities.push_back({contact, *id, kTouchType, *instant});
    }

    sync::Org& org_;
    const ReportScope& scope_;
    const PeopleFacts& people_;
    const MoneyWords& words_;
    sync::RecordCache cache_;
    sync::PathReader paths_;
    std::string contact_object_;
    OrgFacts facts_;
};

}  // namespace

bool is_within(Date day, const ReportScope& scope) {
    const lifecycle::Days days(scope.moment.zone);
    const auto& period = scope.asked.period;
    return day >= days.of(period.from) &&
           day <= days.of(period.until - std::chrono::milliseconds{1});
}

bool closed_within(const attribution::OpportunityFacts& deal, const ReportScope& scope) {
    return deal.is_closed && deal.close && is_within(*deal.close, scope);
}

Result<OrgFacts> gather_deals(sync::Org& org, const ReportScope& scope, std::string& unit) {
    const MoneyWords* words = document::money_words(org.model.documents().names.crm);
    if (words == nullptr) return OrgFacts{};
    return FactGatherer(org, scope, {}, *words).gather_deals(unit);
}

Result<OrgFacts> gather_facts(sync::Org& org, const ReportScope& scope, const PeopleFacts& people,
                              std::string& unit) {
    const MoneyWords* words = document::money_words(org.model.documents().names.crm);
    if (words == nullptr) return OrgFacts{};
    return FactGatherer(org, scope, people, *words).gather(unit);
}

}  // namespace duet::service
