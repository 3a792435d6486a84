#include "mappings/document/checks.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/paths.h"
#include "mappings/merge/convert.h"
#include "mappings/text.h"

namespace duet::document {
namespace {

bool is_number(FieldType type) noexcept {
    return type == FieldType::Number || type == FieldType::Currency || type == FieldType::Percent;
}

bool is_text(FieldType type) noexcept {
    return type == FieldType::Text || type == FieldType::Picklist ||
           type == FieldType::MultiPicklist;
}

bool is_day(FieldType type) noexcept {
    return type == FieldType::Date || type == FieldType::DateTime;
}

bool writes(const FieldRule& rule, Side side) noexcept {
    if (rule.direction == Direction::Both) return true;
    return (rule.direction == Direction::ToCrm) == (side == Side::Crm);
}

int underline(std::string_view path) noexcept { return static_cast<int>(path.size()); }

/// (side, object, path), in lower case, to the rules that write it.
using Writers = std::map<std::tuple<Side, std::string, std::string>, std::vector<const FieldRule*>>;

/// Whether both rules can be at work on one record: a computed rule always is, a mapped one only
/// where the source record's object has its field ("of contacts" and "of leads" never meet).
bool can_meet(const FieldRule& a, const FieldRule& b, Side source, const EntityDocument& entity) {
    const auto& objects = entity.objects[source];
    return std::any_of(objects.begin(), objects.end(), [&](const std::string& object) {
        return (a.is_computed() || !a.fields[source].on(object).empty()) &&
               (b.is_computed() || !b.fields[source].on(object).empty());
    });
}

void check_single_writer(const FieldRule& rule, const FieldRef& ref, Side side,
                         const std::string& object, const EntityDocument& entity, Writers& writers,
                         const Context& context) {
    const std::string_view path = ref.on(object);
    auto& others = writers[{side, lower_case(object), lower_case(path)}];
    for (const FieldRule* earlier : others) {
        if (!can_meet(*earlier, rule, other(side), entity)) continue;
        context.findings.add(ref.place, underline(path), kTwoWriters,
                             fmt::format("\"{}\" of {} is already written by the rule at {}", path,
                                         object, at_line(earlier->fields[side].place)),
                             "a field has one writer: remove one rule, or turn its direction");
        break;
    }
    others.push_back(&rule);
}

void check_types(const FieldRule& rule, Side side, const std::string& object,
                 const FieldInfo& target, const EntityDocument& entity, const Context& context) {
    const auto report = [&](FieldType from, const std::string& what) {
        if (fits(from, target.type)) return;
        context.findings.add(
            rule.fields[side].place, underline(rule.fields[side].on(object)), kRuleType,
            fmt::format("{} is a {}, but \"{}\" of {} holds a {}", what, to_string(from),
                        target.name, object, to_string(target.type)));
    };
    if (rule.constant) return;  // checked by its value
    if (rule.value) {
        if (const auto type = rule.value->formula.type()) report(*type, "the computed value");
        return;
    }
    const Side from = other(side);
    for (const std::string& name : entity.objects[from]) {
        const ObjectInfo* source = context.object(from, name);
        if (source == nullptr) continue;
        const std::string_view path = rule.fields[from].on(name);
        const FieldInfo* field =
            path.empty() ? nullptr : find_path((*context.catalogs)[from], *source, path);
        if (field == nullptr) continue;
        // A text, or what a map makes of a value, is read as the target's type, record by record.
        if (is_text(field->type) || !rule.map[side].empty()) return;
        report(field->type, fmt::format("\"{}\" of {}", field->name, name));
        return;  // once a target: the objects of an entity share their types, or say so there
    }
}

/// Values that the document itself names must fit the field that they are for.
void check_literals(const FieldRule& rule, const FieldRef& ref, Side side, const FieldInfo& target,
                    const Context& context) {
    const auto check = [&](const std::string& what, const Value& value) {
        const auto fault = merge::convert(value, &target).fault;
        if (fault == merge::Fault::None) return;
        context.findings.add(ref.place, underline(target.name), kNotAllowed,
                             fmt::format("{} \"{}\" does not fit \"{}\": {}", what, display(value),
                                         target.name, merge::to_string(fault, &target)),
                             did_you_mean(display(value), target.options));
    };
    if (rule.constant) check("the constant", *rule.constant);
    if (rule.fallback[side]) check("the default", text(*rule.fallback[side]));
    for (const auto& [from, to] : rule.map[side]) check("the mapped value", text(to));
}

void check_target(const FieldRule& rule, const FieldRef& ref, Side side, const std::string& object,
                  const EntityDocument& entity, const Context& context) {
    const std::string_view path = ref.on(object);
    if (path.find('.') != std::string_view::npos) {
        context.findings.add(
            ref.place, underline(path), kNotWritable,
            fmt::format("\"{}\" is a field of a parent record and cannot be written", path),
            fmt::format("add direction: to_{}", context.names[other(side)]));
        return;
    }
    const ObjectInfo* info = context.object(side, object);
    const FieldInfo* field = info == nullptr ? nullptr : info->find(path);
    if (field == nullptr) return;
    if (!field->updatable || !info->updatable) {
        context.findings.add(
            ref.place, underline(path), kNotWritable,
            fmt::format("\"{}\" of {} cannot be updated by the user that Duet signs in as",
                        field->name, info->name),
            rule.fields[other(side)].empty()
                ? ""
                : fmt::format("add direction: to_{}", context.names[other(side)]));
        return;
    }
    if (rule.consent != Consent::None && field->type != FieldType::Boolean) {
        context.findings.add(ref.place, underline(path), kRuleType,
                             fmt::format("consent needs a true-or-false field, but \"{}\" is a {}",
                                         field->name, to_string(field->type)));
        return;
    }
    check_types(rule, side, info->name, *field, entity, context);
    check_literals(rule, ref, side, *field, context);
}

}  // namespace

bool fits(FieldType from, FieldType to) noexcept {
    if (is_text(to) || from == to) return true;
    if (is_number(to)) return is_number(from);
    if (is_day(to)) return is_day(from);
    return to == FieldType::Id && from == FieldType::Text;
}

void check_fields(const EntityDocument& entity, const Context& context) {
    Writers writers;
    for (const FieldRule& rule : entity.fields) {
        for (const Side side : kSides) {
            if (!writes(rule, side)) continue;
            for (const std::string& object : entity.objects[side]) {
                for (const FieldRef* ref : rule.refs(side)) {
                    if (ref->on(object).empty()) continue;
                    check_single_writer(rule, *ref, side, object, entity, writers, context);
                    check_target(rule, *ref, side, object, entity, context);
                }
            }
        }
    }
}

}  // namespace duet::document
