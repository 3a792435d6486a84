#include "mappings/document/queue.h"

#include <algorithm>
#include <utility>

#include "mappings/document/codes.h"
#include "mappings/document/figures.h"
#include "mappings/document/lists.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

using Types = std::vector<FieldType>;

class QueueReader {
public:
    QueueReader(const Node& node, const Context& context)
        : map_(node, "\"queue\"", context.findings),
          context_(context),
          scope_(context, EntityKind::Person, {.queue = false}) {}

    QueueRule read() {
        QueueRule queue;
        queue.place = map_.node().place();
        read_reasons(queue);
        const Types texts{FieldType::Text, FieldType::Id};
        const Types numbers{FieldType::Number, FieldType::Text};
        if (const Node* leave = map_.find("leave_when"))
            queue.leave_when = compile_condition(*leave, scope_, context_.findings);
        if (const Node* breached = map_.find("breached_when"))
            queue.breached_when = compile_condition(*breached, scope_, context_.findings);
        queue.note = rule("note", texts);
        queue.due = rule("due", {FieldType::DateTime});
        queue.score = rule("score", {FieldType::Number});
        queue.grade = rule("grade", numbers);
        queue.owner = rule("owner", texts);
        queue.account = rule("account", texts);
        queue.campaign = rule("campaign", texts);
        queue.score_percent = map_.whole("score_percent", 0, 100).value_or(queue.score_percent);
        queue.score_bands = bands("score_bands");
        queue.grade_bands = bands("grade_bands");
        map_.finish();
        return queue;
    }

private:
    void read_reasons(QueueRule& queue) {
        const Node* list = map_.require("reasons");
        if (list == nullptr) return;
        for (const Node& item : list_items(*list, "reasons", context_.findings)) {
            MapReader line(item, "a reason", context_.findings);
            const auto name = line.required_name("name");
            const Node* when = line.require("when");
            line.finish();
            auto compiled = when == nullptr ? std::nullopt
                                            : compile_condition(*when, scope_, context_.findings);
            if (name && compiled) queue.reasons.push_back({*name, *std::move(compiled)});
        }
    }

    std::optional<Rule> rule(const char* key, const Types& types) {
        const Node* node = map_.find(key);
        if (node == nullptr) return std::nullopt;
        return compile_rule(*node, scope_, types, context_.findings);
    }

    std::vector<int> bands(const char* key) {
        std::vector<int> found;
        const Node* node = map_.find(key);
        if (node == nullptr) return found;
        for (const Node& item : list_items(*node, key, context_.findings)) {
            if (const auto band = whole_number(item, key, 0, 1'000'000, context_.findings))
                found.push_back(*band);
        }
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

    MapReader map_;
    const Context& context_;
    EntityScope scope_;
};

}  // namespace

std::vector<const Rule*> rules_of(const QueueRule& queue) {
    std::vector<const Rule*> rules;
    for (const QueueReason& reason : queue.reasons) rules.push_back(&reason.when);
    for (const auto* rule :
         {&queue.leave_when, &queue.note, &queue.breached_when, &queue.due, &queue.score,
          &queue.grade, &queue.owner, &queue.account, &queue.campaign}) {
        if (*rule) rules.push_back(&**rule);
    }
    return rules;
}

std::shared_ptr<const QueueRule> read_queue(const Node& node, const Context& context) {
    if (!has_persons(node, "the queue's rules", context)) return nullptr;
    return std::make_shared<const QueueRule>(QueueReader(node, context).read());
}

}  // namespace duet::document
