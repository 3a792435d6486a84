#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/lifecycle/rules.h"

namespace duet::lifecycle {

/// No stage, no event, no span of that name.
inline constexpr int kNone = -1;

/// Rules with their names looked up once. Immutable; share it between threads.
class Model {
public:
    /// What a timer counts from.
    struct Anchor {
        enum class Kind : std::uint8_t { Stage, Stay, Event, Span } kind = Kind::Stage;
        int index = kNone;  // of the event or span
    };
    /// Stages by index; `start` is who has none yet.
    struct Set {
        bool start = false;
        std::vector<bool> stages;
        [[nodiscard]] bool holds(int stage) const {
            return stage == kNone ? start : stages[static_cast<std::size_t>(stage)];
        }
    };
    struct Fall {
        int to = kNone;
        int during = kNone;
    };
    struct Transition {
        const TransitionRule* rule = nullptr;
        Set from;
        Set new_cycle_from;
        int to = kNone;
        int during = kNone;
        std::vector<int> unless;
        Fall fall_back;
        std::vector<int> cool_off_after;
    };
    struct Timer {
        const TimerRule* rule = nullptr;
        Set from;
        int to = kNone;
        std::vector<Anchor> since;
        std::vector<Anchor> extended_by;
        std::vector<int> unless;
        Fall fall_back;
    };

    explicit Model(LifecycleRules rules);
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;

    [[nodiscard]] const LifecycleRules& rules() const noexcept { return rules_; }
    [[nodiscard]] int stage(std::string_view name) const noexcept;
    [[nodiscard]] const StageRule& stage(int index) const {
        return rules_.stages[static_cast<std::size_t>(index)];
    }
    [[nodiscard]] std::size_t stage_count() const noexcept { return rules_.stages.size(); }
    [[nodiscard]] int event(std::string_view name) const noexcept;
    [[nodiscard]] int span(std::string_view name) const noexcept;
    [[nodiscard]] std::size_t event_count() const noexcept { return events_.size(); }
    [[nodiscard]] std::size_t span_count() const noexcept { return spans_.size(); }
    [[nodiscard]] const std::vector<Transition>& transitions() const noexcept {
        return transitions_;
    }
    [[nodiscard]] const std::vector<Timer>& timers() const noexcept { return timers_; }
    /// Transitions that an event may cause, in their order.
    [[nodiscard]] const std::vector<int>& caused_by(int event) const {
        return caused_by_[static_cast<std::size_t>(event)];
    }
    /// Stages that a move passes over, by rising rank.
    [[nodiscard]] std::vector<int> passed_over(int from, int to, bool new_cycle) const;

private:
    using Names = std::map<std::string, int, std::less<>>;
    void know_spans();
    void compile_transitions();
    void compile_timers();
    [[nodiscard]] Set set_of(const StageSet& rule) const;
    [[nodiscard]] std::vector<int> spans_of(const std::vector<std::string>& names) const;
    [[nodiscard]] std::vector<Anchor> anchors_of(const std::vector<std::string>& names);
    [[nodiscard]] Fall fall_of(const std::optional<FallBack>& rule) const;

    LifecycleRules rules_;
    Names stages_;
    Names events_;
    Names spans_;
    std::vector<Transition> transitions_;
    std::vector<Timer> timers_;
    std::vector<std::vector<int>> caused_by_;
};

}  // namespace duet::lifecycle
