#include "mappings/document/validations.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/reader.h"
#include "mappings/document/rules.h"
#include "mappings/document/scope.h"

namespace duet::document {
namespace {

const std::vector<Word<Severity>>& severity_words() {
    static const std::vector<Word<Severity>> words{{"warn", Severity::Warn},
                                                   {"quarantine", Severity::Quarantine}};
    return words;
}

const std::vector<Word<Hold>>& hold_words() {
    static const std::vector<Word<Hold>> words{{"record", Hold::Record}, {"fields", Hold::Fields}};
    return words;
}

/// Reports an object that no record of this entity is of: its validation would never be asked.
bool is_of_entity(const Node& node, const SidedObject& named, const EntityOutline& outline,
                  const Context& context) {
    const auto& objects = outline.objects[named.side];
    const bool found = std::any_of(objects.begin(), objects.end(), [&](const auto& object) {
        return same_name(object, named.object);
    });
    if (!found) {
        context.findings.add(
            node, kUnknownName,
            fmt::format("\"{}\" is no object of this entity in {}, so it is never checked here",
                        named.object, context.names[named.side]),
            did_you_mean(named.object, objects, fmt::format("one of {}", one_of(objects))));
    }
    return found;
}

/// `object: Contact`, `object: [Contact, Lead]` or `object: { pardot: prospect }`; absent: the
/// entity's first on the CRM side.
std::vector<SidedObject> read_objects(MapReader& map, const EntityOutline& outline,
                                      const Context& context) {
    std::vector<SidedObject> objects;
    const Node* node = map.find("object");
    if (node == nullptr) {
        if (!outline.objects.crm.empty()) {
            objects.push_back({Side::Crm, outline.objects.crm.front()});
        }
        return objects;
    }
    const auto add = [&](const Node& item) {
        auto object = read_object(item, "object", context);
        if (object && is_of_entity(item, *object, outline, context)) {
            objects.push_back(std::move(*object));
        }
    };
    if (node->kind == Node::Kind::List) {
        for (const Node& item : node->items) add(item);
    } else {
        add(*node);
    }
    return objects;
}

std::optional<formula::Template> read_message(const Node& node, const formula::Scope& scope,
                                              const Context& context) {
    const auto text = scalar_text(node, "message", context.findings);
    if (!text) return std::nullopt;
    auto compiled = formula::Template::compile(*text, scope);
    if (auto* message = std::get_if<formula::Template>(&compiled)) return std::move(*message);
    report(node, std::get<std::vector<formula::CompileError>>(compiled), context.findings);
    return std::nullopt;
}

/// The paths of `fields:` in the catalog's order of words; unknown ones are reported.
std::vector<std::string> read_fields(const Node* node, const SidedObject& object,
                                     const Context& context) {
    if (node == nullptr) return {};
    std::vector<std::string> paths = text_list(*node, "fields", context.findings);
    std::size_t at = 0;
    for (const std::string& path : paths) {
        const Node& where = node->kind == Node::Kind::List ? node->items[at++] : *node;
        known_field(where.place(), where.length(), object.side, object.object, path, context);
    }
    return paths;
}

void check_hold(MapReader& map, Severity severity, std::optional<Hold> hold, const Node* fields,
                const Context& context) {
    if (hold && severity == Severity::Warn) {
        context.findings.add(map.key_node("hold"), kContradiction,
                             "a validation of severity warn holds nothing back",
                             "remove \"hold\", or write severity: quarantine");
    }
    if (hold == Hold::Fields && fields == nullptr) {
        context.findings.add(map.key_node("hold"), kMissing,
                             "hold: fields needs the key \"fields\"",
                             "for example: fields: [Email]");
    }
}

void read_validation(const Node& item, const EntityOutline& outline, const Context& context,
                     std::vector<Validation>& validations) {
    MapReader map(item, "a validation", context.findings);
    const auto name = map.required_name("name");
    const auto objects = read_objects(map, outline, context);
    const Node* when = map.require("error_when");
    const Node* message = map.require("message");
    const Node* fields = map.find("fields");
    const Severity severity =
        map.choice("severity", severity_words()).value_or(Severity::Quarantine);
    const auto hold = map.choice("hold", hold_words());
    check_hold(map, severity, hold, fields, context);
    map.finish();
    if (!name || when == nullptr || message == nullptr) return;
    for (const SidedObject& object : objects) {
        const ObjectScope scope(context, object.side, object.object);
        auto error_when = compile_condition(*when, scope, context.findings);
        auto text = read_message(*message, scope, context);
        auto paths = read_fields(fields, object, context);
        if (!error_when || !text) continue;
        validations.push_back({*name, object.side, object.object, std::move(*error_when),
                               std::move(*text), severity, hold.value_or(Hold::Record),
                               std::move(paths), item.place()});
    }
}

}  // namespace

std::vector<Validation> read_validations(const Node& node, const EntityOutline& outline,
                                         const Context& context) {
    std::vector<Validation> validations;
    for (const Node& item : list_items(node, "validations", context.findings)) {
        read_validation(item, outline, context, validations);
    }
    return validations;
}

}  // namespace duet::document
