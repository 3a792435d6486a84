#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mappings/formula/cell.h"
#include "mappings/formula/checker.h"
#include "mappings/formula/functions.h"
#include "mappings/formula/tree.h"

namespace re2 {
class RE2;
}

namespace duet::formula {

/// What one instruction does to the stack of cells. "Top" is the last cell.
enum class Code : std::uint8_t {
    Constant,  // push constants[arg]
    Field,     // push the value of field `arg`
    Today,
    Now,
    TimeNow,         // push; `extra` 1: a watched comparison answers for it
    Unary,           // top = op top
    Binary,          // pop b, a; push a op b. `arg` odd: two nulls are equal; its half: the cells
                     // below a. `extra` n > 0: watched, its operands start at n - 1;
                     // `count` 1: day by day
    Call,            // pop `count` cells, push functions()[arg] of them; `extra`: pattern + 1
    IsBlank,         // top = is top blank
    ToBoolean,       // top = top is true; null is false
    Pop,             // drop the top
    Jump,            // go to arg
    JumpUnlessTrue,  // pop; go to arg unless it was true
    JumpIfFalse,     // top true: pop. Else top = false, go to arg
    JumpIfTrue,      // top true: go to arg. Else pop
    JumpIfNotBlank,  // top not blank: go to arg. Else pop
    CaseJump,        // pop value; equal to top: pop top. Else go to arg
};

struct Instruction {
    Code code;
    Operator op = Operator::None;
    std::uint16_t count = 0;
    std::uint32_t arg = 0;
    std::uint32_t extra = 0;
    NodeIndex origin = 0;  // for messages
};

/// Code that may fail: then the stack goes back to `base` cells and the machine on at `handler`.
struct Guard {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t handler = 0;
    std::uint32_t base = 0;
    bool zero_divisor_only = false;  // other failures end the evaluation
};

/// A formula ready to run: a stack machine's code. Immutable.
struct Program {
    std::vector<Instruction> code;
    std::vector<Value> constants;
    std::vector<Cell> constant_cells;  // views into `constants`
    std::vector<std::shared_ptr<const re2::RE2>> patterns;
    std::vector<Guard> guards;  // inner ones before those around them
    std::size_t max_stack = 0;  // cells
    bool reads_clock = false;
};

/// Where a node's code stands: from `begin` to before `end`.
struct CodeRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
};

/// Makes the program of a tree without errors. Appends to `errors` what only shows now: a literal
/// pattern that is no regular expression. `ranges`, when asked for, becomes parallel to the nodes.
[[nodiscard]] Program make_program(const Tree& tree, const Checked& checked,
                                   std::vector<CompileError>& errors,
                                   std::vector<CodeRange>* ranges = nullptr);

}  // namespace duet::formula
