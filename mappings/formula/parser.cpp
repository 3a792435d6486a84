#include "mappings/formula/parser.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "mappings/formula/lexer.h"
#include "mappings/formula/unicode.h"

namespace duet::formula {
namespace {

constexpr std::size_t kShownTokens = 40;  // of a token, in messages
constexpr int kDeepest = 1'000;  // what the parser's own recursion bears, whatever was asked for

struct BinaryRow {
    std::string_view symbol;
    Operator op;
    int precedence;  // higher binds tighter
};

constexpr std::array<BinaryRow, 16> kBinary = {{
    {"||", Operator::Or, 1},
    {"&&", Operator::And, 2},
    {"=", Operator::Equal, 3},
    {"==", Operator::Equal, 3},
    {"<>", Operator::NotEqual, 3},
    {"!=", Operator::NotEqual, 3},
    {"<", Operator::Less, 4},
    {"<=", Operator::LessEqual, 4},
    {">", Operator::Greater, 4},
    {">=", Operator::GreaterEqual, 4},
    {"+", Operator::Add, 5},
    {"-", Operator::Subtract, 5},
    {"&", Operator::Concatenate, 5},
    {"*", Operator::Multiply, 6},
    {"/", Operator::Divide, 6},
    {"^", Operator::Power, 7},
}};

const BinaryRow* binary_row(const Token& token) {
    if (token.kind != TokenKind::Symbol) return nullptr;
    const auto row = std::find_if(kBinary.begin(), kBinary.end(), [&](const BinaryRow& candidate) {
        return candidate.symbol == token.text;
    });
    return row == kBinary.end() ? nullptr : &*row;
}

/// The content of a literal: quotes off, escapes replaced.
std::string unescape(std::string_view literal) {
    std::string content;
    for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
        if (literal[i] != '\\') {
            content += literal[i];
            continue;
        }
        const char escaped = literal[++i];
        switch (escaped) {
            case 'n':
                content += '\n';
                break;
            case 'r':
                content += '\r';
                break;
            case 't':
                content += '\t';
                break;
            default:
                content += escaped;
                break;
        }
    }
    return content;
}

class Parser {
public:
    Parser(std::vector<Token> tokens, int max_depth)
        : tokens_(std::move(tokens)), max_depth_(std::min(max_depth, kDeepest)) {}

    std::variant<Tree, CompileError> run() {
        if (now().kind == TokenKind::End) {
            fail("The formula is empty.");
            return std::move(*fault_);
        }
        const auto root = expression(1);
        if (root && now().kind != TokenKind::End) fail_at_operator();
        if (fault_) return std::move(*fault_);
        tree_.root = *root;
        return std::move(tree_);
    }

private:
    const Token& now() const { return tokens_[position_]; }
    bool at(std::string_view symbol) const {
        return now().kind == TokenKind::Symbol && now().text == symbol;
    }
    std::string shown() const {
        if (now().kind == TokenKind::End) return "the end of the formula";
        return "\"" + std::string(now().text.substr(0, byte_of_unit(now().text, kShownTokens))) +
               "\"";
    }

    /// Two values side by side, or a closing parenthesis too many.
    void fail_at_operator() {
        if (at(")")) return (void)fail("There is no \"(\" for this \")\".");
        if (at(",") || at(";")) {
            return (void)fail("Expected an operator or the end of the formula, but found " +
                              shown() + ".");
        }
        fail("Expected an operator before " + shown() + "." + joining_hint());
    }

    /// For those who join conditions by a word.
    std::string joining_hint() const {
        if (now().kind != TokenKind::Name) return "";
        if (same_name(now().text, "AND")) return " Write a && b, or AND(a, b).";
        if (same_name(now().text, "OR")) return " Write a || b, or OR(a, b).";
        if (same_name(now().text, "THEN") || same_name(now().text, "ELSE"))
            return " Write IF(condition, result, other result).";
        return "";
    }

    /// "=>" and "=<" are two symbols here.
    std::string turned_operator_hint() const {
        if (position_ == 0) return "";
        const Token& before = tokens_[position_ - 1];
        if (before.text != "=" || before.offset + 1 != now().offset) return "";
        if (at(">")) return " Write >= for \"at least\".";
        if (at("<")) return " Write <= for \"at most\".";
        return at("==") || at("=") ? " Write = for \"equal\"." : "";
    }

    std::nullopt_t fail(std::string message) {
        if (!fault_) {
            const std::size_t length = std::max<std::size_t>(1, now().text.size());
            fault_ = CompileError{now().offset, length, std::move(message)};
        }
        return std::nullopt;
    }

    NodeIndex add(NodeKind kind, const Token& token, std::vector<NodeIndex> children = {},
                  Operator op = Operator::None) {
        tree_.nodes.push_back(
            {kind, op, token.offset, std::string(token.text), {}, std::move(children)});
        return static_cast<NodeIndex>(tree_.nodes.size() - 1);
    }

    std::optional<NodeIndex> expression(int precedence) {
        auto left = prefixed();
        while (left) {
            const Token token = now();
            const BinaryRow* row = binary_row(token);
            if (row == nullptr || row->precedence < precedence) break;
            ++position_;
            const auto right = expression(row->precedence + 1);
            if (!right) return std::nullopt;
            left = add(NodeKind::Binary, token, {*left, *right}, row->op);
        }
        return left;
    }

    Operator prefix() const {
        if (at("-")) return Operator::Negate;
        if (at("+")) return Operator::Plus;
        if (at("!")) return Operator::Not;
        if (now().kind == TokenKind::Name && same_name(now().text, "NOT") &&
            tokens_[position_ + 1].text != "(") {
            return Operator::Not;
        }
        return Operator::None;
    }

    std::optional<NodeIndex> prefixed() {
        const Operator op = prefix();
        if (op == Operator::None) return primary();
        const Token token = now();
        if (!enter()) return std::nullopt;
        ++position_;
        const auto operand = prefixed();
        --depth_;
        if (!operand) return std::nullopt;
        return add(NodeKind::Unary, token, {*operand}, op);
    }

    std::optional<NodeIndex> primary() {
        const Token token = now();
        switch (token.kind) {
            case TokenKind::Number:
                ++position_;
                return add(NodeKind::Number, token);
            case TokenKind::Text: {
                ++position_;
                const NodeIndex made = add(NodeKind::Text, token);
                tree_.nodes[made].text = unescape(token.text);
                return made;
            }
            case TokenKind::Name:
                return named();
            case TokenKind::Symbol:
                if (at("(")) return parenthesis();
                return fail("Expected a value, but found " + shown() + "." +
                            turned_operator_hint());
            case TokenKind::End:
                break;
        }
        return fail("Expected a value, but the formula ends here.");
    }

    std::optional<NodeIndex> parenthesis() {
        if (!enter()) return std::nullopt;
        const std::size_t open = now().offset;
        ++position_;
        const auto inner = expression(1);
        --depth_;
        if (!inner) return std::nullopt;
        if (!at(")")) {
            return fail("Expected \")\" for the \"(\" at character " + std::to_string(open + 1) +
                        ", but found " + shown() + "." + joining_hint());
        }
        ++position_;
        return inner;
    }

    std::optional<NodeIndex> named() {
        const Token token = now();
        ++position_;
        if (at("(")) return call(token);
        if (same_name(token.text, "TRUE") || same_name(token.text, "FALSE")) {
            return add(NodeKind::Boolean, token);
        }
        return add(same_name(token.text, "NULL") ? NodeKind::Null : NodeKind::Field, token);
    }

    std::optional<NodeIndex> call(const Token& name) {
        if (!enter()) return std::nullopt;
        ++position_;
        std::vector<NodeIndex> arguments;
        while (!at(")")) {
            if (!arguments.empty()) {
                if (!at(",")) {
                    const std::string hint =
                        at(";") ? " Arguments are separated by commas." : joining_hint();
                    return fail("Expected \",\" or \")\" in " + std::string(name.text) +
                                "(), but found " + shown() + "." + hint);
                }
                ++position_;
            }
            const auto argument = expression(1);
            if (!argument) return std::nullopt;
            arguments.push_back(*argument);
        }
        ++position_;
        --depth_;
        return add(NodeKind::Call, name, std::move(arguments));
    }

    bool enter() {
        if (++depth_ <= max_depth_) return true;
        fail("The formula is nested more than " + std::to_string(max_depth_) + " levels deep.");
        return false;
    }

    std::vector<Token> tokens_;
    std::size_t position_ = 0;
    int depth_ = 0;
    int max_depth_;
    Tree tree_;
    std::optional<CompileError> fault_;
};

}  // namespace

std::variant<Tree, CompileError> parse(std::string_view text, const Options& options) {
    if (text.size() > options.max_length) {
        return CompileError{
            options.max_length, 1,
            "The formula is longer than " + std::to_string(options.max_length) + " bytes."};
    }
    auto tokens = split(text);
    if (auto* fault = std::get_if<CompileError>(&tokens)) return std::move(*fault);
    return Parser(std::get<std::vector<Token>>(std::move(tokens)), options.max_depth).run();
}

}  // namespace duet::formula
