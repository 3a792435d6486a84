#include "daemon/sync/behaviours.h"

#include <utility>

#include <fmt/format.h>

#include "mappings/lifecycle/days.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

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
    if (!closed && rule_.lapsed && value_of(*rule_.lapsed) == Value{true}) {
        if (rule_.lapsed_on) closed = day_of(*rule_.lapsed_on);
        found.is_dated = closed.has_value();
        if (!closed) closed = sources.moment.today - std::chrono::days{1};
    }
    const Value worth = value_of(rule_.value);
    if (const auto* number = std::get_if<Decimal>(&worth)) found.deal.value = number->to_double();
    found.ended = closed.has_value();
    found.deal.created = created.value_or(closed.value_or(Date{}));
    found.deal.closed = closed.value_or(Date{});
    if (!failure.empty()) return failure;
    return found;
}

void BehaviourReader::lower_to_refresh(std::optional<DateTime>& next) const {
    const Term term(sources_.moment, rule_.refresh_days);
    merge::lower(next, lifecycle::Days(sources_.moment.zone).start(term.end));
}

behaviour::Table BehaviourReader::work_out(const Term& term) const {
    std::vector<behaviour::Deal> deals;
    AllRecords records(sources_.model, sources_.cache.store(), sources_.cache.org(),
                       sources_.moment);
    auto read_all =
        records.find(sources_.model.documents().find(EntityKind::Opportunity)->objects.crm);
    if (read_all) {
        read_all =
            records.look([&](const store::SeenRow& row, const EntityFacts::Sources& sources) {
                auto found = read(row.record, sources);
                auto* told = std::get_if<Read>(&found);
                if (told != nullptr && told->ended &&
                    (!told->is_dated || told->deal.closed < term.from))
                    deals.push_back(std::move(told->deal));
            });
    }
    if (!read_all) sources_.cache.note(std::move(read_all).error());
    return {deals, rule_.settings};
}

std::shared_ptr<const Behaviours> BehaviourReader::table() const {
    auto& kept = sources_.model.behaviours();
    const Term term(sources_.moment, rule_.refresh_days);
    if (kept != nullptr && kept->term.stands_for(term)) return kept;
    auto made = std::make_shared<const Behaviours>(Behaviours{term, work_out(term)});
    if (!sources_.cache.failure()) kept = made;
    return made;
}

std::optional<std::string> BehaviourReader::deal(const Record& deal, Told& into,
                                                 std::optional<DateTime>& next) const {
    const auto known = table();
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
    const document::EntityDocument* document =
        sources_.model.documents().find(EntityKind::Opportunity);
    std::optional<behaviour::Deal> last;
    for (const std::string& name : document->objects.crm) {
        const ObjectInfo* object = sources_.model.catalogs().crm.find(name);
        const FieldInfo* up =
            object == nullptr ? nullptr : reference_to(*object, account.id.object);
        if (up == nullptr) continue;
        for (const store::SeenRow* row :
             sources_.cache.children(Side::Crm, object->name, up->name, account.id.key)) {
            if (row->deleted) continue;
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
