#include "daemon/service/work_report.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/lifecycle_report.h"
#include "daemon/sync/answer_timers.h"
#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"
#include "mappings/document/queue.h"
#include "mappings/lifecycle/days.h"
#include "mappings/queue/queue.h"

namespace duet::service {
namespace {

using nlohmann::json;

// Records of so many people are kept in memory at once.
constexpr std::size_t kBatch = 500;

Error wrong(const char* code, std::string message) {
    return {ErrorKind::Rejected, std::move(message), code, "", {}};
}

/// Entities of all persons that are seen on either side, by id.
Result<std::set<store::EntityId>> everybody(sync::Org& org) {
    std::set<store::EntityId> found;
    const document::EntityDocument* person = org.model.documents().find(EntityKind::Person);
    if (person == nullptr) return found;
    for (const Side side : kSides) {
        for (const std::string& name : person->objects[side]) {
            const ObjectInfo* object = org.model.catalogs()[side].find(name);
            if (object == nullptr) continue;
            std::vector<RecordId> records;
            auto read = org.store.each_seen(org.name, side, object->name, [&](const auto& row) {
                if (!row.deleted && row.survivor.key.empty()) records.push_back(row.record.id);
                return true;
            });
            if (!read) return std::move(read).error();
            for (const RecordId& record : records) {
                auto entity = org.store.entity_of(org.name, side, record);
                if (!entity) return std::move(entity).error();
                if (*entity) found.insert(**entity);
            }
        }
    }
    return found;
}

/// Plans everybody, a batch at a time; `use` sees each plan. Nothing is written.
template <class Use>
Status each_plan(sync::Org& org, Use&& use) {
    auto people = everybody(org);
    if (!people) return std::move(people).error();
    std::unique_ptr<sync::Planner> planner;
    std::size_t planned = 0;
    for (const store::EntityId id : *people) {
        if (planned++ % kBatch == 0)
            planner =
                std::make_unique<sync::Planner>(org, PerSide<bool>{true, true}, org.clock.now());
        auto plan = planner->plan(id);
        if (!plan) return std::move(plan).error();
        if (auto used = use(*plan, planner->moment()); !used) return used;
    }
    return Done{};
}

/// Users by id: what they are called, and all that they go by.
struct User {
    std::string name;
    std::set<std::string> names;
};

Result<std::map<std::string, User>> users_of(sync::Org& org) {
    std::map<std::string, User> users;
    const document::OwnerWords* words = document::owner_words(org.model.documents().names.crm);
    if (words == nullptr) return users;
    const auto text_of = [](const Record& record, std::string_view field) {
        const std::string* text = as_text(record.fields.get(std::string(field)));
        return text == nullptr ? std::string{} : *text;
    };
    for (const std::string_view object : {words->user, words->group}) {
        auto read = org.store.each_seen(
            org.name, Side::Crm, std::string(object), [&](const store::SeenRow& row) {
                User user{text_of(row.record, words->user_name), {}};
                for (const std::string_view field :
                     {words->user_name, words->user_login, words->user_email})
                    user.names.insert(text_of(row.record, field));
                user.names.erase("");
                users.emplace(row.record.id.key, std::move(user));
                return true;
            });
        if (!read) return std::move(read).error();
    }
    return users;
}

bool is_of(const std::string& owner, const std::string& asked,
           const std::map<std::string, User>& users) {
    if (asked.empty() || owner == asked) return true;
    const auto user = users.find(owner);
    return user != users.end() && user->second.names.contains(asked);
}

std::string name_of(const sync::EntityPlan& plan, const sync::Org& org) {
    for (const Side side : kSides) {
        if (plan.records[side])
            return fmt::format("{} {}", plan.records[side]->object, plan.records[side]->key);
    }
    return fmt::format("{} duet-{}", org.name, plan.entity.id);
}

struct Line {
    queue::Entry entry;
    queue::Place place;
    std::string record;
    std::string object;
};

json told(const Line& line, std::size_t position, const std::map<std::string, User>& users) {
    const auto user = users.find(line.place.owner);
    return {{"position", position},
            {"person", line.entry.id},
            {"record", line.record},
            {"type", line.object},
            {"reason", line.place.reasons},
            {"due", line.place.due ? json(format_instant(*line.place.due)) : json(nullptr)},
            {"breached", line.place.breached},
            {"score", line.place.score},
            {"grade", line.place.grade},
            {"owner", line.place.owner},
            {"owner_name", user == users.end() ? "" : user->second.name},
            {"account", line.place.account},
            {"campaign", line.place.campaign}};
}

}  // namespace

Result<json> queue_report(sync::Org& org, const json& body) {
    const document::QueueRule* rule = org.model.documents().queue.get();
    if (rule == nullptr) return wrong("DUET-6097", "The documents have no queue.");
    std::vector<Line> lines;
    long unknown = 0;
    auto planned = each_plan(org, [&](const sync::EntityPlan& plan, const auto&) -> Status {
        const auto& place = plan.decision.place;
        if (place && !place->failure.empty()) ++unknown;
        if (!place || !place->member) return Done{};
        lines.push_back({{fmt::format("duet-{}", plan.entity.id), place->breached, place->due,
                          place->score, place->grade},
                         *place,
                         name_of(plan, org),
                         plan.records.crm ? plan.records.crm->object : ""});
        return Done{};
    });
    if (!planned) return std::move(planned).error();
    auto users = users_of(org);
    if (!users) return std::move(users).error();
    std::vector<queue::Entry> entries;
    std::vector<double> scores;
    std::vector<double> grades;
    for (const Line& line : lines) {
        entries.push_back(line.entry);
        scores.push_back(line.entry.score);
        grades.push_back(line.entry.grade);
    }
    const double part = rule->score_percent / 100.0;
    const std::string owner = body.value("owner", "");
    const auto limit = body.value("limit", std::size_t{0});
    json answer{{"org", org.name},
                {"people", lines.size()},
                {"not_told", unknown},
                {"score_tenths", queue::tenths(scores)},
                {"grade_tenths", queue::tenths(grades)},
                {"queue", json::array()}};
    std::size_t position = 0;
    for (const std::size_t at : queue::order(entries, {part, 1 - part})) {
        if (!is_of(lines[at].place.owner, owner, *users)) continue;
        ++position;
        if (limit == 0 || position <= limit)
            answer["queue"].push_back(told(lines[at], position, *users));
    }
    return answer;
}

namespace {

/// Timers of one kind, by state.
struct Tally {
    std::map<std::string, long> states;
    std::vector<timers::State> all;

    void add(timers::State state) {
        ++states[timers::to_string(state)];
        all.push_back(state);
    }
    [[nodiscard]] json told() const {
        json line = json::object();
        for (const auto state :
             {timers::State::Running, timers::State::Warning, timers::State::Breached,
              timers::State::Met, timers::State::MetLate, timers::State::Cancelled}) {
            const auto found = states.find(timers::to_string(state));
            line[timers::to_string(state)] = found == states.end() ? 0 : found->second;
        }
        const auto share = timers::attainment(all);
        line["attainment"] = share ? json(*share) : json(nullptr);
        return line;
    }
};

}  // namespace

Result<json> answers_report(sync::Org& org, const json& body) {
    const auto& rules = org.model.documents().timers;
    if (rules.empty()) return wrong("DUET-6098", "The documents have no response timers.");
    const auto now = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    const lifecycle::Days days(now.zone);
    auto since = told_moment(body, "since", false, days);
    if (!since) return std::move(since).error();
    auto until = told_moment(body, "until", true, days);
    if (!until) return std::move(until).error();
    std::map<std::string, Tally> by_timer;
    std::map<std::pair<std::string, std::string>, Tally> by_kind;
    json warnings = json::array();
    const document::EntityDocument* person = org.model.documents().find(EntityKind::Person);
    const auto count = [&](const sync::EntityPlan& plan, const formula::Moment& moment) -> Status {
        sync::RecordCache cache(org.store, org.name);
        sync::PathReader paths(org.model, cache);
        sync::RollupReader rollups(org.model, cache, paths, moment);
        PerSide<const Record*> records;
        for (const Side side : kSides) {
            const store::SeenRow* row =
                plan.records[side] ? cache.get(side, *plan.records[side]) : nullptr;
            if (row != nullptr) records[side] = &row->record;
        }
        sync::EntityFacts facts({org.model, cache, paths, rollups, moment}, *person, records);
        const sync::AnswerTimers timers({org.model, cache, paths, moment}, records);
        for (const document::TimerRule& rule : rules) {
            std::optional<DateTime> ignored;
            const auto found = timers.all(rule, facts, ignored);
            if (const auto* why = std::get_if<std::string>(&found)) {
                warnings.push_back(fmt::format("duet-{}: {}", plan.entity.id, *why));
                continue;
            }
            for (const auto& one : std::get<0>(found)) {
                if (*since && one.start < **since) continue;
                if (*until && one.start >= **until) continue;
                by_timer[rule.name].add(one.reading.state);
                by_kind[{rule.name, one.event->kind}].add(one.reading.state);
            }
        }
        if (cache.failure()) return *cache.failure();
        return Done{};
    };
    if (auto planned = each_plan(org, count); !planned) return std::move(planned).error();
    json answer{{"org", org.name},
                {"as_of", format_instant(now.now)},
                {"timers", json::array()},
                {"warnings", std::move(warnings)}};
    for (const document::TimerRule& rule : rules) {
        json line = by_timer[rule.name].told();
        line["timer"] = rule.name;
        line["kinds"] = json::array();
        for (const auto& [key, tally] : by_kind) {
            if (key.first != rule.name) continue;
            json kind = tally.told();
            kind["kind"] = key.second;
            line["kinds"].push_back(std::move(kind));
        }
        answer["timers"].push_back(std::move(line));
    }
    return answer;
}

}  // namespace duet::service
