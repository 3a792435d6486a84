#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "mappings/document/behaviour.h"
#include "mappings/document/checks.h"
#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/paths.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scope.h"
#include "mappings/document/scoring.h"
#include "mappings/text.h"

namespace duet::document {
namespace {

/// Anything that is worked out: a field rule, a rollup, an attribution, all stages together. Facts
/// are "crm/opportunity/amount", "rollup/account/total", "attribution/last", "stage".
struct Knot {
    std::string name;
    EntityKind entity = EntityKind::None;
    Place place;
    bool computed = false;
    std::set<std::string> reads{};
    std::set<std::string> writes{};
};

using Edges = std::vector<std::vector<std::size_t>>;

constexpr std::string_view kGrade = "Grade";

/// Without the orgs a relationship is taken for the object of its name, which is what it is called
/// as a rule: Account, Opportunity, Invoice__r.
std::string guessed_object(std::string_view relationship) {
    std::string name(relationship);
    if (name.ends_with("__r")) name.back() = 'c';
    return name;
}

class Knots {
public:
    Knots(const Documents& documents, const Context& context)
        : documents_(documents), context_(context) {}

    std::vector<Knot> make() {
        for (const EntityDocument& entity : documents_.entities) {
            for (const FieldRule& rule : entity.fields) add_field(rule, entity);
            for (const Rollup& rollup : entity.rollups) add_rollup(rollup, entity);
        }
        add_stages();
        if (documents_.lifecycle != nullptr) add_lifecycle(*documents_.lifecycle);
        for (const Attribution& attribution : documents_.attributions) {
            add_attribution(attribution);
        }
        for (const TimerRule& timer : documents_.timers) add_timer(timer);
        if (documents_.behaviour != nullptr) add_behaviour(*documents_.behaviour);
        if (documents_.rfm != nullptr) add_rfm(*documents_.rfm);
        if (documents_.queue != nullptr) add_queue(*documents_.queue);
        if (documents_.scoring != nullptr) add_scoring(*documents_.scoring);
        return std::move(knots_);
    }

private:
    static std::string fact(Side side, std::string_view object, std::string_view field) {
        return fmt::format("{}/{}/{}", side == Side::Crm ? "crm" : "marketing", lower_case(object),
                           lower_case(field));
    }

    void read_path(Side side, const std::string& object, std::string_view path, Knot& knot) const {
        if (const ObjectInfo* info = context_.object(side, object)) {
            for (const PathStep& step : walk_path((*context_.catalogs)[side], *info, path)) {
                knot.reads.insert(fact(side, step.object->name, step.field->name));
            }
            return;
        }
        const std::size_t dot = path.rfind('.');
        if (dot == std::string_view::npos) {
            knot.reads.insert(fact(side, object, path));
            return;
        }
        const std::string_view hops = path.substr(0, dot);
        const std::size_t last = hops.rfind('.');
        const auto parent = last == std::string_view::npos ? hops : hops.substr(last + 1);
        knot.reads.insert(fact(side, guessed_object(parent), path.substr(dot + 1)));
    }

    /// The names of `EntityScope`.
    void read_rule(const Rule& rule, EntityKind kind, Knot& knot) const {
        const EntityDocument* entity = documents_.find(kind);
        if (entity == nullptr) return;
        for (const std::string& path : rule.formula.fields()) {
            const auto [head, rest] = split_path(path);
            if (same_name(head, kRollup)) {
                knot.reads.insert(fmt::format("rollup/{}/{}", to_string(kind), lower_case(rest)));
            } else if (same_name(head, kAttribution)) {
                read_attribution(rest, knot);
            } else if (same_name(head, kTimer)) {
                read_timer(rest, knot);
            } else if (same_name(head, kDuet)) {
                knot.reads.insert("stage");
            } else if (same_name(head, kBehaviour)) {
                knot.reads.insert("behaviour");
            } else if (same_name(head, kRfm)) {
                knot.reads.insert("rfm");
            } else if (same_name(head, kQueue)) {
                knot.reads.insert("queue");
            } else if (same_name(head, kScore)) {
                const bool is_grade = same_name(rest.substr(0, kGrade.size()), kGrade);
                knot.reads.insert(is_grade ? "score/grade" : "score/points");
            } else {
                const bool marketing = same_name(head, kProspect);
                const Side side = marketing ? Side::Marketing : Side::Crm;
                for (const std::string& object : entity->objects[side]) {
                    read_path(side, object, marketing ? rest : std::string_view(path), knot);
                }
            }
        }
    }

    void read_attribution(std::string_view name, Knot& knot) const {
        for (const Attribution& attribution : documents_.attributions) {
            for (const AttributionFact& fact : kAttributionFacts) {
                if (fact.entity == EntityKind::Opportunity &&
                    same_name(attribution.name + std::string(fact.ending), name)) {
                    knot.reads.insert("attribution/" + lower_case(attribution.name));
                }
            }
        }
    }

    void read_timer(std::string_view name, Knot& knot) const {
        for (const TimerRule& timer : documents_.timers) {
            for (const TimerFact& fact : kTimerFacts) {
                if (same_name(timer.name + std::string(fact.ending), name))
                    knot.reads.insert("timer/" + lower_case(timer.name));
            }
        }
    }

    /// The names of `ObjectScope`.
    void read_object_rule(const Rule& rule, Side side, const std::string& object,
                          Knot& knot) const {
        for (const std::string& path : rule.formula.fields()) read_path(side, object, path, knot);
    }

    void add_field(const FieldRule& rule, const EntityDocument& entity) {
        Knot knot{rule.name, entity.entity, rule.place, rule.is_computed()};
        if (rule.value) read_rule(*rule.value, entity.entity, knot);
        for (const Side side : kSides) {
            const Direction toward = side == Side::Crm ? Direction::ToCrm : Direction::ToMarketing;
            if (rule.direction != Direction::Both && rule.direction != toward) continue;
            for (const std::string& object : entity.objects[side]) {
                for (const FieldRef* ref : rule.refs(side)) {
                    const std::string_view path = ref->on(object);
                    if (!path.empty()) knot.writes.insert(fact(side, object, path));
                }
            }
            if (rule.is_computed()) continue;
            for (const std::string& object : entity.objects[other(side)]) {
                for (const FieldRef* ref : rule.refs(other(side))) {
                    const std::string_view path = ref->on(object);
                    if (!path.empty()) read_path(other(side), object, path, knot);
                }
            }
        }
        knots_.push_back(std::move(knot));
    }

    void add_rollup(const Rollup& rollup, const EntityDocument& entity) {
        Knot knot{"Rollup." + rollup.name, entity.entity, rollup.place, true};
        for (const std::string& path : {rollup.field, rollup.order_by}) {
            if (!path.empty()) read_path(rollup.side, rollup.of, path, knot);
        }
        if (rollup.where) read_object_rule(*rollup.where, rollup.side, rollup.of, knot);
        knot.writes.insert(
            fmt::format("rollup/{}/{}", to_string(entity.entity), lower_case(rollup.name)));
        knots_.push_back(std::move(knot));
    }

    void add_stages() {
        if (documents_.stages.empty()) return;
        Knot knot{"Duet.Stage", EntityKind::Person, documents_.stages.front().place, true};
        for (const Stage& stage : documents_.stages) {
            read_rule(stage.when, EntityKind::Person, knot);
        }
        knot.writes.insert("stage");
        knots_.push_back(std::move(knot));
    }

    /// Accounts' stages follow from people's, and no person's from an account's.
    void add_lifecycle(const Lifecycle& lifecycle) {
        Knot knot{"Duet.Stage", EntityKind::Person, lifecycle.place, true};
        for (const auto* sources : {&lifecycle.events, &lifecycle.spans}) {
            for (const LifecycleSource& source : *sources) {
                for (const Rule* rule : rules_of(source))
                    read_object_rule(*rule, source.side, source.object, knot);
            }
        }
        for (const LifecycleCondition& condition : lifecycle.conditions) {
            read_rule(condition.when, EntityKind::Person, knot);
            if (condition.since) read_rule(*condition.since, EntityKind::Person, knot);
        }
        if (lifecycle.deals) {
            const DealSource& deals = *lifecycle.deals;
            read_object_rule(*deals.joined, Side::Crm, deals.through, knot);
            for (const Rule* rule : rules_of(deals))
                read_object_rule(*rule, Side::Crm, deals.deal, knot);
            for (const DealChild* child : children_of(deals)) {
                for (const Rule* rule : rules_of(*child))
                    read_object_rule(*rule, Side::Crm, child->object, knot);
            }
        }
        if (lifecycle.account) {
            for (const auto& [name, rule] : lifecycle.account->dates)
                read_rule(rule, EntityKind::Account, knot);
        }
        knot.writes.insert("stage");
        knots_.push_back(std::move(knot));
    }

    void add_attribution(const Attribution& attribution) {
        Knot knot{"Attribution." + attribution.name, EntityKind::Opportunity, attribution.place,
                  true};
        if (attribution.when) read_rule(*attribution.when, EntityKind::Opportunity, knot);
        for (const auto* moment : {&attribution.from, &attribution.until}) {
            if (*moment) read_rule(**moment, EntityKind::Opportunity, knot);
        }
        const MoneyWords* words = money_words(documents_.names.crm);
        if (words != nullptr && std::holds_alternative<attribution::Primary>(attribution.model))
            knot.reads.insert(fact(Side::Crm, words->deal, words->source));
        for (const Touch& touch : attribution.touches) {
            if (touch.where) read_object_rule(*touch.where, touch.side, touch.object, knot);
            read_object_rule(touch.time, touch.side, touch.object, knot);
            read_object_rule(touch.campaign, touch.side, touch.object, knot);
        }
        knot.writes.insert("attribution/" + lower_case(attribution.name));
        knots_.push_back(std::move(knot));
    }

    void add_timer(const TimerRule& timer) {
        Knot knot{"Timer." + timer.name, EntityKind::Person, timer.place, true};
        if (timer.cancel_when) read_rule(*timer.cancel_when, EntityKind::Person, knot);
        for (const auto* events : {&timer.starts, &timer.answers}) {
            for (const TimerEvent& event : *events) {
                if (event.where) read_object_rule(*event.where, event.side, event.object, knot);
                read_object_rule(event.time, event.side, event.object, knot);
            }
        }
        knot.writes.insert("timer/" + lower_case(timer.name));
        knots_.push_back(std::move(knot));
    }

    void add_behaviour(const BehaviourRule& behaviour) {
        Knot knot{"Behaviour", EntityKind::Opportunity, behaviour.place, true};
        for (const Rule* rule : rules_of(behaviour))
            read_rule(*rule, EntityKind::Opportunity, knot);
        knot.writes.insert("behaviour");
        knots_.push_back(std::move(knot));
    }

    void add_rfm(const RfmRule& rfm) {
        Knot knot{"Rfm", rfm.of, rfm.place, true};
        for (const PurchaseRule& purchase : rfm.purchases) {
            for (const Rule* rule : rules_of(purchase))
                read_object_rule(*rule, Side::Crm, purchase.object, knot);
        }
        knot.writes.insert("rfm");
        knots_.push_back(std::move(knot));
    }

    void add_queue(const QueueRule& queue) {
        Knot knot{"Queue", EntityKind::Person, queue.place, true};
        for (const Rule* rule : rules_of(queue)) read_rule(*rule, EntityKind::Person, knot);
        knot.writes.insert("queue");
        knots_.push_back(std::move(knot));
    }

    /// Points are of activities alone; only a grade hangs on fields that rules may write.
    void add_scoring(const ScoringRule& scoring) {
        Knot points{"Score.Engagement", EntityKind::Person, scoring.place, true};
        for (const PointsRule& line : scoring.points) {
            for (const Rule* rule : rules_of(line))
                read_object_rule(*rule, line.side, line.object, points);
        }
        if (scoring.role)
            read_object_rule(scoring.role->role, Side::Crm, scoring.role->object, points);
        points.writes.insert("score/points");
        knots_.push_back(std::move(points));
        Knot grade{"Score.Grade", EntityKind::Person, scoring.place, true};
        for (const CriterionRule& criterion : scoring.criteria) {
            read_rule(criterion.when, EntityKind::Person, grade);
            if (criterion.unknown_when)
                read_rule(*criterion.unknown_when, EntityKind::Person, grade);
        }
        grade.writes.insert("score/grade");
        knots_.push_back(std::move(grade));
    }

    const Documents& documents_;
    const Context& context_;
    std::vector<Knot> knots_;
};

/// From each knot to those that read what it writes; itself left out.
Edges edges_of(const std::vector<Knot>& knots) {
    std::map<std::string_view, std::vector<std::size_t>> readers;
    for (std::size_t i = 0; i < knots.size(); ++i) {
        for (const std::string& fact : knots[i].reads) readers[fact].push_back(i);
    }
    Edges fed(knots.size());
    for (std::size_t i = 0; i < knots.size(); ++i) {
        std::set<std::size_t> next;
        for (const std::string& fact : knots[i].writes) {
            if (const auto at = readers.find(fact); at != readers.end()) {
                next.insert(at->second.begin(), at->second.end());
            }
        }
        next.erase(i);
        fed[i].assign(next.begin(), next.end());
    }
    return fed;
}

/// Which knots may be part of a circle: those that are left when all that lead nowhere are gone,
/// again and again.
std::vector<bool> leading_on(const Edges& fed) {
    Edges feeders(fed.size());
    std::vector<std::size_t> ways(fed.size());
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < fed.size(); ++i) {
        for (const std::size_t next : fed[i]) feeders[next].push_back(i);
        ways[i] = fed[i].size();
        if (ways[i] == 0) ends.push_back(i);
    }
    std::vector<bool> leads(fed.size(), true);
    while (!ends.empty()) {
        const std::size_t end = ends.back();
        ends.pop_back();
        leads[end] = false;
        for (const std::size_t feeder : feeders[end]) {
            if (--ways[feeder] == 0) ends.push_back(feeder);
        }
    }
    return leads;
}

/// The way from `start` along what each knot feeds back to it; empty: there is none.
std::vector<std::size_t> circle_from(const Edges& fed, std::size_t start,
                                     const std::vector<bool>& leads) {
    std::vector<bool> seen(fed.size(), false);
    std::vector<std::size_t> way{start};
    std::vector<std::size_t> tried{0};  // of the edges of each knot on the way
    while (!way.empty()) {
        const auto& edges = fed[way.back()];
        if (tried.back() == edges.size()) {
            way.pop_back();
            tried.pop_back();
            continue;
        }
        const std::size_t next = edges[tried.back()++];
        if (next == start) return way;
        if (seen[next] || !leads[next]) continue;
        seen[next] = true;
        way.push_back(next);
        tried.push_back(0);
    }
    return {};
}

}  // namespace

void check_cycles(const Documents& documents, const Context& context) {
    const std::vector<Knot> knots = Knots(documents, context).make();
    const Edges fed = edges_of(knots);
    const std::vector<bool> leads = leading_on(fed);
    std::set<std::size_t> reported;
    for (std::size_t start = 0; start < knots.size(); ++start) {
        if (!knots[start].computed || !leads[start] || reported.contains(start)) continue;
        const std::vector<std::size_t> way = circle_from(fed, start, leads);
        if (way.empty()) continue;
        const bool wide = std::any_of(way.begin(), way.end(), [&](std::size_t at) {
            return knots[at].entity != knots[start].entity;
        });
        const auto name = [&](std::size_t at) {
            const Knot& knot = knots[at];
            return wide ? fmt::format("{} of {}", knot.name, to_string(knot.entity)) : knot.name;
        };
        std::string circle;
        for (const std::size_t at : way) {
            circle += name(at) + " -> ";
            reported.insert(at);
        }
        context.findings.add(
            knots[start].place, 1, kCycle,
            fmt::format("these rules feed each other in a circle: {}{}", circle, name(start)),
            "let one of them read something that Duet does not write");
    }
}

}  // namespace duet::document
