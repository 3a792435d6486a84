#include "daemon/sync/learning.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/store/errors.h"
#include "daemon/sync/attribute.h"
#include "daemon/sync/planner.h"
#include "mappings/attribution/weigher.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

using nlohmann::json;
using store::SeenRow;

constexpr const char* kFact = "attribution.lessons";
constexpr std::size_t kDealsAtOnce = 1'000;  // records are forgotten after so many
constexpr double kSame = 1e-9;               // effects nearer than this are the same

Result<json> load(Org& org) {
    auto fact = org.store.fact(org.name, kFact);
    if (!fact) return std::move(fact).error();
    if (fact->empty()) return json::object();
    json lessons = json::parse(*fact, nullptr, false);
    if (!lessons.is_object()) return store::unreadable("facts.attribution.lessons");
    return lessons;
}

Status save(Org& org, const json& lessons) {
    return org.store.set_fact(org.name, kFact, lessons.dump());
}

int order_of(const document::Attribution& attribution) {
    const auto* chain = std::get_if<attribution::Markov>(&attribution.model);
    return chain == nullptr ? 0 : chain->order;
}

std::int64_t number(const json& lesson, const char* key) {
    const auto found = lesson.find(key);
    return found != lesson.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// Whether what was learnt is of this model.
bool is_of(const json& lesson, const document::Attribution& attribution) {
    return lesson.is_object() && number(lesson, "order") == order_of(attribution);
}

attribution::Effects effects_in(const json& lesson) {
    attribution::Effects effects;
    const auto found = lesson.find("effects");
    if (found == lesson.end() || !found->is_object()) return effects;
    for (const auto& [campaign, effect] : found->items()) {
        if (effect.is_number()) effects.emplace(campaign, effect.get<double>());
    }
    return effects;
}

bool is_due(const json& lesson, const document::Attribution& attribution,
            const std::string& documents, Instant now) {
    if (!is_of(lesson, attribution)) return true;
    const auto version = lesson.find("documents");
    if (version == lesson.end() || *version != documents) return true;
    const Instant at{std::chrono::microseconds{number(lesson, "at")}};
    if (now - at < std::chrono::days{attribution.learn_days}) return false;
    const std::int64_t decided = number(lesson, "decided");
    constexpr std::int64_t kPercent = 100;
    return decided > 0 &&
           decided * kPercent >= number(lesson, "journeys") * attribution.learn_percent;
}

bool are_same(const attribution::Effects& one, const attribution::Effects& two) {
    return one.size() == two.size() &&
           std::equal(one.begin(), one.end(), two.begin(), [](const auto& a, const auto& b) {
               return a.first == b.first && std::abs(a.second - b.second) < kSame;
           });
}

/// Reads the journeys of all closed deals.
class School {
public:
    School(Org& org, Instant now)
        : org_(org),
          moment_(moment_of(now, org.model.documents().time_zone)),
          document_(org.model.documents().find(EntityKind::Opportunity)) {}

    Status find_deals() {
        if (document_ == nullptr) return Done{};
        for (const std::string& object : document_->objects.crm) {
            auto read = org_.store.each_seen(org_.name, Side::Crm, object, [&](const SeenRow& row) {
                if (!row.deleted && row.survivor.key.empty()) deals_.push_back(row.record.id);
                return true;
            });
            if (!read) return read;
        }
        return Done{};
    }

    Result<attribution::Journeys> journeys(const document::Attribution& attribution) {
        attribution::Journeys all;
        for (std::size_t from = 0; from < deals_.size(); from += kDealsAtOnce) {
            RecordCache cache(org_.store, org_.name);
            PathReader paths(org_.model, cache);
            RollupReader rollups(org_.model, cache, paths, moment_);
            const std::size_t end = std::min(deals_.size(), from + kDealsAtOnce);
            for (std::size_t i = from; i < end; ++i)
                add(attribution, deals_[i], {org_.model, cache, paths, rollups, moment_}, all);
            if (cache.failure()) return *cache.failure();
        }
        return all;
    }

    /// What was learnt changes the shares of every deal.
    Status mark_deals() {
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        for (const RecordId& deal : deals_) {
            auto entity = org_.store.entity_of(org_.name, Side::Crm, deal);
            if (!entity) return std::move(entity).error();
            if (!*entity) continue;
            auto marked = org_.store.mark_dirty_later(org_.name, **entity, "a model learnt");
            if (!marked) return marked;
        }
        return transaction->commit();
    }

private:
    /// Won deals converted, lost ones did not. One whose rules fail teaches nothing.
    void add(const document::Attribution& attribution, const RecordId& id,
             const EntityFacts::Sources& sources, attribution::Journeys& all) const {
        const auto* words = document::influence_words(org_.model.documents().names.crm);
        const SeenRow* row = sources.cache.get(Side::Crm, id);
        if (row == nullptr || words == nullptr) return;
        const auto is = [&](std::string_view field) {
            return row->record.fields.get(field) == Value{true};
        };
        if (!is(words->closed)) return;
        EntityFacts facts(sources, *document_, {&row->record, nullptr});
        std::optional<DateTime> next;
        auto found = find_deal(attribution, facts, row->record,
                               {sources.model, sources.cache, sources.paths, sources.moment}, next);
        const auto* deal = std::get_if<attribution::Deal>(&found);
        if (deal == nullptr || deal->touches.empty()) return;
        std::vector<std::uint32_t> steps;
        for (const attribution::Touch& touch : deal->touches)
            steps.push_back(all.channel(touch.campaign));
        all.add(steps,
                is(words->won) ? attribution::Outcome{1, 0, 0} : attribution::Outcome{0, 0, 1});
    }

    Org& org_;
    formula::Moment moment_;
    const document::EntityDocument* document_;
    std::vector<RecordId> deals_;
};

}  // namespace

Result<Lessons> load_lessons(Org& org) {
    Lessons lessons;
    const auto& attributions = org.model.documents().attributions;
    if (std::none_of(attributions.begin(), attributions.end(), order_of)) return lessons;
    auto stored = load(org);
    if (!stored) return std::move(stored).error();
    for (const document::Attribution& attribution : attributions) {
        const auto found = stored->find(attribution.name);
        if (found != stored->end() && order_of(attribution) > 0 && is_of(*found, attribution))
            lessons.emplace(attribution.name, effects_in(*found));
    }
    return lessons;
}

Result<Learning> learn(Org& org, Instant now) {
    Learning learning;
    const auto& documents = org.model.documents();
    std::vector<const document::Attribution*> due;
    const auto& attributions = documents.attributions;
    if (std::none_of(attributions.begin(), attributions.end(), order_of)) return learning;
    auto stored = load(org);
    if (!stored) return std::move(stored).error();
    for (const document::Attribution& attribution : attributions) {
        if (order_of(attribution) > 0 &&
            is_due(stored->value(attribution.name, json()), attribution, documents.version, now)) {
            due.push_back(&attribution);
        }
    }
    if (due.empty()) return learning;
    School school(org, now);
    if (auto found = school.find_deals(); !found) return std::move(found).error();
    bool is_new = false;
    for (const document::Attribution* attribution : due) {
        auto journeys = school.journeys(*attribution);
        if (!journeys) return std::move(journeys).error();
        const auto effects = attribution::effects_of(*journeys, order_of(*attribution));
        json& lesson = (*stored)[attribution->name];
        is_new = is_new || !is_of(lesson, *attribution) || !are_same(effects, effects_in(lesson));
        lesson = {{"order", order_of(*attribution)},
                  {"documents", documents.version},
                  {"at", now.time_since_epoch().count()},
                  {"journeys", journeys->size()},
                  {"decided", 0},
                  {"effects", json::object()}};
        for (const auto& [campaign, effect] : effects) lesson["effects"][campaign] = effect;
        for (std::string& warning : attribution::sparse_data(*journeys, {}))
            learning.warnings.push_back("attribution " + attribution->name + ": " +
                                        std::move(warning));
    }
    if (auto saved = save(org, *stored); !saved) return std::move(saved).error();
    learning.took_place = true;
    if (is_new) {
        if (auto marked = school.mark_deals(); !marked) return std::move(marked).error();
    }
    return learning;
}

Status note_decided(Org& org, std::int64_t opportunities) {
    if (opportunities == 0) return Done{};
    auto stored = load(org);
    if (!stored) return std::move(stored).error();
    if (stored->empty()) return Done{};
    for (auto& lesson : *stored) lesson["decided"] = number(lesson, "decided") + opportunities;
    return save(org, *stored);
}

}  // namespace duet::sync
