#include <algorithm>
#include <utility>

#include "daemon/trial/story.h"
#include "mappings/merge/evaluate.h"
#include "mappings/merge/with_stage.h"

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
        static const document::EntityDocument kNone{};
        facts.emplace(sync::EntityFacts::Sources{of.model, cache, paths, rollups, at},
                      document == nullptr ? kNone : *document, records);
        staged.emplace(*facts, plan.decision.stage, plan.standing ? &*plan.standing : nullptr);
    }

    sync::Org& org;
    formula::Moment moment;
    sync::RecordCache cache;
    sync::PathReader paths;
    sync::RollupReader rollups;
    const document::EntityDocument* document;
    PerSide<const Record*> records;
    std::optional<sync::EntityFacts> facts;
    std::optional<merge::WithStage> staged;
    std::optional<DateTime> next;
};

Look::Look(sync::Org& org, const sync::EntityPlan& plan, const formula::Moment& moment)
    : parts_(std::make_unique<Parts>(org, plan, moment)) {}
Look::~Look() = default;

std::variant<Value, std::string> Look::value(std::string_view path) {
    auto found = parts_->staged->value(path);
    if (auto* why = std::get_if<std::string>(&found)) return std::move(*why);
    return *std::get<const Value*>(found);
}

std::variant<Value, std::string> Look::evaluate(const document::Rule& rule) {
    return merge::evaluate(rule, *parts_->staged, parts_->moment, parts_->next);
}

const Record* Look::record(Side side) const noexcept { return parts_->records[side]; }

Result<std::vector<std::string>> Look::lists() {
    std::vector<std::string> found;
    const sync::ListObjects& objects = parts_->org.model.lists();
    const Record* person = record(Side::Marketing);
    if (person == nullptr || objects.list == nullptr || objects.membership == nullptr) return found;
    const auto& keys = parts_->cache.referring(Side::Marketing, objects.membership->name,
                                               objects.member_field, person->id.key);
    for (const std::string& key : keys) {
        const auto* row = parts_->cache.get(Side::Marketing, {objects.membership->name, key});
        if (row == nullptr || row->deleted) continue;
        const std::string* list = as_text(row->record.fields.get(objects.list_field));
        const auto* listed = list == nullptr
                                 ? nullptr
                                 : parts_->cache.get(Side::Marketing, {objects.list->name, *list});
        const std::string* name =
            listed == nullptr ? nullptr : as_text(listed->record.fields.get(objects.name_field));
        if (name == nullptr) continue;
        const auto& rules = parts_->org.model.documents().lists;
        const bool is_ours = std::any_of(rules.begin(), rules.end(),
                                         [&](const auto& rule) { return rule.list == *name; });
        if (is_ours) found.push_back(*name);
    }
    std::sort(found.begin(), found.end());
    if (parts_->cache.failure()) return *parts_->cache.failure();
    return found;
}

}  // namespace duet::trial
