#include <algorithm>
#include <utility>

#include "daemon/sync/learning.h"
#include "daemon/trial/story.h"
#include "mappings/merge/evaluate.h"
#include "mappings/merge/with_stage.h"
#include "mappings/queue/with_queue.h"

namespace duet::trial {

struct Look::Parts {
    Parts(sync::Org& of, const sync::EntityPlan& plan, const formula::Moment& at)
        : org(of),
          moment(at),
          cache(of.store, of.name),
          paths(of.model, cache),
          rollups(of.model, cache, paths, at),
          document(of.model.documents().find(plan.entity.kind)) {
        for (const Side side : kSides) {
            if (!plan.records[side]) continue;
            const store::SeenRow* row = cache.get(side, *plan.records[side]);
            if (row != nullptr) records[side] = &row->record;
        }
        if (auto learnt = sync::load_lessons(of)) lessons = std::move(*learnt);
        static const document::EntityDocument kNone{};
        facts.emplace(sync::EntityFacts::Sources{of.model, cache, paths, rollups, at, &lessons},
                      document == nullptr ? kNone : *document, records);
        staged.emplace(*facts, plan.decision.stage, plan.standing ? &*plan.standing : nullptr);
        const bool is_person = plan.entity.kind == EntityKind::Person;
        queued.emplace(*staged, is_person ? of.model.documents().queue.get() : nullptr, at);
    }

    sync::Org& org;
    formula::Moment moment;
    sync::RecordCache cache;
    sync::PathReader paths;
    sync::RollupReader rollups;
    const document::EntityDocument* document;
    PerSide<const Record*> records;
    sync::Lessons lessons;  // none where they cannot be read: rules that need them say so
    std::optional<sync::EntityFacts> facts;
    std::optional<merge::WithStage> staged;
    std::optional<queue::WithQueue> queued;
    std::optional<DateTime> next;
};

Look::Look(sync::Org& org, const sync::EntityPlan& plan, const formula::Moment& moment)
    : parts_(std::make_unique<Parts>(org, plan, moment)) {}
Look::~Look() = default;

std::variant<Value, std::string> Look::value(std::string_view path) {
    auto found = parts_->queued->value(path);
    if (auto* why = std::get_if<std::string>(&found)) return std::move(*why);
    return *std::get<const Value*>(found);
}

std::variant<Value, std::string> Look::evaluate(const document::Rule& rule) {
    return merge::evaluate(rule, *parts_->queued, parts_->moment, parts_->next);
}

const Record* Look::record(Side side) const noexcept { return parts_->records[side]; }

const std::optional<Error>& Look::failure() const noexcept { return parts_->cache.failure(); }

Result<std::vector<std::string>> Look::lists() {
    std::vector<std::string> found;
    for (const document::ListRule& rule : parts_->org.model.documents().lists) {
        const sync::ListObjects& objects = parts_->org.model.lists(rule.side);
        const Record* person = record(rule.side);
        if (person == nullptr || objects.list == nullptr || objects.membership == nullptr) continue;
        const std::string member_field = objects.member_field_of(person->id.object);
        const auto& keys = parts_->cache.referring(rule.side, objects.membership->name,
                                                   member_field, person->id.key);
        const bool is_on = std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
            const auto* row = parts_->cache.get(rule.side, {objects.membership->name, key});
            if (row == nullptr || row->deleted) return false;
            const std::string* list = as_text(row->record.fields.get(objects.list_field));
            const auto* listed = list == nullptr
                                     ? nullptr
                                     : parts_->cache.get(rule.side, {objects.list->name, *list});
            return listed != nullptr &&
                   listed->record.fields.get(objects.name_field) == text(rule.list);
        });
        if (is_on) found.push_back(rule.list);
    }
    std::sort(found.begin(), found.end());
    if (parts_->cache.failure()) return *parts_->cache.failure();
    return found;
}

}  // namespace duet::trial
