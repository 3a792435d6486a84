#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappings/formula/formula.h"
#include "mappings/formula/functions.h"
#include "mappings/formula/tree.h"

namespace duet::formula {

/// A field that a formula reads.
struct FieldUse {
    std::string path;  // as first written
    Type type = Type::Unknown;
    bool percent = false;  // holds 50 for 50 %; the formula sees 0.5
    std::vector<std::string> options{};
};

/// The field node is the constant $System.OriginDateTime, 1900-01-01T00:00:00Z.
constexpr std::uint32_t kOrigin = 0xFFFFFFFF;

/// A tree with everything looked up. The vectors are parallel to the tree's nodes.
struct Checked {
    std::vector<Type> types;
    std::vector<const Function*> functions;  // of Call nodes
    std::vector<std::uint32_t> fields;       // of Field nodes: an index into `uses`, or kOrigin
    std::vector<FieldUse> uses;
    std::vector<CompileError> errors;  // all of them, in the order of the text
};

[[nodiscard]] Checked check(const Tree& tree, const Scope& scope);

}  // namespace duet::formula
