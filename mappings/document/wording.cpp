#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "mappings/document/actions.h"
#include "mappings/document/codes.h"
#include "mappings/document/rules.h"

namespace duet::document {

std::optional<Wording> read_wording(const Node& node, const formula::Scope& scope,
                                    Findings& findings) {
    if (!scalar_text(node, "a text", findings)) return std::nullopt;
    auto compiled = formula::Template::compile(node.text, scope);
    if (auto* text = std::get_if<formula::Template>(&compiled))
        return Wording{std::move(*text), node.place()};
    report(node, std::get<std::vector<formula::CompileError>>(compiled), findings);
    return std::nullopt;
}

bool is_rule_name(const Node& node, const std::string& name, Findings& findings) {
    constexpr std::size_t kMost = 40;
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    if (name.size() <= kMost && name.find_first_not_of(kLetters) == std::string::npos) return true;
    findings.add(
        node, kNotAllowed,
        fmt::format("\"{}\" cannot be remembered by: a rule's name has at most {} letters, "
                    "digits and underscores",
                    name, kMost),
        "for example score_passes_100");
    return false;
}

}  // namespace duet::document
