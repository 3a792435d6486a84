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
#include "daemon/service/work_people.h"
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
constexpr std::size_t kPeopleABatch = 500;

/// Plans these, a batch at a time; `use` sees each plan. Nothing is written.
template <class Use>
Status each_plan(sync::Org& org, const std::set<store::EntityId>& people, Use&& use) {
    std::unique_ptr<sync::Planner> planner;
    std::size_t planned = 0;
    for (const store::EntityId id : people) {
        if (planned++ % kPeopleABatch == 0)
            planner =
                std::make_unique<sync::Planner>(org, PerSide<bool>{true, true}, org.clock.now());
        auto plan = planner->plan(id);
        if (!plan) return std::move(plan).error();
        if (auto used = use(*plan); !used) return used;
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
    for (const std::string_view object : {words->user, words->group}) {
        auto read = org.store.each_seen(
            org.name, Side::Crm, std::string(object), [&](const store::SeenRow& row) {
                User user{text_in(row.record, words->user_name), {}};
                for (const std::string_view field :
                     {words->user_name, words->user_login, words->user_email})
                    user.names.insert(text_in(row.record, field));
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
    if (rule == nullptr) return rejected("DUET-6097", "The documents have no queue.");
    std::vector<Line> lines;
    long unknown = 0;
    auto people = maybe_in_queue(org);
    if (!people) return std::move(people).error();
    auto planned = each_plan(org, *people, [&](const sync::EntityPlan& plan) -> Status {
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

/// Reads the timers of persons, one after the other.
class Attainment {
public:
    Attainment(sync::Org& org, const formula::Moment& moment, const Span& span)
        : org_(org),
          moment_(moment),
          span_(span),
          person_(*org.model.documents().find(EntityKind::Person)),
          cache_(org.store, org.name),
          paths_(org.model, cache_) {}

    Status count(const std::set<store::EntityId>& people) {
        std::size_t done = 0;
        for (const store::EntityId id : people) {
            if (++done % kPeopleABatch == 0) cache_.forget();
            auto links = org_.store.links(org_.name, id);
            if (!links) return std::move(links).error();
            count_one(id, *links);
            if (cache_.failure()) return *cache_.failure();
        }
        return Done{};
    }

    std::map<std::string, Tally> by_timer{};
    std::map<std::pair<std::string, std::string>, Tally> by_kind{};
    json warnings = json::array();

private:
    /// The person's record on the side: alive, of the object that the documents prefer.
    const Record* record_of(const std::vector<store::Link>& links, Side side) {
        for (const std::string& object : person_.objects[side]) {
            for (const store::Link& link : links) {
                if (link.side != side || !same_name(link.id.object, object)) continue;
                const store::SeenRow* row = cache_.get(side, link.id);
                if (row != nullptr && !row->deleted && row->survivor.key.empty())
                    return &row->record;
            }
        }
        return nullptr;
    }

    void count_one(store::EntityId id, const std::vector<store::Link>& links) {
        PerSide<const Record*> records;
        for (const Side side : kSides) records[side] = record_of(links, side);
        sync::RollupReader rollups(org_.model, cache_, paths_, moment_);
        sync::EntityFacts facts({org_.model, cache_, paths_, rollups, moment_}, person_, records);
        const sync::AnswerTimers timers({org_.model, cache_, paths_, moment_}, records);
        for (const document::TimerRule& rule : org_.model.documents().timers) {
            std::optional<DateTime> ignored;
            const auto found = timers.all(rule, facts, ignored);
            if (const auto* why = std::get_if<std::string>(&found)) {
                warnings.push_back(fmt::format("duet-{}: {}", id, *why));
                continue;
            }
            for (const auto& one : std::get<0>(found)) {
                if (!span_.holds(one.start)) continue;
                by_timer[rule.name].add(one.reading.state);
                by_kind[{rule.name, one.event->kind}].add(one.reading.state);
            }
        }
    }

    sync::Org& org_;
    const formula::Moment& moment_;
    const Span& span_;
    const document::EntityDocument& person_;
    sync::RecordCache cache_;
    sync::PathReader paths_;
};

}  // namespace

Result<json> answers_report(sync::Org& org, const json& body) {
    const auto& rules = org.model.documents().timers;
    if (rules.empty()) return rejected("DUET-6098", "The documents have no response timers.");
    const auto now = sync::moment_of(org.clock.now(), org.model.documents().time_zone);
    const lifecycle::Days days(now.zone);
    auto since = told_moment(body, "since", false, days);
    if (!since) return std::move(since).error();
    auto until = told_moment(body, "until", true, days);
    if (!until) return std::move(until).error();
    const Span span{*since, *until};
    auto people = wanted_answers(org, now, span);
    if (!people) return std::move(people).error();
    Attainment attainment(org, now, span);
    if (auto counted = attainment.count(*people); !counted) return std::move(counted).error();
    json answer{{"org", org.name},
                {"as_of", format_instant(now.now)},
                {"timers", json::array()},
                {"warnings", std::move(attainment.warnings)}};
    for (const document::TimerRule& rule : rules) {
        json line = attainment.by_timer[rule.name].told();
        line["timer"] = rule.name;
        line["kinds"] = json::array();
        for (const auto& [key, tally] : attainment.by_kind) {
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
