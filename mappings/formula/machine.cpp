#include "mappings/formula/machine.h"

#include <algorithm>
#include <array>
#include <memory>

#include "mappings/formula/arithmetic.h"

namespace duet::formula {
namespace {

constexpr Fault kNotBoolean = "the condition is neither true nor false";
constexpr Fault kWrongArgument = "an argument is of the wrong type";
constexpr Fault kNoField = "the field cannot be read";
constexpr Fault kWrongField = "the field's value is not of the field's type";

/// A cell by itself cannot tell kinds of text apart.
bool accepts_cell(TypeSet set, const Cell& cell) {
    if (is_blank(cell)) return true;
    constexpr TypeSet kTexts =
        set_of(Type::Text, Type::Picklist, Type::MultiPicklist, Type::Location);
    if (std::holds_alternative<std::string_view>(cell)) return (set & kTexts) != 0;
    return (set & set_of(type_of(cell))) != 0;
}

class Machine {
public:
    Machine(const Setting& setting, Arena& arena, Watcher* watcher)
        : setting_(setting), arena_(arena), watcher_(watcher) {
        if (setting.program.max_stack > near_.size()) {
            far_ = std::make_unique<Cell[]>(setting.program.max_stack);
            stack_ = far_.get();
        }
    }

    Stop run(const Stretch& stretch) {
        next_ = stretch.begin;
        size_ = stretch.base;
        while (next_ < stretch.end) {
            if (watcher_ != nullptr) watcher_->on_step(next_, {stack_, size_});
            const std::uint32_t place = next_++;
            const Fault fault = step(setting_.program.code[place], place);
            if (fault == nullptr) continue;
            if (watcher_ != nullptr) watcher_->on_failure(place, fault);
            if (!recover(fault, place, stretch)) return {fault, place};
        }
        if (watcher_ != nullptr) watcher_->on_step(next_, {stack_, size_});
        return {};
    }

    const Cell* cell(std::size_t place) const { return stack_ + place; }

private:
    /// Goes on where the innermost guard around `place` says; false when there is none.
    bool recover(Fault fault, std::uint32_t place, const Stretch& stretch) {
        for (const Guard& guard : setting_.program.guards) {
            if (place < guard.begin || place >= guard.end) continue;
            if (guard.begin < stretch.begin || guard.handler > stretch.end) continue;
            if (guard.zero_divisor_only && fault != kZeroDivisor) continue;
            size_ = guard.base;
            next_ = guard.handler;
            return true;
        }
        return false;
    }

    Cell& top() { return stack_[size_ - 1]; }
    Fault push(const Cell& cell) {
        stack_[size_++] = cell;
        return nullptr;
    }
    Cell pop() { return stack_[--size_]; }

    Fault step(const Instruction& instruction, std::uint32_t place) {
        switch (instruction.code) {
            case Code::Constant:
                return push(setting_.program.constant_cells[instruction.arg]);
            case Code::Field:
                return load(instruction.arg);
            case Code::Today:
            case Code::Now:
            case Code::TimeNow:
                return read_clock(instruction);
            case Code::Unary:
                return negate(instruction.op, top(), top());
            case Code::Binary:
                return binary(instruction, place);
            case Code::Call:
                return call(instruction);
            case Code::IsBlank:
                top() = is_blank(top());
                return nullptr;
            case Code::ToBoolean:
                return to_boolean();
            case Code::Pop:
                --size_;
                return nullptr;
            case Code::Jump:
                next_ = instruction.arg;
                return nullptr;
            case Code::JumpUnlessTrue: {
                if (const Fault fault = to_boolean()) return fault;
                if (!is_true(pop())) next_ = instruction.arg;
                return nullptr;
            }
            case Code::JumpIfFalse:
                return jump_or_pop(false, instruction.arg);
            case Code::JumpIfTrue:
                return jump_or_pop(true, instruction.arg);
            case Code::JumpIfNotBlank:
                if (is_blank(top())) {
                    --size_;
                } else {
                    next_ = instruction.arg;
                }
                return nullptr;
            case Code::CaseJump:
                return case_jump(instruction.arg);
        }
        return nullptr;
    }

    Fault to_boolean() {
        if (is_blank(top())) top() = false;
        return std::holds_alternative<bool>(top()) ? nullptr : kNotBoolean;
    }

    Fault jump_or_pop(bool wanted, std::uint32_t target) {
        if (const Fault fault = to_boolean()) return fault;
        if (is_true(top()) == wanted) {
            next_ = target;
        } else {
            --size_;
        }
        return nullptr;
    }

    /// Null is equal to null here, as the product's CASE has it.
    Fault case_jump(std::uint32_t target) {
        const Cell value = pop();
        if (!is_blank(value) && !is_blank(top()) && value.index() != top().index())
            return kWrongArgument;
        if (value == top()) {
            --size_;
        } else {
            next_ = target;
        }
        return nullptr;
    }

    Fault load(std::uint32_t index) {
        const FieldUse& use = setting_.uses[index];
        if (setting_.inputs[index] == nullptr) return kNoField;
        const Cell cell = to_cell(*setting_.inputs[index]);
        if (use.type != Type::Unknown && !accepts_cell(set_of(use.type), cell)) return kWrongField;
        if (is_blank(cell)) {
            if (use.type == Type::Boolean) return push(false);
            if (use.type == Type::Number && setting_.blanks == BlankMode::AsZero)
                return push(Decimal{});
            return push(cell);
        }
        if (!use.percent) return push(cell);
        const auto fraction =
            Decimal::multiply_rounded(std::get<Decimal>(cell), Decimal::raw(1, 2));
        return fraction ? push(*fraction) : kNumberTooLarge;
    }

    Fault read_clock(const Instruction& instruction) {
        if (watcher_ != nullptr && instruction.extra == 0) watcher_->on_clock();
        const Moment& moment = setting_.moment;
        if (instruction.code == Code::Today) return push(moment.today);
        if (instruction.code == Code::Now) return push(moment.now);
        const auto midnight = std::chrono::floor<std::chrono::days>(moment.now);
        return push(TimeOfDay{moment.now - DateTime{midnight}});
    }

    Fault binary(const Instruction& instruction, std::uint32_t place) {
        if (watcher_ != nullptr && instruction.extra != 0) watcher_->on_comparison(place);
        const Cell right = pop();
        const Cell left = pop();
        Cell result;
        const auto nulls = instruction.arg % 2 != 0 ? NullEquality::Equal : NullEquality::Unknown;
        if (const Fault fault = apply(instruction.op, left, right, nulls, arena_, result))
            return fault;
        return push(result);
    }

    Fault call(const Instruction& instruction) {
        const Function& function = functions()[instruction.arg];
        const std::span<const Cell> args(stack_ + size_ - instruction.count, instruction.count);
        bool null = false;
        for (std::size_t i = 0; i < args.size(); ++i) {
            if (!accepts_cell(function.param(i), args[i])) return kWrongArgument;
            null = null || is_blank(args[i]);
        }
        Call call{args, setting_.moment, arena_};
        if (instruction.extra != 0) {
            call.pattern = setting_.program.patterns[instruction.extra - 1].get();
        }
        if (!null || function.nulls == Nulls::Own) {
            if (const Fault fault = function.native(call)) return fault;
        }
        size_ -= instruction.count;
        return push(call.result);
    }

    const Setting& setting_;
    Arena& arena_;
    Watcher* watcher_;
    std::array<Cell, 32> near_;
    std::unique_ptr<Cell[]> far_;  // only for programs that need more than `near_`
    Cell* stack_ = near_.data();
    std::size_t size_ = 0;
    std::uint32_t next_ = 0;
};

}  // namespace

Stop execute(const Setting& setting, const Stretch& stretch, Arena& arena, Watcher* watcher,
             std::span<Cell> out) {
    Machine machine(setting, arena, watcher);
    const Stop stop = machine.run(stretch);
    if (stop.reason == nullptr) std::copy_n(machine.cell(stretch.base), out.size(), out.begin());
    return stop;
}

}  // namespace duet::formula
