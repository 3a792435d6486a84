#include "mappings/formula/timing.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "mappings/formula/calendar.h"

namespace duet::formula {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

/// Days that a comparison with two moving sides is followed for, when nothing changes before.
constexpr std::int64_t kMostSteps = 3'660;
/// Flips without effect after which the next one is taken for a change.
constexpr int kMostFlips = 50;

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

/// When the evaluated path may first give another result.
struct Change {
    std::optional<DateTime> at;
    bool at_midnight = false;  // because a clock is read that is not followed
};

class Search : public Watcher {
public:
    explicit Search(const Setting& setting) : setting_(setting) {}

    Change run() {
        Arena arena;
        const auto end = static_cast<std::uint32_t>(setting_.program.code.size());
        // A failure is a result like any other: it lasts until a comparison before it flips.
        (void)execute(setting_, {0, end}, arena, this, {});
        return {first_, at_midnight_};
    }

    void on_clock() override {
        note(start_of_day(1));
        at_midnight_ = true;
    }

    void on_comparison(std::uint32_t place) override {
        const Instruction& comparison = setting_.program.code[place];
        const std::int64_t last_day = (kLastDay - setting_.moment.today).count();
        if (last_day <= 0) return;
        if (comparison.count != 0) return step_through(place, last_day);
        if (reads_now(comparison.extra - 1, place)) {
            const std::int64_t last = last_day * days{1} / milliseconds{1};
            const auto changes = bisect(
                place, last, [&](std::int64_t ms) { return moment_after(milliseconds{ms}); });
            if (changes) note(setting_.moment.now + milliseconds{*changes});
            return;
        }
        const auto changes =
            bisect(place, last_day, [&](std::int64_t day) { return moment_of_day(day); });
        if (changes) note(start_of_day(*changes));
    }

private:
    /// The first step at which the comparison's result is another one; sides that move apart or
    /// towards each other do so once.
    template <class MomentOf>
    std::optional<std::int64_t> bisect(std::uint32_t place, std::int64_t last,
                                       MomentOf moment_of) const {
        const Operator op = setting_.program.code[place].op;
        const Order now = order(place, setting_.moment);
        // For equality the order may pass through Same: look for the first change of order.
        const bool equality = op == Operator::Equal || op == Operator::NotEqual;
        const auto changed = [&](std::int64_t step) {
            const Order then = order(place, moment_of(step));
            return equality ? then != now : differs(op, now, then);
        };
        if (!changed(last)) return std::nullopt;
        std::int64_t same = 0, changes = last;
        while (changes - same > 1) {
            const std::int64_t middle = same + (changes - same) / 2;
            (changed(middle) ? changes : same) = middle;
        }
        if (!differs(op, now, order(place, moment_of(changes)))) return std::nullopt;
        return changes;
    }

    void step_through(std::uint32_t place, std::int64_t last_day) {
        const Operator op = setting_.program.code[place].op;
        const Order now = order(place, setting_.moment);
        std::int64_t day = 1;
        const std::int64_t last = std::min(last_day, kMostSteps);
        while (day < last && !differs(op, now, order(place, moment_of_day(day)))) ++day;
        note(start_of_day(day));
    }

    void note(DateTime time) { first_ = first_ ? std::min(*first_, time) : time; }

    /// The first instant of a day in the zone; where the clocks skip midnight, that of the skip.
    DateTime start_of_day(std::int64_t days_ahead) const {
        const Moment& moment = setting_.moment;
        const Date day = moment.today + days{days_ahead};
        const DateTime about = DateTime{day} - moment.zone_offset;
        const auto [less, more] =
            std::minmax({moment.offset_at(about - days{1}), moment.offset_at(about + days{1})});
        const DateTime early = DateTime{day} - more;
        return std::chrono::floor<days>(early + moment.offset_at(early)) >= day
                   ? early
                   : DateTime{day} - less;
    }

    Moment moment_of_day(std::int64_t days_ahead) const {
        return setting_.moment.at(start_of_day(days_ahead));
    }

    Moment moment_after(milliseconds wait) const {
        return setting_.moment.at(setting_.moment.now + wait);
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
    bool at_midnight_ = false;
};

/// A result, or that there is none.
std::optional<Value> result_at(const Setting& setting) {
    Arena arena;
    std::array<Cell, 1> result;
    const auto end = static_cast<std::uint32_t>(setting.program.code.size());
    if (execute(setting, {0, end}, arena, nullptr, result).reason != nullptr) return std::nullopt;
    return to_value(result[0]);
}

}  // namespace

std::optional<DateTime> find_next_change(const Setting& setting) {
    if (!setting.program.reads_clock) return std::nullopt;
    std::optional<Value> now;
    Moment moment = setting.moment;
    for (int flips = 1;; ++flips) {
        const Setting then{setting.program, setting.uses, setting.inputs, setting.blanks, moment};
        if (flips == 1) now = result_at(then);
        const Change next = Search(then).run();
        if (!next.at || next.at_midnight || flips == kMostFlips) return next.at;
        // A comparison flips there, but all of them together may say the same as before.
        moment = moment.at(*next.at);
        if (result_at({setting.program, setting.uses, setting.inputs, setting.blanks, moment}) !=
            now) {
            return next.at;
        }
    }
}

}  // namespace duet::formula
