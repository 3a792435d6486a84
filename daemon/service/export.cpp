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
    if (!row.survivor.key.empty()) {
        one["went_into"] = row.survivor.key;
        one["went_into_object"] = row.survivor.object;
    }
    one["written"] = shown(row.written_at);
    one["stamp_of_own_write"] = shown(Instant(row.own_stamp));
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

json quarantine_json(const sync::Org& org, const store::Quarantined& row) {
    return {{"system", org.system(row.side)},
            {"object", row.record.object},
            {"record", row.record.key},
            {"write", row.slot},
            {"code", row.code},
            {"remote_code", row.remote_code},
            {"message", row.message},
            {"cause", row.cause},
            {"field", row.field},
            {"value_class", row.value_class},
            {"dropped_by", row.dropped_by},
            {"first_at", shown(row.first_at)},
            {"last_at", shown(row.last_at)},
            {"retry_at", shown(row.retry_at)},
            {"attempts", row.attempts}};
}

Status add_refused(const sync::Org& org, EntityId id, json& one) {
    auto quarantine = org.store.quarantine_of(org.name, id);
    if (!quarantine) return std::move(quarantine).error();
    auto& aside = one["quarantine"] = json::array();
    for (const store::Quarantined& row : *quarantine) aside.push_back(quarantine_json(org, row));
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
                           {"cycle", write.cycle},
                           {"sent_at", shown(write.sent_at)},
                           {"fields", fields_json(write.write.fields)},
                           {"before", fields_json(write.before)},
                           {"key_field", write.write.key_field},
                           {"key", write.write.key_value},
                           {"reasons", write.reasons}});
    return Done{};
}

/// What Duet's own rules remember: stages, lists, tasks, figures that were told.
Status add_memory(const sync::Org& org, EntityId id, json& one) {
    auto edges = org.store.edges_of(org.name, id);
    if (!edges) return std::move(edges).error();
    auto& remembered = one["edges"] = json::array();
    for (const store::Edge& edge : *edges)
        remembered.push_back({{"rule", edge.rule},
                              {"version", edge.version},
                              {"phase", edge.phase},
                              {"was_true", edge.was_true},
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
    auto figures = org.store.told_of(org.name, id, "");
    if (!figures) return std::move(figures).error();
    auto& told = one["told"] = json::array();
    for (const store::Told& row : *figures)
        told.push_back({{"figure", row.figure},
                        {"from", format_date(Date{std::chrono::days{row.day}})},
                        {"value", row.value}});
    auto lists = org.store.lists_of(org.name, id);
    if (!lists) return std::move(lists).error();
    auto& members = one["lists"] = json::array();
    for (const store::ListMember& row : *lists)
        members.push_back({{"list", row.list},
                           {"standing", row.standing},
                           {"wanted", row.wanted},
                           {"since", shown(row.since)},
                           {"member", row.member},
                           {"by_hand", row.by_hand},
                           {"removed", row.removed},
                           {"covered", row.covered},
                           {"seat", static_cast<int>(row.seat)},
                           {"order", row.order == store::kNoOrder ? json() : json(row.order)},
                           {"until", shown(row.until)},
                           {"changed_at", shown(row.changed_at)}});
    return Done{};
}

json link_json(const sync::Org& org, const store::Link& link) {
    return {{"system", org.system(link.side)}, {"object", link.id.object}, {"record", link.id.key}};
}

json links_json(const sync::Org& org, const std::vector<store::Link>& links) {
    auto all = json::array();
    for (const store::Link& link : links) all.push_back(link_json(org, link));
    return all;
}

/// Doubts and people's words about who is who: on its own records, and on others that name them.
class Doubts {
public:
    explicit Doubts(const sync::Org& org) : org_(org) {}

    Status gather(EntityId id, json& one) {
        auto links = org_.store.links(org_.name, id);
        if (!links) return std::move(links).error();
        for (const store::Link& link : *links) {
            if (auto added = add_reviews(link); !added) return added;
            if (auto added = add_choices(link); !added) return added;
        }
        one["reviews"] = std::move(reviews_);
        one["choices"] = std::move(choices_);
        return Done{};
    }

private:
    Status add_reviews(const store::Link& link) {
        auto records = org_.store.reviews_naming(org_.name, link);
        if (!records) return std::move(records).error();
        records->push_back(link);
        for (const store::Link& record : *records) {
            auto review = org_.store.review_of(org_.name, record);
            if (!review) return std::move(review).error();
            if (!*review || !known_.insert((*review)->id).second) continue;
            reviews_.push_back({{"id", (*review)->id},
                                {"about", link_json(org_, record)},
                                {"doubt", (*review)->doubt},
                                {"reason", (*review)->reason},
                                {"candidates", links_json(org_, (*review)->candidates)},
                                {"since", shown((*review)->since)}});
        }
        return Done{};
    }

    Status add_choices(const store::Link& link) {
        auto words = org_.store.choices_for(org_.name, link);
        if (!words) return std::move(words).error();
        auto own = org_.store.choice_of(org_.name, link);
        if (!own) return std::move(own).error();
        if (*own) words->push_back(std::move(**own));
        for (const store::Choice& choice : *words) {
            if (!chosen_.insert(choice.record).second) continue;
            choices_.push_back(
                {{"about", link_json(org_, choice.record)},
                 {"chosen", choice.chosen ? link_json(org_, *choice.chosen) : json()},
                 {"candidates", links_json(org_, choice.candidates)},
                 {"at", shown(choice.at)},
                 {"by", choice.by},
                 {"because", choice.because}});
        }
        return Done{};
    }

    const sync::Org& org_;
    json reviews_ = json::array();
    json choices_ = json::array();
    std::set<std::int64_t> known_;
    std::set<store::Link> chosen_;
};

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
             {"out_of_scope_since", shown((*entity)->out_since)},
             {"parted", (*entity)->parted},
             {"looked_at_again", (*entity)->timer ? shown(*(*entity)->timer) : ""},
             {"agreed", agreed_json(org, (*entity)->agreed)}};
    auto records = json::array();
    auto referring = json::array();
    if (auto done = Gatherer(org).gather(id, records, referring); !done)
        return std::move(done).error();
    one["records"] = std::move(records);
    one["referring"] = std::move(referring);
    if (auto done = add_history(org, id, one); !done) return std::move(done).error();
    for (const auto add : {add_refused, add_memory}) {
        if (auto done = add(org, id, one); !done) return std::move(done).error();
    }
    if (auto done = Doubts(org).gather(id, one); !done) return std::move(done).error();
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
