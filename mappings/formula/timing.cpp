#include "mappings/formula/timing.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "mappings/formula/calendar.h"

namespace duet::formula {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr Date kLastDay = std::chrono::year{9999} / 12 / 31;

/// What a comparison's operands say at one moment. Only Below, Same and Above come and go in
/// order while time goes on; the others stay.
enum class Order : std::uint8_t { Below, Same, Above, Unknown, Failed };

bool outcome(Operator op, Order order) {
    switch (op) {
        case Operator::Equal:
            return order == Order::Same;
        case Operator::NotEqual:
            return order != Order::Same;
        case Operator::Less:
            return order == Order::Below;
        case Operator::LessEqual:
            return order != Order::Above;
        case Operator::Greater:
            return order == Order::Above;
        default:
            return order != Order::Below;
    }
}

bool is_order(Order order) { return order <= Order::Above; }

/// May the comparison's result be another one?
bool differs(Operator op, Order now, Order then) {
    if (!is_order(now) || !is_order(then)) return now != then;
    return outcome(op, now) != outcome(op, then);
}

class Search : public Watcher {
public:
    explicit Search(const Setting& setting) : setting_(setting) {}

    std::optional<DateTime> run() {
        Arena arena;
        const auto end = static_cast<std::uint32_t>(setting_.program.code.size());
        // A failure is a result like any other: it lasts until a comparison before it flips.
        (void)execute(setting_, {0, end}, arena, this, {});
        return first_;
    }

    void on_clock() override { note(start_of_day(1)); }

    void on_comparison(std::uint32_t place) override {
        const Instruction& comparison = setting_.program.code[place];
        const bool to_the_millisecond = reads_now(comparison.extra - 1, place);
        const std::int64_t last_day = (kLastDay - setting_.moment.today).count();
        if (last_day <= 0) return;
        const std::int64_t last =
            to_the_millisecond ? last_day * days{1} / milliseconds{1} : last_day;
        const auto order_at = [&](std::int64_t step) {
            return order(
                place, to_the_millisecond ? moment_after(milliseconds{step}) : moment_of_day(step));
        };
        const Order now = order(place, setting_.moment);
        // For equality the order may pass through Same: look for the first change of order.
        const bool equality =
            comparison.op == Operator::Equal || comparison.op == Operator::NotEqual;
        const auto changed = [&](Order then) {
            return equality ? then != now : differs(comparison.op, now, then);
        };
        if (!changed(order_at(last))) return;
        std::int64_t same = 0, changes = last;
        while (changes - same > 1) {
            const std::int64_t middle = same + (changes - same) / 2;
            (changed(order_at(middle)) ? changes : same) = middle;
        }
        if (!differs(comparison.op, now, order_at(changes))) return;  // it jumped over Same
        note(to_the_millisecond ? setting_.moment.now + milliseconds{changes}
                                : start_of_day(changes));
    }

private:
    void note(DateTime time) { first_ = first_ ? std::min(*first_, time) : time; }

    DateTime start_of_day(std::int64_t days_ahead) const {
        return DateTime{setting_.moment.today + days{days_ahead}} - setting_.moment.zone_offset;
    }

    Moment moment_of_day(std::int64_t days_ahead) const {
        return {start_of_day(days_ahead), setting_.moment.today + days{days_ahead},
                setting_.moment.zone_offset};
    }

    Moment moment_after(milliseconds wait) const {
        const DateTime then = setting_.moment.now + wait;
        const auto offset = setting_.moment.zone_offset;
        return {then, std::chrono::floor<days>(then + offset), offset};
    }

    bool reads_now(std::uint32_t begin, std::uint32_t end) const {
        const auto& code = setting_.program.code;
        return std::any_of(
            code.begin() + begin, code.begin() + end,
            [](const Instruction& instruction) { return instruction.code == Code::Now; });
    }

    Order order(std::uint32_t place, const Moment& moment) const {
        const Setting then{setting_.program, setting_.uses, setting_.inputs, setting_.blanks,
                           moment};
        Arena arena;
        std::array<Cell, 2> operands;
        const Instruction& comparison = setting_.program.code[place];
        const Stretch operands_only{comparison.extra - 1, place, comparison.arg / 2};
        if (execute(then, operands_only, arena, nullptr, operands).reason != nullptr)
            return Order::Failed;
        if (is_blank(operands[0]) || is_blank(operands[1])) return Order::Unknown;
        if (operands[0].index() != operands[1].index()) return Order::Failed;
        if (operands[0] == operands[1]) return Order::Same;
        return operands[0] < operands[1] ? Order::Below : Order::Above;
    }

    const Setting& setting_;
    std::optional<DateTime> first_;
};

}  // namespace

std::optional<DateTime> find_next_change(const Setting& setting) {
    if (!setting.program.reads_clock) return std::nullopt;
    return Search(setting).run();
}

}  // namespace duet::formula
