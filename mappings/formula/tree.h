#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duet::formula {

enum class NodeKind : std::uint8_t { Number, Text, Boolean, Null, Field, Call, Unary, Binary };

enum class Operator : std::uint8_t {
    None,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Concatenate,
    Multiply,
    Divide,
    Power,
    Negate,
    Plus,
    Not,
};

using NodeIndex = std::uint32_t;

struct Node {
    NodeKind kind = NodeKind::Null;
    Operator op = Operator::None;
    std::size_t offset = 0;  // of `spelling`, in bytes
    std::string spelling;    // the token that made the node, as written
    std::string text;        // Text: the literal's content
    std::vector<NodeIndex> children{};
};

/// A formula's syntax tree. Invariant: a node's children stand before it in `nodes`, so that a
/// plain loop visits children first, however deep a chain of operators makes the tree.
struct Tree {
    std::vector<Node> nodes;
    NodeIndex root = 0;

    [[nodiscard]] const Node& operator[](NodeIndex index) const { return nodes[index]; }
};

/// "( + 1 ( f x ) )": operator or function first, names and texts as written.
[[nodiscard]] std::string to_expression(const Tree& tree);

}  // namespace duet::formula
