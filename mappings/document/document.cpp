#include "mappings/document/document.h"

#include <algorithm>

#include "mappings/document/leads_by_domain.h"
#include "mappings/document/territories.h"

namespace duet::document {

std::string_view FieldRef::on(std::string_view object) const noexcept {
    for (const auto& [name, own_path] : by_object) {
        if (same_name(name, object)) return own_path;
    }
    return path;
}

std::vector<const FieldRef*> FieldRule::refs(Side side) const {
    if (consents[side].empty()) return {&fields[side]};
    std::vector<const FieldRef*> all;
    for (const ConsentField& flag : consents[side]) all.push_back(&flag.field);
    return all;
}

const EntityDocument* Documents::find(EntityKind entity) const noexcept {
    for (const EntityDocument& candidate : entities) {
        if (candidate.entity == entity) return &candidate;
    }
    return nullptr;
}

const Attribution* Documents::by_touches() const noexcept {
    const auto found =
        std::find_if(attributions.begin(), attributions.end(), [](const Attribution& one) {
            return !std::holds_alternative<attribution::Primary>(one.model);
        });
    return found == attributions.end() ? nullptr : &*found;
}

namespace {

void add(std::vector<std::string>& paths, const std::vector<std::string>& more) {
    paths.insert(paths.end(), more.begin(), more.end());
}

void add(std::vector<std::string>& paths, const std::optional<Rule>& rule) {
    if (rule) add(paths, rule->formula.fields());
}

}  // namespace

std::vector<std::string> paths_of(const TaskRule& task) {
    std::vector<std::string> paths = task.when.formula.fields();
    add(paths, task.owner.formula.fields());
    add(paths, task.rearm_when);
    add(paths, task.close_when);
    add(paths, task.subject.text.fields());
    if (task.description) add(paths, task.description->text.fields());
    return paths;
}

bool ListRule::has_tag(std::string_view tag) const noexcept {
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

std::vector<const Rule*> rules_of(const ListRule& list) {
    std::vector<const Rule*> rules{&list.member_when};
    if (list.suppress_when) rules.push_back(&*list.suppress_when);
    if (list.among) rules.push_back(&*list.among);
    if (list.order) rules.push_back(&list.order->by);
    return rules;
}

std::vector<std::string> paths_of(const Routing& routing) {
    std::vector<std::string> paths;
    add(paths, routing.trigger);
    for (const RouteRule& rule : routing.rules) {
        add(paths, rule.when);
        add(paths, rule.owner_from);
        if (rule.domain != nullptr) paths.push_back(rule.domain->email);
        if (rule.territories == nullptr) continue;
        for (const auto& [measure, of] : rule.territories->by) add(paths, of.formula.fields());
    }
    return paths;
}

}  // namespace duet::document
