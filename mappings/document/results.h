#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/document/context.h"
#include "mappings/document/document.h"
#include "mappings/document/tree.h"

namespace duet::document {

/// A text that stands in a formula and may be its result.
struct ResultText {
    std::string text;
    std::size_t offset = 0;  // of the literal in the formula, in bytes
    std::size_t length = 0;  // of the literal, in bytes
};

/// The texts that `formula` can give as they stand there: through IF, IFS, CASE, BLANKVALUE,
/// NULLVALUE and IFERROR. Nothing for a formula that cannot be read.
[[nodiscard]] std::vector<ResultText> result_texts(std::string_view formula);

/// With the orgs: reports a text that is no value of the picklist it would be written to, or
/// longer than that field. `place` and `length` are those of the text in its document.
void check_text_fits(const Place& place, int length, const std::string& text,
                     const FieldInfo& field, const std::string& object, const Context& context);

/// As above for all that a computed rule can give to the fields it names. `value` is its formula.
void check_results(const Node& value, const FieldRule& rule, const EntityOutline& outline,
                   const Context& context);

/// As above for the constant, the value maps and the default of a field rule, towards the sides
/// that they are written to. `node` is the whole rule, already read into `rule`.
void check_given_texts(const Node& node, const FieldRule& rule, const EntityOutline& outline,
                       const Context& context);

/// As above for the names of the stages, which a rule with the value Duet.Stage writes.
void check_stage_names(const Documents& documents, const Context& context);

}  // namespace duet::document
