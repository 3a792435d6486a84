#include "daemon/sync/scores.h"

#include <utility>

#include "daemon/sync/campaign_member.h"
#include "daemon/sync/lead_accounts.h"
#include "mappings/attribution/attribution.h"
#include "mappings/merge/evaluate.h"

namespace duet::sync {
namespace {

Value score_number(double value) {
    const auto decimal = Decimal::from_double(value);
    return decimal ? Value{*decimal} : Value{};
}

}  // namespace

std::optional<std::string> ScoreReader::gather_one(const document::PointsRule& line,
                                                   const Record& child,
                                                   std::vector<scoring::Activity>& found,
                                                   std::optional<DateTime>& next) const {
    RecordFacts facts(sources_.paths, line.side, child);
    if (line.where) {
        auto counts = merge::ask(*line.where, facts, sources_.moment, next);
        if (counts.failure) return std::move(*counts.failure);
        if (!counts.yes) return std::nullopt;
    }
    auto time = merge::evaluate(line.time, facts, sources_.moment, next);
    if (auto* failure = std::get_if<std::string>(&time)) return std::move(*failure);
    const auto at = attribution::instant_of(std::get<Value>(time), sources_.moment.zone_offset);
    if (!at) return std::nullopt;
    std::string asset;
    if (line.asset) {
        auto told = merge::evaluate(*line.asset, facts, sources_.moment, next);
        if (auto* failure = std::get_if<std::string>(&told)) return std::move(*failure);
        asset = display(std::get<Value>(told));
    }
    found.push_back({line.type, std::move(asset), *at, static_cast<double>(line.points)});
    return std::nullopt;
}

std::optional<std::string> ScoreReader::gather(const PerSide<const Record*>& records,
                                               std::vector<scoring::Activity>& found,
                                               std::optional<DateTime>& next) const {
    for (const document::PointsRule& line : rule_.points) {
        const Record* parent = records[line.side];
        const ObjectInfo* object = sources_.model.catalogs()[line.side].find(line.object);
        const FieldInfo* up = parent == nullptr || object == nullptr
                                  ? nullptr
                                  : reference_to(*object, parent->id.object);
        if (up == nullptr) continue;
        for (const store::SeenRow* row :
             sources_.cache.children(line.side, object->name, up->name, parent->id.key)) {
            if (row->deleted || is_own_member(sources_.model, line.side, *row)) continue;
            if (auto failure = gather_one(line, row->record, found, next)) return failure;
        }
    }
    found = scoring::without_repeats(std::move(found), rule_.settings);
    return std::nullopt;
}

std::optional<std::string> ScoreReader::grade(merge::FactSource& facts, Told& into,
                                              std::optional<DateTime>& next) const {
    if (rule_.criteria.empty()) return std::nullopt;
    std::vector<scoring::Criterion> criteria;
    for (const document::CriterionRule& criterion : rule_.criteria) {
        scoring::Criterion judged{criterion.thirds, scoring::Match::Unknown};
        merge::Answer unknown;
        if (criterion.unknown_when)
            unknown = merge::ask(*criterion.unknown_when, facts, sources_.moment, next);
        if (unknown.failure) return std::move(*unknown.failure);
        if (!unknown.yes) {
            auto matched = merge::ask(criterion.when, facts, sources_.moment, next);
            if (matched.failure) return std::move(*matched.failure);
            judged.match = matched.yes ? scoring::Match::Matched : scoring::Match::NotMatched;
        }
        criteria.push_back(judged);
    }
    const scoring::Grade found = scoring::grade_of(criteria, rule_.start);
    into["Grade"] = text(scoring::to_string(found));
    into["Grade_Rank"] = Value{Decimal{static_cast<int>(found)}};
    return std::nullopt;
}

std::optional<std::string> ScoreReader::person(const PerSide<const Record*>& records,
                                               merge::FactSource& facts, Told& into,
                                               std::optional<DateTime>& next) const {
    std::vector<scoring::Course> own(1);
    if (auto failure = gather(records, own.front().activities, next)) return failure;
    const scoring::AccountSettings whole = scoring::alone();
    const double step = rule_.step;
    into["Engagement"] = score_number(scoring::told(
        scoring::engagement_at(own, sources_.moment.now, rule_.settings, whole), step));
    merge::lower(next, scoring::next_step(own, sources_.moment.now, step, rule_.settings, whole));
    return grade(facts, into, next);
}

std::string ScoreReader::role_of(const Record& person, std::optional<DateTime>& next) const {
    if (!rule_.role) return {};
    const ObjectInfo* object = sources_.model.catalogs().crm.find(rule_.role->object);
    const FieldInfo* up = object == nullptr ? nullptr : reference_to(*object, person.id.object);
    if (up == nullptr) return {};
    // Of several roles the one that counts most.
    std::string best;
    double most = -1;
    for (const store::SeenRow* row :
         sources_.cache.children(Side::Crm, object->name, up->name, person.id.key)) {
        if (row->deleted) continue;
        RecordFacts facts(sources_.paths, Side::Crm, row->record);
        auto told = merge::evaluate(rule_.role->role, facts, sources_.moment, next);
        const auto* value = std::get_if<Value>(&told);
        if (value == nullptr || is_blank(*value)) continue;
        std::string role = display(*value);
        const auto weight = rule_.account.role_weights.find(role);
        const double counts = weight == rule_.account.role_weights.end()
                                  ? rule_.account.unknown_role_weight
                                  : weight->second;
        if (counts <= most) continue;
        most = counts;
        best = std::move(role);
    }
    return best;
}

std::optional<std::string> ScoreReader::add_member(const Record& person,
                                                   std::vector<scoring::Course>& people,
                                                   std::optional<DateTime>& next) const {
    PerSide<const Record*> records;
    for (const store::Link& link : sources_.cache.linked_with(Side::Crm, person.id)) {
        const store::SeenRow* row = sources_.cache.get(link.side, link.id);
        if (row != nullptr && !row->deleted && row->survivor.key.empty())
            records[link.side] = &row->record;
    }
    records.crm = &person;
    scoring::Course course{role_of(person, next), {}};
    if (auto failure = gather(records, course.activities, next)) return failure;
    people.push_back(std::move(course));
    return std::nullopt;
}

std::optional<std::string> ScoreReader::account(const Record& account, Told& into,
                                                std::optional<DateTime>& next) const {
    const document::EntityDocument* persons = sources_.model.documents().find(EntityKind::Person);
    std::vector<scoring::Course> people;
    std::vector<std::string> keys;
    for (const std::string& name : persons->objects.crm) {
        const ObjectInfo* info = sources_.model.catalogs().crm.find(name);
        const FieldInfo* up = info == nullptr ? nullptr : reference_to(*info, account.id.object);
        if (up == nullptr) continue;
        for (const store::SeenRow* row :
             sources_.cache.children(Side::Crm, info->name, up->name, account.id.key)) {
            if (row->deleted || !row->survivor.key.empty()) continue;
            if (auto failure = add_member(row->record, people, next)) return failure;
            keys.push_back(row->record.id.key);
        }
    }
    if (rule_.leads) {
        const LeadAccounts leads(sources_.model, sources_.cache, *rule_.leads);
        for (const std::string& key : leads.leads_of(account)) {
            const store::SeenRow* row = sources_.cache.get(Side::Crm, {leads.lead(), key});
            if (auto failure = add_member(row->record, people, next)) return failure;
            keys.push_back(key);
        }
    }
    const DateTime now = sources_.moment.now;
    const double whole = scoring::engagement_at(people, now, rule_.settings, rule_.account);
    into["Engagement"] = score_number(scoring::told(whole, rule_.step));
    merge::lower(next, scoring::next_step(people, now, rule_.step, rule_.settings, rule_.account));
    const auto gain = scoring::gained(people, now, rule_.account.surge_days, rule_.step);
    into["Gained"] = score_number(scoring::told(gain.points, rule_.step));
    merge::lower(next, gain.changes);
    int engaged = 0;
    double most = 0;
    for (std::size_t i = 0; i < people.size(); ++i) {
        const double own = scoring::engagement(people[i].activities, now, rule_.settings);
        if (own >= rule_.account.engaged_from) {
            ++engaged;
            merge::lower(
                next, scoring::next_step(std::span(&people[i], 1), now, rule_.account.engaged_from,
                                         rule_.settings, scoring::alone()));
        }
        if (own <= most) continue;
        most = own;
        into["Warmest"] = text(keys[i]);
    }
    into["People"] = Value{Decimal{engaged}};
    const auto days = std::chrono::days{static_cast<int>(rule_.account.surge_days)};
    const double before = scoring::engagement_at(people, now - days, rule_.settings, rule_.account);
    const bool surges = scoring::is_surge(before, whole, rule_.account);
    into["Surge"] = Value{surges};
    // Nothing begins to surge by time alone; that one ends is seen within a day.
    if (surges) merge::lower(next, now + std::chrono::days{1});
    return std::nullopt;
}

}  // namespace duet::sync
