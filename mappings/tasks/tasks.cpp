#include "mappings/tasks/tasks.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>
#include <variant>

#include "mappings/document/conventions.h"
#include "mappings/merge/convert.h"
#include "mappings/merge/evaluate.h"

namespace duet::tasks {
namespace {

using document::TaskRule;
using document::TaskWords;
using edges::Edge;
using edges::Phase;

/// What the formulas of one rule say now, or why they cannot.
struct Answers {
    bool when = false;
    bool rearm = false;
    bool moot = false;
    std::optional<std::string> failure{};
};

Answers ask_all(const TaskRule& rule, const merge::Inputs& inputs, merge::FactSource& facts,
                std::optional<DateTime>& next) {
    Answers answers;
    const auto put = [&](const document::Rule& one, bool& answer) {
        auto asked = merge::ask(one, facts, inputs.moment, next);
        if (asked.failure && !answers.failure) answers.failure = std::move(asked.failure);
        answer = asked.yes;
    };
    put(rule.when, answers.when);
    if (rule.rearm_when) put(*rule.rearm_when, answers.rearm);
    if (rule.close_when) put(*rule.close_when, answers.moot);
    return answers;
}

/// The work on one rule.
class OneRule {
public:
    OneRule(const Known& known, const merge::Inputs& inputs, merge::FactSource& facts,
            merge::Decision& decision)
        : known_(known),
          rule_(inputs.documents->tasks[known.rule]),
          words_(*document::task_words(inputs.documents->names.crm)),
          inputs_(inputs),
          facts_(facts),
          decision_(decision),
          name_("task " + rule_.name) {}

    void decide() {
        const Answers answers = ask_all(rule_, inputs_, facts_, decision_.next_change);
        if (answers.failure) return fail(*answers.failure);
        const auto before = settled(answers);
        Edge after = step(before, look(answers, before));
        if (after.phase == Phase::Spent) adopt(after);
        if (rule_.follows_owner && answers.when && !answers.moot) notify_next_owner(after);
        std::optional<PlannedTask> made;
        if (after.phase == Phase::Pending) {
            if (answers.moot) {
                after.phase = Phase::Spent;
                after.closed_at = inputs_.moment.now;
                leave("it became moot before it was made");
            } else {
                made = make(after);
            }
        }
        std::vector<PlannedEdit> edits;
        if (answers.moot) {
            edits = close();
        } else if (rule_.follows_owner && after.phase == Phase::Spent) {
            edits = follow(after);
        }
        const bool changes = !known_.edge || *known_.edge != after;
        if (!changes && !made && edits.empty()) return;
        if (!inputs_.sides.crm.ready || !inputs_.sides.marketing.ready) {
            decision_.state = merge::State::Waiting;
            decision_.reason = "one side is not fully loaded or not reachable";
            return leave("waiting for both sides");
        }
        if (changes) decision_.edges.push_back(std::move(after));
        if (made) decision_.tasks.push_back(std::move(*made));
        for (PlannedEdit& edit : edits) decision_.task_edits.push_back(std::move(edit));
    }

private:
    void leave(std::string why) {
        decision_.left_alone.push_back({name_, merge::Reason::Unchanged, std::move(why)});
    }

    void fail(const std::string& why) {
        decision_.warnings.push_back(name_ + ": " + why);
        decision_.left_alone.push_back({name_, merge::Reason::NotSayable, why});
    }

    [[nodiscard]] const Task* find(std::string_view key) const {
        const auto found = std::find_if(known_.tasks.begin(), known_.tasks.end(),
                                        [&](const Task& task) { return same_name(task.key, key); });
        return key.empty() || found == known_.tasks.end() ? nullptr : &*found;
    }

    [[nodiscard]] const Task* open_task() const {
        const auto found = std::find_if(known_.tasks.begin(), known_.tasks.end(),
                                        [](const Task& task) { return task.open; });
        return found == known_.tasks.end() ? nullptr : &*found;
    }

    /// What is remembered, with what became of the task since. Where nothing is remembered, as in
    /// a store made anew, the tasks that the CRM holds say that the rule acted.
    [[nodiscard]] std::optional<Edge> settled(const Answers& answers) const {
        std::optional<Edge> edge = known_.edge;
        if (!edge && known_.tasks.empty()) return edge;
        if (!edge) {
            edge = Edge{name_, rule_.version, Phase::Spent, answers.when, last_task().key, {}};
        }
        const Task* own = find(edge->target);
        if (own == nullptr) return edge;
        if (edge->phase == Phase::Pending) edge->phase = Phase::Spent;
        if (!own->open && !edge->closed_at) edge->closed_at = own->modified;
        if (own->open) edge->closed_at.reset();
        return edge;
    }

    [[nodiscard]] const Task& last_task() const {
        if (const Task* open = open_task()) return *open;
        return *std::max_element(
            known_.tasks.begin(), known_.tasks.end(),
            [](const Task& a, const Task& b) { return a.modified < b.modified; });
    }

    [[nodiscard]] bool may_rearm(const Answers& answers, const std::optional<Edge>& before) const {
        if (!rule_.rearm_when && !rule_.rearm_after_days)
            return !answers.when && open_task() == nullptr;
        if (answers.rearm) return true;
        return rule_.rearm_after_days && before && before->closed_at &&
               inputs_.moment.now >=
                   *before->closed_at + std::chrono::days(*rule_.rearm_after_days);
    }

    [[nodiscard]] edges::Look look(const Answers& answers,
                                   const std::optional<Edge>& before) const {
        edges::Look seen;
        seen.now = inputs_.moment.now;
        seen.is_true = answers.when;
        seen.covered = open_task() != nullptr;
        seen.may_rearm = may_rearm(answers, before);
        seen.first_sight = rule_.first_sight;
        seen.rule = name_;
        seen.version = rule_.version;
        return seen;
    }

    /// A crossing that an open task covers counts as that task's.
    void adopt(Edge& edge) const {
        const Task* open = open_task();
        const Task* own = find(edge.target);
        if (open == nullptr || (own != nullptr && own->open)) return;
        edge.target = open->key;
        edge.closed_at.reset();
    }

    /// Whose task it should be now; blank when that cannot be told, which is reported.
    Value wanted_owner() {
        auto owner = merge::evaluate(rule_.owner, facts_, inputs_.moment, decision_.next_change);
        if (const auto* why = std::get_if<std::string>(&owner)) {
            fail(*why);
            return {};
        }
        return std::get<Value>(std::move(owner));
    }

    /// Whoever gets the record when its task was done already is told with a task of their own.
    void notify_next_owner(Edge& edge) {
        if (edge.phase != Phase::Spent || edge.before.empty() || open_task() != nullptr) return;
        const Value wanted = wanted_owner();
        if (is_blank(wanted) || display(wanted) == edge.before) return;
        edge.phase = Phase::Pending;
        edge.target.clear();
        edge.before.clear();
        edge.passed_at = inputs_.moment.now;
        edge.closed_at.reset();
    }

    /// The open task goes to the record's new owner, unless people gave it to somebody else.
    std::vector<PlannedEdit> follow(Edge& edge) {
        const Task* task = find(edge.target);
        if (task == nullptr || !task->open || is_blank(task->owner)) return {};
        const Value wanted = wanted_owner();
        if (is_blank(wanted)) return {};
        if (display(task->owner) == display(wanted)) {
            edge.before = display(wanted);
            return {};
        }
        if (!edge.before.empty() && edge.before != display(task->owner)) {
            leave("people gave its task to somebody else, who keeps it");
            return {};
        }
        return {{known_.rule, task->id, std::string(words_.owner), task->owner, wanted}};
    }

    std::optional<PlannedTask> make(Edge& edge) {
        const Record* record = inputs_.sides.crm.record;
        if (record == nullptr) {
            leave("it waits for a record in " + inputs_.documents->names.crm);
            return std::nullopt;
        }
        PlannedTask task;
        task.rule = known_.rule;
        task.cap_per_cycle = rule_.cap_per_cycle;
        if (!fill(task.fields)) return std::nullopt;
        if (edge.target.empty()) edge.target = next_key(rule_.name, record->id.key, known_.tasks);
        task.key = edge.target;
        set(task.fields, words_.key, text(task.key));
        const bool is_person = rule_.entity == EntityKind::Person;
        set(task.fields, is_person ? words_.person : words_.about, text(record->id.key));
        return task;
    }

    /// The fields that the rule words; false when it cannot, which is reported.
    bool fill(Fields& fields) {
        auto owner = merge::evaluate(rule_.owner, facts_, inputs_.moment, decision_.next_change);
        if (const auto* why = std::get_if<std::string>(&owner)) {
            fail(*why);
            return false;
        }
        if (is_blank(std::get<Value>(owner))) {
            fail("the owner is blank: nobody would see the task");
            return false;
        }
        set(fields, words_.owner, std::get<Value>(std::move(owner)));
        if (!set_words(fields, words_.subject, rule_.subject)) return false;
        if (rule_.description && !set_words(fields, words_.description, *rule_.description))
            return false;
        if (rule_.due_in_days) {
            set(fields, words_.due,
                Value{inputs_.moment.today + std::chrono::days(*rule_.due_in_days)});
        }
        if (!rule_.priority.empty()) set(fields, words_.priority, text(rule_.priority));
        return true;
    }

    bool set_words(Fields& fields, std::string_view field, const document::Wording& wording) {
        std::vector<const Value*> values;
        for (const std::string& path : wording.text.fields()) {
            auto found = facts_.value(path);
            if (const auto* why = std::get_if<std::string>(&found)) {
                fail(*why);
                return false;
            }
            values.push_back(std::get<const Value*>(found));
        }
        auto said = wording.text.render(values, inputs_.moment);
        if (const auto* failure = std::get_if<formula::EvalError>(&said)) {
            fail(failure->message);
            return false;
        }
        set(fields, field, text(std::get<std::string>(said)));
        return true;
    }

    void set(Fields& fields, std::string_view field, Value value) {
        const ObjectInfo* object = inputs_.catalogs->crm.find(words_.object);
        auto said = merge::convert(value, object == nullptr ? nullptr : object->find(field));
        // A text that is too long is cut where the field ends.
        if (said.value && !is_blank(*said.value)) fields.set(field, *std::move(said.value));
    }

    [[nodiscard]] std::vector<PlannedEdit> close() const {
        std::vector<PlannedEdit> closings;
        for (const Task& task : known_.tasks) {
            if (!task.open) continue;
            closings.push_back({known_.rule, task.id, std::string(words_.status), task.status,
                                text(rule_.closed_status)});
        }
        return closings;
    }

    const Known& known_;
    const TaskRule& rule_;
    const TaskWords& words_;
    const merge::Inputs& inputs_;
    merge::FactSource& facts_;
    merge::Decision& decision_;
    std::string name_;
};

}  // namespace

bool is_key_of(std::string_view key, std::string_view rule) noexcept {
    return key.size() > rule.size() && key[rule.size()] == ':' &&
           same_name(key.substr(0, rule.size()), rule);
}

std::string next_key(std::string_view rule, std::string_view record,
                     const std::vector<Task>& known) {
    const std::string stem = std::string(rule) + ":" + std::string(record) + ":";
    int last = 0;
    for (const Task& task : known) {
        if (task.key.size() <= stem.size() ||
            !same_name(std::string_view(task.key).substr(0, stem.size()), stem)) {
            continue;
        }
        int number = 0;
        const char* end = task.key.data() + task.key.size();
        std::from_chars(task.key.data() + stem.size(), end, number);
        last = std::max(last, number);
    }
    return stem + std::to_string(last + 1);
}

void decide_tasks(const merge::Inputs& inputs, merge::FactSource& facts,
                  merge::Decision& decision) {
    for (const Known& known : inputs.tasks) OneRule(known, inputs, facts, decision).decide();
}

}  // namespace duet::tasks
