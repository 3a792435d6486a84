#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/paths.h"
#include "mappings/document/read_lifecycle.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<FieldType>& moments() {
    static const std::vector<FieldType> types{FieldType::Date, FieldType::DateTime};
    return types;
}

const std::vector<FieldType>& texts() {
    static const std::vector<FieldType> types{FieldType::Text, FieldType::Id};
    return types;
}

std::optional<Rule> rule_at(MapReader& map, std::string_view key, const formula::Scope& scope,
                            const std::vector<FieldType>& types, const Context& context) {
    const Node* node = map.find(key);
    return node == nullptr ? std::nullopt : compile_rule(*node, scope, types, context.findings);
}

std::optional<Rule> required_at(MapReader& map, std::string_view key, const formula::Scope& scope,
                                const std::vector<FieldType>& types, const Context& context) {
    if (map.require(key) == nullptr) return std::nullopt;
    return rule_at(map, key, scope, types, context);
}

/// With the orgs: the object is the person's own, or its records refer to one, or to the parent.
void check_join(MapReader& map, const LifecycleSource& source, const Context& context) {
    const EntityOutline* person = context.find(EntityKind::Person);
    const ObjectInfo* child = context.object(source.side, source.object);
    if (person == nullptr || child == nullptr) return;
    const Catalog& catalog = (*context.catalogs)[source.side];
    for (const std::string& name : person->objects[source.side]) {
        const ObjectInfo* own = catalog.find(name);
        if (own == nullptr) return;
        if (source.via.empty() && own == child) return;
        for (const ObjectInfo* parent : via_parents(catalog, *own, source.via)) {
            if (!references_to(*child, *parent).empty()) return;
        }
    }
    context.findings.add(
        map.key_node(source.via.empty() ? "object" : "via"), kUnknownName,
        source.via.empty() ? fmt::format("{} has no field that refers to persons", child->name)
                           : fmt::format("{} has no field that refers to \"{}\" of persons",
                                         child->name, source.via),
        source.via.empty() ? "name the parent that it refers to with \"via\"" : "");
}

class SourceReader {
public:
    SourceReader(const Context& context, bool is_span) : context_(context), is_span_(is_span) {}

    void read(const Node& item, int order, std::vector<LifecycleSource>& sources) {
        MapReader map(item, is_span_ ? "a span" : "an event", context_.findings);
        const auto name = map.required_name("name");
        const std::string via = map.text("via").value_or("");
        const Node* object = map.require("object");
        std::vector<SidedObject> objects;
        if (object != nullptr && object->kind == Node::Kind::List) {
            for (const Node& one : object->items) {
                if (auto found = read_object(one, "object", context_))
                    objects.push_back(std::move(*found));
            }
        } else if (object != nullptr) {
            if (auto found = read_object(*object, "object", context_))
                objects.push_back(std::move(*found));
        }
        for (const SidedObject& one : objects) {
            if (auto source = read_one(map, one, via)) {
                source->name = name.value_or("");
                source->order = order;
                sources.push_back(std::move(*source));
            }
        }
        if (objects.empty()) {
            for (const char* key : {"where", "at", "from", "until", "reason", "owner", "campaign"})
                (void)map.find(key);
        }
        map.finish();
    }

private:
    std::optional<LifecycleSource> read_one(MapReader& map, const SidedObject& object,
                                            const std::string& via) {
        LifecycleSource source;
        source.place = map.node().place();
        source.side = object.side;
        source.object = object.object;
        source.via = via;
        const ObjectScope scope(context_, object.side, object.object);
        if (const Node* where = map.find("where")) {
            source.where = compile_condition(*where, scope, context_.findings);
            if (!source.where) return std::nullopt;
        }
        source.at = required_at(map, is_span_ ? "from" : "at", scope, moments(), context_);
        if (is_span_) source.until = rule_at(map, "until", scope, moments(), context_);
        source.reason = rule_at(map, "reason", scope, texts(), context_);
        source.owner = rule_at(map, "owner", scope, texts(), context_);
        source.campaign = rule_at(map, "campaign", scope, texts(), context_);
        check_join(map, source, context_);
        return source.at ? std::optional(std::move(source)) : std::nullopt;
    }

    const Context& context_;
    bool is_span_;
};

void read_conditions(MapReader& map, const Context& context, Lifecycle& lifecycle) {
    const Node* list = map.find("conditions");
    if (list == nullptr) return;
    // What they read must not be what they decide.
    const EntityScope scope(context, EntityKind::Person, {.stage = false});
    for (const Node& item : list_items(*list, "conditions", context.findings)) {
        MapReader line(item, "a condition", context.findings);
        const auto name = line.required_name("name");
        const Node* when = line.require("when");
        auto rule =
            when == nullptr ? std::nullopt : compile_condition(*when, scope, context.findings);
        auto since = rule_at(line, "since", scope, moments(), context);
        line.finish();
        if (name && rule)
            lifecycle.conditions.push_back(
                {*name, std::move(*rule), std::move(since), item.place()});
    }
}

std::vector<DealChild> read_children(MapReader& map, std::string_view key, const std::string& deal,
                                     const Context& context) {
    std::vector<DealChild> children;
    const Node* list = map.find(key);
    if (list == nullptr) return children;
    for (const Node& item : list_items(*list, key, context.findings)) {
        MapReader line(item, "a line about deals", context.findings);
        const auto name = line.required_text("object");
        if (!name) {
            line.finish();
            continue;
        }
        DealChild child;
        child.object = known_object(*line.find("object"), Side::Crm, *name, context);
        const ObjectScope scope(context, Side::Crm, child.object);
        if (const Node* where = line.find("where"))
            child.where = compile_condition(*where, scope, context.findings);
        child.at = required_at(line, "at", scope, moments(), context);
        if (key == "planned") {
            child.start = required_at(line, "start", scope, moments(), context);
        }
        if (key == "moves") child.stage = rule_at(line, "stage", scope, texts(), context);
        const ObjectInfo* own = context.object(Side::Crm, child.object);
        const ObjectInfo* parent = context.object(Side::Crm, deal);
        if (own != nullptr && parent != nullptr && own != parent &&
            references_to(*own, *parent).empty()) {
            context.findings.add(
                *line.find("object"), kUnknownName,
                fmt::format("{} has no field that refers to {}", own->name, parent->name));
        }
        line.finish();
        if (child.at) children.push_back(std::move(child));
    }
    return children;
}

void read_lapses(MapReader& map, const Context& context, lifecycle::LifecycleRules& rules) {
    const Node* list = map.find("lapses");
    if (list == nullptr) return;
    for (const Node& item : list_items(*list, "lapses", context.findings)) {
        MapReader line(item, "a lapse", context.findings);
        lifecycle::LapseRule rule;
        rule.name = line.required_name("name").value_or("");
        rule.past_close_over = line.whole("past_close_over", 0, 3650);
        rule.in_stage_over = line.whole("in_stage_over", 0, 3650);
        if (const auto percent = line.whole("in_stage_percent_of_median", 1, 10'000))
            rule.in_stage_medians = *percent / 100.0;
        rule.quiet_from = line.whole("quiet_from", 0, 3650);
        const bool says_when =
            rule.past_close_over || rule.in_stage_over || rule.in_stage_medians || rule.quiet_from;
        if (line.is_map() && !says_when)
            context.findings.add(item, kMissing, "a lapse needs at least one number of days");
        line.finish();
        if (!rule.name.empty() && says_when) rules.lapses.push_back(std::move(rule));
    }
}

}  // namespace

void read_sources(MapReader& map, const Context& context, Lifecycle& lifecycle) {
    int order = 1;  // after deals, which come first at one moment
    for (const bool is_span : {false, true}) {
        const char* key = is_span ? "spans" : "events";
        const Node* list = map.find(key);
        if (list == nullptr) continue;
        SourceReader reader(context, is_span);
        for (const Node& item : list_items(*list, key, context.findings))
            reader.read(item, order++, is_span ? lifecycle.spans : lifecycle.events);
    }
    read_conditions(map, context, lifecycle);
}

void read_closing(MapReader& map, const Context& context, DealSource& deals) {
    const Node* node = map.find("close_lapsed");
    if (node == nullptr) return;
    MapReader inner(*node, "\"close_lapsed\"", context.findings);
    ClosingRule rule;
    rule.after_days = inner.whole("after_days", 0, 3650).value_or(rule.after_days);
    if (const Node* fields = inner.require("set")) {
        MapReader set(*fields, "\"set\"", context.findings);
        for (const Node& key : fields->keys) {
            const auto text = set.text(key.text);
            (void)known_field(key.place(), static_cast<int>(key.text.size()), Side::Crm, deals.deal,
                              key.text, context);
            if (text) rule.set.emplace(key.text, *text);
        }
    }
    inner.finish();
    deals.close_lapsed = std::move(rule);
}

void read_learning(MapReader& map, const Context& context, DealSource& deals) {
    const Node* node = map.find("learn_medians");
    if (node == nullptr) return;
    MapReader inner(*node, "\"learn_medians\"", context.findings);
    MediansRule rule;
    rule.months = inner.whole("months", 1, 1200).value_or(rule.months);
    rule.fewest = inner.whole("fewest", 1, 100'000).value_or(rule.fewest);
    rule.refresh_days = inner.whole("refresh_days", 1, 366).value_or(rule.refresh_days);
    inner.finish();
    if (deals.moves.empty() && inner.is_map())
        context.findings.add(map.key_node("learn_medians"), kAbsent,
                             "\"learn_medians\" needs \"moves\" that tell the stages");
    deals.learn_medians = rule;
}

void read_deals(MapReader& map, const Context& context, Lifecycle& lifecycle,
                lifecycle::LifecycleRules& rules) {
    const Node* node = map.find("deals");
    if (node == nullptr) return;
    MapReader inner(*node, "\"deals\"", context.findings);
    DealSource deals;
    deals.place = node->place();
    const auto through = inner.required_text("through");
    const auto deal = inner.required_text("deal");
    if (through) deals.through = known_object(*inner.find("through"), Side::Crm, *through, context);
    if (deal) deals.deal = known_object(*inner.find("deal"), Side::Crm, *deal, context);
    const ObjectScope join(context, Side::Crm, deals.through);
    const ObjectScope scope(context, Side::Crm, deals.deal);
    static const std::vector<FieldType> kFlag{FieldType::Boolean};
    static const std::vector<FieldType> kDay{FieldType::Date};
    deals.joined = required_at(inner, "joined", join, moments(), context);
    deals.created = required_at(inner, "created", scope, moments(), context);
    deals.closed = required_at(inner, "closed", scope, moments(), context);
    deals.won = required_at(inner, "won", scope, kFlag, context);
    deals.close_date = rule_at(inner, "close_date", scope, kDay, context);
    deals.stage = rule_at(inner, "stage", scope, texts(), context);
    deals.reason = rule_at(inner, "reason", scope, texts(), context);
    deals.owner = rule_at(inner, "owner", scope, texts(), context);
    deals.campaign = rule_at(inner, "campaign", scope, texts(), context);
    deals.moves = read_children(inner, "moves", deals.deal, context);
    deals.activities = read_children(inner, "activities", deals.deal, context);
    deals.planned = read_children(inner, "planned", deals.deal, context);
    read_lapses(inner, context, rules);
    if (const Node* medians = inner.find("stage_medians")) {
        MapReader days(*medians, "\"stage_medians\"", context.findings);
        for (const Node& key : medians->keys) {
            if (const auto number = days.whole(key.text, 0, 3650))
                deals.stage_medians[key.text] = *number;
        }
    }
    read_learning(inner, context, deals);
    read_closing(inner, context, deals);
    inner.finish();
    if (deals.joined && deals.created && deals.closed && deals.won)
        lifecycle.deals = std::move(deals);
}

}  // namespace duet::document
