#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/lifecycle_report.h"
#include "daemon/service/person.h"
#include "daemon/service/story.h"
#include "daemon/sync/told.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::EntityId;

constexpr std::size_t kAll = 1'000'000;  // rows of one entity

json fields_json(const Fields& fields) {
    auto all = json::object();
    for (const auto& [name, value] : fields)
        all[name] = is_blank(value) ? json(nullptr) : json(display(value));
    return all;
}

json record_json(const sync::Org& org, const store::SeenRow& row) {
    json one{{"system", org.system(row.side)}, {"object", row.record.id.object},
             {"record", row.record.id.key},    {"modified", format_instant(row.record.modified)},
             {"deleted", row.deleted},         {"fields", fields_json(row.record.fields)}};
    if (!row.survivor.key.empty()) one["went_into"] = row.survivor.key;
    auto& changed = one["changed"] = json::object();
    for (const auto& [field, evidence] : row.changed)
        changed[field] = {{"after", format_instant(evidence.after)},
                          {"until", format_instant(evidence.until)}};
    return one;
}

/// The records of one entity, and those that refer to them: memberships, tasks.
class Gatherer {
public:
    explicit Gatherer(const sync::Org& org) : org_(org) {}

    Status gather(EntityId id, json& records, json& referring) {
        auto links = org_.store.links(org_.name, id);
        if (!links) return std::move(links).error();
        for (const store::Link& link : *links) {
            if (auto added = add(link.side, link.id, records); !added) return added;
            for (const sync::ObjectModel& object : org_.model.objects()) {
                if (object.side != link.side) continue;
                for (const std::string& field : object.references) {
                    auto keys = org_.store.referring(org_.name, link.side, object.info->name, field,
                                                     link.id.key);
                    if (!keys) return std::move(keys).error();
                    for (const std::string& key : *keys) {
                        auto added = add(link.side, {object.info->name, key}, referring);
                        if (!added) return added;
                    }
                }
            }
        }
        return Done{};
    }

private:
    Status add(Side side, const RecordId& id, json& into) {
        if (!known_.emplace(side, id).second) return Done{};
        auto row = org_.store.seen(org_.name, side, id);
        if (!row) return std::move(row).error();
        if (*row) into.push_back(record_json(org_, **row));
        return Done{};
    }

    const sync::Org& org_;
    std::set<std::pair<Side, RecordId>> known_;
};

json agreed_json(const sync::Org& org, const store::Agreed& agreed) {
    auto all = json::object();
    for (const auto& [rule, pair] : agreed)
        all[rule] = {{org.system(Side::Crm), display(pair.crm)},
                     {org.system(Side::Marketing), display(pair.marketing)}};
    return all;
}

Status add_history(const sync::Org& org, EntityId id, json& one) {
    auto audit = org.store.audit_of(org.name, id, kAll);
    if (!audit) return std::move(audit).error();
    auto& rows = one["audit"] = json::array();
    for (const store::AuditRow& row : *audit)
        rows.push_back(audit_json(row, org.model.documents().names));
    auto decisions = org.store.decisions_of(org.name, id, kAll);
    if (!decisions) return std::move(decisions).error();
    auto& told = one["decisions"] = json::array();
    for (const store::DecisionRow& row : *decisions)
        told.push_back({{"at", shown(row.at)},
                        {"cycle", row.cycle},
                        {"state", row.state},
                        {"reason", row.reason}});
    auto pins = org.store.pins_of(org.name, id);
    if (!pins) return std::move(pins).error();
    auto& pinned = one["pins"] = json::array();
    for (const store::Pin& pin : *pins) pinned.push_back(pin_json(org, pin));
    return Done{};
}

Status add_state(const sync::Org& org, EntityId id, json& one) {
    auto quarantine = org.store.quarantine_of(org.name, id);
    if (!quarantine) return std::move(quarantine).error();
    auto& aside = one["quarantine"] = json::array();
    for (const store::Quarantined& row : *quarantine)
        aside.push_back({{"system", org.system(row.side)},
                         {"object", row.record.object},
                         {"record", row.record.key},
                         {"code", row.code},
                         {"remote_code", row.remote_code},
                         {"message", row.message},
                         {"first_at", shown(row.first_at)},
                         {"attempts", row.attempts}});
    auto edges = org.store.edges_of(org.name, id);
    if (!edges) return std::move(edges).error();
    auto& remembered = one["edges"] = json::array();
    for (const store::Edge& edge : *edges)
        remembered.push_back({{"rule", edge.rule},
                              {"phase", edge.phase},
                              {"target", edge.target},
                              {"before", edge.before},
                              {"passed_at", shown(edge.passed_at)},
                              {"closed_at", shown(edge.closed_at)}});
    auto rows = org.store.lifecycle_rows(org.name, id);
    if (!rows) return std::move(rows).error();
    one["stages"] = stages_json(*rows);
    auto spans = org.store.lifecycle_spans(org.name, id);
    if (!spans) return std::move(spans).error();
    auto& held = one["conditions"] = json::array();
    for (const store::LifecycleSpan& span : *spans)
        held.push_back({{"name", span.name},
                        {"from", format_instant(span.from)},
                        {"until", span.until ? format_instant(*span.until) : ""}});
    auto& told = one["told"] = json::array();
    for (const char* figure : {sync::kToldClass, sync::kToldProbability}) {
        auto figures = org.store.told_of(org.name, id, figure);
        if (!figures) return std::move(figures).error();
        for (const store::Told& row : *figures)
            told.push_back({{"figure", row.figure},
                            {"from", format_date(Date{std::chrono::days{row.day}})},
                            {"value", row.value}});
    }
    auto allowances = org.store.allowances(org.name, id);
    if (!allowances) return std::move(allowances).error();
    auto& allowed = one["allowances"] = json::array();
    for (const store::Allowance& allowance : *allowances)
        allowed.push_back({{"rule", allowance.rule},
                           {"flags", allowance.flags},
                           {"at", shown(allowance.at)},
                           {"by", allowance.by},
                           {"because", allowance.because}});
    auto flights = org.store.in_flight_of(org.name, id);
    if (!flights) return std::move(flights).error();
    auto& waiting = one["in_flight"] = json::array();
    for (const store::InFlight& write : *flights)
        waiting.push_back({{"system", org.system(write.side)},
                           {"object", write.write.id.object},
                           {"record", write.write.id.key},
                           {"sent_at", shown(write.sent_at)},
                           {"fields", fields_json(write.write.fields)},
                           {"before", fields_json(write.before)}});
    return Done{};
}

Result<json> export_one(const sync::Org& org, EntityId id) {
    auto entity = org.store.entity(org.name, id);
    if (!entity) return std::move(entity).error();
    if (!*entity) return json(nullptr);
    json one{{"entity", fmt::format("duet-{}", id)},
             {"kind", to_string((*entity)->kind)},
             {"stage", (*entity)->stage},
             {"stage_since", shown((*entity)->stage_since)},
             {"state", (*entity)->state},
             {"reason", (*entity)->reason},
             {"ambiguous", (*entity)->ambiguous},
             {"validations", (*entity)->broken},
             {"agreed", agreed_json(org, (*entity)->agreed)}};
    auto records = json::array();
    auto referring = json::array();
    if (auto done = Gatherer(org).gather(id, records, referring); !done)
        return std::move(done).error();
    one["records"] = std::move(records);
    one["referring"] = std::move(referring);
    if (auto done = add_history(org, id, one); !done) return std::move(done).error();
    if (auto done = add_state(org, id, one); !done) return std::move(done).error();
    return one;
}

}  // namespace

Result<json> export_person(sync::Org& org, std::string_view who) {
    auto found = find_entities(org, who);
    if (!found) return std::move(found).error();
    if (found->empty()) return nobody_known();
    auto entities = json::array();
    for (const EntityId id : *found) {
        auto one = export_one(org, id);
        if (!one) return std::move(one).error();
        entities.push_back(std::move(*one));
    }
    return json{{"org", org.name},
                {"exported_at", shown(org.clock.now())},
                {"entities", std::move(entities)}};
}

}  // namespace duet::service
