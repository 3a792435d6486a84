#include "daemon/service/lists_sentence.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/lists_report.h"
#include "daemon/sync/brake.h"
#include "daemon/sync/lists.h"
#include "daemon/sync/pause.h"
#include "daemon/trial/story.h"

namespace duet::service {
namespace {

using document::ListRule;
using formula::PartResult;
using lists::Known;
using lists::Standing;
using nlohmann::json;

bool is_true(const PartResult& part) {
    const bool* flag = part.value ? std::get_if<bool>(&*part.value) : nullptr;
    return flag != nullptr && *flag;
}

bool is_and(const PartResult& part) { return part.text == "&&" || same_name(part.text, "AND"); }

std::size_t end_of(const std::vector<PartResult>& parts, std::size_t at) {
    std::size_t end = at + 1;
    while (end < parts.size() && parts[end].depth > parts[at].depth) ++end;
    return end;
}

std::size_t start_of(const std::vector<PartResult>& parts, std::size_t at) {
    std::size_t start = parts[at].offset;
    for (std::size_t i = at; i < end_of(parts, at); ++i) start = std::min(start, parts[i].offset);
    return start;
}

/// A part's own text: up to where the next one begins, without what only joins them.
std::string text_between(const std::string& formula, std::size_t from, std::size_t to) {
    std::string text = formula.substr(from, to - from);
    const auto drop = [&] {
        while (!text.empty() && std::string_view(" \t\n,&").find(text.back()) != std::string::npos)
            text.pop_back();
    };
    drop();
    while (!text.empty() && text.back() == ')' &&
           std::count(text.begin(), text.end(), ')') > std::count(text.begin(), text.end(), '(')) {
        text.pop_back();
        drop();
    }
    return text;
}

void add_untrue(const std::string& formula, const std::vector<PartResult>& parts, std::size_t at,
                std::size_t to, std::vector<std::string>& found) {
    if (is_true(parts[at]) || !parts[at].reached) return;
    if (!is_and(parts[at])) {
        found.push_back(text_between(formula, start_of(parts, at), to));
        return;
    }
    const std::size_t end = end_of(parts, at);
    for (std::size_t child = at + 1; child < end; child = end_of(parts, child)) {
        const std::size_t next = end_of(parts, child);
        add_untrue(formula, parts, child, next < end ? start_of(parts, next) : to, found);
    }
}

/// One person and one list, for sentences.
class Teller {
public:
    Teller(sync::Org& org, const ListRule& rule)
        : org_(org),
          rule_(rule),
          moment_(sync::moment_of(org.clock.now(), org.model.documents().time_zone)) {}

    Result<json> tell(store::EntityId id) {
        sync::Planner planner(org_, {true, true}, org_.clock.now());
        auto plan = planner.plan(id);
        if (!plan) return std::move(plan).error();
        told_ = {{"entity", fmt::format("duet-{}", id)}, {"why", json::array()}};
        const auto known = standing_in(*plan);
        if (!known) {
            say_undecided(*plan);
            return std::move(told_);
        }
        const auto belongs = lists::belongs_on(known->standing);
        told_["on_it"] = known->member;
        told_["belongs"] = belongs ? json(*belongs) : json(nullptr);
        told_["standing"] = lists::to_string(known->standing);
        trial::Look look(org_, *plan, moment_);
        say_standing(*known, look);
        if (look.failure()) return *look.failure();
        if (belongs && *belongs != known->member) {
            if (auto said = say_pending(*plan); !said) return std::move(said).error();
        }
        return std::move(told_);
    }

private:
    void say(std::string sentence) { told_["why"].push_back(std::move(sentence)); }

    /// Of whom nothing may be decided it is only kept where they stand. A validation that holds
    /// back fields alone says nothing about lists.
    static bool is_decided(const sync::EntityPlan& plan) {
        const merge::Decision& decision = plan.decision;
        if (!decision.lists || !plan.entity.ambiguous.empty()) return false;
        if (decision.state != merge::State::Quarantined)
            return decision.state != merge::State::Filtered;
        return std::any_of(decision.broken.begin(), decision.broken.end(), [&](const auto& rule) {
            return rule.name == decision.validation && rule.holds() &&
                   rule.hold != document::Hold::Record;
        });
    }

    std::optional<Known> standing_in(const sync::EntityPlan& plan) const {
        if (!is_decided(plan)) return std::nullopt;
        const auto& rules = org_.model.documents().lists;
        for (const merge::ListStanding& one : *plan.decision.lists) {
            if (rules[one.rule].list == rule_.list) return one.now;
        }
        return std::nullopt;
    }

    void say_undecided(const sync::EntityPlan& plan) {
        told_["on_it"] = nullptr;
        told_["belongs"] = nullptr;
        told_["standing"] = "undecided";
        if (plan.in_doubt) return say("A write about the person is in doubt; nothing is decided.");
        if (!plan.records[rule_.side])
            return say("There is no record of the person in " + org_.system(rule_.side) + ".");
        if (!is_decided(plan))
            return say("Nothing is decided about the person: " + plan.decision.reason + ".");
        say("There is no such list in " + org_.system(rule_.side) + ".");
    }

    void say_untrue(const document::Rule& rule, trial::Look& look, std::string_view name) {
        std::vector<Value> values;
        std::vector<const Value*> inputs;
        const auto& paths = rule.formula.fields();
        values.reserve(paths.size());
        for (const std::string& path : paths) {
            auto value = look.value(path);
            if (auto* why = std::get_if<std::string>(&value))
                return say(fmt::format("{} cannot be told: {} {}.", name, path, *why));
            values.push_back(std::get<Value>(std::move(value)));
        }
        for (const Value& value : values) inputs.push_back(&value);
        for (const std::string& part :
             untrue_parts(rule.formula.text(), rule.formula.explain(inputs, moment_)))
            say(fmt::format("{} is not true: {}", name, part));
    }

    static std::string on(const std::optional<DateTime>& time) {
        return time ? format_instant(*time) : std::string("a time that is not known");
    }

    void say_standing(const Known& known, trial::Look& look) {
        switch (known.standing) {
            case Standing::On:
                return say("The rule is true since " + on(known.since) + ".");
            case Standing::Off:
                return say_untrue(rule_.member_when, look, "The rule");
            case Standing::Grace:
                say_untrue(rule_.member_when, look, "The rule");
                return say("It stays on the list all the same until " + on(known.until) +
                           ": the list's grace.");
            case Standing::Soon:
                return say("The rule is true since " + on(known.since) +
                           "; the person joins when that lasts until " + on(known.until) + ".");
            case Standing::Queued:
                return say_queued(known);
            case Standing::HeldOut:
                return say(
                    fmt::format("The rule is true, and the person is of the control group "
                                "\"{}\": {} of a hundred are kept off.",
                                rule_.hold_out.group, rule_.hold_out.percent));
            case Standing::Suppressed:
                return say("The list suppresses the person: " +
                           rule_.suppress_when->formula.text());
            case Standing::ByHand:
                if (!known.wanted) say_untrue(rule_.member_when, look, "The rule");
                return say(
                    "People put the person on the list by hand, and that is respected. "
                    "Suppression removes no such membership; it keeps mail from being "
                    "sent.");
            case Standing::Removed:
                return say(
                    "The rule is true, but people took the person off by hand, and that is "
                    "respected until people put them on again.");
            case Standing::Left:
                return say("The person left the list; that is never undone.");
            case Standing::Unknown:
                return say_untrue(rule_.member_when, look, "The rule");
        }
    }

    void say_queued(const Known& known) {
        say(fmt::format("The rule is true since {}, but the list has {} members at most.",
                        on(known.since), rule_.cap));
        if (!known.order) return;
        say(fmt::format("Who comes first: {} by {}.",
                        rule_.order->highest_first ? "highest" : "lowest",
                        rule_.order->by.formula.text()));
    }

    /// Why it is not yet as it should be.
    Status say_pending(const sync::EntityPlan& plan) {
        const auto write = std::find_if(
            plan.writes.begin(), plan.writes.end(),
            [&](const sync::PlannedWrite& planned) { return planned.list == rule_.list; });
        if (write == plan.writes.end()) {
            const auto& left = plan.decision.left_alone;
            const bool is_pinned = std::any_of(
                left.begin(), left.end(),
                [&](const merge::LeftAlone& one) { return one.rule == "list " + rule_.list; });
            say(is_pinned ? "An undo put it as it is; that stands until the rule changes its mind."
                          : "It is not changed yet: " + plan.decision.reason + ".");
            return Done{};
        }
        auto pauses = sync::Pauses::load(org_.store, org_.name);
        if (!pauses) return std::move(pauses).error();
        const auto& in_flight = write->in_flight;
        if (const auto* pause = pauses->of_write(in_flight.side, in_flight.write.id.object)) {
            say("It is not changed yet: " + sync::sentence(*pause, org_.model.documents().names) +
                ".");
            return Done{};
        }
        auto held = org_.store.held(org_.name);
        if (!held) return std::move(held).error();
        if (sync::is_held(*write, *held)) {
            say("It is not changed yet: the brake holds such changes.");
        } else {
            say("The next cycle changes it.");
        }
        return Done{};
    }

    sync::Org& org_;
    const ListRule& rule_;
    formula::Moment moment_;
    json told_;
};

}  // namespace

std::vector<std::string> untrue_parts(const std::string& formula,
                                      const std::vector<PartResult>& parts) {
    std::vector<std::string> found;
    if (!parts.empty()) add_untrue(formula, parts, 0, formula.size(), found);
    return found;
}

Result<json> tell_of(sync::Org& org, const ListRule& rule, store::EntityId id) {
    return Teller(org, rule).tell(id);
}

}  // namespace duet::service
