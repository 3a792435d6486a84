#include "mappings/merge/say.h"

#include <string>
#include <utility>

#include "mappings/text.h"

namespace duet::merge {
namespace {

using document::FieldRule;
using document::Policy;
using document::ValueMap;

bool is_multiple(const FieldInfo* field) noexcept {
    return field != nullptr && field->type == FieldType::MultiPicklist;
}

const std::string* mapped(const ValueMap& map, std::string_view value) {
    const auto found = map.find(value);
    return found == map.end() ? nullptr : &found->second;
}

Policy policy_of(const FieldRule& rule, Fault fault) noexcept {
    switch (fault) {
        case Fault::Unmapped:
            return rule.unmapped;
        case Fault::TooLong:
            return rule.too_long;
        case Fault::UnknownOption:
            return rule.unknown_option;
        case Fault::Unparsable:
        case Fault::None:
            break;
    }
    return rule.unparsable;
}

/// The rule's default; it has to fit by itself, or the target keeps what it has.
Said fall_back(const FieldRule& rule, Side to, const FieldInfo* target, Fault fault) {
    const auto& given = rule.fallback[to];
    if (!given) return {std::nullopt, fault, Policy::Error};
    auto converted = convert(text(*given), target);
    if (converted.fault != Fault::None) return {std::nullopt, converted.fault, Policy::Error};
    return {std::move(converted.value), fault, Policy::Default};
}

/// `as_it_is`: what Truncate and Pass send.
Said resolve(const FieldRule& rule, Side to, const FieldInfo* target, Fault fault,
             std::optional<Value> as_it_is) {
    const Policy policy = policy_of(rule, fault);
    switch (policy) {
        case Policy::Default:
            return fall_back(rule, to, target, fault);
        case Policy::Truncate:
        case Policy::Pass:
            return {std::move(as_it_is), fault, policy};
        case Policy::Keep:
        case Policy::Error:
        case Policy::Quarantine:
            break;
    }
    return {std::nullopt, fault, policy};
}

Said fitted(const FieldRule& rule, const Value& value, Side to, const FieldInfo* target) {
    auto converted = convert(value, target);
    if (converted.fault == Fault::None) return {std::move(converted.value)};
    return resolve(rule, to, target, converted.fault, std::move(converted.value));
}

/// One option of a list, or the whole value, as the map has it.
struct Mapped {
    std::string value;
    Fault fault = Fault::None;
    Policy policy = Policy::Pass;
    bool is_dropped = false;  // the target keeps what it has
};

Mapped map_one(const FieldRule& rule, Side to, std::string_view value) {
    const std::string_view inner = trimmed(value);
    if (const std::string* found = mapped(rule.map[to], inner)) return {*found};
    if (rule.unmapped == Policy::Default && rule.fallback[to])
        return {*rule.fallback[to], Fault::Unmapped, Policy::Default};
    const bool passes = rule.unmapped == Policy::Pass;
    return {std::string(value), Fault::Unmapped, passes ? Policy::Pass : rule.unmapped, !passes};
}

Mapped map_all(const FieldRule& rule, Side to, std::string_view list) {
    Mapped all;
    for (const std::string& option : options_of(list)) {
        const Mapped one = map_one(rule, to, option);
        if (one.is_dropped) return one;
        if (one.fault != Fault::None) {
            all.fault = one.fault;
            all.policy = one.policy;
        }
        if (!all.value.empty()) all.value += ";";
        all.value += one.value;
    }
    return all;
}

}  // namespace

Said say(const FieldRule& rule, const Value& value, Side to, const FieldInfo* source,
         const FieldInfo* target) {
    // False is the same as blank, but a value that maps can name.
    const bool is_blank = same(value, Value{}) && !std::holds_alternative<bool>(value);
    if (rule.map[to].empty() || is_blank) return fitted(rule, value, to, target);
    const std::string shown = display(value);
    const Mapped found = is_multiple(source) || is_multiple(target) ? map_all(rule, to, shown)
                                                                    : map_one(rule, to, shown);
    if (found.is_dropped) return {std::nullopt, found.fault, found.policy};
    // What passes the map unmapped keeps its type: a date stays a date.
    const bool is_untouched =
        found.fault != Fault::None && found.policy == Policy::Pass && found.value == shown;
    Said said = fitted(rule, is_untouched ? value : text(found.value), to, target);
    if (said.fault == Fault::None && found.fault != Fault::None) {
        said.fault = found.fault;
        said.policy = found.policy;
    }
    return said;
}

Said say_constant(const FieldRule& rule, const FieldInfo* target) {
    return fitted(rule, *rule.constant, Side::Crm, target);
}

}  // namespace duet::merge
