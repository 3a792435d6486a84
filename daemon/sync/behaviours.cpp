#include "daemon/sync/behaviours.h"

#include <utility>

#include <fmt/format.h>

#include "mappings/lifecycle/days.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

constexpr std::chrono::hours kStands{1};
constexpr std::size_t kBatch = 1000;  // records in memory at once

Value rounded(const std::optional<double>& value, int digits) {
    const auto exact = value ? Decimal::from_double(*value) : std::nullopt;
    const auto shown = exact ? exact->rounded(digits) : std::nullopt;
    return shown ? Value{*shown} : Value{};
}

std::string spelled(const behaviour::Type& type) {
    return type.empty() ? "all" : fmt::format("{}", fmt::join(type, ", "));
}

}  // namespace

std::variant<BehaviourReader::Read, std::string> BehaviourReader::read(
    const Record& deal, const EntityFacts::Sources& sources) const {
    const lifecycle::Days days(sources.moment.zone);
    const document::EntityDocument* document =
        sources.model.documents().find(EntityKind::Opportunity);
    PerSide<const Record*> records;
    records.crm = &deal;
    EntityFacts facts(sources, *document, records);
    std::optional<DateTime> ignored;
    std::string failure;
    const auto value_of = [&](const document::Rule& rule) -> Value {
        auto value = merge::evaluate(rule, facts, sources.moment, ignored);
        if (auto* why = std::get_if<std::string>(&value)) {
            failure = std::move(*why);
            return {};
        }
        return std::get<Value>(std::move(value));
    };
    const auto day_of = [&](const document::Rule& rule) -> std::optional<Date> {
        const Value value = value_of(rule);
        if (const auto* date = std::get_if<Date>(&value)) return *date;
        if (const auto* time = std::get_if<DateTime>(&value)) return days.of(*time);
        return std::nullopt;
    };
    Read found;
    for (const document::Rule& type : rule_.types)
        found.deal.type.push_back(display(value_of(type)));
    found.deal.account = display(value_of(rule_.account));
    const auto created = day_of(rule_.created);
    auto closed = day_of(rule_.closed);
    found.deal.won = value_of(rule_.won) == Value{true};
    if (!closed && rule_.lapsed && value_of(*rule_.lapsed) == Value{true})
        closed = sources.moment.today - std::chrono::days{1};
    const Value worth = value_of(rule_.value);
    if (const auto* number = std::get_if<Decimal>(&worth)) found.deal.value = number->to_double();
    found.ended = closed.has_value();
    found.deal.created = created.value_or(closed.value_or(Date{}));
    found.deal.closed = closed.value_or(Date{});
    if (!failure.empty()) return failure;
    return found;
}

Date BehaviourReader::period() const {
    const auto days = sources_.moment.today.time_since_epoch().count();
    return Date{std::chrono::days{days - days % rule_.refresh_days}};
}

void BehaviourReader::lower_to_refresh(std::optional<DateTime>& next) const {
    const lifecycle::Days days(sources_.moment.zone);
    merge::lower(next, days.start(period() + std::chrono::days{rule_.refresh_days}));
}

std::shared_ptr<const Behaviours> BehaviourReader::work_out(Date from) const {
    std::vector<behaviour::Deal> deals;
    std::string failure;
    RecordCache cache(sources_.cache.store(), sources_.cache.org());
    PathReader paths(sources_.model, cache);
    const document::EntityDocument* document =
        sources_.model.documents().find(EntityKind::Opportunity);
    for (const std::string& name : document->objects.crm) {
        const ObjectInfo* object = sources_.model.catalogs().crm.find(name);
        if (object == nullptr) continue;
        std::vector<RecordId> records;
        auto seen = cache.store().each_seen(cache.org(), Side::Crm, object->name,
                                            [&](const store::SeenRow& row) {
                                                if (!row.deleted) records.push_back(row.record.id);
                                                return true;
                                            });
        if (!seen) cache.note(std::move(seen).error());
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (i % kBatch == 0) cache.forget();
            RollupReader rollups(sources_.model, cache, paths, sources_.moment);
            const store::SeenRow* row = cache.get(Side::Crm, records[i]);
            if (row == nullptr) continue;
            auto found =
                read(row->record, {sources_.model, cache, paths, rollups, sources_.moment});
            if (const auto* why = std::get_if<std::string>(&found)) {
                failure = *why;
                continue;
            }
            auto& told = std::get<Read>(found);
            if (told.ended && told.deal.closed < from) deals.push_back(std::move(told.deal));
        }
    }
    if (cache.failure()) sources_.cache.note(*cache.failure());
    return std::make_shared<const Behaviours>(Behaviours{from, sources_.moment.now + kStands,
                                                         behaviour::Table(deals, rule_.settings),
                                                         std::move(failure)});
}

std::shared_ptr<const Behaviours> BehaviourReader::table() const {
    auto& kept = sources_.model.behaviours();
    const bool stands = kept != nullptr && kept->from == period() &&
                        sources_.moment.now < kept->until &&
                        sources_.moment.now >= kept->until - kStands;
    if (stands) return kept;
    auto made = work_out(period());
    if (!sources_.cache.failure()) kept = made;
    return made;
}

std::optional<std::string> BehaviourReader::deal(const Record& deal, Told& into,
                                                 std::optional<DateTime>& next) const {
    const auto known = table();
    if (!known->failure.empty()) return known->failure;
    auto found = read(deal, sources_);
    if (auto* why = std::get_if<std::string>(&found)) return std::move(*why);
    const Read& told = std::get<Read>(found);
    const auto prediction = known->table.of(told.deal.type);
    into[kIsOpen] = Value{!told.ended};
    into["Type"] = text(spelled(prediction.type));
    into["Expected_ACV"] = rounded(prediction.expected_acv, 2);
    into["Cycle_Days"] = rounded(prediction.cycle_days, 1);
    into["Win_Probability"] = rounded(prediction.win_probability, 4);
    if (prediction.expected_acv)
        into["Expected_Value"] = rounded(prediction.win_probability * *prediction.expected_acv, 2);
    if (!told.ended) lower_to_refresh(next);
    return std::nullopt;
}

std::optional<std::string> BehaviourReader::account(const Record& account, Told& into,
                                                    std::optional<DateTime>& next) const {
    const auto known = table();
    if (!known->failure.empty()) return known->failure;
    const document::EntityDocument* document =
        sources_.model.documents().find(EntityKind::Opportunity);
    std::optional<behaviour::Deal> last;
    for (const std::string& name : document->objects.crm) {
        const ObjectInfo* object = sources_.model.catalogs().crm.find(name);
        const FieldInfo* up =
            object == nullptr ? nullptr : reference_to(*object, account.id.object);
        if (up == nullptr) continue;
        for (const std::string& key :
             sources_.cache.referring(Side::Crm, object->name, up->name, account.id.key)) {
            const store::SeenRow* row = sources_.cache.get(Side::Crm, {object->name, key});
            if (row == nullptr || row->deleted) continue;
            auto found = read(row->record, sources_);
            if (auto* why = std::get_if<std::string>(&found)) return std::move(*why);
            auto& told = std::get<Read>(found);
            if (told.ended && told.deal.won && (!last || told.deal.closed > last->closed))
                last = std::move(told.deal);
        }
    }
    if (!last) return std::nullopt;
    const auto prediction = known->table.of(last->type);
    into["Type"] = text(spelled(prediction.type));
    into["Expected_ACV"] = rounded(prediction.expected_acv, 2);
    if (prediction.gap_days)
        into["Next_Purchase"] = Value{behaviour::next_purchase(last->closed, *prediction.gap_days)};
    lower_to_refresh(next);
    return std::nullopt;
}

}  // namespace duet::sync
