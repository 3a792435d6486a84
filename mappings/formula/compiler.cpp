#include <algorithm>

#include <re2/re2.h>

#include "mappings/formula/drift.h"
#include "mappings/formula/patterns.h"
#include "mappings/formula/program.h"

namespace duet::formula {
namespace {

class Compiler {
public:
    Compiler(const Tree& tree, const Checked& checked, std::vector<CompileError>& errors,
             std::vector<CodeRange>* ranges)
        : tree_(tree),
          checked_(checked),
          drifts_(find_drifts(tree, checked)),
          errors_(errors),
          ranges_(ranges) {
        if (ranges_ != nullptr) ranges_->assign(tree.nodes.size(), {});
    }

    Program run() {
        emit(tree_.root, 0);
        for (const Value& value : program_.constants)
            program_.constant_cells.push_back(to_cell(value));
        return std::move(program_);
    }

private:
    std::uint32_t here() const { return static_cast<std::uint32_t>(program_.code.size()); }

    std::uint32_t add(Code code, NodeIndex origin, std::uint32_t arg = 0,
                      Operator op = Operator::None) {
        program_.code.push_back({code, op, 0, arg, 0, origin});
        return here() - 1;
    }

    void land(std::uint32_t jump) { program_.code[jump].arg = here(); }
    void land(const std::vector<std::uint32_t>& jumps) {
        for (const std::uint32_t jump : jumps) land(jump);
    }

    /// Emits code that leaves the node's value as cell number `base`. Chains of operators are
    /// walked along their left side, so that only real nesting recurses.
    void emit(NodeIndex index, std::size_t base) {
        program_.max_stack = std::max(program_.max_stack, base + 1);
        std::vector<std::pair<NodeIndex, std::uint32_t>> spine;
        const std::uint32_t begin = here();
        while (tree_[index].kind == NodeKind::Binary) {
            spine.emplace_back(index, begin);
            index = tree_[index].children[0];
        }
        emit_leaf(index, base);
        note_range(index, begin);
        for (auto step = spine.rbegin(); step != spine.rend(); ++step) {
            emit_operator(step->first, step->second, base);
            note_range(step->first, begin);
        }
    }

    void note_range(NodeIndex index, std::uint32_t begin) {
        if (ranges_ != nullptr) (*ranges_)[index] = {begin, here()};
    }

    /// The left operand is already there; its code starts at `begin`.
    void emit_operator(NodeIndex index, std::uint32_t begin, std::size_t base) {
        const Node& node = tree_[index];
        if (node.op == Operator::And || node.op == Operator::Or) {
            const Code code = node.op == Operator::And ? Code::JumpIfFalse : Code::JumpIfTrue;
            const std::uint32_t jump = add(code, index);
            emit(node.children[1], base);
            add(Code::ToBoolean, index);
            return land(jump);
        }
        emit(node.children[1], base + 1);
        const Watch watch = drifts_.watch(node);
        if (watch != Watch::None) cover_clocks(begin);
        const auto below = static_cast<std::uint32_t>(base);
        const std::uint32_t made =
            add(Code::Binary, index, below * 2 + (texts_or_unknown(node) ? 1 : 0), node.op);
        if (watch == Watch::None) return;
        program_.code[made].extra = begin + 1;
        program_.code[made].count = watch == Watch::Stepped ? 1 : 0;
    }

    /// Two nulls are equal when they could be texts.
    bool texts_or_unknown(const Node& node) const {
        const Type a = checked_.types[node.children[0]], b = checked_.types[node.children[1]];
        if (a == Type::Text || b == Type::Text) return true;
        return is_open(a) && is_open(b) && (a == Type::Unknown || b == Type::Unknown);
    }

    void cover_clocks(std::uint32_t begin) {
        for (std::uint32_t i = begin; i < here(); ++i) {
            Instruction& instruction = program_.code[i];
            if (instruction.code == Code::Today || instruction.code == Code::Now)
                instruction.extra = 1;
        }
    }

    void emit_leaf(NodeIndex index, std::size_t base) {
        const Node& node = tree_[index];
        switch (node.kind) {
            case NodeKind::Number:
                return constant(index, *Decimal::parse(node.spelling));
            case NodeKind::Text:
                return constant(index, text(node.text));
            case NodeKind::Boolean:
                return constant(index, same_name(node.spelling, "TRUE"));
            case NodeKind::Null:
                return constant(index, Blank{});
            case NodeKind::Field:
                if (checked_.fields[index] == kOrigin) {
                    return constant(index, DateTime{Date{std::chrono::year{1900} / 1 / 1}});
                }
                add(Code::Field, index, checked_.fields[index]);
                return;
            case NodeKind::Unary:
                emit(node.children[0], base);
                add(Code::Unary, index, 0, node.op);
                return;
            case NodeKind::Binary:
                return;  // `emit` walks these
            case NodeKind::Call:
                return emit_call(index, base);
        }
    }

    void constant(NodeIndex index, Value value) {
        add(Code::Constant, index, static_cast<std::uint32_t>(program_.constants.size()));
        program_.constants.push_back(std::move(value));
    }

    void emit_call(NodeIndex index, std::size_t base) {
        const Node& node = tree_[index];
        switch (checked_.functions[index]->form) {
            case Form::And:
                return emit_chain(index, base, Code::JumpIfFalse);
            case Form::Or:
                return emit_chain(index, base, Code::JumpIfTrue);
            case Form::Not:
                emit(node.children[0], base);
                add(Code::Unary, index, 0, Operator::Not);
                return;
            case Form::If:
            case Form::Ifs:
                return emit_conditions(index, base);
            case Form::Case:
                return emit_cases(index, base);
            case Form::IsBlank:
                return emit_is_blank(index, base, false);
            case Form::IsNull:
                return emit_is_blank(index, base, true);
            case Form::BlankValue:
                return emit_fallback(index, base, false);
            case Form::NullValue:
                return emit_fallback(index, base, true);
            case Form::Today:
                return emit_clock(index, Code::Today);
            case Form::Now:
                return emit_clock(index, Code::Now);
            case Form::TimeNow:
                return emit_clock(index, Code::TimeNow);
            case Form::IfError:
                return emit_if_error(index, base);
            case Form::Text:
                return emit_text(index, base);
            case Form::Plain:
            case Form::In:
            case Form::Distance:
            case Form::OptionText:
            case Form::Regex:
            case Form::NeedsOrg:
                break;
        }
        emit_plain(index, base);
    }

    void emit_plain(NodeIndex index, std::size_t base) {
        const Node& node = tree_[index];
        for (std::size_t i = 0; i < node.children.size(); ++i) emit(node.children[i], base + i);
        program_.max_stack = std::max(program_.max_stack, base + 1);
        const Function* function = checked_.functions[index];
        const std::uint32_t pattern = function->form == Form::Regex ? add_pattern(node) : 0;
        add_call(index, pattern);
    }

    void add_call(NodeIndex index, std::uint32_t pattern) {
        const auto row = static_cast<std::uint32_t>(checked_.functions[index] - functions().data());
        Instruction& made = program_.code[add(Code::Call, index, row)];
        made.count = static_cast<std::uint16_t>(tree_[index].children.size());
        made.extra = pattern;
    }

    /// One more than the pattern's place; 0 when it is known only at run time.
    std::uint32_t add_pattern(const Node& node) {
        const Node& literal = tree_[node.children[1]];
        if (literal.kind != NodeKind::Text) return 0;
        if (program_.patterns.size() == kMostPatterns) {
            errors_.push_back(
                {literal.offset, literal.spelling.size(),
                 "The formula has more than " + std::to_string(kMostPatterns) + " patterns."});
            return 0;
        }
        auto pattern = make_pattern(literal.text);
        if (!pattern->ok()) {
            errors_.push_back(
                {literal.offset, literal.spelling.size(),
                 "This pattern is not a regular expression: " + pattern->error() + "."});
            return 0;
        }
        program_.patterns.push_back(std::move(pattern));
        return static_cast<std::uint32_t>(program_.patterns.size());
    }

    void emit_clock(NodeIndex index, Code code) {
        program_.reads_clock = true;
        add(code, index);
    }

    void emit_chain(NodeIndex index, std::size_t base, Code jump) {
        const Node& node = tree_[index];
        std::vector<std::uint32_t> jumps;
        for (std::size_t i = 0; i < node.children.size(); ++i) {
            if (i > 0) jumps.push_back(add(jump, index));
            emit(node.children[i], base);
        }
        add(Code::ToBoolean, index);
        land(jumps);
    }

    void emit_conditions(NodeIndex index, std::size_t base) {
        const Node& node = tree_[index];
        std::vector<std::uint32_t> ends;
        for (std::size_t i = 0; i + 1 < node.children.size(); i += 2) {
            emit(node.children[i], base);
            const std::uint32_t skip = add(Code::JumpUnlessTrue, index);
            emit(node.children[i + 1], base);
            ends.push_back(add(Code::Jump, index));
            land(skip);
        }
        emit(node.children.back(), base);
        land(ends);
    }

    void emit_cases(NodeIndex index, std::size_t base) {
        const Node& node = tree_[index];
        std::vector<std::uint32_t> ends;
        emit(node.children[0], base);
        for (std::size_t i = 1; i + 1 < node.children.size(); i += 2) {
            emit(node.children[i], base + 1);
            const std::uint32_t skip = add(Code::CaseJump, index);
            emit(node.children[i + 1], base);
            ends.push_back(add(Code::Jump, index));
            land(skip);
        }
        add(Code::Pop, index);
        emit(node.children.back(), base);
        land(ends);
    }

    /// Texts are never null, only blank.
    void emit_is_blank(NodeIndex index, std::size_t base, bool null_only) {
        const NodeIndex operand = tree_[index].children[0];
        emit(operand, base);
        if (null_only && checked_.types[operand] == Type::Text) {
            add(Code::Pop, index);
            return constant(index, false);
        }
        add(Code::IsBlank, index);
    }

    /// From `begin` to here; what follows is the handler.
    void guard(std::uint32_t begin, std::uint32_t end, std::size_t base, bool zero_divisor_only) {
        program_.guards.push_back(
            {begin, end, here(), static_cast<std::uint32_t>(base), zero_divisor_only});
    }

    void emit_if_error(NodeIndex index, std::size_t base) {
        const Node& node = tree_[index];
        const std::uint32_t begin = here();
        emit(node.children[0], base);
        const std::uint32_t done = add(Code::Jump, index);
        guard(begin, done, base, false);
        emit(node.children[1], base);
        land(done);
    }

    /// The product writes a blank date/time as "Z".
    void emit_text(NodeIndex index, std::size_t base) {
        const NodeIndex operand = tree_[index].children[0];
        if (checked_.types[operand] != Type::DateTime) return emit_plain(index, base);
        emit(operand, base);
        const std::uint32_t filled = add(Code::JumpIfNotBlank, index);
        constant(index, std::string("Z"));
        const std::uint32_t done = add(Code::Jump, index);
        land(filled);
        add_call(index, 0);
        land(done);
    }

    /// The product takes the fallback for a division by zero too.
    void emit_fallback(NodeIndex index, std::size_t base, bool null_only) {
        const Node& node = tree_[index];
        const std::uint32_t begin = here();
        emit(node.children[0], base);
        const bool text = checked_.types[node.children[0]] == Type::Text ||
                          checked_.types[node.children[1]] == Type::Text;
        if (null_only && text) return;
        const std::uint32_t jump = add(Code::JumpIfNotBlank, index);
        guard(begin, jump, base, true);
        emit(node.children[1], base);
        land(jump);
    }

    const Tree& tree_;
    const Checked& checked_;
    Drifts drifts_;
    std::vector<CompileError>& errors_;
    std::vector<CodeRange>* ranges_;
    Program program_;
};

}  // namespace

Program make_program(const Tree& tree, const Checked& checked, std::vector<CompileError>& errors,
                     std::vector<CodeRange>* ranges) {
    return Compiler(tree, checked, errors, ranges).run();
}

}  // namespace duet::formula
