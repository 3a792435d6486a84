#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/reader.h"
#include "mappings/formula/formula.h"

namespace duet::document {

/// Reports each error of a formula, or of a text with merge fields, at its place in the document.
void report(const Node& node, const std::vector<formula::CompileError>& errors, Findings& findings);

/// Compiles the formula in `written`, a text or `{ formula: ..., blanks: zero }`. Reports each
/// error at its place inside the document.
[[nodiscard]] std::optional<Rule> compile_rule(const Node& written, const formula::Scope& scope,
                                               Findings& findings);

/// As above, and reports a result that is neither of `types` nor unknown.
[[nodiscard]] std::optional<Rule> compile_rule(const Node& node, const formula::Scope& scope,
                                               const std::vector<FieldType>& types,
                                               Findings& findings);

/// A rule that answers yes or no.
[[nodiscard]] std::optional<Rule> compile_condition(const Node& node, const formula::Scope& scope,
                                                    Findings& findings);

/// An object on one side: a text is one of the CRM, `{ pardot: visitor-activity }` says the side.
struct SidedObject {
    Side side = Side::Crm;
    std::string object;  // as the catalog spells it, when there is one
};
[[nodiscard]] std::optional<SidedObject> read_object(const Node& node, std::string_view what,
                                                     const Context& context);

/// The object's name in the catalog's spelling; reports an unknown one.
[[nodiscard]] std::string known_object(const Node& node, Side side, const std::string& name,
                                       const Context& context);

/// Reports when `path` is no field of `object`. Nothing is reported without catalogs, and for
/// objects that the catalog lacks (those are reported where they are named).
const FieldInfo* known_field(const Place& place, int length, Side side, const std::string& object,
                             std::string_view path, const Context& context);

}  // namespace duet::document
