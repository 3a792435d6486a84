#include "mappings/routing/routing.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

#include "mappings/document/conventions.h"
#include "mappings/merge/evaluate.h"
#include "mappings/routing/chooser.h"

namespace duet::routing {
namespace {

using document::Routing;
using edges::Edge;
using edges::Phase;

constexpr const char* kNobody = "nobody";  // where a record had no owner

/// A record that is being made is not there yet: its own names mean what it will start with.
class WithCreate final : public merge::FactSource {
public:
    WithCreate(merge::FactSource& below, const Fields& fields) : below_(below), fields_(fields) {}
    std::variant<const Value*, std::string> value(std::string_view path) override {
        for (const auto& [name, value] : fields_) {
            if (same_name(name, path)) return &value;
        }
        return below_.value(path);
    }
    const Value* side_value(Side side, std::string_view path) override {
        return below_.side_value(side, path);
    }
    std::optional<DateTime> next_change() const override { return below_.next_change(); }

private:
    merge::FactSource& below_;
    const Fields& fields_;
};

/// The work on one routing.
class OneRouting {
public:
    OneRouting(const Known& known, const merge::Inputs& inputs, merge::FactSource& facts,
               merge::Decision& decision)
        : known_(known),
          routing_(inputs.documents->routings[known.routing]),
          field_(document::owner_words(inputs.documents->names.crm)->field),
          inputs_(inputs),
          facts_(facts),
          decision_(decision),
          name_("routing " + routing_.name) {}

    void decide() {
        const bool is_pending = known_.edge && known_.edge->phase == Phase::Pending;
        if (is_pending && !known_.edge->target.empty()) return follow(*known_.edge);
        merge::PlannedCreate* create = planned_create();
        if (create != nullptr && routing_.at_create) return on_create(*create);
        if (is_pending && is_routed()) return give(*known_.edge);
        if (is_pending || !routing_.trigger) return;
        // Of a person who is not in the CRM yet it is known when the trigger came true.
        if (is_routed() || inputs_.sides.crm.record == nullptr) on_trigger();
    }

private:
    [[nodiscard]] bool is_of(std::string_view object) const {
        return std::any_of(routing_.objects.begin(), routing_.objects.end(),
                           [&](const auto& name) { return same_name(name, object); });
    }

    [[nodiscard]] bool is_routed() const {
        const Record* record = inputs_.sides.crm.record;
        return record != nullptr && is_of(record->id.object);
    }

    [[nodiscard]] merge::PlannedCreate* planned_create() const {
        for (merge::PlannedCreate& create : decision_.creates) {
            if (create.side == Side::Crm && is_of(create.object)) return &create;
        }
        return nullptr;
    }

    [[nodiscard]] std::string owner_now() const {
        const std::string* owner = as_text(inputs_.sides.crm.record->fields.get(field_));
        return owner == nullptr ? std::string{} : *owner;
    }

    void leave(std::string why) {
        decision_.left_alone.push_back({name_, merge::Reason::Unchanged, std::move(why)});
    }

    void fail(const std::string& why) {
        decision_.warnings.push_back(name_ + ": " + why);
        decision_.left_alone.push_back({name_, merge::Reason::NotSayable, why});
    }

    /// Nothing is decided or remembered while what is seen may be old.
    bool must_wait() {
        if (inputs_.sides.crm.ready && inputs_.sides.marketing.ready) return false;
        decision_.state = merge::State::Waiting;
        decision_.reason = "one side is not fully loaded or not reachable";
        leave("waiting for both sides");
        return true;
    }

    void remember(Edge edge) {
        if (known_.edge && *known_.edge == edge) return;
        decision_.edges.push_back(std::move(edge));
    }

    /// Somebody was chosen before: the same one, until the CRM has it so.
    void follow(Edge edge) {
        if (!is_routed()) {
            if (merge::PlannedCreate* create = planned_create()) set_owner(*create, edge.target);
            if (inputs_.sides.crm.record != nullptr) done(std::move(edge));
            return;
        }
        const std::string now = owner_now();
        const bool is_theirs = same_id(now, edge.target);
        const bool was_made = edge.before.empty();
        if (is_theirs || was_made || !same_id(now.empty() ? kNobody : now, edge.before)) {
            if (!is_theirs) leave("somebody gave it another owner");
            return done(std::move(edge));
        }
        write_owner(edge);
    }

    void done(Edge edge) {
        if (must_wait()) return;
        // Having been routed when it was made, it may still reach the trigger, once.
        const bool may_trigger = edge.before.empty() && routing_.trigger && !edge.was_true;
        edge.phase = may_trigger ? Phase::Armed : Phase::Spent;
        remember(std::move(edge));
    }

    void set_owner(merge::PlannedCreate& create, const std::string& owner) {
        if (is_blank(create.fields.get(field_))) create.fields.set(field_, text(owner));
    }

    /// `why`: the rule, where it was asked just now.
    void write_owner(const Edge& edge, std::string why = {}) {
        const bool is_taken =
            std::any_of(decision_.writes.begin(), decision_.writes.end(), [&](const auto& write) {
                return write.side == Side::Crm && same_name(write.field, field_);
            });
        if (is_taken) return leave("another routing gives it an owner first");
        if (must_wait()) return;
        merge::PlannedField write;
        write.side = Side::Crm;
        write.field = std::string(field_);
        write.before = text(owner_now());
        write.after = text(edge.target);
        write.rule = name_;
        write.reason = merge::Reason::Routed;
        write.owner = true;
        write.detail = std::move(why);
        decision_.writes.push_back(std::move(write));
    }

    void on_create(merge::PlannedCreate& create) {
        if (known_.edge && known_.edge->phase == Phase::Spent) return;
        WithCreate facts(facts_, create.fields);
        Edge edge;
        edge.rule = name_;
        edge.version = routing_.version;
        if (routing_.trigger) {
            auto asked =
                merge::ask(*routing_.trigger, facts, inputs_.moment, decision_.next_change);
            if (asked.failure) return fail(*asked.failure);
            edge.was_true = asked.yes;
        }
        Choice choice =
            Chooser(routing_, create.object, inputs_, facts, decision_.warnings).choose();
        if (auto* why = std::get_if<std::string>(&choice)) return fail(*why);
        auto* chosen = std::get_if<Chosen>(&choice);
        if (chosen == nullptr) return leave("no rule knows an owner");
        if (must_wait()) return;
        set_owner(create, chosen->owner);
        edge.phase = Phase::Pending;
        edge.target = chosen->owner;
        edge.passed_at = inputs_.moment.now;
        keep_turn(*chosen);
        remember(std::move(edge));
    }

    void keep_turn(Chosen& chosen) {
        if (chosen.turn) decision_.turns.push_back(std::move(*chosen.turn));
    }

    void on_trigger() {
        auto asked = merge::ask(*routing_.trigger, facts_, inputs_.moment, decision_.next_change);
        if (asked.failure) return fail(*asked.failure);
        edges::Look look;
        look.rule = name_;
        look.version = routing_.version;
        look.is_true = asked.yes;
        look.may_rearm = routing_.again && !asked.yes;
        look.first_sight = routing_.first_sight;
        look.now = inputs_.moment.now;
        Edge edge = step(known_.edge, look);
        if (known_.edge && *known_.edge == edge) return;
        if (must_wait()) return;
        if (edge.phase != Phase::Pending || !is_routed()) return remember(std::move(edge));
        give(std::move(edge));
    }

    /// The trigger came true: chooses an owner.
    void give(Edge edge) {
        if (must_wait()) return;
        const std::string& object = inputs_.sides.crm.record->id.object;
        Choice choice = Chooser(routing_, object, inputs_, facts_, decision_.warnings).choose();
        if (auto* why = std::get_if<std::string>(&choice)) return fail(*why);
        auto* chosen = std::get_if<Chosen>(&choice);
        if (chosen == nullptr) {
            edge.phase = Phase::Spent;
            leave("no rule knows an owner");
            return remember(std::move(edge));
        }
        keep_turn(*chosen);
        edge.target = chosen->owner;
        edge.before = owner_now().empty() ? kNobody : owner_now();
        if (same_id(edge.target, edge.before)) {
            edge.phase = Phase::Spent;
        } else {
            write_owner(edge, "rule " + chosen->rule);
        }
        remember(std::move(edge));
    }

    const Known& known_;
    const Routing& routing_;
    const std::string_view field_;
    const merge::Inputs& inputs_;
    merge::FactSource& facts_;
    merge::Decision& decision_;
    std::string name_;
};

}  // namespace

void decide_routing(const merge::Inputs& inputs, merge::FactSource& facts,
                    merge::Decision& decision) {
    for (const Known& known : inputs.routings) OneRouting(known, inputs, facts, decision).decide();
}

}  // namespace duet::routing
