#include "mappings/document/scope.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mappings/catalog.h"
#include "mappings/document/behaviour.h"
#include "mappings/document/paths.h"
#include "mappings/document/queue.h"
#include "mappings/document/rfm.h"
#include "mappings/document/scoring.h"

namespace duet::document {
namespace {

using formula::Binding;

constexpr std::array kHeads{kProspect, kRollup, kAttribution, kTimer, kDuet,
                            kQueue,    kScore,  kBehaviour,   kRfm};

bool is_reserved(std::string_view head) noexcept {
    return std::any_of(kHeads.begin(), kHeads.end(),
                       [&](std::string_view reserved) { return same_name(reserved, head); });
}

/// One name may stand for fields of several objects: what they agree on is known.
void join(std::optional<Binding>& all, const FieldInfo& field) {
    if (!all) {
        all = Binding{field.type, field.options};
        return;
    }
    if (all->type != field.type) all->type.reset();
    if (all->options.empty() || field.options.empty()) {
        all->options.clear();
        return;
    }
    for (const std::string& option : field.options) {
        if (std::find(all->options.begin(), all->options.end(), option) == all->options.end()) {
            all->options.push_back(option);
        }
    }
}

}  // namespace

SplitPath split_path(std::string_view path) noexcept {
    const std::size_t dot = path.find('.');
    if (dot == std::string_view::npos) return {{}, path};
    return {path.substr(0, dot), path.substr(dot + 1)};
}

bool reads_attribution(const EntityDocument& document) {
    return std::any_of(document.fields.begin(), document.fields.end(), [](const FieldRule& rule) {
        if (!rule.value) return false;
        const auto& paths = rule.value->formula.fields();
        return std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
            return same_name(split_path(path).head, kAttribution);
        });
    });
}

bool is_worked_out(std::string_view head) noexcept {
    return is_reserved(head) && !same_name(head, kProspect);
}

EntityScope::EntityScope(const Context& context, EntityKind entity, Extras extras)
    : context_(context), extras_(extras) {
    if (const EntityOutline* outline = context.find(entity)) outline_ = *outline;
    outline_.entity = entity;
}

std::optional<Binding> EntityScope::resolve(std::string_view path) const {
    const auto [head, rest] = split_path(path);
    if (same_name(head, kRollup)) return resolve_rollup(rest);
    if (same_name(head, kAttribution)) return resolve_attribution(rest);
    if (same_name(head, kTimer)) return resolve_timer(rest);
    if (same_name(head, kQueue) || same_name(head, kScore) || same_name(head, kBehaviour) ||
        same_name(head, kRfm))
        return resolve_figure(head, rest);
    if (same_name(head, kProspect)) return resolve_field(Side::Marketing, rest);
    if (same_name(head, kDuet)) {
        for (const DuetName& known : context_.duet_names) {
            const bool is_it = known.entity == outline_.entity && same_name(known.name, rest);
            if (extras_.stage && is_it) return Binding{known.type};
        }
        const bool has_stage = extras_.stage && outline_.entity == EntityKind::Person;
        if (!has_stage || !same_name(rest, "Stage")) return std::nullopt;
        return Binding{FieldType::Text};
    }
    return resolve_field(Side::Crm, path);
}

std::optional<Binding> EntityScope::resolve_rollup(std::string_view name) const {
    for (const auto& rollup : outline_.rollups) {
        if (same_name(rollup.name, name)) return Binding{rollup.type};
    }
    return std::nullopt;
}

std::optional<Binding> EntityScope::resolve_attribution(std::string_view name) const {
    if (!extras_.attributions) return std::nullopt;
    for (const std::string& attribution : context_.attributions) {
        for (const AttributionFact& fact : kAttributionFacts) {
            if (fact.entity == outline_.entity &&
                same_name(attribution + std::string(fact.ending), name)) {
                return Binding{fact.type};
            }
        }
    }
    return std::nullopt;
}

std::optional<Binding> EntityScope::resolve_timer(std::string_view name) const {
    if (!extras_.timers || outline_.entity != EntityKind::Person) return std::nullopt;
    for (const std::string& timer : context_.timers) {
        for (const TimerFact& fact : kTimerFacts) {
            if (same_name(timer + std::string(fact.ending), name)) return Binding{fact.type};
        }
    }
    return std::nullopt;
}

std::optional<Binding> EntityScope::resolve_figure(std::string_view head,
                                                   std::string_view name) const {
    if (same_name(head, kQueue) && extras_.queue && context_.has_queue &&
        outline_.entity == EntityKind::Person) {
        for (const QueueFact& fact : kQueueFacts) {
            if (same_name(fact.name, name)) return Binding{fact.type};
        }
    }
    if (same_name(head, kScore) && extras_.scores && context_.has_scores) {
        for (const ScoreFact& fact : kScoreFacts) {
            if (fact.entity == outline_.entity && same_name(fact.name, name))
                return Binding{fact.type};
        }
    }
    if (same_name(head, kBehaviour) && extras_.behaviour && context_.has_behaviour) {
        for (const BehaviourFact& fact : kBehaviourFacts) {
            if (fact.entity == outline_.entity && same_name(fact.name, name))
                return Binding{fact.type};
        }
    }
    if (same_name(head, kRfm) && context_.rfm_of == outline_.entity) {
        for (const RfmFact& fact : kRfmFacts) {
            if (same_name(fact.name, name)) return Binding{fact.type};
        }
    }
    return std::nullopt;
}

std::optional<Binding> EntityScope::resolve_field(Side side, std::string_view path) const {
    if (context_.catalogs == nullptr) return Binding{};
    std::optional<Binding> all;
    for (const std::string& name : outline_.objects[side]) {
        const ObjectInfo* object = context_.object(side, name);
        // An unknown object is reported where it is named; its fields are anybody's guess.
        if (object == nullptr) return Binding{};
        const FieldInfo* field = find_path((*context_.catalogs)[side], *object, path);
        if (field != nullptr) join(all, *field);
    }
    return all;
}

std::vector<std::string> EntityScope::names() const {
    std::vector<std::string> names;
    for (const Side side : kSides) {
        for (const std::string& name : outline_.objects[side]) {
            const ObjectInfo* object = context_.object(side, name);
            if (object == nullptr) continue;
            for (std::string& path : path_names((*context_.catalogs)[side], *object)) {
                names.push_back(side == Side::Crm ? std::move(path)
                                                  : std::string(kProspect) + "." + path);
            }
        }
    }
    for (const auto& rollup : outline_.rollups) names.push_back("Rollup." + rollup.name);
    for (const std::string& name : context_.attributions) {
        for (const AttributionFact& fact : kAttributionFacts) {
            if (extras_.attributions && fact.entity == outline_.entity)
                names.push_back("Attribution." + name + std::string(fact.ending));
        }
    }
    if (extras_.timers && outline_.entity == EntityKind::Person) {
        for (const std::string& timer : context_.timers) {
            for (const TimerFact& fact : kTimerFacts)
                names.push_back("Timer." + timer + std::string(fact.ending));
        }
    }
    if (extras_.queue && context_.has_queue && outline_.entity == EntityKind::Person) {
        for (const QueueFact& fact : kQueueFacts)
            names.push_back("Queue." + std::string(fact.name));
    }
    for (const ScoreFact& fact : kScoreFacts) {
        if (extras_.scores && context_.has_scores && fact.entity == outline_.entity)
            names.push_back("Score." + std::string(fact.name));
    }
    for (const BehaviourFact& fact : kBehaviourFacts) {
        if (extras_.behaviour && context_.has_behaviour && fact.entity == outline_.entity)
            names.push_back("Behaviour." + std::string(fact.name));
    }
    for (const RfmFact& fact : kRfmFacts) {
        if (context_.rfm_of == outline_.entity) names.push_back("Rfm." + std::string(fact.name));
    }
    if (extras_.stage && outline_.entity == EntityKind::Person) names.emplace_back("Duet.Stage");
    for (const DuetName& known : context_.duet_names) {
        if (extras_.stage && known.entity == outline_.entity) names.push_back("Duet." + known.name);
    }
    return names;
}

ObjectScope::ObjectScope(const Context& context, Side side, std::string object)
    : context_(context), side_(side), objects_{std::move(object)} {}

ObjectScope::ObjectScope(const Context& context, Side side, std::vector<std::string> objects)
    : context_(context), side_(side), objects_(std::move(objects)) {}

std::optional<Binding> ObjectScope::resolve(std::string_view path) const {
    if (is_reserved(split_path(path).head)) return std::nullopt;
    std::optional<Binding> all;
    for (const std::string& name : objects_) {
        const ObjectInfo* object = context_.object(side_, name);
        if (object == nullptr) return Binding{};
        const FieldInfo* field = find_path((*context_.catalogs)[side_], *object, path);
        if (field != nullptr) join(all, *field);
    }
    return all;
}

std::vector<std::string> ObjectScope::names() const {
    std::vector<std::string> names;
    for (const std::string& name : objects_) {
        const ObjectInfo* object = context_.object(side_, name);
        if (object == nullptr) continue;
        for (std::string& path : path_names((*context_.catalogs)[side_], *object))
            names.push_back(std::move(path));
    }
    return names;
}

}  // namespace duet::document
