#include "mappings/routing/chooser.h"

#include <utility>

#include "mappings/document/conventions.h"
#include "mappings/document/leads_by_domain.h"
#include "mappings/domain_text.h"
#include "mappings/merge/evaluate.h"
#include "mappings/routing/territory.h"

namespace duet::routing {
namespace {

using document::RouteRule;

constexpr std::size_t kIdCharacters = 15;  // of a Salesforce id; the last three are a check sum

}  // namespace

bool same_id(std::string_view a, std::string_view b) noexcept {
    return a.substr(0, kIdCharacters) == b.substr(0, kIdCharacters) && a.empty() == b.empty();
}

Choice Chooser::choose() {
    for (const RouteRule& rule : routing_.rules) {
        if (rule.when) {
            // Who is chosen is asked once; that it would be another tomorrow is no matter.
            std::optional<DateTime> ignored;
            auto meant = merge::ask(*rule.when, facts_, inputs_.moment, ignored);
            if (meant.failure) return rule.name + ": " + *meant.failure;
            if (!meant.yes) continue;
        }
        Choice choice = owner_of(rule);
        if (!std::holds_alternative<std::monostate>(choice)) return choice;
    }
    return {};
}

Choice Chooser::owner_of(const RouteRule& rule) {
    if (!rule.round_robin.empty()) return turn_of(rule, rule.name, rule.round_robin);
    if (rule.owner_from) return from_field(rule);
    if (rule.domain != nullptr) return by_domain(rule);
    if (rule.territories != nullptr) return by_territory(rule);
    return named(rule, rule.name, rule.owner, true);
}

Choice Chooser::from_field(const RouteRule& rule) {
    std::optional<DateTime> ignored;
    auto value = merge::evaluate(*rule.owner_from, facts_, inputs_.moment, ignored);
    if (auto* why = std::get_if<std::string>(&value)) return rule.name + ": " + *why;
    const std::string* name = as_text(std::get<Value>(value));
    return name == nullptr ? Choice{} : named(rule, rule.name, *name, false);
}

Choice Chooser::by_domain(const RouteRule& rule) {
    if (!same_name(rule.domain->lead, object_)) return {};
    const auto address = facts_.value(rule.domain->email);
    if (const auto* why = std::get_if<std::string>(&address)) return rule.name + ": " + *why;
    const std::string* held = as_text(*std::get<const Value*>(address));
    const std::string domain = held == nullptr ? std::string{} : domain_of(*held);
    if (domain.empty() || rule.domain->public_domains.contains(domain)) return {};
    const auto owner = inputs_.owners->account_owner(*rule.domain, domain);
    return owner ? named(rule, rule.name, *owner, false) : Choice{};
}

Choice Chooser::by_territory(const RouteRule& rule) {
    Whereabouts person;
    for (const auto& [measure, formula] : rule.territories->by) {
        std::optional<DateTime> ignored;
        auto value = merge::evaluate(formula, facts_, inputs_.moment, ignored);
        if (auto* why = std::get_if<std::string>(&value)) return rule.name + ": " + *why;
        person[measure] = display(std::get<Value>(value));
    }
    for (const document::Territory* territory :
         territories_of(*rule.territories, std::move(person))) {
        const std::string label = rule.name + "." + territory->name;
        Choice choice = territory->round_robin.empty()
                            ? named(rule, label, territory->owner, true)
                            : turn_of(rule, label, territory->round_robin);
        if (!std::holds_alternative<std::monostate>(choice)) return choice;
    }
    return {};
}

std::variant<Chooser::Fitness, std::string> Chooser::fitness_of(const RouteRule& rule,
                                                                const Owner& owner) const {
    if (!owner.active) return Fitness::Inactive;
    if (is_passed_over(owner.id)) return Fitness::NotNow;
    if (!owner.is_user) return Fitness::Free;
    for (const auto& [condition, free_if] :
         {std::pair{&routing_.away_when, false}, std::pair{&rule.owner_when, true}}) {
        if (!*condition) continue;
        auto holds = inputs_.owners->holds(**condition, owner.id);
        if (auto* why = std::get_if<std::string>(&holds)) return std::move(*why);
        if (std::get<bool>(holds) != free_if) return Fitness::NotNow;
    }
    return Fitness::Free;
}

Choice Chooser::named(const RouteRule& rule, const std::string& label, const std::string& name,
                      bool is_expected) {
    const auto found = inputs_.owners->find(name);
    const Owner* owner = std::get_if<Owner>(&found);
    if (owner == nullptr) {
        if (is_expected) warn(label, found, 1);
        return {};
    }
    auto fitness = fitness_of(rule, *owner);
    if (auto* why = std::get_if<std::string>(&fitness)) return label + ": " + *why;
    if (std::get<Fitness>(fitness) == Fitness::Free) return Chosen{owner->id, label};
    if (is_expected && std::get<Fitness>(fitness) == Fitness::Inactive) warn(label, found, 1);
    return {};
}

bool Chooser::is_passed_over(const std::string& id) const {
    const Record* record = inputs_.sides.crm.record;
    if (!routing_.without_owner || record == nullptr) return false;
    const auto* words = document::owner_words(inputs_.documents->names.crm);
    const std::string* now = as_text(record->fields.get(words->field));
    return now != nullptr && same_id(*now, id);
}

/// Who it is stands in the documents; addresses do not belong in logs.
void Chooser::warn(const std::string& label, const std::variant<Owner, std::string>& found,
                   std::size_t place) {
    const auto* why = std::get_if<std::string>(&found);
    warnings_.push_back("routing " + routing_.name + "." + label + ": owner " +
                        std::to_string(place) + " " +
                        (why != nullptr ? *why : std::string("is not active")));
}

std::variant<Member, std::string> Chooser::member_of(const RouteRule& rule,
                                                     const document::RobinMember& listed,
                                                     const Owner& owner) const {
    auto fitness = fitness_of(rule, owner);
    if (auto* why = std::get_if<std::string>(&fitness)) return std::move(*why);
    Member member{owner.id, listed.weight, std::get<Fitness>(fitness) == Fitness::Free};
    if (!member.available || !listed.capacity) return member;
    auto load = inputs_.owners->load(routing_, owner.id);
    if (auto* why = std::get_if<std::string>(&load)) return std::move(*why);
    member.available = std::get<std::int64_t>(load) < *listed.capacity;
    return member;
}

Choice Chooser::turn_of(const RouteRule& rule, const std::string& label,
                        const std::vector<document::RobinMember>& listed) {
    std::vector<Member> members;
    std::size_t place = 0;
    for (const document::RobinMember& one : listed) {
        ++place;
        const auto found = inputs_.owners->find(one.owner);
        const Owner* owner = std::get_if<Owner>(&found);
        if (owner == nullptr || !owner->active) warn(label, found, place);
        if (owner == nullptr) continue;
        auto member = member_of(rule, one, *owner);
        if (auto* why = std::get_if<std::string>(&member)) return label + ": " + *why;
        members.push_back(std::get<Member>(std::move(member)));
    }
    Turn turn{routing_.name + "." + label, {}, {}};
    turn.counters = inputs_.owners->counters(turn.robin);
    const auto next = take_turn(members, turn.counters);
    if (!next) return {};
    turn.owner = *next;
    return Chosen{*next, label, std::move(turn)};
}

}  // namespace duet::routing
