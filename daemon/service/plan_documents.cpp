#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "daemon/service/answers.h"
#include "daemon/service/preview.h"
#include "daemon/sync/brake.h"
#include "daemon/sync/identity.h"
#include "daemon/sync/planner.h"

namespace duet::service {
namespace {

using nlohmann::json;
using store::EntityId;

constexpr std::size_t kEntitiesPerStep = 500;  // a planner's memory, as in the cycle
constexpr int kMostPlanSamples = 1000;
constexpr std::size_t kMostWarnings = 20;

class DocumentsPlan {
public:
    DocumentsPlan(sync::Org& org, const sync::Model& in_force, int samples)
        : org_(org), in_force_(in_force), samples_(std::clamp(samples, 0, kMostPlanSamples)) {}

    Result<json> make(const std::stop_token& stop, const std::function<void()>& on_step) {
        const auto transaction = org_.store.begin();  // ends without effect
        if (!transaction) return transaction.error();
        if (auto done = find_new_entities(); !done) return std::move(done).error();
        if (auto done = org_.store.mark_all_dirty(org_.name, "other documents are tried"); !done)
            return std::move(done).error();
        if (auto done = plan_all(stop, on_step); !done) return std::move(done).error();
        return answer(stop.stop_requested());
    }

private:
    /// Records that the documents in force read for facts only may be entities under these.
    Status find_new_entities() {
        sync::Identity identity(org_.store, org_.name, org_.model);
        for (const sync::ObjectModel& object : org_.model.objects()) {
            const auto* before = in_force_.find(object.side, object.info->name);
            if (object.entity == nullptr || (before != nullptr && before->entity != nullptr))
                continue;
            std::vector<RecordId> ids;
            auto read = org_.store.each_seen(org_.name, object.side, object.info->name,
                                             [&](const store::SeenRow& row) {
                                                 ids.push_back(row.record.id);
                                                 return true;
                                             });
            if (!read) return read;
            for (const RecordId& id : ids) {
                auto settled = identity.settle(object.side, id);
                if (!settled) return std::move(settled).error();
            }
        }
        return Done{};
    }

    Status plan_all(const std::stop_token& stop, const std::function<void()>& on_step) {
        EntityId after = 0;
        while (!stop.stop_requested()) {
            if (on_step) on_step();
            auto ids = org_.store.dirty(org_.name, after, kEntitiesPerStep);
            if (!ids) return std::move(ids).error();
            if (ids->empty()) return Done{};
            sync::Planner planner(org_, {true, true}, org_.clock.now());
            for (const EntityId id : *ids) {
                auto plan = planner.plan(id);
                if (!plan) return std::move(plan).error();
                count(*plan);
            }
            after = ids->back();
        }
        return Done{};
    }

    void count(const sync::EntityPlan& plan) {
        ++entities_;
        ++states_[plan.in_doubt ? "in_doubt" : merge::to_string(plan.decision.state)];
        if (plan.decision.stage != plan.entity.stage && !plan.in_doubt) {
            ++stages_[(plan.entity.stage.empty() ? "none" : plan.entity.stage) + " -> " +
                      (plan.decision.stage.empty() ? "none" : plan.decision.stage)];
        }
        for (const std::string& warning : plan.decision.warnings) {
            if (warnings_.size() < kMostWarnings || warnings_.contains(warning))
                ++warnings_[warning];
        }
        for (const sync::PlannedWrite& write : plan.writes) count(write);
        writes_ += static_cast<std::int64_t>(plan.writes.size());
        sync::count_kinds(plan.writes, brake_kinds_);
    }

    void count(const sync::PlannedWrite& write) {
        json told = to_json(write, org_.model.documents().names);
        const bool is_list = !write.list.empty();
        if (is_list) {
            note((write.in_flight.write.kind == WriteKind::Create ? "join list " : "leave list ") +
                     write.list,
                 told);
            return;
        }
        const std::string where = told.value("what", "") + " " + told.value("system", "") + " " +
                                  told.value("object", "");
        if (write.in_flight.write.kind == WriteKind::Create) return note(where, told);
        for (const auto& [field, value] : write.in_flight.write.fields)
            note(where + " " + field, told);
    }

    void note(const std::string& kind, const json& told) {
        auto& found = kinds_.try_emplace(kind, 0, json::array()).first->second;
        ++found.first;
        if (found.second.size() < static_cast<std::size_t>(samples_)) found.second.push_back(told);
    }

    /// What these documents read that nobody has pulled: it counts as unreadable here.
    json not_pulled() const {
        json missing = json::array();
        for (const sync::ObjectModel& object : org_.model.objects()) {
            const auto* before = in_force_.find(object.side, object.info->name);
            for (const std::string& field : object.selection.fields) {
                const auto* known = before == nullptr ? nullptr : &before->selection.fields;
                if (known != nullptr &&
                    std::find(known->begin(), known->end(), field) != known->end())
                    continue;
                missing.push_back(org_.system(object.side) + " " + object.info->name + " " + field);
            }
        }
        return missing;
    }

    Result<json> held() {
        auto counts = org_.store.seen_counts(org_.name);
        if (!counts) return std::move(counts).error();
        json rows = json::array();
        for (const store::Held& row : sync::find_held(brake_kinds_, org_.settings.brake, *counts)) {
            rows.push_back({{"kind", row.kind}, {"count", row.count}, {"limit", row.limit}});
        }
        return rows;
    }

    Result<json> answer(bool is_stopped) {
        if (is_stopped) {
            return Error{ErrorKind::Transient, "The daemon is stopping.", "DUET-6007", "", {}};
        }
        auto braked = held();
        if (!braked) return std::move(braked).error();
        json kinds = json::object();
        for (auto& [kind, found] : kinds_)
            kinds[kind] = {{"count", found.first}, {"samples", std::move(found.second)}};
        return json{{"org", org_.name},
                    {"documents", org_.model.documents().version},
                    {"in_force", in_force_.documents().version},
                    {"considered", entities_},
                    {"entities", states_},
                    {"stages", stages_},
                    {"writes", writes_},
                    {"kinds", std::move(kinds)},
                    {"would_be_held", std::move(*braked)},
                    {"warnings", warnings_},
                    {"not_pulled", not_pulled()}};
    }

    sync::Org& org_;
    const sync::Model& in_force_;
    int samples_;
    std::int64_t entities_ = 0;
    std::int64_t writes_ = 0;
    std::map<std::string, std::int64_t> states_;
    std::map<std::string, std::int64_t> stages_;
    std::map<std::string, std::int64_t> warnings_;
    sync::KindCounts brake_kinds_;
    std::map<std::string, std::pair<std::int64_t, json>> kinds_;
};

}  // namespace

Result<json> plan_documents(sync::Org& org, const sync::Model& in_force, int samples,
                            std::stop_token stop, const std::function<void()>& on_step) {
    return DocumentsPlan(org, in_force, samples).make(stop, on_step);
}

}  // namespace duet::service
