#include "mappings/document/rules.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "mappings/document/codes.h"
#include "mappings/document/paths.h"

namespace duet::document {
namespace {

/// The compiler says what is wrong and what may be meant in one text; findings keep them apart.
std::pair<std::string, std::string> split_hint(const std::string& message) {
    constexpr std::string_view kMark = ". Did you mean ";
    const std::size_t at = message.find(kMark);
    if (at == std::string::npos) return {message, {}};
    return {message.substr(0, at + 1), "did you mean " + message.substr(at + kMark.size())};
}

std::string type_words(const std::vector<FieldType>& types) {
    std::vector<std::string> words;
    words.reserve(types.size());
    for (const FieldType one : types) {
        words.emplace_back(one == FieldType::Boolean ? "true or false" : to_string(one));
    }
    return one_of(words);
}

}  // namespace

void report(const Node& node, const std::vector<formula::CompileError>& errors,
            Findings& findings) {
    for (const auto& error : errors) {
        const Place at = node.source->place(node.source_offset(error.offset));
        auto [message, hint] = split_hint(error.message);
        findings.add(at, static_cast<int>(std::min<std::size_t>(error.length, 500)), kFormula,
                     std::move(message), std::move(hint));
    }
}

std::optional<Rule> compile_rule(const Node& written, const formula::Scope& scope,
                                 Findings& findings) {
    const Node* text = &written;
    formula::Options options;
    if (written.kind == Node::Kind::Map) {
        MapReader map(written, "a rule", findings);
        text = map.require("formula");
        const Node* blanks = map.find("blanks");
        if (text == nullptr) return std::nullopt;
        if (blanks != nullptr && blanks->text == "zero")
            options.blanks = formula::BlankMode::AsZero;
    }
    const Node& node = *text;
    if (!check_formula_kind(node, findings)) return std::nullopt;
    auto compiled = formula::Formula::compile(node.text, scope, options);
    if (auto* formula = std::get_if<formula::Formula>(&compiled)) {
        return Rule{std::move(*formula), node.place()};
    }
    report(node, std::get<std::vector<formula::CompileError>>(compiled), findings);
    return std::nullopt;
}

std::optional<Rule> compile_rule(const Node& node, const formula::Scope& scope,
                                 const std::vector<FieldType>& types, Findings& findings) {
    auto rule = compile_rule(node, scope, findings);
    if (!rule) return std::nullopt;
    const auto type = rule->formula.type();
    if (type && std::find(types.begin(), types.end(), *type) == types.end()) {
        findings.add(node, kRuleType,
                     fmt::format("this formula gives a {}, but {} is needed", to_string(*type),
                                 type_words(types)));
    }
    return rule;
}

std::optional<Rule> compile_condition(const Node& node, const formula::Scope& scope,
                                      Findings& findings) {
    return compile_rule(node, scope, {FieldType::Boolean}, findings);
}

std::string known_object(const Node& node, Side side, const std::string& name,
                         const Context& context) {
    if (context.catalogs == nullptr) return name;
    if (const ObjectInfo* found = context.object(side, name)) return found->name;
    context.findings.add(
        node, kUnknownName,
        fmt::format("object \"{}\" does not exist in {}", name, context.names[side]),
        did_you_mean(name, object_names((*context.catalogs)[side]),
                     "the user that Duet signs in as may lack access to it"));
    return name;
}

std::optional<SidedObject> read_object(const Node& node, std::string_view what,
                                       const Context& context) {
    if (node.kind != Node::Kind::Map) {
        const auto name = scalar_text(node, what, context.findings);
        if (!name) return std::nullopt;
        return SidedObject{Side::Crm, known_object(node, Side::Crm, *name, context)};
    }
    MapReader map(node, fmt::format("\"{}\"", what), context.findings);
    std::optional<SidedObject> found;
    for (const Side side : kSides) {
        const auto name = map.text(context.names[side]);
        if (!name) continue;
        if (found) {
            context.findings.add(map.key_node(context.names[side]), kContradiction,
                                 fmt::format("\"{}\" names an object on both sides", what));
            continue;
        }
        found =
            SidedObject{side, known_object(*map.find(context.names[side]), side, *name, context)};
    }
    map.finish();
    if (!found && node.keys.empty()) {
        context.findings.add(node, kMissing, fmt::format("\"{}\" names no object", what));
    }
    return found;
}

const FieldInfo* known_field(const Place& place, int length, Side side, const std::string& object,
                             std::string_view path, const Context& context) {
    const ObjectInfo* info = context.object(side, object);
    if (info == nullptr) return nullptr;
    const Catalog& catalog = (*context.catalogs)[side];
    const FieldInfo* field = find_path(catalog, *info, path);
    if (field == nullptr) {
        context.findings.add(
            place, length, kUnknownName,
            fmt::format("field \"{}\" does not exist on {} in {}", path, info->name,
                        context.names[side]),
            did_you_mean(path, path_names(catalog, *info),
                         "the user that Duet signs in as may lack read access to it"));
    }
    return field;
}

}  // namespace duet::document
