#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/read_lifecycle.h"

namespace duet::document {
namespace {

using lifecycle::LifecycleRules;
using lifecycle::StageSet;
using lifecycle::TimerRule;
using lifecycle::TransitionRule;

constexpr std::string_view kNew = "new";

class WayReader {
public:
    WayReader(const LifecycleNames& names, const Context& context)
        : names_(names), context_(context), stages_and_new_(names.stages) {
        stages_and_new_.emplace_back(kNew);
        anchors_ = names.events;
        anchors_.emplace_back("stage");
        anchors_.emplace_back("stay");
    }

    std::optional<TransitionRule> transition(const Node& item) {
        MapReader map(item, "a transition", context_.findings);
        TransitionRule rule;
        rule.on = known_names(map, "on", "event", names_.events, context_);
        rule.during = known_name(map, "during", "span", names_.spans, context_);
        if (map.is_map() && rule.on.empty() == rule.during.empty()) {
            context_.findings.add(item, rule.on.empty() ? kMissing : kContradiction,
                                  rule.on.empty() ? "a transition needs \"on\" or \"during\""
                                                  : "a transition has either \"on\" or \"during\"");
        }
        if (map.require("from") != nullptr) rule.from = set(map, "from");
        if (map.require("to") != nullptr)
            rule.to = known_name(map, "to", "stage", names_.stages, context_);
        rule.needs_reason =
            map.choice<bool>("reason", {{"optional", false}, {"needed", true}}).value_or(false);
        rule.new_cycle_from = set(map, "new_cycle_from");
        rule.unless = known_names(map, "unless", "span", names_.spans, context_);
        rule.fall_back = fall_back(map);
        rule.cool_off = cool_off(map);
        rule.skips =
            map.choice<bool>("passes_over", {{"mark", true}, {"nothing", false}}).value_or(true);
        rule.reopens =
            map.choice<bool>("counts_as", {{"move", false}, {"reopening", true}}).value_or(false);
        rule.ignore_elsewhere =
            map.choice<bool>("elsewhere", {{"refuse", false}, {"ignore", true}}).value_or(false);
        map.finish();
        return rule.to.empty() ? std::nullopt : std::optional(std::move(rule));
    }

    std::optional<TimerRule> timer(const Node& item) {
        MapReader map(item, "a timer", context_.findings);
        TimerRule rule;
        rule.name = map.required_name("name").value_or("");
        if (map.require("from") != nullptr) rule.from = set(map, "from");
        rule.to = known_name(map, "to", "stage", names_.stages, context_);
        if (map.require("days") != nullptr) rule.days = map.whole("days", 0, 36'500).value_or(0);
        if (map.require("since") != nullptr)
            rule.since = known_names(map, "since", "event or span", anchors_, context_);
        rule.extended_by = known_names(map, "extended_by", "event or span", anchors_, context_);
        rule.extension_days = map.whole("extension_days", 0, 36'500).value_or(0);
        rule.unless = known_names(map, "unless", "span", names_.spans, context_);
        rule.fall_back = fall_back(map);
        map.finish();
        return rule.name.empty() || rule.since.empty() ? std::nullopt
                                                       : std::optional(std::move(rule));
    }

private:
    void add_stages(const Node& node, StageSet& set) {
        const bool is_list = node.kind == Node::Kind::List;
        const std::vector<std::string> names = text_list(node, "stages", context_.findings);
        for (std::size_t i = 0; i < names.size(); ++i) {
            check_name(is_list && i < node.items.size() ? node.items[i] : node, "stage", names[i],
                       stages_and_new_, context_);
            if (names[i] == kNew) {
                set.start = true;
            } else {
                set.stages.push_back(names[i]);
            }
        }
    }

    StageSet set(MapReader& map, std::string_view key) {
        StageSet set;
        const Node* node = map.find(key);
        if (node == nullptr) return set;
        if (node->kind != Node::Kind::Map) {
            add_stages(*node, set);
            return set;
        }
        MapReader inner(*node, "a set of stages", context_.findings);
        if (const Node* names = inner.find("stages")) add_stages(*names, set);
        if (const Node* ranks = inner.find("ranks")) {
            const auto& ends = list_items(*ranks, "ranks", context_.findings);
            if (ends.size() != 2) {
                context_.findings.add(*ranks, kWrongType,
                                      "\"ranks\" needs the lowest and the highest rank");
            } else {
                const auto low = whole_number(ends[0], "ranks", -1000, 1000, context_.findings);
                const auto high = whole_number(ends[1], "ranks", -1000, 1000, context_.findings);
                if (low && high) set.ranks = std::pair{*low, *high};
            }
        }
        inner.finish();
        return set;
    }

    std::optional<lifecycle::FallBack> fall_back(MapReader& map) {
        const Node* node = map.find("fall_back");
        if (node == nullptr) return std::nullopt;
        MapReader inner(*node, "a fall-back", context_.findings);
        lifecycle::FallBack rule;
        if (inner.require("to") != nullptr)
            rule.to = known_name(inner, "to", "stage", names_.stages, context_);
        if (inner.require("during") != nullptr)
            rule.during = known_name(inner, "during", "span", names_.spans, context_);
        inner.finish();
        return rule;
    }

    std::optional<lifecycle::CoolOff> cool_off(MapReader& map) {
        const Node* node = map.find("cool_off");
        if (node == nullptr) return std::nullopt;
        MapReader inner(*node, "a cool-off", context_.findings);
        lifecycle::CoolOff rule;
        if (inner.require("after") != nullptr)
            rule.after = known_names(inner, "after", "event", names_.events, context_);
        if (inner.require("days") != nullptr) rule.days = inner.whole("days", 0, 3650).value_or(0);
        inner.finish();
        return rule;
    }

    const LifecycleNames& names_;
    const Context& context_;
    std::vector<std::string> stages_and_new_;
    std::vector<std::string> anchors_;
};

void read_tags(MapReader& map, const LifecycleNames& names, const Context& context,
               LifecycleRules& rules) {
    const Node* tags = map.find("tags");
    if (tags == nullptr) return;
    for (const Node& item : list_items(*tags, "tags", context.findings)) {
        MapReader line(item, "a tag", context.findings);
        lifecycle::TagRule rule;
        rule.name = line.required_name("name").value_or("");
        if (line.require("during") != nullptr)
            rule.during = known_name(line, "during", "span", names.spans, context);
        line.finish();
        if (!rule.name.empty()) rules.tags.push_back(std::move(rule));
    }
}

void read_counts(MapReader& map, const LifecycleNames& names, const Context& context,
                 LifecycleRules& rules) {
    const Node* counts = map.find("counts");
    if (counts == nullptr) return;
    for (const Node& item : list_items(*counts, "counts", context.findings)) {
        MapReader line(item, "a count", context.findings);
        lifecycle::CountRule rule;
        rule.name = line.required_name("name").value_or("");
        if (line.require("of") != nullptr)
            rule.of = known_name(line, "of", "event", names.events, context);
        if (line.require("after") != nullptr)
            rule.after = known_name(line, "after", "stage", names.stages, context);
        line.finish();
        if (!rule.name.empty()) rules.counts.push_back(std::move(rule));
    }
}

}  // namespace

void read_ways(MapReader& map, const LifecycleNames& names, const Context& context,
               LifecycleRules& rules) {
    WayReader reader(names, context);
    if (const Node* list = map.find("transitions")) {
        for (const Node& item : list_items(*list, "transitions", context.findings)) {
            if (auto rule = reader.transition(item)) rules.transitions.push_back(std::move(*rule));
        }
    }
    if (const Node* list = map.find("timers")) {
        for (const Node& item : list_items(*list, "timers", context.findings)) {
            if (auto rule = reader.timer(item)) rules.timers.push_back(std::move(*rule));
        }
    }
    read_tags(map, names, context, rules);
    read_counts(map, names, context, rules);
    rules.cycle_starts_at = known_name(map, "cycle_starts_at", "stage", names.stages, context);
}

}  // namespace duet::document
