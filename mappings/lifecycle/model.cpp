#include "mappings/lifecycle/model.h"

#include <algorithm>
#include <utility>

namespace duet::lifecycle {
namespace {

int find(const std::map<std::string, int, std::less<>>& names, std::string_view name) noexcept {
    const auto at = names.find(name);
    return at == names.end() ? kNone : at->second;
}

int add(std::map<std::string, int, std::less<>>& names, const std::string& name) {
    return names.emplace(name, static_cast<int>(names.size())).first->second;
}

}  // namespace

Model::Model(LifecycleRules rules) : rules_(std::move(rules)) {
    for (std::size_t i = 0; i < rules_.stages.size(); ++i)
        stages_.emplace(rules_.stages[i].name, static_cast<int>(i));
    know_spans();
    compile_transitions();
    compile_timers();
    caused_by_.resize(events_.size());
    for (std::size_t i = 0; i < transitions_.size(); ++i) {
        for (const std::string& name : transitions_[i].rule->on)
            caused_by_[static_cast<std::size_t>(event(name))].push_back(static_cast<int>(i));
    }
}

int Model::stage(std::string_view name) const noexcept { return find(stages_, name); }
int Model::event(std::string_view name) const noexcept { return find(events_, name); }
int Model::span(std::string_view name) const noexcept { return find(spans_, name); }

void Model::know_spans() {
    const auto add_all = [&](const std::vector<std::string>& names) {
        for (const std::string& name : names) add(spans_, name);
    };
    for (const TransitionRule& rule : rules_.transitions) {
        if (!rule.during.empty()) add(spans_, rule.during);
        if (rule.fall_back) add(spans_, rule.fall_back->during);
        add_all(rule.unless);
    }
    for (const TimerRule& rule : rules_.timers) {
        if (rule.fall_back) add(spans_, rule.fall_back->during);
        add_all(rule.unless);
    }
    for (const TagRule& rule : rules_.tags) add(spans_, rule.during);
}

Model::Set Model::set_of(const StageSet& rule) const {
    Set set;
    set.start = rule.start;
    for (const StageRule& one : rules_.stages) {
        const bool is_named =
            std::find(rule.stages.begin(), rule.stages.end(), one.name) != rule.stages.end();
        const bool is_ranked =
            rule.ranks && one.rank >= rule.ranks->first && one.rank <= rule.ranks->second;
        set.stages.push_back(is_named || is_ranked);
    }
    return set;
}

std::vector<int> Model::spans_of(const std::vector<std::string>& names) const {
    std::vector<int> found;
    for (const std::string& name : names) found.push_back(span(name));
    return found;
}

Model::Fall Model::fall_of(const std::optional<FallBack>& rule) const {
    if (!rule) return {};
    return {stage(rule->to), span(rule->during)};
}

std::vector<Model::Anchor> Model::anchors_of(const std::vector<std::string>& names) {
    std::vector<Anchor> anchors;
    for (const std::string& name : names) {
        if (name == "stage") {
            anchors.push_back({Anchor::Kind::Stage, kNone});
        } else if (name == "stay") {
            anchors.push_back({Anchor::Kind::Stay, kNone});
        } else if (const int known = span(name); known != kNone) {
            anchors.push_back({Anchor::Kind::Span, known});
        } else {
            anchors.push_back({Anchor::Kind::Event, add(events_, name)});
        }
    }
    return anchors;
}

void Model::compile_transitions() {
    for (const TransitionRule& rule : rules_.transitions) {
        Transition made;
        made.rule = &rule;
        made.from = set_of(rule.from);
        made.new_cycle_from = set_of(rule.new_cycle_from);
        made.to = stage(rule.to);
        made.during = rule.during.empty() ? kNone : span(rule.during);
        made.unless = spans_of(rule.unless);
        made.fall_back = fall_of(rule.fall_back);
        for (const std::string& name : rule.on) add(events_, name);
        if (rule.cool_off) {
            for (const std::string& name : rule.cool_off->after)
                made.cool_off_after.push_back(add(events_, name));
        }
        if (made.to != kNone) transitions_.push_back(std::move(made));
    }
}

void Model::compile_timers() {
    for (const TimerRule& rule : rules_.timers) {
        Timer made;
        made.rule = &rule;
        made.from = set_of(rule.from);
        made.to = rule.to.empty() ? kNone : stage(rule.to);
        made.since = anchors_of(rule.since);
        made.extended_by = anchors_of(rule.extended_by);
        made.unless = spans_of(rule.unless);
        made.fall_back = fall_of(rule.fall_back);
        timers_.push_back(std::move(made));
    }
}

std::vector<int> Model::passed_over(int from, int to, bool new_cycle) const {
    const int high = stage(to).rank;
    int low = from == kNone ? high : stage(from).rank + 1;
    if (from != kNone && (new_cycle || stage(from).rank < 0)) {
        const int first = stage(rules_.cycle_starts_at);
        low = first == kNone ? high : stage(first).rank;
    }
    std::vector<int> passed;
    for (std::size_t i = 0; i < rules_.stages.size(); ++i) {
        const int rank = rules_.stages[i].rank;
        if (rank >= 0 && rank >= low && rank < high) passed.push_back(static_cast<int>(i));
    }
    std::sort(passed.begin(), passed.end(),
              [&](int a, int b) { return stage(a).rank < stage(b).rank; });
    return passed;
}

}  // namespace duet::lifecycle
