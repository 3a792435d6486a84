#include "mappings/document/results.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/lifecycle.h"
#include "mappings/document/paths.h"
#include "mappings/formula/parser.h"

namespace duet::document {
namespace {

/// Which arguments of a function can be its result: every `step`th from `first`, and the last one
/// where a default may stand alone.
struct Giver {
    std::string_view name;
    std::size_t first;
    std::size_t step;
    bool last;
};

constexpr std::array<Giver, 6> kGivers{{{"IF", 1, 1, false},
                                        {"IFS", 1, 2, true},
                                        {"CASE", 2, 2, true},
                                        {"BLANKVALUE", 0, 1, false},
                                        {"NULLVALUE", 0, 1, false},
                                        {"IFERROR", 0, 1, false}}};

std::vector<formula::NodeIndex> results_of(const formula::Node& call) {
    std::vector<formula::NodeIndex> found;
    const auto giver = std::find_if(kGivers.begin(), kGivers.end(), [&](const Giver& one) {
        return same_name(one.name, call.spelling);
    });
    if (giver == kGivers.end()) return found;
    const std::size_t count = call.children.size();
    std::size_t at = giver->first;
    for (; at < count; at += giver->step) found.push_back(call.children[at]);
    const bool is_taken = at - giver->step + 1 == count;
    if (giver->last && !is_taken && count > giver->first) found.push_back(call.children.back());
    return found;
}

std::size_t characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

/// What of `text` is no value of the picklist; a multi-select's values stand between semicolons.
std::string missing_option(const std::string& text, const FieldInfo& field) {
    std::string_view rest = text;
    do {
        const std::size_t end = field.type == FieldType::MultiPicklist
                                    ? std::min(rest.find(';'), rest.size())
                                    : rest.size();
        std::string one(rest.substr(0, end));
        const bool known =
            std::find(field.options.begin(), field.options.end(), one) != field.options.end();
        if (!known && !one.empty()) return one;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    } while (!rest.empty());
    return {};
}

template <class Function>
void for_each_target_on(Side side, const FieldRule& rule,
                        const PerSide<std::vector<std::string>>& objects, const Context& context,
                        Function function) {
    for (const std::string& name : objects[side]) {
        const ObjectInfo* object = context.object(side, name);
        const FieldInfo* field =
            object == nullptr ? nullptr : object->find(rule.fields[side].on(name));
        if (field != nullptr) function(*field, object->name);
    }
}

template <class Function>
void for_each_target(const FieldRule& rule, const PerSide<std::vector<std::string>>& objects,
                     const Context& context, Function function) {
    for (const Side side : kSides) for_each_target_on(side, rule, objects, context, function);
}

/// The value of a key, or nullptr.
const Node* item_of(const Node& map, std::string_view key) noexcept {
    for (std::size_t i = 0; i < map.keys.size() && i < map.items.size(); ++i) {
        if (map.keys[i].text == key) return &map.items[i];
    }
    return nullptr;
}

bool goes_to(const FieldRule& rule, Side to) noexcept {
    return rule.direction == Direction::Both ||
           (rule.direction == Direction::ToCrm) == (to == Side::Crm);
}

}  // namespace

std::vector<ResultText> result_texts(std::string_view formula) {
    std::vector<ResultText> found;
    const auto parsed = formula::parse(formula, {});
    const auto* tree = std::get_if<formula::Tree>(&parsed);
    if (tree == nullptr) return found;
    std::vector<formula::NodeIndex> open{tree->root};
    while (!open.empty()) {
        const formula::Node& node = (*tree)[open.back()];
        open.pop_back();
        if (node.kind == formula::NodeKind::Text) {
            found.push_back({node.text, node.offset, node.spelling.size()});
        } else if (node.kind == formula::NodeKind::Call) {
            for (const formula::NodeIndex next : results_of(node)) open.push_back(next);
        }
    }
    std::sort(found.begin(), found.end(),
              [](const ResultText& a, const ResultText& b) { return a.offset < b.offset; });
    return found;
}

void check_text_fits(const Place& place, int length, const std::string& text,
                     const FieldInfo& field, const std::string& object, const Context& context) {
    const bool is_picklist =
        field.type == FieldType::Picklist || field.type == FieldType::MultiPicklist;
    if (is_picklist && !field.options.empty()) {
        const std::string missing = missing_option(text, field);
        if (missing.empty()) return;
        context.findings.add(
            place, length, kNoOption,
            fmt::format("\"{}\" is no value of the picklist \"{}\" of {}", missing, field.name,
                        object),
            did_you_mean(missing, field.options, fmt::format("one of {}", one_of(field.options))));
        return;
    }
    const std::size_t held = characters(text);
    if (field.length <= 0 || held <= static_cast<std::size_t>(field.length)) return;
    context.findings.add(place, length, kTooLong,
                         fmt::format("this text has {} characters, but \"{}\" of {} holds {}", held,
                                     field.name, object, field.length));
}

void check_results(const Node& value, const FieldRule& rule, const EntityOutline& outline,
                   const Context& context) {
    if (context.catalogs == nullptr) return;
    // A rule that is a map has settings beside its text.
    const Node* inner = item_of(value, "formula");
    const Node& formula = inner == nullptr ? value : *inner;
    for (const ResultText& result : result_texts(formula.text)) {
        const Place place = formula.source->place(formula.source_offset(result.offset));
        for_each_target(rule, outline.objects, context,
                        [&](const FieldInfo& field, const std::string& object) {
                            check_text_fits(place, static_cast<int>(result.length), result.text,
                                            field, object, context);
                        });
    }
}

void check_given_texts(const Node& node, const FieldRule& rule, const EntityOutline& outline,
                       const Context& context) {
    if (context.catalogs == nullptr) return;
    const auto check = [&](const Node& text, Side to) {
        if (text.kind != Node::Kind::Scalar || !goes_to(rule, to)) return;
        for_each_target_on(to, rule, outline.objects, context,
                           [&](const FieldInfo& field, const std::string& object) {
                               check_text_fits(text.place(), text.length(), text.text, field,
                                               object, context);
                           });
    };
    if (const Node* constant = item_of(node, "constant")) {
        for (const Side side : kSides) check(*constant, side);
    }
    const Node nothing;
    const Node* given = item_of(node, "map");
    const Node& map = given == nullptr ? nothing : *given;
    given = item_of(node, "default");
    const Node& fallback = given == nullptr ? nothing : *given;
    const PerSide<std::string> toward{"to_" + context.names.crm, "to_" + context.names.marketing};
    const bool is_by_direction = item_of(map, toward.crm) || item_of(map, toward.marketing);
    for (const Side to : kSides) {
        if (is_by_direction) {
            if (const Node* one = item_of(map, toward[to])) {
                for (const Node& into : one->items) check(into, to);
            }
        } else {
            // The CRM's value comes first.
            for (const Node& text : to == Side::Crm ? map.keys : map.items) check(text, to);
        }
        const Node* one = item_of(fallback, toward[to]);
        check(one == nullptr ? fallback : *one, to);
    }
}

void check_stage_names(const Documents& documents, const Context& context) {
    const EntityDocument* person = documents.find(EntityKind::Person);
    if (context.catalogs == nullptr || person == nullptr) return;
    for (const FieldRule& rule : person->fields) {
        if (!rule.value || !same_name(rule.value->formula.text(), "Duet.Stage")) continue;
        for_each_target(rule, person->objects, context,
                        [&](const FieldInfo& field, const std::string& object) {
                            for (const Stage& stage : documents.stages) {
                                check_text_fits(stage.place, 1, stage.name, field, object, context);
                            }
                            if (documents.lifecycle == nullptr) return;
                            for (const auto& [name, place] : documents.lifecycle->stage_places)
                                check_text_fits(place, 1, name, field, object, context);
                        });
    }
}

}  // namespace duet::document
