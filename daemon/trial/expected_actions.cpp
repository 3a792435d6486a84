#include "daemon/trial/expected_actions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "daemon/trial/outcome.h"
#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/reader.h"

namespace duet::trial {
namespace {

using document::MapReader;
using document::Node;
using document::OwnerWords;
using document::TaskWords;

/// What a plan does to one task of a rule, or what is expected of it: then a part that is not given
/// may be anything.
struct Action {
    std::string rule;
    std::string done = "made";
    std::optional<std::string> owner{};
    std::optional<std::string> subject{};
    std::optional<std::string> due{};
};

std::string told(const Action& action) {
    std::string line = action.rule + " " + action.done;
    if (action.owner) line += ", owner " + *action.owner;
    if (action.subject) line += fmt::format(", subject \"{}\"", *action.subject);
    if (action.due) line += ", due " + *action.due;
    return line;
}

std::string told(const std::vector<Action>& actions) {
    std::string lines;
    for (const Action& action : actions) lines += (lines.empty() ? "" : "\n") + told(action);
    return lines.empty() ? "none" : lines;
}

/// The task rule behind a write; empty: there is none.
std::string rule_of(const store::InFlight& write) {
    constexpr std::string_view kHead = "task ";
    const auto reasons = nlohmann::json::parse(write.reasons, nullptr, false);
    if (!reasons.is_object()) return {};
    const auto whole = reasons.find("");
    if (whole == reasons.end() || !whole->is_object()) return {};
    const std::string rule = whole->value("rule", "");
    return rule.starts_with(kHead) ? rule.substr(kHead.size()) : std::string();
}

std::vector<Action> planned(const Outcome& outcome, const TaskWords& words) {
    std::vector<Action> actions;
    for (const sync::PlannedWrite& plan : outcome.plan.writes) {
        const Write& write = plan.in_flight.write;
        Action action{.rule = rule_of(plan.in_flight)};
        if (action.rule.empty() || !same_name(write.id.object, words.object)) continue;
        const auto text_in = [&](std::string_view field) -> std::optional<std::string> {
            const Value* value = write.fields.find(field);
            return value == nullptr ? std::nullopt : std::optional(display(*value));
        };
        action.owner = text_in(words.owner);
        if (write.kind == WriteKind::Create) {
            action.subject = text_in(words.subject);
            action.due = text_in(words.due);
        } else {
            action.done = action.owner ? "passed_on" : "closed";
        }
        actions.push_back(std::move(action));
    }
    return actions;
}

bool says(const Action& wanted, const Action& got) {
    const auto fits = [](const std::optional<std::string>& a, const std::optional<std::string>& b) {
        return !a || a == b;
    };
    return same_name(wanted.rule, got.rule) && wanted.done == got.done &&
           fits(wanted.owner, got.owner) && fits(wanted.subject, got.subject) &&
           fits(wanted.due, got.due);
}

/// Each of one is one of the other.
bool are_these(const std::vector<Action>& wanted, std::vector<Action> got) {
    for (const Action& one : wanted) {
        const auto found = std::find_if(got.begin(), got.end(),
                                        [&](const Action& other) { return says(one, other); });
        if (found == got.end()) return false;
        got.erase(found);
    }
    return got.empty();
}

Action read_action(const Node& node, const std::vector<std::string>& rules,
                   document::Findings& findings) {
    static const std::vector<document::Word<std::string>> kDone{
        {"made", "made"}, {"closed", "closed"}, {"passed_on", "passed_on"}};
    Action action;
    const Node* name = &node;
    if (node.kind == Node::Kind::Scalar) {
        action.rule = node.text;
    } else {
        MapReader map(node, "an expected task", findings);
        action.rule = map.required_text("rule").value_or("");
        if (const Node* given = map.find("rule")) name = given;
        action.done = map.choice("done", kDone).value_or("made");
        action.owner = map.text("owner");
        action.subject = map.text("subject");
        action.due = map.text("due");
        map.finish();
    }
    const bool is_known = std::any_of(rules.begin(), rules.end(), [&](const std::string& rule) {
        return same_name(rule, action.rule);
    });
    if (!is_known) {
        findings.add(*name, document::kUnknownName,
                     fmt::format("there is no task rule \"{}\" for such a record", action.rule),
                     document::did_you_mean(action.rule, rules));
    }
    return action;
}

/// Whether the user or queue of that id goes by `name`.
bool goes_by(Outcome& outcome, const OwnerWords& words, const std::string& id,
             const std::string& name) {
    if (id == name) return true;
    for (const std::string_view object : {words.user, words.group}) {
        const auto row =
            outcome.org.store.seen(outcome.org.name, Side::Crm, {std::string(object), id});
        if (!row || !*row) continue;
        for (const std::string_view field : {words.user_name, words.user_login, words.user_email,
                                             words.group_name, words.group_email}) {
            if ((*row)->record.fields.get(field) == text(name)) return true;
        }
    }
    return false;
}

}  // namespace

std::vector<Check> read_expected_tasks(const Node& node, EntityKind kind, const sync::Model& model,
                                       document::Findings& findings) {
    const TaskWords* words = document::task_words(model.documents().names.crm);
    if (words == nullptr) {
        findings.add(node, document::kAbsent,
                     fmt::format("Duet makes no tasks in {}, so none can be expected",
                                 model.documents().names.crm),
                     "remove \"tasks\"");
        return {};
    }
    std::vector<std::string> rules;
    for (const auto& task : model.documents().tasks) {
        if (task.entity == kind) rules.push_back(task.name);
    }
    std::vector<Action> wanted;
    for (const Node& item : document::list_items(node, "tasks", findings))
        wanted.push_back(read_action(item, rules, findings));
    return {{node.place(), node.length(), "tasks",
             [wanted, words](Outcome& outcome) -> std::optional<Miss> {
                 const auto got = planned(outcome, *words);
                 if (are_these(wanted, got)) return std::nullopt;
                 std::string why;
                 for (const auto& left : outcome.plan.decision.left_alone) {
                     if (left.rule.starts_with("task ") && !left.detail.empty())
                         why += (why.empty() ? "" : "; ") + left.rule + ": " + left.detail;
                 }
                 return Miss{told(wanted), told(got), std::move(why)};
             }}};
}

std::vector<Check> read_expected_owner(const Node& node, const sync::Model& model,
                                       document::Findings& findings) {
    const std::string& crm = model.documents().names.crm;
    const OwnerWords* words = document::owner_words(crm);
    if (words == nullptr) {
        findings.add(node, document::kAbsent,
                     fmt::format("Duet sets no owners in {}, so none can be expected", crm),
                     "remove \"owner\"; what a field holds is expected under \"values\"");
        return {};
    }
    const auto wanted = document::scalar_text(node, "owner", findings);
    if (!wanted) return {};
    return {{node.place(), node.length(), "owner",
             [wanted = *wanted, words](Outcome& outcome) -> std::optional<Miss> {
                 const auto owner = value_after(outcome, Side::Crm, words->field);
                 if (!owner)
                     return Miss{wanted, fmt::format("(no document reads {})", words->field), {}};
                 if (!is_blank(*owner) && goes_by(outcome, *words, display(*owner), wanted))
                     return std::nullopt;
                 std::string why;
                 for (const auto& write : outcome.plan.decision.writes) {
                     if (write.owner) why = write.rule + ": " + write.detail;
                 }
                 return Miss{wanted, shown_value(*owner), std::move(why)};
             }}};
}

}  // namespace duet::trial
