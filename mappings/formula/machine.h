#pragma once

#include <cstdint>
#include <span>

#include "mappings/formula/cell.h"
#include "mappings/formula/program.h"

namespace duet::formula {

/// What one evaluation works on. Everything is borrowed.
struct Setting {
    const Program& program;
    std::span<const FieldUse> uses;
    std::span<const Value* const> inputs;
    BlankMode blanks;
    const Moment& moment;
};

/// Told about an evaluation while it is made: above all about what makes it depend on time.
class Watcher {
public:
    virtual ~Watcher() = default;
    /// A watched comparison is about to be made by the instruction at `place`.
    virtual void on_comparison(std::uint32_t place) = 0;
    /// The clock is read outside of any watched comparison.
    virtual void on_clock() = 0;
    /// The instruction at `place` comes next, or the end; `cells` is the stack.
    virtual void on_step(std::uint32_t place, std::span<const Cell> cells) {
        (void)place;
        (void)cells;
    }
    /// The instruction at `place` failed; a guard around it may still save the evaluation.
    virtual void on_failure(std::uint32_t place, Fault reason) {
        (void)place;
        (void)reason;
    }
};

/// Where and why an evaluation ended early; `reason` is nullptr when it did not.
struct Stop {
    Fault reason = nullptr;
    std::uint32_t place = 0;
};

/// The instructions from `begin` to before `end`, on a stack that has `base` cells when they start.
struct Stretch {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t base = 0;
};

/// Runs a part of the program. `out` receives the cells that it leaves above `base`; the code
/// between two places that the compiler names leaves out.size().
[[nodiscard]] Stop execute(const Setting& setting, const Stretch& stretch, Arena& arena,
                           Watcher* watcher, std::span<Cell> out);

}  // namespace duet::formula
