#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/actions.h"
#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/digest.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

constexpr int kMostDays = 3650;
constexpr int kMostCreates = 100'000;
constexpr int kUsualCap = 100;

const std::vector<Word<EntityKind>>& entity_words() {
    static const std::vector<Word<EntityKind>> words{{"person", EntityKind::Person},
                                                     {"account", EntityKind::Account},
                                                     {"opportunity", EntityKind::Opportunity},
                                                     {"campaign", EntityKind::Campaign}};
    return words;
}

const std::vector<Word<FirstSight>>& first_sight_words() {
    static const std::vector<Word<FirstSight>> words{{"wait", FirstSight::Wait},
                                                     {"act", FirstSight::Act}};
    return words;
}

/// Whether a task goes where its person goes.
const std::vector<Word<bool>>& reassigned_words() {
    static const std::vector<Word<bool>> words{{"keep", false}, {"follow", true}};
    return words;
}

/// A picklist value that the CRM's task has; anything goes where that is not known.
bool is_option(const Node& node, const std::string& field, const TaskWords& words,
               const Context& context) {
    const ObjectInfo* task = context.object(Side::Crm, words.object);
    const FieldInfo* info = task == nullptr ? nullptr : task->find(field);
    if (info == nullptr || info->options.empty()) return true;
    if (std::find(info->options.begin(), info->options.end(), node.text) != info->options.end())
        return true;
    context.findings.add(
        node, kNotAllowed,
        fmt::format("\"{}\" is no value of {}.{} in {}", node.text, words.object, field,
                    context.names.crm),
        did_you_mean(node.text, info->options, fmt::format("one of {}", one_of(info->options))));
    return false;
}

/// With the orgs: a task can be made, found again by its key, and told from people's own.
bool has_task_fields(const Node& node, const TaskWords& words, const Context& context) {
    const ObjectInfo* task = context.object(Side::Crm, words.object);
    if (context.catalogs == nullptr) return true;
    std::vector<std::string> missing;
    for (const std::string_view field :
         {words.key, words.person, words.about, words.subject, words.description, words.owner,
          words.due, words.priority, words.status, words.closed}) {
        if (task == nullptr || task->find(field) == nullptr) missing.emplace_back(field);
    }
    if (missing.empty()) return true;
    context.findings.add(
        node, kUnknownName,
        fmt::format("tasks need {} of {} in {}", one_of(missing), words.object, context.names.crm),
        fmt::format("deploy packaging/salesforce, which holds {}, and give the user that Duet "
                    "signs in as access to it",
                    words.key));
    return false;
}

/// One task rule while it is read.
class TaskReader {
public:
    TaskReader(const Node& item, const TaskWords& words, const Context& context)
        : map_(item, "a task rule", context.findings), words_(words), context_(context) {}

    std::optional<TaskRule> read() {
        const auto name = map_.required_name("name");
        const bool named = name && is_rule_name(*map_.find("name"), *name, context_.findings);
        entity_ = map_.choice("entity", entity_words()).value_or(EntityKind::Person);
        if (context_.find(entity_) == nullptr) {
            context_.findings.add(map_.key_node("entity"), kAbsent,
                                  fmt::format("no document has entity: {}, which the rule is about",
                                              to_string(entity_)));
            return std::nullopt;
        }
        const EntityScope scope(context_, entity_);
        auto when = condition("when", map_.require("when"), scope);
        const Node* subject = map_.require("subject");
        auto wording = subject == nullptr ? std::nullopt : words_of(*subject, scope);
        const Node* text = map_.find("description");
        auto description = text == nullptr ? std::nullopt : words_of(*text, scope);
        auto owner = read_owner(scope);
        const auto due_in_days = map_.whole("due_in_days", 0, kMostDays);
        std::string priority = option("priority", words_.priority);
        auto rearm_when = condition("rearm_when", map_.find("rearm_when"), scope);
        const auto rearm_after_days = map_.whole("rearm_after_days", 1, kMostDays);
        auto close_when = condition("close_when", map_.find("close_when"), scope);
        std::string status = closed_status(map_.find("close_when") != nullptr);
        const auto first_sight = map_.choice("at_first_sight", first_sight_words());
        const auto follows = map_.choice("when_reassigned", reassigned_words());
        const auto cap = map_.whole("cap_per_cycle", 1, kMostCreates);
        map_.finish();
        if (!is_good_ || !named || !when || !wording || !owner) return std::nullopt;
        std::string version = sha256_hex(when->formula.text()).substr(0, kVersionDigits);
        return TaskRule{*name,
                        entity_,
                        *std::move(when),
                        *std::move(wording),
                        std::move(description),
                        *std::move(owner),
                        due_in_days,
                        std::move(priority),
                        std::move(rearm_when),
                        rearm_after_days,
                        std::move(close_when),
                        std::move(status),
                        first_sight.value_or(FirstSight::Wait),
                        follows.value_or(false),
                        cap.value_or(kUsualCap),
                        std::move(version),
                        map_.node().place()};
    }

private:
    std::optional<Rule> condition(const char* key, const Node* node, const EntityScope& scope) {
        if (node == nullptr) return std::nullopt;
        auto rule = compile_condition(*map_.find(key), scope, context_.findings);
        is_good_ = is_good_ && rule.has_value();
        return rule;
    }

    std::optional<Wording> words_of(const Node& node, const EntityScope& scope) {
        auto read = read_wording(node, scope, context_.findings);
        is_good_ = is_good_ && read.has_value();
        return read;
    }

    std::string option(const char* key, std::string_view field) {
        auto text = map_.text(key);
        if (!text || !is_option(*map_.find(key), std::string(field), words_, context_)) return {};
        return *std::move(text);
    }

    /// Absent: who owns the record.
    std::optional<Rule> read_owner(const EntityScope& scope) {
        if (const Node* node = map_.find("owner")) {
            return compile_rule(*node, scope, {FieldType::Id, FieldType::Text}, context_.findings);
        }
        auto compiled = formula::Formula::compile(words_.owner, scope);
        if (auto* own = std::get_if<formula::Formula>(&compiled)) {
            return Rule{std::move(*own), map_.node().place()};
        }
        context_.findings.add(
            map_.node(), kAbsent,
            fmt::format("{} has no field {}, so the rule must say whose task it is",
                        one_of(context_.find(entity_)->objects.crm), words_.owner),
            "add owner: and a field that holds a user's id");
        return std::nullopt;
    }

    std::string closed_status(bool closes) {
        std::string status = option("closed_status", words_.status);
        if (!closes && map_.find("closed_status") != nullptr) {
            context_.findings.add(map_.key_node("closed_status"), kContradiction,
                                  "\"closed_status\" has no effect here: nothing closes the task",
                                  "add close_when, or remove closed_status");
        }
        return status.empty() ? std::string(words_.done_status) : status;
    }

    MapReader map_;
    const TaskWords& words_;
    const Context& context_;
    EntityKind entity_ = EntityKind::Person;
    bool is_good_ = true;
};

}  // namespace

void read_tasks(const Node& node, const Context& context, std::vector<TaskRule>& tasks) {
    const TaskWords* words = task_words(context.names.crm);
    if (words == nullptr) {
        context.findings.add(node, kAbsent,
                             fmt::format("Duet makes no tasks in {}", context.names.crm));
        return;
    }
    if (!has_task_fields(node, *words, context)) return;
    for (const Node& item : list_items(node, "tasks", context.findings)) {
        auto rule = TaskReader(item, *words, context).read();
        if (!rule) continue;
        const auto twin = std::find_if(tasks.begin(), tasks.end(), [&](const TaskRule& earlier) {
            return same_name(earlier.name, rule->name);
        });
        if (twin != tasks.end()) {
            context.findings.add(item, kDefinedTwice,
                                 fmt::format("the task rule \"{}\" is already defined at {}",
                                             rule->name, at_line(twin->place)));
        }
        tasks.push_back(std::move(*rule));
    }
}

}  // namespace duet::document
