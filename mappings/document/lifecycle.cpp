#include "mappings/document/lifecycle.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/lists.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

/// A line of `stages:`, of either form.
struct ReadStage {
    std::string name;
    int rank = 0;
    std::optional<Rule> when;
    std::string owner;
    Place place;
};

class StageReader {
public:
    StageReader(const Context& context, bool has_ways) : context_(context), has_ways_(has_ways) {}

    std::vector<ReadStage> read(const Node& list) {
        const EntityScope scope(context_, EntityKind::Person, {.stage = false});
        for (const Node& item : list_items(list, "stages", context_.findings)) {
            MapReader map(item, "a stage", context_.findings);
            const auto name = map.required_name("name");
            constexpr int kLowest = -1000;
            const int rank = map.require("rank") == nullptr
                                 ? kLowest - 1
                                 : map.whole("rank", kLowest, 1000).value_or(kLowest - 1);
            const Node* when = map.find("when");
            if (!has_ways_ && when == nullptr && map.is_map())
                context_.findings.add(map.node(), kAbsent,
                                      "without transitions a stage needs the key \"when\"",
                                      "a formula that tells who is in it");
            if (has_ways_ && when != nullptr) {
                context_.findings.add(map.key_node("when"), kContradiction,
                                      "with transitions a stage has no rule of its own",
                                      "a condition and a transition during it say the same");
            }
            const std::string owner = map.text("owner").value_or("");
            map.finish();
            auto rule =
                when == nullptr ? std::nullopt : compile_condition(*when, scope, context_.findings);
            if (!name || rank < kLowest || (!has_ways_ && !rule)) continue;
            check_twice(map, *name, rank);
            if (has_ways_ && *name == "new")
                context_.findings.add(*map.find("name"), kNotAllowed,
                                      "\"new\" is who has no stage yet");
            stages_.push_back({*name, rank, std::move(rule), owner, item.place()});
        }
        return std::move(stages_);
    }

private:
    void check_twice(MapReader& map, const std::string& name, int rank) {
        for (const ReadStage& earlier : stages_) {
            if (earlier.name != name && earlier.rank != rank) continue;
            const Node& at = *map.find(earlier.name == name ? "name" : "rank");
            context_.findings.add(
                at, kDefinedTwice,
                fmt::format("stage \"{}\" at {} has the same {}", earlier.name,
                            at_line(earlier.place), earlier.name == name ? "name" : "rank"));
        }
    }

    const Context& context_;
    bool has_ways_;
    std::vector<ReadStage> stages_;
};

void add(std::vector<const Rule*>& rules, const std::optional<Rule>& rule) {
    if (rule) rules.push_back(&*rule);
}

}  // namespace

void read_lifecycle(const Node& node, const Context& context, Documents& documents) {
    if (!has_persons(node, "stages", context)) return;
    const LifecycleNames names = names_of_lifecycle(node);
    MapReader map(node, "\"lifecycle\"", context.findings);
    const Node* list = map.require("stages");
    std::vector<ReadStage> stages;
    if (list != nullptr) stages = StageReader(context, names.has_ways).read(*list);
    if (!names.has_ways) {
        for (const char* key :
             {"cycle_starts_at", "events", "spans", "conditions", "deals", "timers", "tags",
              "counts", "account", "campaign_member", "event_rows"}) {
            if (map.find(key) == nullptr) continue;
            context.findings.add(map.key_node(key), kAbsent,
                                 fmt::format("\"{}\" needs \"transitions\"", key));
        }
        map.finish();
        std::stable_sort(stages.begin(), stages.end(),
                         [](const ReadStage& a, const ReadStage& b) { return a.rank > b.rank; });
        for (ReadStage& stage : stages)
            documents.stages.push_back(
                {std::move(stage.name), stage.rank, std::move(*stage.when), stage.place});
        return;
    }
    auto lifecycle = std::make_shared<Lifecycle>();
    lifecycle::LifecycleRules rules;
    lifecycle->place = node.place();
    for (const ReadStage& stage : stages) {
        rules.stages.push_back({stage.name, stage.rank, stage.owner});
        lifecycle->stage_places.emplace_back(stage.name, stage.place);
    }
    read_sources(map, context, *lifecycle);
    read_deals(map, context, *lifecycle, rules);
    read_ways(map, names, context, rules);
    read_account(map, names, context, *lifecycle, rules);
    read_campaign_member(map, names, context, *lifecycle, rules);
    read_event_rows(map, context, *lifecycle);
    map.finish();
    lifecycle->model = std::make_shared<lifecycle::Model>(std::move(rules));
    documents.lifecycle = std::move(lifecycle);
}

std::vector<const Rule*> rules_of(const LifecycleSource& source) {
    std::vector<const Rule*> rules;
    for (const auto* rule : {&source.where, &source.at, &source.until, &source.reason,
                             &source.owner, &source.campaign})
        add(rules, *rule);
    return rules;
}

std::vector<const Rule*> rules_of(const DealChild& child) {
    std::vector<const Rule*> rules;
    for (const auto* rule : {&child.where, &child.at, &child.start, &child.stage})
        add(rules, *rule);
    return rules;
}

std::vector<const Rule*> rules_of(const DealSource& deals) {
    std::vector<const Rule*> rules;
    for (const auto* rule : {&deals.created, &deals.closed, &deals.won, &deals.close_date,
                             &deals.stage, &deals.reason, &deals.owner, &deals.campaign})
        add(rules, *rule);
    return rules;
}

Rollup join_of(const LifecycleSource& source) {
    Rollup rollup;
    rollup.name = source.name;
    rollup.side = source.side;
    rollup.of = source.object;
    rollup.via = source.via;
    rollup.place = source.place;
    return rollup;
}

std::vector<const DealChild*> children_of(const DealSource& deals) {
    std::vector<const DealChild*> children;
    for (const auto* lines : {&deals.moves, &deals.activities, &deals.planned}) {
        for (const DealChild& line : *lines) children.push_back(&line);
    }
    return children;
}

}  // namespace duet::document
