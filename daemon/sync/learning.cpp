#include "daemon/sync/learning.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "daemon/store/errors.h"
#include "daemon/sync/all_records.h"
#include "daemon/sync/attribute.h"
#include "daemon/sync/planner.h"
#include "mappings/document/conventions.h"

namespace duet::sync {
namespace {

using nlohmann::json;
using store::SeenRow;

constexpr const char* kLearningFact = "attribution.lessons";

Result<json> load(Org& org) {
    auto fact = org.store.fact(org.name, kLearningFact);
    if (!fact) return std::move(fact).error();
    if (fact->empty()) return json::object();
    json lessons = json::parse(*fact, nullptr, false);
    if (!lessons.is_object()) return store::unreadable("facts.attribution.lessons");
    return lessons;
}

Status save(Org& org, const json& lessons) {
    return org.store.set_fact(org.name, kLearningFact, lessons.dump());
}

bool learns(const document::Attribution& attribution) {
    return attribution::is_learnt(attribution.model);
}

std::int64_t number(const json& lesson, const char* key) {
    const auto found = lesson.find(key);
    return found != lesson.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// The JSON form of what was learnt: {campaign: effect}, or the campaigns and, of each path, their
/// places in that list, how many of its journeys converted and how many did not.
json as_json(const attribution::Lesson& lesson) {
    if (const auto* effects = std::get_if<attribution::Effects>(&lesson))
        return {{"effects", *effects}};
    const auto& journeys = std::get<attribution::Journeys>(lesson);
    auto paths = json::array();
    for (std::size_t row = 0; row < journeys.size(); ++row) {
        const attribution::Outcome& outcome = journeys.outcome(row);
        paths.push_back({journeys.steps(row), outcome.conversions, outcome.nulls});
    }
    return {{"campaigns", journeys.channels()}, {"paths", std::move(paths)}};
}

/// Throws json::exception where it is none.
attribution::Lesson from_json(const json& learnt) {
    if (learnt.contains("effects")) return learnt["effects"].get<attribution::Effects>();
    attribution::Journeys journeys;
    for (const json& campaign : learnt.at("campaigns"))
        journeys.channel(campaign.get<std::string>());
    for (const json& path : learnt.at("paths")) {
        const auto steps = path.at(0).get<std::vector<std::uint32_t>>();
        for (const std::uint32_t step : steps) learnt["campaigns"].at(step);
        journeys.add(steps, {path.at(1).get<double>(), 0, path.at(2).get<double>()});
    }
    return journeys;
}

/// What an attribution learnt; nothing where it never did, or by another model.
std::optional<attribution::Lesson> learnt_by(const document::Attribution& attribution,
                                             const json& lessons) {
    const auto found = lessons.find(attribution.name);
    if (found == lessons.end() || !found->is_object()) return std::nullopt;
    const auto model = found->find("model");
    const auto learnt = found->find("learnt");
    if (model == found->end() || *model != attribution.model_word || learnt == found->end())
        return std::nullopt;
    try {
        return from_json(*learnt);
    } catch (const json::exception&) {
        return std::nullopt;  // it is learnt anew
    }
}

bool is_due(const document::Attribution& attribution, const json& lessons,
            const std::string& documents, Instant now) {
    if (!learnt_by(attribution, lessons)) return true;
    const json& lesson = lessons[attribution.name];
    const auto version = lesson.find("documents");
    if (version == lesson.end() || *version != documents) return true;
    const Instant at{std::chrono::microseconds{number(lesson, "at")}};
    if (now - at < std::chrono::days{attribution.learn_days}) return false;
    const std::int64_t decided = number(lesson, "decided");
    constexpr std::int64_t kPercent = 100;
    return decided > 0 &&
           decided * kPercent >= number(lesson, "journeys") * attribution.learn_percent;
}

/// Reads the journeys of all closed deals.
class School {
public:
    School(Org& org, Instant now)
        : org_(org),
          document_(org.model.documents().find(EntityKind::Opportunity)),
          deals_(org.model, org.store, org.name, moment_of(now, org.model.documents().time_zone)) {}

    Status find_deals() {
        return document_ == nullptr ? Done{} : deals_.find(document_->objects.crm);
    }

    Result<attribution::Journeys> journeys(const document::Attribution& attribution) {
        attribution::Journeys all;
        auto read = deals_.look([&](const SeenRow& row, const EntityFacts::Sources& sources) {
            add(attribution, row.record, sources, all);
        });
        if (!read) return std::move(read).error();
        return all;
    }

    /// What was learnt changes the shares of every deal.
    Status mark_deals() {
        auto transaction = org_.store.begin();
        if (!transaction) return std::move(transaction).error();
        if (auto marked = deals_.mark_dirty_later("a model learnt"); !marked) return marked;
        return transaction->commit();
    }

private:
    /// Won deals converted, lost ones did not. One whose rules fail teaches nothing.
    void add(const document::Attribution& attribution, const Record& record,
             const EntityFacts::Sources& sources, attribution::Journeys& all) const {
        const auto* words = document::influence_words(org_.model.documents().names.crm);
        if (words == nullptr) return;
        const auto is = [&](std::string_view field) {
            return record.fields.get(field) == Value{true};
        };
        if (!is(words->closed)) return;
        EntityFacts facts(sources, *document_, {&record, nullptr});
        std::optional<DateTime> next;
        auto found = find_deal(attribution, facts, record,
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
    const document::EntityDocument* document_;
    AllRecords deals_;
};

}  // namespace

Result<Lessons> load_lessons(Org& org) {
    Lessons lessons;
    const auto& attributions = org.model.documents().attributions;
    if (std::none_of(attributions.begin(), attributions.end(), learns)) return lessons;
    auto stored = load(org);
    if (!stored) return std::move(stored).error();
    for (const document::Attribution& attribution : attributions) {
        if (!learns(attribution)) continue;
        if (auto learnt = learnt_by(attribution, *stored)) {
            lessons.by_name.emplace(attribution.name,
                                    attribution::weigher_by(attribution.model, *std::move(learnt)));
        }
    }
    return lessons;
}

Result<Learning> learn(Org& org, Instant now) {
    Learning learning;
    const auto& documents = org.model.documents();
    std::vector<const document::Attribution*> due;
    const auto& attributions = documents.attributions;
    if (std::none_of(attributions.begin(), attributions.end(), learns)) return learning;
    auto stored = load(org);
    if (!stored) return std::move(stored).error();
    for (const document::Attribution& attribution : attributions) {
        if (learns(attribution) && is_due(attribution, *stored, documents.version, now))
            due.push_back(&attribution);
    }
    if (due.empty()) return learning;
    School school(org, now);
    if (auto found = school.find_deals(); !found) return std::move(found).error();
    bool is_new = false;
    for (const document::Attribution* attribution : due) {
        auto journeys = school.journeys(*attribution);
        if (!journeys) return std::move(journeys).error();
        const auto before = learnt_by(*attribution, *stored);
        const auto learnt = attribution::lesson_of(attribution->model, *journeys);
        is_new = is_new || !before || !attribution::are_same(learnt, *before);
        (*stored)[attribution->name] = {{"model", attribution->model_word},
                                        {"documents", documents.version},
                                        {"at", now.time_since_epoch().count()},
                                        {"journeys", journeys->size()},
                                        {"decided", 0},
                                        {"learnt", as_json(learnt)}};
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
