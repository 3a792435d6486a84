// What deals do to people, and people to accounts.
#include <algorithm>
#include <utility>

#include "daemon/sync/lead_accounts.h"
#include "daemon/sync/lifecycle.h"
#include "mappings/lifecycle/stays.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using store::SeenRow;

// Deals come before every line of the documents; a deal is opened before anything else of it.
constexpr int kOpens = -2;
constexpr int kMoves = -1;

/// The deal's own words for what happened, with what the history keeps of it.
struct DealWords {
    std::string record;
    std::string reason;
    std::string owner;
    std::string campaign;
};

/// Turns a deal's life into a person's events, from when the person joined.
class DealTeller {
public:
    DealTeller(const lifecycle::Deal& deal, const std::vector<lifecycle::Lapse>& lapses,
               const DealWords& words, DateTime joined, lifecycle::Facts& facts)
        : deal_(deal),
          lapses_(lapses),
          words_(words),
          opened_(std::max(joined, deal.created)),
          facts_(facts) {}

    void tell() {
        // Who joined a deal that was lost by then had no part in it.
        if (deal_.closed_at && opened_ > *deal_.closed_at && !deal_.won) return;
        add(opened_, kOpens, "deal_opened", {});
        for (const auto& change : deal_.stage_changes) {
            if (change.at > opened_) add(change.at, kMoves, "deal_moved", change.stage);
        }
        DateTime open_since = opened_;
        for (const lifecycle::Lapse& lapse : lapses_) {
            if (lapse.until && *lapse.until <= opened_) continue;
            const DateTime from = std::max(lapse.from, opened_);
            add_open(open_since, from);
            add(from, kMoves, "deal_lapsed", lapse.reason);
            if (lapse.until) add(*lapse.until, kOpens, "deal_reopened", {});
            open_since = lapse.until.value_or(DateTime::max());
        }
        if (!deal_.closed_at) {
            if (open_since != DateTime::max()) add_open(open_since, std::nullopt);
            return;
        }
        const DateTime closed = std::max(*deal_.closed_at, opened_);
        add_open(open_since, closed);
        add(closed, kMoves, deal_.won ? "deal_won" : "deal_lost", words_.reason);
    }

private:
    void add(DateTime at, int order, const char* name, std::string reason) {
        facts_.events.push_back(
            {at, order, words_.record, name, std::move(reason), words_.owner, words_.campaign});
    }

    void add_open(DateTime from, std::optional<DateTime> until) {
        if (until && *until <= from) return;
        facts_.spans.push_back(
            {"open_deal", words_.record, from, until, kOpens, {}, words_.owner, words_.campaign});
    }

    const lifecycle::Deal& deal_;
    const std::vector<lifecycle::Lapse>& lapses_;
    const DealWords& words_;
    DateTime opened_;
    lifecycle::Facts& facts_;
};

}  // namespace

void LifecycleReader::add_deals(const std::vector<const SeenRow*>& records, Gathered& into) {
    if (!rules_->deals) return;
    const Catalog& catalog = org_.model.catalogs().crm;
    const ObjectInfo* through = catalog.find(rules_->deals->through);
    const FieldInfo* to_deal =
        through == nullptr ? nullptr : reference_to(*through, rules_->deals->deal);
    if (to_deal == nullptr) return;
    for (const SeenRow* row : records) {
        if (row->side != Side::Crm) continue;
        const FieldInfo* to_person = reference_to(*through, row->record.id.object);
        if (to_person == nullptr) continue;
        for (const SeenRow* role :
             cache_.children(Side::Crm, through->name, to_person->name, row->record.id.key)) {
            if (role->deleted) continue;
            const std::string* target = as_text(role->record.fields.get(to_deal->name));
            if (target == nullptr) continue;
            const SeenRow* deal = cache_.get(Side::Crm, to_deal->references.front(), *target);
            if (deal != nullptr && !deal->deleted) add_deal(role->record, deal->record, into);
        }
    }
}

std::optional<lifecycle::Deal> LifecycleReader::read_deal(const Record& deal, RecordFacts& facts,
                                                          Gathered& into) {
    const document::DealSource& source = *rules_->deals;
    const auto created = moment_at(source.created, facts, into);
    if (!created) return std::nullopt;
    lifecycle::Deal made;
    made.created = *created;
    made.closed_at = moment_at(source.closed, facts, into);
    made.won = holds(source.won, facts, into);
    made.stage = text_at(source.stage, facts, into);
    if (const auto close = moment_at(source.close_date, facts, into))
        made.close_date = days_.of(*close);
    const auto each = [&](const document::DealChild& line, auto&& use) {
        const ObjectInfo* child = org_.model.catalogs().crm.find(line.object);
        if (child == nullptr) return;
        std::vector<const Record*> told;
        if (child->name == deal.id.object) {
            told.push_back(&deal);
        } else if (const FieldInfo* up = reference_to(*child, deal.id.object)) {
            for (const SeenRow* row :
                 cache_.children(Side::Crm, child->name, up->name, deal.id.key)) {
                if (!row->deleted) told.push_back(&row->record);
            }
        }
        for (const Record* record : told) {
            RecordFacts own(paths_, Side::Crm, *record);
            if (!holds(line.where, own, into)) continue;
            if (const auto at = moment_at(line.at, own, into)) use(*at, own);
        }
    };
    for (const auto& line : source.moves) {
        each(line, [&](DateTime at, RecordFacts& own) {
            made.stage_changes.push_back({at, text_at(line.stage, own, into)});
        });
    }
    for (const auto& line : source.activities)
        each(line, [&](DateTime at, RecordFacts&) { made.activities.push_back(at); });
    for (const auto& line : source.planned) {
        each(line, [&](DateTime at, RecordFacts& own) {
            if (const auto start = moment_at(line.start, own, into))
                made.planned.push_back({at, *start});
        });
    }
    return made;
}

void LifecycleReader::add_deal(const Record& role, const Record& deal, Gathered& into) {
    const document::DealSource& source = *rules_->deals;
    RecordFacts facts(paths_, Side::Crm, deal);
    RecordFacts joining(paths_, Side::Crm, role);
    const auto joined = moment_at(source.joined, joining, into);
    const auto made = read_deal(deal, facts, into);
    if (!joined || !made) return;
    const DealWords words{deal.id.key, text_at(source.reason, facts, into),
                          text_at(source.owner, facts, into),
                          text_at(source.campaign, facts, into)};
    const auto lapses = lifecycle::lapses_of(*made, rules_->model->rules().lapses,
                                             medians(!made->closed_at, into), moment_.now, days_);
    DealTeller(*made, lapses, words, *joined, into.facts).tell();
}

Standing LifecycleReader::deal(const Record& deal) {
    Standing standing;
    Gathered gathered;
    RecordFacts facts(paths_, Side::Crm, deal);
    const auto made = read_deal(deal, facts, gathered);
    const lifecycle::StageMedians* known = made ? &medians(!made->closed_at, gathered) : nullptr;
    standing.next = gathered.next;
    standing.failure = std::move(gathered.failure);
    if (!made || !standing.failure.empty()) return standing;
    const auto outcome =
        lifecycle::outcome_of(*made, rules_->model->rules().lapses, *known, moment_.now, days_);
    standing.values = lifecycle::values_of(outcome, days_);
    if (!made->closed_at) {
        if (const Value median = lifecycle::stage_median(*made, *known, moment_.now);
            !is_blank(median))
            standing.values.set("Stage_Median", median);
    }
    merge::lower(standing.next, outcome.next_change);
    return standing;
}

Status LifecycleReader::add_members(const Record& account, const Members& members) {
    const document::EntityDocument* persons = org_.model.documents().find(EntityKind::Person);
    for (const std::string& object : persons->objects.crm) {
        const ObjectInfo* info = org_.model.catalogs().crm.find(object);
        const FieldInfo* up = info == nullptr ? nullptr : reference_to(*info, account.id.object);
        if (up == nullptr) continue;
        for (const std::string& key :
             cache_.referring(Side::Crm, info->name, up->name, account.id.key)) {
            if (auto added = add_member({info->name, key}, members); !added) return added;
        }
    }
    if (!rules_->account->leads) return Done{};
    const LeadAccounts leads(org_.model, cache_, *rules_->account->leads);
    members.account.doubt = leads.doubt_of(account).value_or("");
    for (const std::string& key : leads.leads_of(account)) {
        if (auto added = add_member({leads.lead(), key}, members); !added) return added;
    }
    return Done{};
}

Status LifecycleReader::add_member(const RecordId& record, const Members& members) {
    const document::EntityDocument* persons = org_.model.documents().find(EntityKind::Person);
    const SeenRow* row = cache_.get(Side::Crm, record);
    if (row == nullptr || row->deleted || !row->survivor.key.empty()) return Done{};
    const auto entity = cache_.entity_of(Side::Crm, row->record.id);
    if (cache_.failure()) return *cache_.failure();
    if (!entity) return Done{};
    auto links = org_.store.links(org_.name, *entity);
    if (!links) return std::move(links).error();
    auto spans = org_.store.lifecycle_spans(org_.name, *entity);
    if (!spans) return std::move(spans).error();
    auto own = records(*links);
    if (!own) return std::move(own).error();
    PerSide<const Record*> live;
    for (const SeenRow* one : *own) {
        if (!one->deleted && one->survivor.key.empty()) live[one->side] = &one->record;
    }
    live.crm = &row->record;
    EntityFacts facts({org_.model, cache_, paths_, rollups_, moment_}, *persons, live);
    auto member = person({*links, *spans}, facts, members.is_ready);
    if (!member) return std::move(member).error();
    members.standings.push_back(std::make_unique<Standing>(std::move(*member)));
    const Standing& made = *members.standings.back();
    if (!made.failure.empty()) members.account.failure = made.failure;
    members.into.members.push_back({&made.history, made.engaged, role_of(*own)});
    merge::lower(members.account.next, made.next);
    return Done{};
}

std::string LifecycleReader::role_of(const std::vector<const SeenRow*>& records) {
    const document::AccountSource& source = *rules_->account;
    if (!source.role) return {};
    const ObjectInfo* object = org_.model.catalogs().crm.find(source.role_object);
    for (const SeenRow* row : records) {
        const FieldInfo* up = object == nullptr || row->side != Side::Crm
                                  ? nullptr
                                  : reference_to(*object, row->record.id.object);
        if (up == nullptr) continue;
        for (const SeenRow* told :
             cache_.children(Side::Crm, object->name, up->name, row->record.id.key)) {
            if (told->deleted) continue;
            RecordFacts facts(paths_, Side::Crm, told->record);
            Gathered none;
            std::string role = text_at(source.role, facts, none);
            if (!role.empty()) return role;
        }
    }
    return {};
}

void LifecycleReader::add_contracts(const Record& account, lifecycle::AccountFacts& into,
                                    Standing& standing) {
    Gathered gathered;
    for (const document::LifecycleSource& span : rules_->spans) {
        if (span.name != rules_->account->contract || span.side != Side::Crm) continue;
        const ObjectInfo* child = org_.model.catalogs().crm.find(span.object);
        const FieldInfo* up = child == nullptr ? nullptr : reference_to(*child, account.id.object);
        if (up == nullptr) continue;
        for (const SeenRow* row :
             cache_.children(Side::Crm, child->name, up->name, account.id.key)) {
            if (!row->deleted) add_record(span, true, *row, gathered);
        }
    }
    into.contracts = std::move(gathered.facts.spans);
    merge::lower(standing.next, gathered.next);
    if (!gathered.failure.empty()) standing.failure = std::move(gathered.failure);
}

Result<Standing> LifecycleReader::account(const Record& account, merge::FactSource& facts,
                                          bool is_ready) {
    Standing standing;
    lifecycle::AccountFacts gathered;
    std::vector<std::unique_ptr<Standing>> members;
    auto added = add_members(account, {gathered, members, standing, is_ready});
    if (!added) return std::move(added).error();
    add_contracts(account, gathered, standing);
    for (const auto& [name, rule] : rules_->account->dates) {
        auto value = merge::evaluate(rule, facts, moment_, standing.next);
        if (auto* why = std::get_if<std::string>(&value)) {
            standing.failure = std::move(*why);
            continue;
        }
        const Value& found = std::get<Value>(value);
        std::optional<Date> day;
        if (const auto* date = std::get_if<Date>(&found)) day = *date;
        if (const auto* time = std::get_if<DateTime>(&found)) day = days_.of(*time);
        if (!day) continue;
        gathered.dates.emplace(name, *day);
        if (name == rules_->account->won) gathered.wins.push_back(days_.start(*day));
    }
    if (cache_.failure()) return *cache_.failure();
    if (!standing.failure.empty()) return standing;
    const auto found = lifecycle::roll_up(*rules_->model, gathered, moment_.now, days_);
    standing.stage = found.stage;
    standing.values = lifecycle::values_of(*rules_->model, found);
    merge::lower(standing.next, found.next_change);
    return standing;
}

}  // namespace duet::sync
