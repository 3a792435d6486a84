#include "daemon/sync/apply_plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/sync/cycle.h"
#include "daemon/sync/present.h"

namespace duet::sync {
namespace {

using store::EntityId;

constexpr std::size_t kEntitiesPerPlanner = 500;  // a planner's memory, as in the cycle

/// Whether both are about the same record, list or task; what they set may differ.
bool is_of_same(const PlannedWrite& a, const PlannedWrite& b) {
    const Write& one = a.in_flight.write;
    const Write& two = b.in_flight.write;
    return a.in_flight.side == b.in_flight.side && one.kind == two.kind && one.id == two.id &&
           one.key_field == two.key_field && one.key_value == two.key_value && a.list == b.list;
}

/// Why a line is not what the rules want now, when the record itself is as the line says.
Outcome decided_otherwise(const EntityPlan& now, const std::string& what) {
    std::string why = what;
    if (!now.decision.reason.empty()) why += ": " + now.decision.reason;
    return {now.waits_for_side ? Fate::Later : Fate::Changed, std::move(why)};
}

class PlanApplier {
public:
    PlanApplier(Org& org, const Plan& plan, PerSide<bool> ready)
        : org_(org), plan_(plan), ready_(ready) {
        applied_.outcomes.resize(plan.lines.size());
    }

    Status choose() {
        for (std::size_t from = 0; from < plan_.lines.size(); from += kEntitiesPerPlanner) {
            Planner planner(org_, ready_, org_.clock.now());
            const std::size_t end = std::min(plan_.lines.size(), from + kEntitiesPerPlanner);
            for (std::size_t i = from; i < end; ++i) {
                auto outcome = choose_one(planner, i);
                if (!outcome) return std::move(outcome).error();
                applied_.outcomes[i] = std::move(*outcome);
            }
        }
        return Done{};
    }

    Result<Applied> send(std::stop_token stop) {
        auto sent = apply_writes(org_, std::move(chosen_), "apply", std::move(stop));
        if (!sent) return sent;
        for (std::size_t i = 0; i < indexes_.size(); ++i)
            applied_.outcomes[indexes_[i]] = std::move(sent->outcomes[i]);
        sent->outcomes = std::move(applied_.outcomes);
        return sent;
    }

private:
    /// What becomes of one line before anything is sent.
    Result<Outcome> choose_one(Planner& planner, std::size_t i) {
        PlannedWrite line = plan_.lines[i].write;
        auto outcome = check_present(org_, line);
        if (!outcome) return outcome;
        if (outcome->fate != Fate::Later || !outcome->why.empty()) return outcome;
        const EntityId id = line.in_flight.entity;
        if (!now_ || now_->entity.id != id) {
            auto now = planner.plan(id);
            if (!now) return std::move(now).error();
            now_ = std::move(*now);
        }
        const auto found =
            std::find_if(now_->writes.begin(), now_->writes.end(),
                         [&](const PlannedWrite& write) { return is_of_same(write, line); });
        if (found == now_->writes.end())
            return decided_otherwise(*now_, "the rules do not want it any more");
        PlannedWrite write = *found;
        const bool is_create = write.in_flight.write.kind == WriteKind::Create;
        if (is_create && write.in_flight.write.fields != line.in_flight.write.fields)
            return Outcome{Fate::Changed, "what it would be made with has changed"};
        for (const auto& [field, after] : line.in_flight.write.fields) {
            const Value* wanted = write.in_flight.write.fields.find(field);
            if (wanted == nullptr)
                return decided_otherwise(*now_, "the rules do not set " + field + " any more");
            if (*wanted != after)
                return Outcome{Fate::Changed, "the rules give " + field + " another value now"};
        }
        // What is new in this entity's plan waits for a plan of its own.
        write.in_flight.write.fields = line.in_flight.write.fields;
        chosen_.push_back(std::move(write));
        indexes_.push_back(i);
        return Outcome{};
    }

    Org& org_;
    const Plan& plan_;
    PerSide<bool> ready_;
    std::optional<EntityPlan> now_;  // of the entity last looked at
    std::vector<PlannedWrite> chosen_;
    std::vector<std::size_t> indexes_;  // of the plan's lines, one a chosen write
    Applied applied_;
};

}  // namespace

Result<Applied> apply_plan(const Org& given, const Plan& plan, std::stop_token stop) {
    Org org = given;
    if (plan.org != org.name) {
        return rejected("DUET-6064",
                        "The plan is of org \"" + plan.org + "\", not of \"" + org.name + "\".");
    }
    const std::string& documents = org.model.documents().version;
    if (plan.documents != documents) {
        return rejected("DUET-6063", "The plan was made by documents " + plan.documents +
                                         ", and documents " + documents + " are in force now.");
    }
    auto mode = org.store.mode(org.name);
    if (!mode) return std::move(mode).error();
    if (*mode == store::Mode::Observe) return observe_error(org.name);
    Cycle look(org, "apply", store::Mode::Plan);
    const auto looked = look.run(stop);
    if (!looked) return looked.error();
    PlanApplier applier(org, plan, readiness(*looked));
    if (auto chosen = applier.choose(); !chosen) return std::move(chosen).error();
    return applier.send(std::move(stop));
}

}  // namespace duet::sync
