#include "daemon/sync/lifecycle.h"

#include <algorithm>
#include <utility>

#include "daemon/sync/campaign_member.h"
#include "daemon/sync/lead_accounts.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

using store::SeenRow;

/// The instant a value stands for; of an end that is a date, the first instant after it.
std::optional<DateTime> instant_of(const Value& value, const lifecycle::Days& days, bool is_end) {
    if (const auto* time = std::get_if<DateTime>(&value)) return *time;
    if (const auto* day = std::get_if<Date>(&value))
        return days.start(is_end ? *day + std::chrono::days{1} : *day);
    return std::nullopt;
}

bool refers(const FieldInfo& field, const std::string& target) {
    return std::any_of(field.references.begin(), field.references.end(),
                       [&](const std::string& object) { return same_name(object, target); });
}

}  // namespace

LifecycleReader::LifecycleReader(Org& org, RecordCache& cache, PathReader& paths,
                                 RollupReader& rollups, formula::Moment moment)
    : org_(org),
      rules_(org.model.documents().lifecycle.get()),
      cache_(cache),
      paths_(paths),
      rollups_(rollups),
      moment_(moment),
      days_(moment.zone) {}

std::optional<DateTime> LifecycleReader::moment_at(const std::optional<document::Rule>& rule,
                                                   RecordFacts& facts, Gathered& into,
                                                   bool is_end) {
    if (!rule) return std::nullopt;
    auto value = merge::evaluate(*rule, facts, moment_, into.next);
    if (auto* why = std::get_if<std::string>(&value)) {
        into.failure = std::move(*why);
        return std::nullopt;
    }
    return instant_of(std::get<Value>(value), days_, is_end);
}

std::string LifecycleReader::text_at(const std::optional<document::Rule>& rule, RecordFacts& facts,
                                     Gathered& into) {
    if (!rule) return {};
    auto value = merge::evaluate(*rule, facts, moment_, into.next);
    if (auto* why = std::get_if<std::string>(&value)) {
        into.failure = std::move(*why);
        return {};
    }
    return display(std::get<Value>(value));
}

bool LifecycleReader::holds(const std::optional<document::Rule>& rule, RecordFacts& facts,
                            Gathered& into) {
    if (!rule) return true;
    auto answer = merge::ask(*rule, facts, moment_, into.next);
    if (answer.failure) into.failure = std::move(*answer.failure);
    return answer.yes;
}

Result<std::vector<const SeenRow*>> LifecycleReader::records(std::span<const store::Link> links,
                                                             PerSide<bool> sides) {
    std::vector<const SeenRow*> found;
    for (const store::Link& link : links) {
        if (!sides[link.side]) continue;
        const SeenRow* row = cache_.get(link.side, link.id);
        // What happened to a record that went into another happened to the person; what was
        // deleted did not happen.
        if (row == nullptr || (row->deleted && row->survivor.key.empty())) continue;
        found.push_back(row);
    }
    if (cache_.failure()) return *cache_.failure();
    return found;
}

LifecycleReader::Way LifecycleReader::way_of(const document::LifecycleSource& source, Side side,
                                             const std::string& object) const {
    const Catalog& catalog = org_.model.catalogs()[side];
    const ObjectInfo* child = catalog.find(source.object);
    if (side != source.side || child == nullptr) return {};
    if (source.via.empty() && object == child->name) return {.is_told = true, .is_own = true};
    const ObjectInfo* own = catalog.find(object);
    if (own == nullptr) return {};
    auto join = join_of(catalog, document::join_of(source), *own);
    if (!join) return {};
    return {.is_told = true,
            .object = child->name,
            .child_field = std::move(join->child_field),
            .own_field = std::move(join->own_field)};
}

const std::vector<LifecycleReader::Way>& LifecycleReader::ways_of(Side side,
                                                                  const std::string& object) {
    for (const WaysOfObject& known : ways_) {
        if (known.side == side && known.object == object) return known.ways;
    }
    WaysOfObject& made = ways_.emplace_back(WaysOfObject{side, object});
    for (const auto& source : rules_->events) made.ways.push_back(way_of(source, side, object));
    for (const auto& source : rules_->spans) made.ways.push_back(way_of(source, side, object));
    for (Way& way : made.ways) {
        const auto first = std::find_if(made.ways.begin(), made.ways.end(), [&](const Way& one) {
            return one.object == way.object && one.child_field == way.child_field &&
                   one.own_field == way.own_field;
        });
        way.same_as = static_cast<std::size_t>(first - made.ways.begin());
    }
    return made.ways;
}

void LifecycleReader::add_sources(const std::vector<const SeenRow*>& records, Gathered& into) {
    std::vector<const std::vector<Way>*> ways;
    for (const SeenRow* row : records) ways.push_back(&ways_of(row->side, row->record.id.object));
    const std::size_t sources = rules_->events.size() + rules_->spans.size();
    std::vector<Children> children(records.size() * sources);
    std::size_t number = 0;
    const auto add = [&](const document::LifecycleSource& source, bool is_span) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            const Way& way = (*ways[i])[number];
            if (way.is_told)
                add_source(source, is_span, way, *records[i], children[i * sources + way.same_as],
                           into);
        }
        ++number;
    };
    for (const auto& source : rules_->events) add(source, false);
    for (const auto& source : rules_->spans) add(source, true);
}

void LifecycleReader::add_source(const document::LifecycleSource& source, bool is_span,
                                 const Way& way, const SeenRow& row, Children& children,
                                 Gathered& into) {
    if (way.is_own) {
        add_record(source, is_span, row, into);
        return;
    }
    if (children == nullptr) {
        const std::string* parent = way.own_field.empty()
                                        ? &row.record.id.key
                                        : as_text(row.record.fields.get(way.own_field));
        if (parent == nullptr) return;
        children = &cache_.children(source.side, way.object, way.child_field, *parent);
    }
    for (const SeenRow* told : *children) {
        if (!told->deleted && !is_own_member(org_.model, source.side, *told))
            add_record(source, is_span, *told, into);
    }
}

void LifecycleReader::add_record(const document::LifecycleSource& source, bool is_span,
                                 const SeenRow& row, Gathered& into) {
    RecordFacts facts(paths_, source.side, row.record);
    if (!holds(source.where, facts, into)) return;
    const auto at = moment_at(source.at, facts, into);
    if (!at) return;
    lifecycle::Event event{*at,
                           source.order,
                           row.record.id.key,
                           source.name,
                           text_at(source.reason, facts, into),
                           text_at(source.owner, facts, into),
                           text_at(source.campaign, facts, into)};
    if (!is_span) {
        into.facts.events.push_back(std::move(event));
        return;
    }
    into.facts.spans.push_back({std::move(event.name), std::move(event.record), *at,
                                moment_at(source.until, facts, into, true), source.order,
                                std::move(event.reason), std::move(event.owner),
                                std::move(event.campaign)});
}

/// What a condition says now begins or ends a span; what Duet saw before stays.
void LifecycleReader::add_conditions(std::span<const store::LifecycleSpan> stored,
                                     merge::FactSource& facts, bool is_ready, Gathered& into,
                                     std::vector<store::LifecycleSpan>& remembered) {
    if (rules_->conditions.empty()) return;
    std::vector<store::LifecycleSpan> known(stored.begin(), stored.end());
    for (const document::LifecycleCondition& condition : rules_->conditions) {
        store::LifecycleSpan* open = nullptr;
        for (store::LifecycleSpan& span : known) {
            if (span.name == condition.name && !span.until) open = &span;
        }
        if (is_ready) {
            auto answer = merge::ask(condition.when, facts, moment_, into.next);
            if (answer.failure) {
                into.failure = "condition " + condition.name + ": " + *answer.failure;
                continue;
            }
            if (answer.yes && open == nullptr) {
                store::LifecycleSpan span{condition.name, moment_.now, {}};
                if (condition.since) {
                    auto since = merge::evaluate(*condition.since, facts, moment_, into.next);
                    if (const auto* value = std::get_if<Value>(&since)) {
                        const auto at = instant_of(*value, days_, false);
                        if (at && *at < span.from) span.from = *at;
                    }
                }
                remembered.push_back(span);
                known.push_back(std::move(span));
            } else if (!answer.yes && open != nullptr) {
                open->until = std::max(moment_.now, open->from);
                remembered.push_back(*open);
            }
        }
    }
    for (const store::LifecycleSpan& span : known)
        into.facts.spans.push_back({span.name, {}, span.from, span.until, 0, {}, {}, {}});
}

Result<Standing> LifecycleReader::person(const Person& person, merge::FactSource& facts,
                                         bool is_ready) {
    Standing standing;
    Gathered gathered;
    auto own = records(person.links);
    if (!own) return std::move(own).error();
    add_sources(*own, gathered);
    add_deals(*own, gathered);
    add_conditions(person.spans, facts, is_ready, gathered, standing.remembered);
    if (cache_.failure()) return *cache_.failure();
    standing.next = gathered.next;
    standing.failure = std::move(gathered.failure);
    if (!standing.failure.empty()) {
        standing.remembered.clear();
        return standing;
    }
    const lifecycle::Model& model = *rules_->model;
    standing.history = lifecycle::replay(model, gathered.facts, moment_.now, days_);
    standing.stage = standing.history.stage;
    standing.values = lifecycle::values_of(model, standing.history, gathered.facts, moment_.now);
    merge::lower(standing.next, standing.history.next_change);
    if (rules_->account && !rules_->account->engaged_by.empty()) {
        for (const lifecycle::Event& event : gathered.facts.events) {
            const bool counts =
                event.name == rules_->account->engaged_by && event.at <= moment_.now;
            if (counts && (!standing.engaged || event.at > *standing.engaged))
                standing.engaged = event.at;
        }
    }
    return standing;
}

Result<std::vector<store::EntityId>> LifecycleReader::accounts_of(
    std::span<const store::Link> person) {
    std::vector<store::EntityId> found;
    const document::EntityDocument* accounts = org_.model.documents().find(EntityKind::Account);
    if (accounts == nullptr) return found;
    auto own = records(person, {true, false});
    if (!own) return std::move(own).error();
    for (const SeenRow* row : *own) {
        const ObjectInfo* info = org_.model.catalogs().crm.find(row->record.id.object);
        if (info == nullptr || row->deleted) continue;
        for (const FieldInfo& field : info->fields) {
            for (const std::string& object : accounts->objects.crm) {
                if (!refers(field, object)) continue;
                const std::string* key = as_text(row->record.fields.get(field.name));
                if (key == nullptr) continue;
                const auto entity = cache_.entity_of(Side::Crm, {object, *key});
                if (entity) found.push_back(*entity);
            }
        }
        if (!rules_->account || !rules_->account->leads) continue;
        const LeadAccounts leads(org_.model, cache_, *rules_->account->leads);
        const auto account = leads.account_of(row->record);
        if (!account) continue;
        const auto entity = cache_.entity_of(Side::Crm, *account);
        if (entity) found.push_back(*entity);
    }
    if (cache_.failure()) return *cache_.failure();
    return found;
}

Status save_lifecycle(Org& org, store::EntityId id, const std::vector<lifecycle::Row>& moves,
                      const Standing& standing) {
    for (const store::LifecycleSpan& span : standing.remembered) {
        if (auto saved = org.store.save_lifecycle_span(org.name, id, span); !saved) return saved;
    }
    const bool moved = moves != standing.history.rows;
    if (moved) {
        auto saved = org.store.save_lifecycle_rows(org.name, id, standing.history.rows);
        if (!saved) return saved;
    }
    const auto& rules = org.model.documents().lifecycle->account;
    if (!moved && (!rules || rules->engaged_by.empty())) return Done{};
    for (const store::EntityId account : standing.accounts) {
        auto marked = org.store.mark_dirty(org.name, account, "its people moved");
        if (!marked) return marked;
    }
    return Done{};
}

}  // namespace duet::sync
