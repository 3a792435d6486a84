#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "mappings/document/actions.h"
#include "mappings/document/codes.h"
#include "mappings/document/conventions.h"
#include "mappings/document/digest.h"
#include "mappings/document/leads_by_domain.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"
#include "mappings/document/territories.h"

namespace duet::document {
namespace {

constexpr int kMostWeight = 1000;
constexpr int kMostRecords = 1'000'000;

const std::vector<Word<bool>>& when_words() {
    static const std::vector<Word<bool>> words{{"wait", false}, {"act", true}};
    return words;
}

std::optional<RobinMember> read_member(const Node& item, const Context& context) {
    RobinMember member;
    member.place = item.place();
    if (item.kind != Node::Kind::Map) {
        const auto name = scalar_name(item, "a user", context.findings);
        if (!name) return std::nullopt;
        member.owner = *name;
        return member;
    }
    MapReader map(item, "one who takes turns", context.findings);
    const auto name = map.required_name("user");
    member.weight = map.whole("weight", 1, kMostWeight).value_or(1);
    member.capacity = map.whole("capacity", 1, kMostRecords);
    map.finish();
    if (!name) return std::nullopt;
    member.owner = *name;
    return member;
}

/// How a rule finds an owner.
void read_way(const Node& item, MapReader& map, const EntityScope& scope, const Context& context,
              RouteRule& rule) {
    int ways = 0;
    if (map.find("owner") != nullptr) {
        ++ways;
        rule.owner = map.required_name("owner").value_or("");
    }
    if (const Node* from = map.find("owner_from")) {
        ++ways;
        rule.owner_from =
            compile_rule(*from, scope, {FieldType::Id, FieldType::Text}, context.findings);
    }
    if (const Node* members = map.find("round_robin")) {
        ++ways;
        rule.round_robin = read_members(*members, context);
    }
    if (map.find("leads_by_domain") != nullptr) {
        ++ways;
        if (context.find(EntityKind::Account) == nullptr) {
            context.findings.add(map.key_node("leads_by_domain"), kAbsent,
                                 "accounts own domains, but no document has entity: account");
        }
        if (auto domain = read_leads_by_domain(map, context))
            rule.domain = std::make_shared<const LeadsByDomain>(*std::move(domain));
    }
    if (const Node* territories = map.find("territories")) {
        ++ways;
        rule.territories = read_territories(*territories, context);
    }
    if (ways == 1 || !map.is_map()) return;
    context.findings.add(item, ways == 0 ? kMissing : kContradiction,
                         "a rule of a routing needs one of owner, owner_from and round_robin, or "
                         "of leads_by_domain and territories");
}

/// The names of conditions over those who may own a record.
ObjectScope users(const OwnerWords& words, const Context& context) {
    return {context, Side::Crm, std::string(words.user)};
}

RouteRule read_rule(const Node& item, const EntityScope& scope, const OwnerWords& words,
                    const Context& context) {
    MapReader map(item, "a rule of a routing", context.findings);
    RouteRule rule;
    rule.place = item.place();
    const auto name = map.required_name("name");
    if (name && is_rule_name(*map.find("name"), *name, context.findings)) rule.name = *name;
    if (const Node* when = map.find("when"))
        rule.when = compile_condition(*when, scope, context.findings);
    if (const Node* when = map.find("owner_when"))
        rule.owner_when = compile_condition(*when, users(words, context), context.findings);
    read_way(item, map, scope, context, rule);
    map.finish();
    return rule;
}

/// The objects of persons whose owner is decided; absent: those that the CRM routes.
std::vector<std::string> read_objects(MapReader& map, const OwnerWords& words,
                                      const Context& context) {
    const auto& known = context.find(EntityKind::Person)->objects.crm;
    const Node* node = map.find("objects");
    if (node == nullptr) {
        const bool has_usual = std::any_of(known.begin(), known.end(), [&](const auto& object) {
            return same_name(object, words.routed_object);
        });
        if (has_usual) return {std::string(words.routed_object)};
        context.findings.add(
            map.node(), kAbsent,
            fmt::format("persons are no {}s here: name the objects to route", words.routed_object),
            fmt::format("objects: {}", one_of(known)));
        return {};
    }
    std::vector<std::string> objects;
    for (const std::string& name : text_list(*node, "objects", context.findings)) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const auto& object) {
            return same_name(object, name);
        });
        if (found == known.end()) {
            context.findings.add(
                *node, kUnknownName,
                fmt::format("\"{}\" is no object of persons in {}", name, context.names.crm),
                did_you_mean(name, known, fmt::format("one of {}", one_of(known))));
        } else {
            objects.push_back(*found);
        }
    }
    return objects;
}

/// With the orgs: the records have an owner that can be set.
void check_owner_field(const Node& node, const std::vector<std::string>& objects,
                       const OwnerWords& words, const Context& context) {
    for (const std::string& object : objects) {
        const FieldInfo* field =
            known_field(node.place(), node.length(), Side::Crm, object, words.field, context);
        if (field == nullptr || field->updatable) continue;
        context.findings.add(node, kNotWritable,
                             fmt::format("\"{}\" of {} cannot be written by the user that Duet "
                                         "signs in as",
                                         words.field, object));
    }
}

bool has_capacity(const RouteRule& rule) {
    const auto is_any_limited = [](const std::vector<RobinMember>& members) {
        return std::any_of(members.begin(), members.end(),
                           [](const RobinMember& member) { return member.capacity.has_value(); });
    };
    if (is_any_limited(rule.round_robin)) return true;
    if (rule.territories == nullptr) return false;
    return std::any_of(
        rule.territories->table.begin(), rule.territories->table.end(),
        [&](const Territory& territory) { return is_any_limited(territory.round_robin); });
}

/// Keys that nothing would read, and a routing that would never begin.
void refuse_idle(MapReader& map, const Routing& routing, const Context& context) {
    const bool has_trigger = map.find("trigger") != nullptr;
    if (!has_trigger && map.find("at_first_sight") != nullptr) {
        context.findings.add(map.key_node("at_first_sight"), kContradiction,
                             "\"at_first_sight\" has no effect here: the routing has no trigger",
                             "add trigger, or remove it");
    }
    if (!has_trigger && !routing.at_create && map.is_map()) {
        context.findings.add(map.node(), kMissing, "this routing never begins",
                             "add at_create: act, a trigger, or both");
    }
    const bool counts = std::any_of(routing.rules.begin(), routing.rules.end(), has_capacity);
    if (!counts && map.find("open_when") != nullptr) {
        context.findings.add(map.key_node("open_when"), kAbsent,
                             "\"open_when\" has no effect here: nobody has a capacity",
                             "add a capacity, or remove it");
    }
}

std::optional<Routing> read_one(const Node& item, const OwnerWords& words, const Context& context) {
    MapReader map(item, "a routing", context.findings);
    Routing routing;
    routing.place = item.place();
    const auto name = map.required_name("name");
    if (name && is_rule_name(*map.find("name"), *name, context.findings)) routing.name = *name;
    const EntityScope scope(context, EntityKind::Person);
    routing.objects = read_objects(map, words, context);
    check_owner_field(item, routing.objects, words, context);
    routing.at_create = map.choice("at_create", when_words()).value_or(false);
    if (const Node* trigger = map.find("trigger"))
        routing.trigger = compile_condition(*trigger, scope, context.findings);
    const bool acts = map.choice("at_first_sight", when_words()).value_or(false);
    routing.first_sight = acts ? FirstSight::Act : FirstSight::Wait;
    static const std::vector<Word<bool>> kTimes{{"once", false}, {"every", true}};
    static const std::vector<Word<bool>> kOwnerNow{{"allowed", false}, {"passed_over", true}};
    routing.again = map.choice("times", kTimes).value_or(false);
    routing.without_owner = map.choice("owner_now", kOwnerNow).value_or(false);
    if (const Node* open = map.find("open_when"); open != nullptr && !routing.objects.empty()) {
        routing.open_when = compile_condition(
            *open, ObjectScope(context, Side::Crm, routing.objects), context.findings);
    }
    if (const Node* away = map.find("away_when"))
        routing.away_when = compile_condition(*away, users(words, context), context.findings);
    if (const Node* rules = map.require("rules")) {
        for (const Node& rule : list_items(*rules, "rules", context.findings)) {
            auto read = read_rule(rule, scope, words, context);
            const bool is_twin = std::any_of(
                routing.rules.begin(), routing.rules.end(),
                [&](const RouteRule& earlier) { return same_name(earlier.name, read.name); });
            if (is_twin && !read.name.empty()) {
                context.findings.add(
                    rule, kDefinedTwice,
                    fmt::format("the routing already has a rule \"{}\"", read.name));
            }
            routing.rules.push_back(std::move(read));
        }
    }
    refuse_idle(map, routing, context);
    map.finish();
    if (routing.trigger) {
        routing.version = sha256_hex(routing.trigger->formula.text()).substr(0, kVersionDigits);
    }
    return routing;
}

}  // namespace

std::vector<RobinMember> read_members(const Node& node, const Context& context) {
    std::vector<RobinMember> members;
    const auto& items = list_items(node, "round_robin", context.findings);
    if (items.empty() && node.kind == Node::Kind::List) {
        context.findings.add(node, kAbsent, "\"round_robin\" names nobody");
    }
    for (const Node& item : items) {
        auto member = read_member(item, context);
        if (!member) continue;
        const bool is_twin = std::any_of(
            members.begin(), members.end(),
            [&](const RobinMember& earlier) { return same_name(earlier.owner, member->owner); });
        if (is_twin) {
            context.findings.add(item, kDefinedTwice,
                                 fmt::format("\"{}\" takes turns already", member->owner),
                                 "give one entry a weight");
        }
        members.push_back(*std::move(member));
    }
    return members;
}

void read_routing(const Node& node, const Context& context, std::vector<Routing>& routings) {
    const OwnerWords* words = owner_words(context.names.crm);
    if (words == nullptr) {
        context.findings.add(node, kAbsent,
                             fmt::format("Duet sets no owners in {}", context.names.crm));
        return;
    }
    if (context.find(EntityKind::Person) == nullptr) {
        context.findings.add(node, kAbsent,
                             "routing is about persons, but no document has entity: person");
        return;
    }
    for (const Node& item : list_items(node, "routing", context.findings)) {
        auto routing = read_one(item, *words, context);
        if (!routing) continue;
        for (const Routing& earlier : routings) {
            if (!same_name(earlier.name, routing->name) || routing->name.empty()) continue;
            context.findings.add(item, kDefinedTwice,
                                 fmt::format("the routing \"{}\" is already defined at {}",
                                             routing->name, at_line(earlier.place)));
        }
        routings.push_back(*std::move(routing));
    }
}

void check_routings(const Documents& documents, const Context& context) {
    const EntityDocument* person = documents.find(EntityKind::Person);
    const OwnerWords* words = owner_words(context.names.crm);
    if (person == nullptr || words == nullptr) return;
    std::vector<std::string> made;
    for (const CreateRule& create : person->creates) {
        if (create.on == Side::Crm) made.push_back(create.object);
    }
    const auto is_of = [](const Routing& routing, std::string_view object) {
        return std::any_of(routing.objects.begin(), routing.objects.end(),
                           [&](const auto& name) { return same_name(name, object); });
    };
    for (const Routing& routing : documents.routings) {
        const bool makes_one = std::any_of(
            made.begin(), made.end(), [&](const auto& object) { return is_of(routing, object); });
        if (routing.at_create && !makes_one) {
            context.findings.add(routing.place, 1, kAbsent,
                                 fmt::format("\"at_create\" has no effect here: no create rule "
                                             "makes {}",
                                             one_of(routing.objects)),
                                 "add create: to entity: person, or remove at_create");
        }
        for (const FieldRule& rule : person->fields) {
            if (rule.direction == Direction::ToMarketing) continue;
            for (const std::string& object : routing.objects) {
                if (!same_name(rule.fields.crm.on(object), words->field)) continue;
                context.findings.add(
                    routing.place, 1, kTwoWriters,
                    fmt::format("\"{}\" of {} is already written by the rule at {}", words->field,
                                object, at_line(rule.place)),
                    "a field has one writer: remove one, or turn the rule's direction");
            }
        }
    }
}

}  // namespace duet::document
